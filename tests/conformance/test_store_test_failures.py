import pytest

from dbt.tests.adapter.store_test_failures_tests import basic
from dbt.tests.adapter.store_test_failures_tests.test_store_test_failures import BaseStoreTestFailures, BaseStoreTestFailuresLimit


class TestStoreTestFailures(BaseStoreTestFailures):
    pass


class TestStoreTestFailuresLimit(BaseStoreTestFailuresLimit):
    pass


class SameSchema:
    """Failures go to the models' schema: a view in another schema, which is another file, could not read the model."""

    @pytest.fixture(scope="class")
    def macros(self):
        return {"schema.sql": "{% macro generate_schema_name(custom_schema_name, node) %}{{ target.schema }}{% endmacro %}"}

    @pytest.fixture(scope="function", autouse=True)
    def teardown_method(self, project):
        yield
        for name, kind in project.get_tables_in_schema().items():
            if name not in (self.seed_table, self.model_table):
                project.run_sql(f"drop {kind} {project.test_schema}.{name}")


class TestInteractions(SameSchema, basic.StoreTestFailuresAsInteractions):
    pass


class TestProjectLevelOff(SameSchema, basic.StoreTestFailuresAsProjectLevelOff):
    pass


class TestProjectLevelView(SameSchema, basic.StoreTestFailuresAsProjectLevelView):
    pass


class TestProjectLevelEphemeral(SameSchema, basic.StoreTestFailuresAsProjectLevelEphemeral):
    pass


class TestGeneric(SameSchema, basic.StoreTestFailuresAsGeneric):
    pass


class TestExceptions(SameSchema, basic.StoreTestFailuresAsExceptions):
    pass
