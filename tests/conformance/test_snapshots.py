import pytest

from dbt.tests.adapter.simple_snapshot import fixtures
from dbt.tests.adapter.simple_snapshot import new_record_dbt_valid_to_current as new_record_current
from dbt.tests.adapter.simple_snapshot import new_record_timestamp_mode as new_record
from dbt.tests.adapter.simple_snapshot.new_record_check_mode import BaseSnapshotNewRecordCheckMode
from dbt.tests.adapter.simple_snapshot.test_ephemeral_snapshot_hard_deletes import (
    BaseSnapshotEphemeralHardDeletes,
    BaseSnapshotNewColumnSpecificCheckCols,
    BaseSnapshotNewColumnTimestampStrategy,
    BaseSnapshotNewColumnWithDeletes,
)
from dbt.tests.adapter.simple_snapshot.test_snapshot import BaseSimpleSnapshot, BaseSnapshotCheck
from dbt.tests.adapter.simple_snapshot.test_various_configs import (
    BaseSnapshotColumnNames,
    BaseSnapshotColumnNamesFromDbtProject,
    BaseSnapshotDbtValidToCurrent,
    BaseSnapshotInvalidColumnNames,
    BaseSnapshotMultiUniqueKey,
)
from dbt.tests.util import check_relations_equal, run_dbt
from sqlite_text import sqlite_files


class TestSnapshot(BaseSimpleSnapshot):
    pass


class TestSnapshotCheck(BaseSnapshotCheck):
    pass


class TwoPartNames:
    @pytest.fixture(scope="class")
    def snapshots(self):
        return sqlite_files({"snapshot.sql": fixtures.snapshot_actual_sql})


class TestColumnNames(TwoPartNames, BaseSnapshotColumnNames):
    pass


class TestColumnNamesFromProject(TwoPartNames, BaseSnapshotColumnNamesFromDbtProject):
    pass


class TestInvalidColumnNames(TwoPartNames, BaseSnapshotInvalidColumnNames):
    pass


class TestMultiUniqueKey(BaseSnapshotMultiUniqueKey):
    @pytest.fixture(scope="class")
    def models(self):
        return sqlite_files({
            "seed.sql": fixtures.model_seed_sql.replace("select", "{{ config(materialized='ephemeral') }} select"),
            "snapshots.yml": fixtures.snapshots_multi_key_yml,
            "ref_snapshot.sql": fixtures.ref_snapshot_sql,
        })


class TestValidToCurrent(TwoPartNames, BaseSnapshotDbtValidToCurrent):
    """Dates are texts in SQLite, so the base class's comparison with datetime objects is told again."""

    def test_valid_to_current(self, project):
        for script in (fixtures.create_seed_sql, fixtures.create_snapshot_expected_sql, fixtures.seed_insert_sql,
                       fixtures.populate_snapshot_expected_valid_to_current_sql):
            project.run_sql(script)
        run_dbt(["snapshot"])
        ends = "select distinct test_valid_to from {schema}.snapshot_actual where {where}"
        assert [tuple(row) for row in project.run_sql(ends.replace("{where}", "true"), fetch="all")] == [("2099-12-31",)]

        project.run_sql(fixtures.invalidate_sql)
        project.run_sql(fixtures.update_with_current_sql)
        run_dbt(["snapshot"])
        found = project.run_sql("select test_valid_to from {schema}.snapshot_actual where id = 10 order by 1", fetch="all")
        assert [row[0] for row in found] == ["2016-08-20 16:44:49", "2099-12-31"]
        check_relations_equal(project.adapter, ["snapshot_actual", "snapshot_expected"])


class TestNewRecordTimestamp(new_record.BaseSnapshotNewRecordTimestampMode):
    @pytest.fixture(scope="class")
    def snapshots(self):
        return sqlite_files({"snapshot.sql": new_record._snapshot_actual_sql})


class TestNewRecordCheck(BaseSnapshotNewRecordCheckMode):
    @pytest.fixture(scope="class")
    def snapshots(self):
        return sqlite_files({"snapshot.sql": new_record._snapshot_actual_sql})


class TestNewRecordValidToCurrent(new_record_current.BaseSnapshotNewRecordDbtValidToCurrent):
    @pytest.fixture(scope="class")
    def snapshots(self):
        return sqlite_files({"snapshot.sql": new_record_current._snapshot_actual_sql})


class TestEphemeralHardDeletes(BaseSnapshotEphemeralHardDeletes):
    pass


class TestNewColumnTimestamp(BaseSnapshotNewColumnTimestampStrategy):
    pass


class TestNewColumnSpecificCheckCols(BaseSnapshotNewColumnSpecificCheckCols):
    pass


class TestNewColumnWithDeletes(BaseSnapshotNewColumnWithDeletes):
    pass
