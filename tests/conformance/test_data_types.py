import pytest

from dbt.tests.adapter.utils.data_types import test_type_numeric, test_type_timestamp
from dbt.tests.adapter.utils.data_types.test_type_bigint import BaseTypeBigInt
from dbt.tests.adapter.utils.data_types.test_type_boolean import BaseTypeBoolean
from dbt.tests.adapter.utils.data_types.test_type_float import BaseTypeFloat
from dbt.tests.adapter.utils.data_types.test_type_int import BaseTypeInt
from dbt.tests.adapter.utils.data_types.test_type_numeric import BaseTypeNumeric
from dbt.tests.adapter.utils.data_types.test_type_string import BaseTypeString
from dbt.tests.adapter.utils.data_types.test_type_timestamp import BaseTypeTimestamp


class AsTable:
    """A view's expressions have no type in SQLite; a table's columns have an affinity."""

    @pytest.fixture(scope="class")
    def project_config_update(self):
        return {"models": {"+materialized": "table"}}


class TestBigInt(BaseTypeBigInt):
    """As views: a literal's column has no type even in a table."""


class TestFloat(AsTable, BaseTypeFloat):
    pass


class TestInt(AsTable, BaseTypeInt):
    pass


class TestNumeric(AsTable, BaseTypeNumeric):
    def numeric_fixture_type(self):
        return "NUM"


class TestString(AsTable, BaseTypeString):
    pass


class TestTimestamp(AsTable, BaseTypeTimestamp):
    """Times are texts."""

    @pytest.fixture(scope="class")
    def seeds(self):
        return {"expected.csv": test_type_timestamp.seeds__expected_csv,
                "expected.yml": test_type_timestamp.seeds__expected_yml.replace("timestamp_col: timestamp", "timestamp_col: TEXT")}


class TestBoolean(AsTable, BaseTypeBoolean):
    """SQLite's own cast knows no truth values: dbt.cast does."""

    @pytest.fixture(scope="class")
    def models(self):
        return {"actual.sql": "select {{ dbt.cast(\"'True'\", dbt.type_boolean()) }} as boolean_col"}
