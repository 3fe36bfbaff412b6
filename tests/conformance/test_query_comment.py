import pytest

from dbt.tests.adapter.query_comment import test_query_comment as base
from dbt.tests.util import run_dbt
from dbt_common.exceptions import DbtRuntimeError


class TestComment(base.BaseQueryComments):
    pass


class TestMacro(base.BaseMacroQueryComments):
    pass


class TestMacroArguments(base.BaseMacroArgsQueryComments):
    pass


class TestInvalid(base.BaseMacroInvalidQueryComments):
    """Without JSON lines: the error is read from the text."""

    def test_run_assert_comments(self, project):
        with pytest.raises(DbtRuntimeError, match="query comment contains illegal value"):
            run_dbt(["run"])


class TestNull(base.BaseNullQueryComments):
    pass


class TestEmpty(base.BaseEmptyQueryComments):
    pass
