"""Unreadable and broken files: encodings, CSV, damaged databases and artifacts, folders where files should be."""
import json
import os
import sqlite3

from lab import expect, row

GOOD = {"models/good.sql": "{{ config(materialized='table') }} select 1 as id"}


def try_cases(lab, cases) -> None:
    """Each case: name, files, command, exit code, words; the database must stay as it was when nothing was to run."""
    faults = []
    for name, files, command, code, has in cases:
        project = lab.project({**GOOD, **files})
        project.script("create table kept as select 1 as id")
        before = project.database.read_bytes()
        done = project.run(*command)
        missing = [text for text in ([has] if isinstance(has, str) else has) if text not in done.output]
        if done.code != code:
            missing.append(f"exit code {code}")
        if code == 2 and project.database.read_bytes() != before:
            missing.append("an unchanged database")
        if "Internal Error" in done.output:
            missing.append("an error without 'Internal Error'")
        if missing:
            faults.append(f"{name}: lacks {missing}\n{done.text()}")
    expect(not faults, lambda: f"{len(faults)} of {len(cases)} cases:\n" + "\n".join(faults))


@row("bad_files")
def encodings(lab):
    """Bytes that are no UTF-8, NUL bytes, UTF-16 and BOMs in each kind of file."""
    try_cases(lab, [
        ("latin-1 model", {"models/b.sql": b"select 'caf\xe9' as x"}, ["run"], 2, ["models/b.sql:1:", "UTF-8"]),
        ("latin-1 YAML", {"models/s.yml": b"models:\n  - name: good\n    description: caf\xe9\n"}, ["run"], 2, ["models/s.yml:3:"]),
        ("latin-1 macro", {"macros/m.sql": b"{% macro m() %}caf\xe9{% endmacro %}"}, ["run"], 2, ["macros/m.sql", "UTF-8"]),
        ("latin-1 docs", {"models/d.md": b"{% docs d %}caf\xe9{% enddocs %}"}, ["run"], 2, ["models/d.md", "UTF-8"]),
        ("latin-1 seed", {"seeds/s.csv": b"id,name\n1,caf\xe9\n"}, ["seed"], 1, ["seeds/s.csv", "UTF-8"]),
        ("UTF-16 model", {"models/b.sql": "select 1 as id".encode("utf-16")}, ["run"], 2, ["models/b.sql", "UTF-8"]),
        ("UTF-16 YAML", {"models/s.yml": "models: []".encode("utf-16-le")}, ["run"], 2, ["models/s.yml"]),
        ("NUL in a model", {"models/b.sql": b"select 1 as id\0, 2 as x"}, ["run"], 1, ["models/b.sql:1:", "null character"]),
        ("NUL in YAML", {"models/s.yml": b"models:\n  - name: go\0od\n"}, ["run"], 2, ["models/s.yml:2:"]),
        ("BOM before a model", {"models/b.sql": b"\xef\xbb\xbfselect 1 as id"}, ["run"], 0, []),
        ("BOM before YAML", {"models/s.yml": b"\xef\xbb\xbfmodels: [{name: good}]"}, ["run"], 0, []),
        ("BOM before a seed", {"seeds/s.csv": b"\xef\xbb\xbfid,name\n1,x\n", "models/b.sql": "select id from {{ ref('s') }}"}, ["build"], 0, []),
        ("CRLF everywhere", {"seeds/s.csv": b"id,name\r\n1,x\r\n", "models/b.sql": b"select\r\n id from {{ ref('s') }}\r\n",
                             "models/s.yml": b"models:\r\n  - name: b\r\n"}, ["build"], 0, []),
        ("surrogates in UTF-8", {"models/b.sql": b"select '\xed\xa0\x80' as x"}, ["run"], 2, ["models/b.sql", "UTF-8"]),
    ])


