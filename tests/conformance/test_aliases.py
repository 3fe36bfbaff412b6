import pytest

from dbt.tests.adapter.aliases import fixtures
from dbt.tests.adapter.aliases.test_aliases import (
    BaseAliasErrors,
    BaseAliases,
    BaseSameAliasDifferentDatabases,
    BaseSameAliasDifferentSchemas,
)
from sqlite_text import sqlite_files


class Macros:
    @pytest.fixture(scope="class")
    def macros(self):
        return sqlite_files({"cast.sql": fixtures.MACROS__CAST_SQL, "expect_value.sql": fixtures.MACROS__EXPECT_VALUE_SQL})


class TestAliases(Macros, BaseAliases):
    pass


class TestAliasErrors(Macros, BaseAliasErrors):
    pass


class TestSameAliasDifferentSchemas(Macros, BaseSameAliasDifferentSchemas):
    pass


class TestSameAliasDifferentDatabases(Macros, BaseSameAliasDifferentDatabases):
    """A schema is a file of its own, so another schema stands for another database."""
