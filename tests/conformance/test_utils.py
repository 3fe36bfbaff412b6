from datetime import datetime

import pytest

from dbt.tests.adapter.utils import fixture_date, fixture_date_trunc, fixture_get_intervals_between
from dbt.tests.adapter.utils.test_any_value import BaseAnyValue
from dbt.tests.adapter.utils.test_array_append import BaseArrayAppend
from dbt.tests.adapter.utils.test_array_concat import BaseArrayConcat
from dbt.tests.adapter.utils.test_array_construct import BaseArrayConstruct
from dbt.tests.adapter.utils.test_bool_or import BaseBoolOr
from dbt.tests.adapter.utils.test_cast import BaseCast
from dbt.tests.adapter.utils.test_cast_bool_to_text import BaseCastBoolToText
from dbt.tests.adapter.utils.test_concat import BaseConcat
from dbt.tests.adapter.utils.test_current_timestamp import BaseCurrentTimestampNaive
from dbt.tests.adapter.utils.test_date import BaseDate
from dbt.tests.adapter.utils.test_date_spine import BaseDateSpine
from dbt.tests.adapter.utils.test_date_trunc import BaseDateTrunc
from dbt.tests.adapter.utils.test_dateadd import BaseDateAdd
from dbt.tests.adapter.utils.test_datediff import BaseDateDiff
from dbt.tests.adapter.utils.test_equals import BaseEquals
from dbt.tests.adapter.utils.test_escape_single_quotes import BaseEscapeSingleQuotesQuote
from dbt.tests.adapter.utils.test_except import BaseExcept
from dbt.tests.adapter.utils.test_generate_series import BaseGenerateSeries
from dbt.tests.adapter.utils.test_get_intervals_between import BaseGetIntervalsBetween
from dbt.tests.adapter.utils.test_get_powers_of_two import BaseGetPowersOfTwo
from dbt.tests.adapter.utils.test_hash import BaseHash
from dbt.tests.adapter.utils.test_intersect import BaseIntersect
from dbt.tests.adapter.utils.test_last_day import BaseLastDay
from dbt.tests.adapter.utils.test_length import BaseLength
from dbt.tests.adapter.utils.test_listagg import BaseListagg
from dbt.tests.adapter.utils.test_null_compare import BaseMixedNullCompare
from dbt.tests.adapter.utils.test_null_compare import BaseNullCompare
from dbt.tests.adapter.utils.test_position import BasePosition
from dbt.tests.adapter.utils.test_replace import BaseReplace
from dbt.tests.adapter.utils.test_right import BaseRight
from dbt.tests.adapter.utils.test_safe_cast import BaseSafeCast
from dbt.tests.adapter.utils.test_split_part import BaseSplitPart
from dbt.tests.adapter.utils.test_string_literal import BaseStringLiteral
from dbt.tests.adapter.utils.test_timestamps import BaseCurrentTimestamps
from dbt.tests.adapter.utils.test_validate_sql import BaseValidateSqlMethod
from dbt.tests.util import run_dbt
from dbt_common.exceptions import DbtRuntimeError
from sqlite_text import sqlite_files


class TestAnyValue(BaseAnyValue):
    pass


class TestArrayAppend(BaseArrayAppend):
    pass


class TestArrayConcat(BaseArrayConcat):
    """As tables: a view that calls one of modelc's functions cannot be read by the test's own connection."""

    @pytest.fixture(scope="class")
    def project_config_update(self):
        return {"models": {"+materialized": "table"}}


class TestArrayConstruct(BaseArrayConstruct):
    pass


class TestBoolOr(BaseBoolOr):
    pass


class TestCast(BaseCast):
    pass


class TestCastBoolToText(BaseCastBoolToText):
    pass


class TestConcat(BaseConcat):
    pass


class TestDate(BaseDate):
    @pytest.fixture(scope="class")
    def models(self):
        return sqlite_files({"test_date.yml": fixture_date.models__test_date_yml, "test_date.sql": fixture_date.models__test_date_sql})


