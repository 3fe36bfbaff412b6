import pytest

from dbt.tests.adapter.grants.test_model_grants import BaseModelGrants
from dbt.tests.adapter.python_model.test_python_model import BasePythonModelTests
from dbt.tests.util import run_dbt, run_dbt_and_capture


class TestPythonModelRefused(BasePythonModelTests):
    """There is no Python in the binary: the model is refused by name, what does not depend on it is built."""

    def test_singular_tests(self, project):
        variables = f"{{test_run_schema: {project.test_schema}}}"
        run_dbt(["seed", "--vars", variables])
        results, log = run_dbt_and_capture(["run", "--vars", variables], expect_pass=False)
        statuses = {result.node.name: str(result.status) for result in results}
        assert statuses["my_python_model"] == "error"
        assert statuses["my_sql_model"] == "success"
        assert "Python" in log


class TestGrantsWarn(BaseModelGrants):
    """SQLite has no users: grants are told of and not applied, and the model is built."""

    @pytest.fixture(scope="class")
    def models(self):
        return {"my_model.sql": "{{ config(grants={'select': ['reader']}) }} select 1 as id"}

    def test_view_table_grants(self, project):
        results, log = run_dbt_and_capture(["run"])
        assert len(results) == 1
        assert "SQLite has no grants" in log
