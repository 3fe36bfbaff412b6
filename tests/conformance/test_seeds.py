import pathlib

import pytest

from dbt.tests.adapter.simple_seed import fixtures, seeds
from dbt.tests.adapter.simple_seed import test_seed as base
from dbt.tests.adapter.simple_seed.test_seed_type_override import BaseSimpleSeedColumnOverride
from sqlite_text import sqlite_files


class NoCascade:
    """Dropping a table leaves the views that read it: SQLite has no cascade, so the downstream view still exists."""

    def _check_relation_end_state(self, run_result, project, exists):
        super()._check_relation_end_state(run_result, project, True)


class TestBasicSeed(NoCascade, base.BaseBasicSeedTests):
    pass


class TestFullRefreshOn(NoCascade, base.BaseSeedConfigFullRefreshOn):
    pass


class TestFullRefreshOff(base.BaseSeedConfigFullRefreshOff):
    pass


class TestCustomSchema(base.BaseSeedCustomSchema):
    pass


class TestUniqueDelimiter(base.BaseSeedWithUniqueDelimiter):
    pass


class TestWrongDelimiter(base.BaseSeedWithWrongDelimiter):
    pass


class TestEmptyDelimiter(base.BaseSeedWithEmptyDelimiter):
    pass


class TestEnabledViaConfig(base.BaseSimpleSeedEnabledViaConfig):
    @pytest.fixture(scope="function")
    def clear_test_schema(self, project):
        yield
        for name, kind in project.get_tables_in_schema().items():
            project.run_sql(f"drop {kind} {project.test_schema}.{name}")


class TestParsing(base.BaseSeedParsing):
    pass


class TestByteOrderMark(base.BaseSimpleSeedWithBOM):
    """The base class copies a file of its own checkout; the same rows are written here behind the mark."""

    @pytest.fixture(scope="class", autouse=True)
    def setUp(self, project):
        project.run_sql(seeds.seeds__expected_sql)
        path = pathlib.Path(project.project_root) / "seeds" / "seed_bom.csv"
        path.write_bytes(b"\xef\xbb\xbf" + seeds.seed__actual_csv.lstrip().encode())


class TestSpecificFormats(base.BaseSeedSpecificFormats):
    """The base class writes its big seed next to the tests; here it is only a text."""

    @pytest.fixture(scope="class")
    def seeds(self):
        return {
            "big_seed.csv": "\n".join(["seed_id"] + [str(number) for number in range(20000)]),
            "seed.with.dots.csv": seeds.seed__with_dots_csv,
            "seed_unicode.csv": seeds.seed__unicode_csv,
        }


class TestEmptySeed(base.BaseTestEmptySeed):
    pass


class TestColumnOverride(BaseSimpleSeedColumnOverride):
    """Types are told as they were declared, those of a seed in SQLite's four words; dbt's Column calls every text varying."""

    @pytest.fixture(scope="class")
    def macros(self):
        return sqlite_files({"schema_test.sql": fixtures.macros__schema_test})

    @staticmethod
    def seed_enabled_types():
        return {"seed_id": "clob", "birthday": "date"}

    @staticmethod
    def seed_tricky_types():
        return {"seed_id_str": "clob", "looks_like_a_bool": "clob", "looks_like_a_date": "clob"}

    @pytest.fixture(scope="class")
    def models(self):
        types = {"text": "clob", "integer": "INT", "boolean": "INT", "timestamp without time zone": "character varying(256)"}
        lines = []
        for line in fixtures.properties__schema_yml.splitlines():
            key, _, word = line.partition("type: ")
            lines.append(key + "type: " + types.get(word, word) if word else line)
        text = "\n".join(lines)
        for column in ("relative", "weekday"):  # not overridden
            head, tail = text.split(f"- name: {column}\n", 1)
            text = head + f"- name: {column}\n" + tail.replace("clob", "character varying(256)", 1)
        return {"schema.yml": text}
