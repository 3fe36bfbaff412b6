#include "parse/static_parser.h"

#include <doctest/doctest.h>

namespace {

bool is_statically_parsed(const char* sql) {
  return modelc::parse_static_model(modelc::SourceFile("models/m.sql", sql)).has_value();
}

}  // namespace

// Recorded from dbt_extractor.py_extract_from_source, which dbt 1.11 uses.
TEST_CASE("what dbt's static parser accepts") {
  for (const char* sql : {"select 1",
                          "select '{' || '}'",
                          "a }} b",
                          "-- {{ ref('a') }}",
                          "{# {{ foo }} #}",
                          "{{ ref('a') }}",
                          "{{ ref(\"a\") }}",
                          "{{ ref(\n'a'\n) }}",
                          "{{ ref('a','b') }}",
                          "{{ ref('a', v=1) }}",
                          "{{ ref('a', version='1') }}",
                          "{{ ref('a', v=1.5) }}",
                          "{{ref('a')}}{{ref('b')}}",
                          "{{ source('a','b') }}",
                          "{{ config(a='b', c='d',) }}",
                          "{{ config(b=True) }}",
                          "{{ config(b=[]) }}",
                          "{{ config(b=['a',]) }}",
                          "{{ config(a={'x': ['y'], 'z': False}) }}",
                          "{{ config(meta={'pre_hook': 'x'}) }}",
                          "{{ 'x' }}",
                          "{{ True }}",
                          "{{ 1 }}"}) {
    CAPTURE(std::string(sql));
    CHECK(is_statically_parsed(sql));
  }
}

TEST_CASE("what dbt renders instead") {
  for (const char* sql : {"{% if x %}{% endif %}",
                          "{%- set x = 1 -%}",
                          "{% raw %}x{% endraw %}",
                          "{# unclosed",
                          "{{ unclosed",
                          "{{}}",
                          "{{ ref('a') }",
                          "{{- ref('a') -}}",
                          "{{ ref() }}",
                          "{{ ref('a','b','c') }}",
                          "{{ ref('a', foo=1) }}",
                          "{{ ref(model_name='a') }}",
                          "{{ ref(ref('x')) }}",
                          "{{ (ref('a')) }}",
                          "{{ ref('a') ~ 'x' }}",
                          "{{ ref('a').identifier }}",
                          "{{ ref('a') | upper }}",
                          "{{ source('a') }}",
                          "{{ source('a', name='b') }}",
                          "{{ var('x') }}",
                          "{{ this }}",
                          "{{ config() }}",
                          "{{ config('x') }}",
                          "{{ config({'materialized': 'table'}) }}",
                          "{{ config(a=1) }}",
                          "{{ config(a=[1]) }}",
                          "{{ config(a={'a': 1}) }}",
                          "{{ config(a=true) }}",
                          "{{ config(a=none) }}",
                          "{{ config(a=None) }}",
                          "{{ config(a=('b', 'c')) }}",
                          "{{ config(a=ref('x')) }}",
                          "{{ config(pre_hook='a') }}",
                          "{{ config(post_hook=['a']) }}",
                          "{{ config(a='b' 'c') }}",
                          "{{ config.get('x') }}"}) {
    CAPTURE(std::string(sql));
    CHECK_FALSE(is_statically_parsed(sql));
  }
}