@row("bad_files")
def malformed_csv(lab):
    """Seeds that are no tables: the line is named."""
    try_cases(lab, [
        ("row too long", {"seeds/s.csv": "id,name\n1,x\n2,y,z\n"}, ["seed"], 1, ["s.csv:3:"]),
        ("open quote", {"seeds/s.csv": 'id,name\n1,"x\n2,y\n'}, ["seed"], 1, ["s.csv:2:"]),
        ("empty file", {"seeds/s.csv": ""}, ["seed"], 1, ["s.csv"]),
        ("header alone", {"seeds/s.csv": "id,name\n"}, ["seed"], 0, []),
        ("short row", {"seeds/s.csv": "id,name\n1\n2,b\n"}, ["seed"], 0, []),
        ("duplicate header", {"seeds/s.csv": "id,id\n1,2\n"}, ["seed"], 0, []),
        ("empty header", {"seeds/s.csv": "id,\n1,2\n"}, ["seed"], 0, []),
        ("2,001 columns", {"seeds/s.csv": ",".join(f"c{i}" for i in range(2001)) + "\n" + ",".join("1" for _ in range(2001)) + "\n"},
         ["seed"], 1, ["too many columns"]),
        ("1,999 columns", {"seeds/s.csv": ",".join(f"c{i}" for i in range(1999)) + "\n" + ",".join("1" for _ in range(1999)) + "\n"},
         ["seed"], 0, []),
        ("a field of 2 MB", {"seeds/s.csv": "id,name\n1," + "x" * 2_000_000 + "\n"}, ["seed"], 0, []),
        ("NUL in a field", {"seeds/s.csv": b"id,name\n1,a\0b\n"}, ["seed"], 0, []),
        ("wrong delimiter", {"seeds/s.csv": "id;name\n1;x\n", "seeds/s.yml": "seeds: [{name: s, config: {delimiter: ''}}]"},
         ["seed"], 1, ["delimiter"]),
        ("column type that is none", {"seeds/s.csv": "id,name\n1,x\n", "seeds/s.yml": "seeds: [{name: s, config: {column_types: 5}}]"},
         ["seed"], 2, ["column_types"]),
    ])


