import pytest

from dbt.tests.adapter.basic import expected_catalog
from dbt.tests.adapter.basic.test_adapter_methods import BaseAdapterMethod
from dbt.tests.adapter.basic.test_base import BaseSimpleMaterializations
from dbt.tests.adapter.basic.test_docs_generate import BaseDocsGenerate, BaseDocsGenReferences, models__readme_md, models__schema_yml
from dbt.tests.adapter.basic.test_empty import BaseEmpty
from dbt.tests.adapter.basic.test_ephemeral import BaseEphemeral
from dbt.tests.adapter.basic.test_generic_tests import BaseGenericTests
from dbt.tests.adapter.basic.test_incremental import (
    BaseIncremental,
    BaseIncrementalBadStrategy,
    BaseIncrementalNotSchemaChange,
)
from dbt.tests.adapter.basic.test_singular_tests import BaseSingularTests
from dbt.tests.adapter.basic.test_singular_tests_ephemeral import BaseSingularTestsEphemeral
from dbt.tests.adapter.basic.test_snapshot_check_cols import BaseSnapshotCheckCols
from dbt.tests.adapter.basic.test_snapshot_timestamp import BaseSnapshotTimestamp
from dbt.tests.adapter.basic.test_table_materialization import BaseTableMaterialization
from dbt.tests.util import run_dbt, run_dbt_and_capture

NAMES = {"id_type": "INT", "text_type": "TEXT", "time_type": "TEXT", "view_type": "view", "table_type": "table"}


class TestSimpleMaterializations(BaseSimpleMaterializations):
    pass


class TestTableMaterialization(BaseTableMaterialization):
    pass


class TestSingularTests(BaseSingularTests):
    pass


class TestSingularTestsEphemeral(BaseSingularTestsEphemeral):
    pass


class TestEmpty(BaseEmpty):
    pass


class TestEphemeral(BaseEphemeral):
    pass


class TestIncremental(BaseIncremental):
    pass


class TestIncrementalNotSchemaChange(BaseIncrementalNotSchemaChange):
    pass


class TestIncrementalBadStrategy(BaseIncrementalBadStrategy):
    pass


class TestGenericTests(BaseGenericTests):
    pass


class TestSnapshotCheckCols(BaseSnapshotCheckCols):
    pass


class TestSnapshotTimestamp(BaseSnapshotTimestamp):
    pass


class TestAdapterMethod(BaseAdapterMethod):
    pass


class TestDocsGenerate(BaseDocsGenerate):
    """second_model is a table: a view cannot read a seed of another schema, which is another file."""

    @pytest.fixture(scope="class")
    def models(self):
        return {
            "schema.yml": models__schema_yml,
            "readme.md": models__readme_md,
            "model.sql": "select * from {{ ref('seed') }}",
            "second_model.sql": "{{ config(materialized='table', schema='test') }} select * from {{ ref('seed') }}",
        }

    @pytest.fixture(scope="class")
    def expected_catalog(self, project):
        catalog = expected_catalog.base_expected_catalog(
            project, role=None, model_stats=expected_catalog.no_stats(), seed_stats=expected_catalog.no_stats(), **NAMES)
        catalog["nodes"]["model.test.second_model"]["metadata"]["type"] = "table"
        return catalog


class TestDocsGenReferences(BaseDocsGenReferences):
    """Columns are counted from 0, and an expression of a view has no type: as dbt-sqlite's catalog has them."""

    @pytest.fixture(scope="class")
    def expected_catalog(self, project):
        catalog = expected_catalog.expected_references_catalog(
            project, role=None, bigint_type="UNKNOWN", model_stats=expected_catalog.no_stats(), **NAMES)
        columns = [column for part in ("nodes", "sources") for node in catalog[part].values() for column in node["columns"].values()]
        for column in {id(column): column for column in columns}.values():  # the seed and the source share theirs
            column["index"] -= 1
        return catalog


class TestCatalogForSingleRelation:
    """The base class calls its adapter in process; here a macro calls modelc's own."""

    @pytest.fixture(scope="class")
    def seeds(self):
        return {"things.csv": "id,name\n1,bolt\n2,nut\n", "other.csv": "code\na\n"}

    @pytest.fixture(scope="class")
    def macros(self):
        return {"catalog.sql": """
            {% macro columns_of(name) %}
              {% set relation = adapter.get_relation(target.database, target.schema, name) %}
              {% for rows in [get_catalog_for_single_relation(relation), get_catalog_relations(relation.information_schema(), [relation])] %}
                {% for row in rows %}
                  {% do print('COLUMN ' ~ row['table_name'] ~ '.' ~ row['column_name'] ~ ' ' ~ row['column_type'] ~ ' ' ~ row['table_type']) %}
                {% endfor %}
              {% endfor %}
            {% endmacro %}"""}

    def test_relation_alone_is_listed(self, project):
        run_dbt(["seed"])
        _, log = run_dbt_and_capture(["run-operation", "columns_of", "--args", "{name: things}"])
        found = [line.split("COLUMN ")[1].strip() for line in log.splitlines() if "COLUMN " in line]
        assert found == ["things.id INT table", "things.name TEXT table"] * 2
