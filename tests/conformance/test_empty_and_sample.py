import pytest

from dbt.tests.adapter.empty.test_empty import BaseTestEmpty, BaseTestEmptyInlineSourceRef, BaseTestEmptySeedFlag, MetadataWithEmptyFlag
from dbt.tests.adapter.sample_mode.test_sample_mode import BaseSampleModeTest
from dbt.tests.util import patch_microbatch_end_time, run_dbt


class TestEmpty(BaseTestEmpty):
    pass


class TestEmptyInlineSourceRef(BaseTestEmptyInlineSourceRef):
    pass


class TestMetadataWithEmpty(MetadataWithEmptyFlag):
    pass


class TestSample(BaseSampleModeTest):
    """The base class stops Python's clock; out of process the binary's clock is stopped."""

    @pytest.fixture(scope="class")
    def input_model_sql(self):
        return """
            {{ config(materialized='table', event_time='event_time') }}
            select 1 as id, '2025-01-01 01:25:00' as event_time
            union all select 2, '2025-01-02 13:47:00'
            union all select 3, '2025-01-03 01:32:00'"""

    def test_sample_mode(self, project):
        with patch_microbatch_end_time("2025-01-03 02:03:00"):
            run_dbt(["run"])
            self.assert_row_count(project, "model_that_samples_input_sql", 3)
            run_dbt(["run", "--sample=1 day"])
            self.assert_row_count(project, "model_that_samples_input_sql", 2)
