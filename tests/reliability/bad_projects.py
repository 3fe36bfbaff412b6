"""Faults in SQL, YAML, macros, variables and profiles: one clear error with place and hint, exit code 2 (1 when only a
node failed), and nothing changed."""
from lab import expect, row

GOOD = {"models/good.sql": "{{ config(materialized='table') }} select 1 as id"}


class Case:
    def __init__(self, name, files, has, code=2, command=("run",), env=None, remove_good=False):
        self.name, self.files, self.code, self.command, self.env = name, files, code, command, env
        self.has = [has] if isinstance(has, str) else has


PROFILE = "name: shop\nversion: '1.0'\nprofile: mine\n"

CASES = [
    Case("unknown ref", {"models/b.sql": "select 1\nfrom {{ ref('goood') }}"},
         ["depends on a node named 'goood' which was not found", "Did you mean 'good'?", "models/b.sql:2:"]),
    Case("unknown source", {"models/b.sql": "select * from {{ source('raw', 'x') }}"}, ["raw.x", "models/b.sql:1:"]),
    Case("cycle", {"models/a.sql": "select * from {{ ref('b') }}", "models/b.sql": "select * from {{ ref('a') }}"},
         ["cycle", "model.shop.a", "model.shop.b"]),
    Case("reference to itself", {"models/a.sql": "select * from {{ ref('a') }}"}, ["cycle", "model.shop.a"]),
    Case("duplicate model", {"models/x/a.sql": "select 1 as id", "models/y/a.sql": "select 2 as id"},
         ["two", "\"a\"", "models/x/a.sql", "models/y/a.sql"]),
    Case("two models in one relation", {"models/a.sql": "{{ config(alias='good') }} select 1 as id"}, ["good", "models/a.sql"]),
    Case("duplicate macro", {"macros/a.sql": "{% macro m() %}1{% endmacro %}", "macros/b.sql": "{% macro m() %}2{% endmacro %}"},
         ["m", "macros/a.sql", "macros/b.sql"]),
    Case("duplicate source", {"models/s.yml": "sources: [{name: r, tables: [{name: t}, {name: t}]}]"}, ["r.t", "models/s.yml"]),
    Case("duplicate properties", {"models/s.yml": "models: [{name: good}]", "models/t.yml": "models: [{name: good}]"},
         ["good", "models/s.yml", "models/t.yml"]),
    Case("invalid YAML", {"models/s.yml": "models:\n  - name: good\n description: [\n"}, "models/s.yml:3:"),
    Case("tab in YAML", {"models/s.yml": "models:\n\t- name: good\n"}, "models/s.yml:2:"),
    Case("YAML that is a list", {"models/s.yml": "- name: good\n"}, "models/s.yml"),
    Case("wrong type in YAML", {"models/s.yml": "models:\n  - name: good\n    columns: 17\n"}, ["columns", "models/s.yml:3:"]),
    Case("a name that is a number", {"models/s.yml": "models:\n  - name: [good]\n"}, ["name", "models/s.yml:2:"]),
    Case("two documents", {"models/s.yml": "models: []\n---\nmodels: []\n"}, "models/s.yml:2:"),
    Case("broken project file", {"project.yml": "name: shop\nmodels: [\n"}, "project.yml"),
    Case("empty project file", {"project.yml": ""}, "project.yml"),
    Case("project file without a name", {"project.yml": "version: '1.0'\n"}, ["name", "project.yml"]),
    Case("project name that is no name", {"project.yml": "name: 'a b'\n"}, ["a b", "project.yml:1:"]),
    Case("wrong type in project file", {"project.yml": "name: shop\nmodel-paths: 7\n"}, ["model-paths", "project.yml:2:"]),
    Case("missing end of a block", {"models/b.sql": "select 1\n{% if true %}\n"}, ["if", "models/b.sql:2:"]),
    Case("unclosed expression", {"models/b.sql": "select {{ 1 + \n"}, "models/b.sql:"),
    Case("unclosed text", {"models/b.sql": "select {{ 'abc }}\n"}, "models/b.sql:1:"),
    Case("unclosed comment", {"models/b.sql": "select 1 {# abc\n"}, "models/b.sql:1:"),
    Case("unknown tag", {"models/b.sql": "select 1\n{% fi %}"}, ["fi", "models/b.sql:2:"]),
    Case("unknown filter", {"models/b.sql": "select {{ 'a' | uper }}"}, ["uper", "models/b.sql:1:"]),
    Case("unknown macro", {"models/b.sql": "select 1,\n {{ nothing(1) }}"}, ["'nothing' is undefined", "models/b.sql:2:"], code=1),
    Case("bad macro file", {"macros/m.sql": "{% macro m( %}{% endmacro %}"}, "macros/m.sql:1:"),
    Case("missing variable", {"models/b.sql": "select\n{{ var('x_y') }}"},
         ["Required var 'x_y' not found in config", "models/b.sql:2:"], code=1),
    Case("variables that are no YAML", {}, "--vars", command=("run", "--vars", "{a: [")),
    Case("variables that are no dict", {}, "--vars", command=("run", "--vars", "just text")),
    Case("missing env_var", {"models/b.sql": "select '{{ env_var('NOT_THERE') }}'"}, ["NOT_THERE", "models/b.sql:1:"]),
    Case("missing profile", {"project.yml": PROFILE}, ["mine"]),
    Case("profile without target", {"project.yml": PROFILE, "profiles.yml": "mine:\n  target: prod\n  outputs:\n    dev: {type: sqlite}\n"},
         ["prod", "dev"]),
    Case("profile of an unknown type", {"project.yml": PROFILE, "profiles.yml": "mine:\n  target: dev\n  outputs:\n    dev: {type: orakle}\n"},
         ["orakle"]),
    Case("broken profiles.yml", {"project.yml": PROFILE, "profiles.yml": "mine: [\n"}, "profiles.yml"),
    Case("profile without paths", {"project.yml": PROFILE, "profiles.yml": "mine:\n  target: dev\n  outputs:\n    dev: {type: sqlite, threads: 1, database: d, schema: main}\n"},
         ["schemas_and_paths"]),
    Case("threads that are no number", {"project.yml": PROFILE, "profiles.yml": "mine:\n  target: dev\n  outputs:\n    dev: {type: sqlite, threads: many, database: d, schema: main, schemas_and_paths: {main: shop.db}, schema_directory: .}\n"},
         ["threads"]),
    Case("unknown command", {}, "fly", command=("fly",)),
    Case("unknown flag", {}, "--fast", command=("run", "--fast")),
    Case("number that is none", {}, "--threads", command=("run", "--threads", "x")),
    Case("unknown target", {"project.yml": PROFILE, "profiles.yml": "mine:\n  target: dev\n  outputs:\n    dev: {type: sqlite}\n"}, ["nowhere", "dev"],
         command=("run", "--target", "nowhere")),
    Case("bad selection", {}, "'nonsense' is not a valid method", command=("run", "--select", "nonsense:x")),
    Case("missing selector", {}, "mine", command=("run", "--selector", "mine")),
    Case("unknown materialization", {"models/b.sql": "{{ config(materialized='tabel') }} select 1 as id"},
         ["tabel", "models/b.sql"], code=1),
    Case("bad SQL", {"models/b.sql": "select id\nfrm {{ ref('good') }}"}, ["syntax error", "models/b.sql:2:"], code=1),
    Case("missing column", {"models/b.sql": "select\n  nope\nfrom {{ ref('good') }}"}, ["no such column: nope", "models/b.sql:2:"], code=1),
    Case("unknown generic test", {"models/s.yml": "models:\n  - name: good\n    columns:\n      - name: id\n        data_tests: [unic]\n"},
         ["'test_unic' is undefined", "models/s.yml"], code=1, command=("build",)),
    Case("unit test of nothing", {"models/s.yml": "unit_tests:\n  - name: u\n    model: no_model\n    given: []\n    expect: {rows: []}\n"},
         ["no_model", "models/s.yml"]),
    Case("snapshot without a key", {"snapshots/s.yml": "snapshots: [{name: s, relation: ref('good'), config: {strategy: check, check_cols: all}}]"},
         ["unique_key", "s"]),
    Case("exposure without owner", {"models/s.yml": "exposures: [{name: e, type: dashboard}]"}, ["owner", "models/s.yml"]),
    Case("ref in a ref's place", {"models/b.sql": "select {{ ref('a', 'b', 'c') }}"}, ["ref", "models/b.sql:1:"]),
    Case("unknown package", {"models/b.sql": "select {{ other.m() }}"}, ["'other' is undefined", "models/b.sql:1:"], code=1),
    Case("raised by a macro", {"macros/m.sql": "{% macro m() %}\n{{ exceptions.raise_compiler_error('no way') }}{% endmacro %}",
                               "models/b.sql": "select {{ m() }}"}, ["no way", "macros/m.sql:2:", "models/b.sql:1:"]),
    Case("bad packages.yml", {"packages.yml": "packages: [{local: ../nowhere}]"}, "nowhere", command=("deps",)),
    Case("bad selectors.yml", {"selectors.yml": "selectors: [{name: x, definition: {method: nonsense, value: x}}]"},
         "nonsense", command=("run", "--selector", "x")),
    Case("state folder without files", {}, "no comparison manifest", command=("run", "--select", "state:modified", "--state", "nowhere")),
    Case("unknown macro to run", {}, "nothing", command=("run-operation", "nothing")),
    Case("arguments that are no dict", {"macros/m.sql": "{% macro m() %}{% endmacro %}"}, "--args", command=("run-operation", "m", "--args", "[1")),
    Case("retry without a run", {}, ["Could not find previous run", "target"], command=("retry",)),
]


