import pytest

from dbt.tests.adapter.dbt_clone import fixtures
from dbt.tests.adapter.dbt_clone.test_dbt_clone import (
    BaseClonePossible,
    BaseCloneSameSourceAndTarget,
    BaseCloneSameTargetAndState,
)
from dbt.tests.util import run_dbt, run_dbt_and_capture
from dbt_common.exceptions import DbtRuntimeError


class OneFile:
    """Without the base class's schema of its own for seeds: its view could not read them there."""

    @pytest.fixture(scope="class")
    def macros(self):
        return {"macros.sql": fixtures.macros_sql, "infinite_macros.sql": fixtures.infinite_macros_sql}


class TestClone(OneFile, BaseClonePossible):
    """The other schema is another file, which views cannot look into: everything is copied as a table."""

    def test_can_clone_true(self, project, unique_schema, other_schema):
        self.run_and_save_state(project.project_root, with_snapshot=True)
        clone = ["clone", "--state", "state", "--target", "otherschema"]
        assert len(run_dbt(clone)) == 4
        found = project.run_sql(f"select type from {other_schema}.sqlite_master where type in ('table', 'view')", fetch="all")
        assert [row[0] for row in found] == ["table"] * 4
        assert all("no-op" in result.message.lower() for result in run_dbt(clone))
        assert len(run_dbt([*clone, "--full-refresh"])) == 4
        models = run_dbt([*clone, "--resource-type", "model"])
        assert len(models) == 2 and all("no-op" in result.message.lower() for result in models)

    def test_clone_no_state(self, project, unique_schema, other_schema):
        with pytest.raises(DbtRuntimeError, match="--state or --defer-state are required for deferral"):
            run_dbt(["clone", "--target", "otherschema"])


class TestCloneSameSourceAndTarget(OneFile, BaseCloneSameSourceAndTarget):
    pass


class TestCloneSameTargetAndState(OneFile, BaseCloneSameTargetAndState):
    """The base class expects a failure that its schema of seeds causes; dbt itself only warns."""

    def test_clone_same_target_and_state(self, project, unique_schema, other_schema):
        self.run_and_save_state(project.project_root)
        _, log = run_dbt_and_capture(["clone", "--defer", "--state", "target"])
        assert "The state and target directories are the same: 'target'" in log
