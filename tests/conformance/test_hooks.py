import pytest

from dbt.tests.adapter.hooks import test_model_hooks as models
from dbt.tests.adapter.hooks import test_run_hooks as runs

COLUMNS = ("test_state", "target_dbname", "target_host", "target_name", "target_schema", "target_type", "target_user", "target_pass",
           "target_threads", "run_started_at", "invocation_id", "thread_id")


def create_log(project, name):
    project.run_sql(f"drop table if exists {project.test_schema}.{name}")
    project.run_sql(f"create table {project.test_schema}.{name} ({', '.join(column + ' text' for column in COLUMNS)})")


class SqliteLog:
    """What the hooks of a SQLite profile can know: it names no host and no user."""

    @pytest.fixture(scope="class", autouse=True)
    def setUp(self, project):
        create_log(project, "on_model_hook")

    def check_hooks(self, state, project, host, count=1):
        for row in self.get_ctx_vars(state, count=count, project=project):
            assert (row["test_state"], row["target_name"], row["target_schema"]) == (state, "default", project.test_schema)
            assert (row["target_type"], int(row["target_threads"])) == ("sqlite", 1)
            assert row["run_started_at"] and row["invocation_id"]
            assert row["thread_id"].startswith("Thread-")


VACUUM = {"sql": "vacuum {{ this.schema }}", "transaction": False}


class TestModelHooks(SqliteLog, models.BasePrePostModelHooks):
    """`vacuum` is refused inside of a transaction, in SQLite too; it takes a schema there and not a table."""

    @pytest.fixture(scope="class")
    def project_config_update(self):
        return {"models": {"test": {"pre-hook": [models.MODEL_PRE_HOOK, VACUUM], "post-hook": [VACUUM, models.MODEL_POST_HOOK]}}}


class TestModelHooksUnderscores(SqliteLog, models.BasePrePostModelHooks):
    @pytest.fixture(scope="class")
    def project_config_update(self):
        return {"models": {"test": {"pre_hook": [models.MODEL_PRE_HOOK, VACUUM], "post_hook": [VACUUM, models.MODEL_POST_HOOK]}}}


class TestHookRefs(SqliteLog, models.BaseHookRefs):
    pass


class SeedHooks:
    """Without Postgres' cast in the hook that only tracks a macro."""

    @pytest.fixture(scope="class")
    def project_config_update(self):
        return {"seeds": {"post-hook": ["alter table {{ this }} add column new_col int", "update {{ this }} set new_col = 1",
                                        "select cast(null as {{ dbt.type_int() }}) as id"], "quote_columns": False}}


class TestHooksOnSeeds(SeedHooks, models.BasePrePostModelHooksOnSeeds):
    pass


class TestHooksRefsOnSeeds(models.BaseHooksRefsOnSeeds):
    pass


class TestHooksOnSeedsPlusPrefixed(models.BasePrePostModelHooksOnSeedsPlusPrefixed):
    pass


class TestHooksOnSeedsPlusPrefixedWhitespace(models.BasePrePostModelHooksOnSeedsPlusPrefixedWhitespace):
    pass


class TestHooksOnSnapshots(models.BasePrePostModelHooksOnSnapshots):
    pass


class TestHooksInConfig(SqliteLog, models.BasePrePostModelHooksInConfig):
    pass


class TestHooksInConfigWithCount(SqliteLog, models.BasePrePostModelHooksInConfigWithCount):
    @pytest.fixture(scope="class")
    def project_config_update(self):
        return {"models": {"test": {"pre-hook": [models.MODEL_PRE_HOOK, VACUUM], "post-hook": [VACUUM, models.MODEL_POST_HOOK]}}}


class TestHooksInConfigKwargs(SqliteLog, models.BasePrePostModelHooksInConfigKwargs):
    pass


class TestSnapshotHooksInConfigKwargs(models.BasePrePostSnapshotHooksInConfigKwargs):
    pass


class TestDuplicateHooks(models.BaseDuplicateHooksInConfigs):
    pass


class TestRunHooks(runs.BasePrePostRunHooks):
    @pytest.fixture(scope="function")
    def setUp(self, project, monkeypatch):
        create_log(project, "on_run_hook")
        for name in ("schemas", "db_schemas"):
            project.run_sql(f"drop table if exists {project.test_schema}.{name}")
        monkeypatch.setenv("TERM_TEST", "TESTING")

    def check_hooks(self, state, project, host):
        row = self.get_ctx_vars(state, project)
        assert (row["test_state"], row["target_name"], row["target_schema"]) == (state, "default", project.test_schema)
        assert (row["target_type"], int(row["target_threads"])) == ("sqlite", 1)
        assert row["run_started_at"] and row["invocation_id"]
        assert row["thread_id"].startswith("Thread-") or row["thread_id"] == "MainThread"


class TestAfterRunHooks(runs.BaseAfterRunHooks):
    pass
