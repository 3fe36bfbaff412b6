import pytest

from dbt.tests.adapter.caching.test_caching import (
    BaseCachingLowercaseModel,
    BaseCachingSelectedSchemaOnly,
    BaseCachingUppercaseModel,
    BaseNoPopulateCache,
)
from dbt.tests.adapter.catalog import files
from dbt.tests.adapter.catalog.relation_types import CatalogRelationTypes
from dbt.tests.adapter.concurrency.test_concurrency import BaseConcurrency
from dbt.tests.adapter.relations.test_changing_relation_type import BaseChangeRelationTypeValidator
from dbt.tests.adapter.relations.test_dropping_schema_named import BaseDropSchemaNamed
from dbt.tests.adapter.simple_copy.test_simple_copy import EmptyModelsArentRunBase, SimpleCopyBase
from dbt.tests.adapter.simple_copy.test_copy_uppercase import BaseSimpleCopyUppercase
from dbt.tests.util import run_dbt_and_capture


class TestChangeRelationTypes(BaseChangeRelationTypeValidator):
    pass


class TestDropSchemaNamed(BaseDropSchemaNamed):
    pass


class TestConcurrency(BaseConcurrency):
    pass


class TestConcurrencyManyThreads(BaseConcurrency):
    @pytest.fixture(scope="class")
    def dbt_profile_target(self, tmp_path_factory):
        folder = tmp_path_factory.mktemp("databases")
        return {"type": "sqlite", "threads": 8, "database": "dbt", "schema": "main", "schema_directory": str(folder),
                "schemas_and_paths": {"main": str(folder / "main.db")}}


class CacheInLog:
    """The base class opens the cache of its process; modelc writes its cache's events to the log."""

    def run_and_inspect_cache(self, project, run_args=None):
        for _ in range(2):
            _, log = run_dbt_and_capture(["--log-cache-events", "--debug", *run_args])
            assert f"{project.test_schema}".lower() in log
            assert f"{project.test_schema}_another_schema" not in log.replace("Creating schema", "")


class TestCachingLowercase(CacheInLog, BaseCachingLowercaseModel):
    pass


class TestCachingUppercase(CacheInLog, BaseCachingUppercaseModel):
    pass


class TestCachingSelectedSchemaOnly(CacheInLog, BaseCachingSelectedSchemaOnly):
    pass


class TestNoPopulateCache(CacheInLog, BaseNoPopulateCache):
    pass


class TestCatalogRelationTypes(CatalogRelationTypes):
    @pytest.fixture(scope="class", autouse=True)
    def models(self):
        yield {"my_table.sql": files.MY_TABLE, "my_view.sql": files.MY_VIEW}

    @pytest.mark.parametrize("node_name,relation_type", [
        ("seed.test.my_seed", "table"),
        ("model.test.my_table", "table"),
        ("model.test.my_view", "view"),
    ])
    def test_relation_types_populate_correctly(self, docs, node_name, relation_type):
        super().test_relation_types_populate_correctly(docs, node_name, relation_type)


class TestSimpleCopy(SimpleCopyBase):
    test_simple_copy_with_materialized_views = None


class TestEmptyModelsArentRun(EmptyModelsArentRunBase):
    pass


class TestSimpleCopyUppercase(BaseSimpleCopyUppercase):
    @pytest.fixture(scope="class")
    def dbt_profile_target(self, tmp_path_factory):
        folder = tmp_path_factory.mktemp("databases")
        return {"type": "sqlite", "threads": 4, "database": "dbtMixedCase", "schema": "main", "schema_directory": str(folder),
                "schemas_and_paths": {"main": str(folder / "main.db")}}
