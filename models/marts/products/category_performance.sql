{{ performance_by('category') }}
