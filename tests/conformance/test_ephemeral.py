import re

import pytest

from dbt.tests.adapter.ephemeral.test_ephemeral import BaseEphemeralErrorHandling, BaseEphemeralMulti, BaseEphemeralNested
from dbt.tests.util import check_relations_equal, read_file, run_dbt


def written_sql(name):
    return re.sub(r"\s+", " ", read_file("target", "run", "test", "models", name)).strip()


class TestMulti(BaseEphemeralMulti):
    """The base class compares the whole statement, `create view "db"."schema"."name__dbt_tmp" as (...)`, in Postgres' words."""

    def test_ephemeral_multi(self, project):
        run_dbt(["seed"])
        assert len(run_dbt(["run"])) == 3
        check_relations_equal(project.adapter, ["seed", "dependent", "double_dependent", "super_dependent"])
        sql = written_sql("double_dependent.sql")
        assert sql.startswith(f'create view {project.test_schema}."double_dependent" as with __dbt__cte__base as (')
        assert sql.count("__dbt__cte__base as (") == 1
        assert "__dbt__cte__base_copy as ( select * from __dbt__cte__base )" in sql


class TestNested(BaseEphemeralNested):
    def test_ephemeral_nested(self, project):
        assert len(run_dbt(["run"])) == 2
        sql = written_sql("root_view.sql")
        first, second = sql.index("__dbt__cte__ephemeral_level_two as ("), sql.index("__dbt__cte__ephemeral as (")
        assert first < second
        assert sql.endswith("select * from __dbt__cte__ephemeral")


class TestErrorHandling(BaseEphemeralErrorHandling):
    pass