class TestDateSpine(BaseDateSpine):
    pass


class TestDateTrunc(BaseDateTrunc):
    @pytest.fixture(scope="class")
    def models(self):
        return sqlite_files({
            "test_date_trunc.yml": fixture_date_trunc.models__test_date_trunc_yml,
            "test_date_trunc.sql": fixture_date_trunc.models__test_date_trunc_sql,
        })


class TestDateAdd(BaseDateAdd):
    pass


class TestDateDiff(BaseDateDiff):
    pass


class TestEquals(BaseEquals):
    pass


class TestEscapeSingleQuotesQuote(BaseEscapeSingleQuotesQuote):
    pass


class TestExcept(BaseExcept):
    pass


class TestGenerateSeries(BaseGenerateSeries):
    pass


class TestGetIntervalsBetween(BaseGetIntervalsBetween):
    """Dates are ISO 8601 texts."""

    @pytest.fixture(scope="class")
    def models(self):
        return {
            "test_get_intervals_between.yml": fixture_get_intervals_between.models__test_get_intervals_between_yml,
            "test_get_intervals_between.sql":
                "select {{ get_intervals_between(\"'2023-09-01'\", \"'2023-09-12'\", 'day') }} as intervals, 11 as expected",
        }


class TestGetPowersOfTwo(BaseGetPowersOfTwo):
    pass


class TestHash(BaseHash):
    pass


class TestIntersect(BaseIntersect):
    pass


class TestLastDay(BaseLastDay):
    pass


class TestLength(BaseLength):
    pass


class TestListagg(BaseListagg):
    pass


class TestMixedNullCompare(BaseMixedNullCompare):
    pass


class TestNullCompare(BaseNullCompare):
    pass


class TestPosition(BasePosition):
    pass


class TestReplace(BaseReplace):
    pass


class TestRight(BaseRight):
    pass


class TestSafeCast(BaseSafeCast):
    pass


class TestSplitPart(BaseSplitPart):
    pass


class TestStringLiteral(BaseStringLiteral):
    pass


class TestCurrentTimestamp(BaseCurrentTimestampNaive):
    """A time is a text."""

    @pytest.fixture(scope="class")
    def current_timestamp(self, project):
        run_dbt(["build"])
        return datetime.fromisoformat(project.run_sql("select current_ts_column from {schema}.current_ts", fetch="one")[0])


class TestCurrentTimestamps(BaseCurrentTimestamps):
    @pytest.fixture(scope="class")
    def models(self):
        return {"get_current_timestamp.sql": """
            select {{ current_timestamp() }} as "current_timestamp",
                   {{ current_timestamp_in_utc_backcompat() }} as current_timestamp_in_utc_backcompat,
                   {{ current_timestamp_backcompat() }} as current_timestamp_backcompat"""}

    @pytest.fixture(scope="class")
    def expected_schema(self):
        return {name: "UNKNOWN" for name in
                ("current_timestamp", "current_timestamp_in_utc_backcompat", "current_timestamp_backcompat")}

    @pytest.fixture(scope="class")
    def expected_sql(self):
        return """select datetime() as "current_timestamp", datetime() as current_timestamp_in_utc_backcompat,
                         datetime() as current_timestamp_backcompat"""


class TestValidateSql(BaseValidateSqlMethod):
    """The base class asks the adapter in process; here the macro of modelc is asked."""

    @pytest.fixture(scope="class")
    def macros(self):
        return {"check.sql": "{% macro check(text) %}{% do validate_sql(text) %}{% endmacro %}"}

    def test_validate_sql_success(self, project, valid_sql):
        run_dbt(["run-operation", "check", "--args", f"{{text: '{valid_sql}'}}"])

    def test_validate_sql_failure(self, project, invalid_sql, expected_exception):
        run_dbt(["run-operation", "check", "--args", f'{{text: "{invalid_sql}"}}'], expect_pass=False)
