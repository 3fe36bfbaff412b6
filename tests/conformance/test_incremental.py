import pytest

from dbt.tests.adapter.incremental import test_incremental_unique_id as unique_id
from dbt.tests.adapter.incremental.test_incremental_merge_exclude_columns import BaseMergeExcludeColumns
from dbt.tests.adapter.incremental.test_incremental_microbatch import BaseMicrobatch
from dbt.tests.adapter.incremental.test_incremental_on_schema_change import BaseIncrementalOnSchemaChange
from dbt.tests.adapter.incremental.test_incremental_predicates import BaseIncrementalPredicates
from sqlite_text import sqlite_files

MICROBATCH_INPUT = """
{{ config(materialized='table', event_time='event_time') }}
select 1 as id, '2020-01-01 00:00:00' as event_time
union all select 2, '2020-01-02 00:00:00'
union all select 3, '2020-01-03 00:00:00'
"""


class UniqueKey(unique_id.BaseIncrementalUniqueKey):
    """Dates in SQLite's words."""

    @pytest.fixture(scope="class")
    def models(self):
        return sqlite_files({
            "trinary_unique_key_list.sql": unique_id.models__trinary_unique_key_list_sql,
            "nontyped_trinary_unique_key_list.sql": unique_id.models__nontyped_trinary_unique_key_list_sql,
            "unary_unique_key_list.sql": unique_id.models__unary_unique_key_list_sql,
            "not_found_unique_key.sql": unique_id.models__not_found_unique_key_sql,
            "empty_unique_key_list.sql": unique_id.models__empty_unique_key_list_sql,
            "no_unique_key.sql": unique_id.models__no_unique_key_sql,
            "empty_str_unique_key.sql": unique_id.models__empty_str_unique_key_sql,
            "str_unique_key.sql": unique_id.models__str_unique_key_sql,
            "duplicated_unary_unique_key_list.sql": unique_id.models__duplicated_unary_unique_key_list_sql,
            "not_found_unique_key_list.sql": unique_id.models__not_found_unique_key_list_sql,
            "expected": {
                "one_str__overwrite.sql": unique_id.models__expected__one_str__overwrite_sql,
                "unique_key_list__inplace_overwrite.sql": unique_id.models__expected__unique_key_list__inplace_overwrite_sql,
            },
        })


class TestUniqueKey(UniqueKey):
    pass


class TestUniqueKeyMerge(UniqueKey):
    """The same expectations of the strategy merge, which dbt-sqlite does not know."""

    @pytest.fixture(scope="class")
    def project_config_update(self):
        return {"models": {"+incremental_strategy": "merge"}}


class TestMergeExcludeColumns(BaseMergeExcludeColumns):
    pass


class TestOnSchemaChange(BaseIncrementalOnSchemaChange):
    pass


class TestPredicatesDeleteInsert(BaseIncrementalPredicates):
    pass


class TestPredicatesOldName(BaseIncrementalPredicates):
    @pytest.fixture(scope="class")
    def project_config_update(self):
        return {"models": {"+predicates": ["id != 2"], "+incremental_strategy": "delete+insert"}}


class TestPredicatesMerge(BaseIncrementalPredicates):
    @pytest.fixture(scope="class")
    def project_config_update(self):
        return {"models": {"+incremental_predicates": ["dbt_internal_dest.id != 2"], "+incremental_strategy": "merge"}}


class TestMicrobatch(BaseMicrobatch):
    @pytest.fixture(scope="class")
    def input_model_sql(self):
        return MICROBATCH_INPUT

    @pytest.fixture(scope="class")
    def insert_two_rows_sql(self, project):
        return (f"insert into {project.test_schema}.input_model (id, event_time)"
                " values (4, '2020-01-04 00:00:00'), (5, '2020-01-05 00:00:00')")
