import pytest

from dbt.tests.adapter.unit_testing.test_case_insensitivity import BaseUnitTestCaseInsensivity
from dbt.tests.adapter.unit_testing.test_invalid_input import BaseUnitTestInvalidInput
from dbt.tests.adapter.unit_testing.test_quoted_reserved_word_column_names import BaseUnitTestQuotedReservedWordColumnNames
from dbt.tests.adapter.unit_testing.test_types import BaseUnitTestingTypes, BaseUnitTestingVarcharFixtureNoTruncation


class TestCaseInsensitivity(BaseUnitTestCaseInsensivity):
    pass


class TestInvalidInput(BaseUnitTestInvalidInput):
    pass


class TestReservedWords(BaseUnitTestQuotedReservedWordColumnNames):
    pass


class TestTypes(BaseUnitTestingTypes):
    """SQLite's kinds of values: numbers, texts, truth values, dates and times as texts, JSON as text, nothing."""

    @pytest.fixture
    def data_types(self):
        return [
            ["1", "1"],
            ["1.5", "1.5"],
            ["'1'", "'1'"],
            ["'1'", "1"],
            ["true", "true"],
            ["date('2020-01-02')", "2020-01-02"],
            ["datetime('2013-11-03 00:00:00')", "2013-11-03 00:00:00"],
            ["cast('1' as numeric)", "1"],
            ["json('{\"bar\":\"baz\",\"active\":false}')", "'{\"bar\":\"baz\",\"active\":false}'"],
            ["null", "null"],
        ]


class TestVarcharNotTruncated(BaseUnitTestingVarcharFixtureNoTruncation):
    pass
