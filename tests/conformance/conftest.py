import re

import pytest

from sqlite_text import sqlite_sql, statements

pytest_plugins = ["dbt.tests.fixtures.project"]


@pytest.fixture(scope="class")
def project(project):
    """dbt's project, whose run_sql understands what the base classes write for Postgres."""
    run_one = project.run_sql
    database_part = re.compile(rf"(?<![\w.])\"?{re.escape(project.database)}\"?\.(?=\"?{re.escape(project.test_schema)})")

    def run_sql(sql, fetch=None):
        rows = None
        for statement in statements(sqlite_sql(database_part.sub("", sql))):
            rows = run_one(statement, fetch)
        return rows

    def tables():
        found = run_sql(f"select name, type from {project.test_schema}.sqlite_master where type in ('table', 'view')", fetch="all")
        return {row[0]: row[1] for row in found}

    project.run_sql = run_sql
    project.get_tables_in_schema = tables
    return project
