import json

import pytest

from dbt.tests.adapter.dbt_show import fixtures
from dbt.tests.adapter.dbt_debug.test_dbt_debug import BaseDebugInvalidProjectPostgres, BaseDebugPostgres, BaseDebugProfileVariable
from dbt.tests.adapter.dbt_show.test_dbt_show import BaseShowDoesNotHandleDoubleLimit, BaseShowLimit, BaseShowSqlHeader
from dbt.tests.util import run_dbt, run_dbt_and_capture


class TestDebug(BaseDebugPostgres):
    pass


class TestDebugProfileVariable(BaseDebugProfileVariable, BaseDebugPostgres):
    pass


class TestDebugInvalidProject(BaseDebugInvalidProjectPostgres):
    pass


class TestShowLimit(BaseShowLimit):
    """The table that the base class counts is in dbt's process; out of process it is printed, here as JSON."""

    @pytest.mark.parametrize("args,expected", [([], 5), (["--limit", "3"], 3), (["--limit", "-1"], 7)])
    def test_limit(self, project, args, expected):
        run_dbt(["build"])
        inline = fixtures.models__second_ephemeral_model
        _, out = run_dbt_and_capture(["show", "--inline", inline, "--output", "json", "--log-format", "json", *args])
        shown = [event["data"] for event in map(json.loads, out.splitlines()) if event["info"]["name"] == "ShowNode"]
        assert len(json.loads(shown[0]["preview"])) == expected


class TestShowSqlHeader(BaseShowSqlHeader):
    pass


class TestShowDoubleLimit(BaseShowDoesNotHandleDoubleLimit):
    DATABASE_ERROR_MESSAGE = 'near "limit": syntax error'
