{{ performance_by('brand') }}
