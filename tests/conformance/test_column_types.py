import pytest

from dbt.tests.adapter.column_types import fixtures
from dbt.tests.adapter.column_types.test_column_types import BaseColumnTypes
from sqlite_text import sqlite_files

SCHEMA = """
models:
  - name: model
    data_tests:
      - is_type:
          column_map:
            int_col: ['integer', 'number']
            real_col: ['float', 'number']
            text_col: ['string', 'not number']
            numeric_col: ['numeric', 'number']
"""


class TestColumnTypes(BaseColumnTypes):
    """A table made by `create table as` keeps the affinity of its expressions: INT, REAL, TEXT or NUM."""

    @pytest.fixture(scope="class")
    def macros(self):
        return sqlite_files({"test_is_type.sql": fixtures.macro_test_is_type_sql})

    @pytest.fixture(scope="class")
    def models(self):
        return {"schema.yml": SCHEMA, "model.sql": """
            {{ config(materialized='table') }}
            select cast(1 as integer) as int_col, cast(4.0 as real) as real_col, cast('7' as text) as text_col,
                   cast(6.0 as numeric) as numeric_col"""}

    def test_run_and_test(self, project):
        self.run_and_test()