@row("bad_projects")
def every_fault_is_one_clear_error(lab):
    """Faults of a project: the exit code, the place, the words that help, and an unchanged database."""
    faults = []
    for case in CASES:
        project = lab.project({**GOOD, **case.files})
        project.script("create table kept as select 1 as id")
        before = project.database.read_bytes()
        done = project.run(*case.command, env=case.env)
        missing = [text for text in case.has if text not in done.output]
        if done.code != case.code:
            missing.append(f"exit code {case.code}")
        if case.code == 2 and project.database.read_bytes() != before:
            missing.append("an unchanged database")
        for word in ("Internal Error", "std::", "bad_alloc"):
            if word in done.output:
                missing.append(f"an error without '{word}'")
        if missing:
            faults.append(f"{case.name}: lacks {missing}\n{done.text()}")
    expect(not faults, lambda: f"{len(faults)} of {len(CASES)} cases:\n" + "\n".join(faults))


@row("bad_projects")
def all_errors_of_a_parse_at_once(lab):
    """Twenty broken files give twenty places in one run."""
    files = {f"models/m{i}.sql": "select {{ 1 + }}" for i in range(10)}
    files |= {f"models/r{i}.sql": f"select * from {{{{ ref('nothing_{i}') }}}}" for i in range(10)}
    project = lab.project(files)
    project.refused("parse", code=2, has=list(files))


@row("bad_projects")
def a_failing_node_stops_only_its_children(lab):
    """A node that fails gives exit code 1; its children are skipped, the rest is built, its old table stands."""
    project = lab.project({**GOOD, "models/bad.sql": "{{ config(materialized='table') }} select nope from {{ ref('good') }}",
                           "models/child.sql": "select * from {{ ref('bad') }}", "models/other.sql": "select 2 as id"})
    project.script("create table bad as select 'old' as v")
    project.refused("run", code=1, has="no such column: nope")
    expect(project.results() == {"model.shop.good": "success", "model.shop.bad": "error", "model.shop.child": "skipped",
                                 "model.shop.other": "success"}, str(project.results()))
    expect(project.query("select v from bad") == [("old",)], "the failed model's old table is gone")
    project.check_sound()