@row("bad_files")
def broken_databases(lab):
    """No database, a damaged one, a folder in its place, a missing folder: exit code and a name in the message."""
    def in_place(make):
        project = lab.project(GOOD)
        make(project)
        return project

    text = in_place(lambda p: p.database.write_text("this is no database at all, but long enough to look at" * 50))
    text.refused("run", code=2, has=["file is not a database", "shop.db"])
    expect(text.database.read_text().startswith("this is no database"), "the file was overwritten")
    short = in_place(lambda p: p.database.write_text("SQLite"))
    short.refused("run", code=2, has=["shop.db"])
    folder = in_place(lambda p: p.database.mkdir())
    folder.refused("run", code=2, has=["unable to open database file", "shop.db"])
    profile = ("mine:\n  target: dev\n  outputs:\n    dev: {type: sqlite, threads: 1, database: d, schema: main, schema_directory: ., "
               "schemas_and_paths: {main: %s}}\n")
    where = in_place(lambda p: p.write({"project.yml": "name: shop\nprofile: mine\n", "profiles.yml": profile % "no/such/folder/x.db"}))
    where.refused("run", code=2, has=["unable to open database file", "no/such/folder/x.db"])
    project = lab.project({**GOOD, "models/big.sql": "{{ config(materialized='table') }} with recursive n(i) as (select 1 union all select i+1 "
                           "from n where i < 5000) select i, printf('%0100d', i) as x from n",
                           "models/reads.sql": "{{ config(materialized='table') }} select count(*) c, max(x) m from {{ ref('big') }}"})
    project.ok("run")
    whole = project.save()
    data = bytearray((whole / "shop.db").read_bytes())
    for at in range(2 * 4096, len(data), 4096):  # every page but the first two
        data[at:at + 64] = b"\xff" * 64
    project.restore(whole)
    project.database.write_bytes(bytes(data))
    project.refused("run", "--select", "reads", code=1, has=["malformed", "shop.db"])
    data[100:300] = b"\x5a" * 200  # the schema too
    project.database.write_bytes(bytes(data))
    done = project.run("run")
    expect(done.code in (1, 2) and "malformed" in done.output and "shop.db" in done.output, done.text)
    half = (whole / "shop.db").read_bytes()
    project.database.write_bytes(half[:len(half) // 2])
    done = project.run("run", "--select", "reads")
    expect(done.code in (1, 2) and "malformed" in done.output, done.text)


@row("bad_files")
def broken_artifacts(lab):
    """Damaged manifest.json and run_results.json: `--state` and `retry` say so; a run writes them anew."""
    project = lab.project(GOOD)
    project.ok("run")
    target = project.folder / "target"
    whole = {n: (target / n).read_bytes() for n in ("manifest.json", "run_results.json")}
    state = project.folder / "state"
    state.mkdir()

    def put(name, data):
        for n, text in whole.items():
            (state / n).write_bytes(data if n == name else text)

    for name, command in (("manifest.json", ["run", "--select", "state:modified", "--state", "state"]),
                          ("run_results.json", ["run", "--select", "result:error", "--state", "state"])):
        for data in (b"", b"{", b"[]", b"null", b'{"nodes": 7}', whole[name][: len(whole[name]) // 2], b"\xff\xfe\x00", b"[" * 100_000,
                     b'{"metadata": []}', b'{"results": {}}', b'{"results": [1, {"unique_id": 4}]}'):
            put(name, data)
            done = project.run(*command)
            expect(done.code in (0, 2), lambda: f"{name} = {data[:40]}: {done.text()}")
            expect("Internal Error" not in done.output, done.text)
            if data in (b"", b"{", b"\xff\xfe\x00") or len(data) == len(whole[name]) // 2:
                expect(done.code == 2 and name in done.output, lambda: f"{name} = {data[:40]}: {done.text()}")
    rounds = lab.pick(60, 5000)
    for _ in range(rounds):
        name = lab.random.choice(list(whole))
        data = bytearray(whole[name])
        for _ in range(lab.random.choice((1, 3, 20))):
            data[lab.random.randrange(len(data))] = lab.random.randrange(256)
        put(name, bytes(data))
        done = project.run("ls", "--select", "state:modified", "result:error", "--state", "state")
        expect(done.code in (0, 2) and "Internal Error" not in done.output, lambda: f"{name} mutated: {done.text()}")
    (target / "run_results.json").write_bytes(b"{")
    project.refused("retry", code=2, has="run_results.json")
    for path in target.glob("*.*"):
        path.write_bytes(b"\x00garbage")
    project.ok("run")
    project.check_artifacts()


@row("bad_files")
def things_in_the_way(lab):
    """Folders where files should be, files where folders should be, dangling and circular links."""
    project = lab.project({**GOOD, "models/b.sql/inner.sql": "select 2 as id"})
    project.ok("run")  # a folder whose name ends in .sql is a folder
    for name in ("manifest.json", "run_results.json"):
        path = project.folder / "target" / name
        path.unlink()
        path.mkdir()
        project.refused("run", code=2, has=[name])
        path.rmdir()
    project = lab.project({**GOOD, "target": "a file"})
    project.refused("run", code=2, has=["target"])
    project = lab.project({**GOOD, "logs": "a file"})
    project.ok("run")
    project = lab.project(GOOD)
    (project.folder / "project.yml").unlink()
    (project.folder / "project.yml").mkdir()
    project.refused("run", code=2, has=["project.yml"])
    project = lab.project(GOOD)
    models = project.folder / "models"
    os.symlink("nowhere.sql", models / "dangling.sql")
    os.symlink("loop.sql", models / "loop.sql")
    os.symlink(".", models / "itself")
    os.symlink("..", models / "parent")
    os.mkfifo(models / "pipe.sql")
    project.ok("run", timeout=60)
    project = lab.project({"project.yml": "name: shop\nmodel-paths: [models/good.sql]\n", **GOOD})
    done = project.run("run")
    expect(done.code in (0, 2) and "Internal Error" not in done.output, done.text)
    project = lab.project({"models": "a file"})
    done = project.run("run")
    expect(done.code in (0, 2) and "Internal Error" not in done.output, done.text)


@row("bad_files")
def old_and_future_artifacts(lab):
    """State of another schema version is refused or read, never crashed upon."""
    project = lab.project(GOOD)
    project.ok("run")
    manifest = json.loads((project.folder / "target/manifest.json").read_text())
    (project.folder / "state").mkdir()
    for version in (1, 4, 7, 10, 11, 12, 13, 99):
        manifest["metadata"]["dbt_schema_version"] = f"https://schemas.getdbt.com/dbt/manifest/v{version}.json"
        (project.folder / "state/manifest.json").write_text(json.dumps(manifest))
        done = project.run("ls", "--select", "state:modified", "--state", "state")
        expect(done.code in (0, 2) and "Internal Error" not in done.output, done.text)


@row("bad_files")
def foreign_tables_and_views(lab):
    """What other programs left in the database: views that cannot be read, virtual tables, triggers, odd names."""
    project = lab.project({**GOOD, "models/v.sql": "select * from {{ ref('good') }}"})
    project.script("""create view broken as select * from not_there;
        create table "odd \"\"name" (a); create table "select" (b); create virtual table search using fts5(body);
        create table audited (x); create trigger t after insert on audited begin select raise(abort, 'no'); end;
    """)
    project.ok("run")
    project.ok("docs", "generate")
    project.check_sound()
