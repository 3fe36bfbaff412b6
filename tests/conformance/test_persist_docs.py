import pytest

from dbt.tests.adapter.persist_docs import test_persist_docs as base


class TestColumnMissing(base.BasePersistDocsColumnMissing):
    test_missing_column = None


class TestAllColumnsMissing(base.BasePersistDocsAllColumnsMissing):
    pass


class TestQuotedColumnCaseSensitive(base.BasePersistDocsQuotedColumnCaseSensitive):
    pass


class TestQuotedDescriptionNotAppliedOnMismatch(base.BasePersistDocsQuotedDescriptionNotAppliedOnMismatch):
    pass
