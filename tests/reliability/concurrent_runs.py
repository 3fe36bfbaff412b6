"""Two runs at once, readers during a run, one thread against eight."""
import contextlib
import json
import os
import pathlib
import re
import sqlite3
import threading

from kills import BUILD, NEW, every_kind, seed
from lab import expect, row, wait_until

NUMBERS = "with recursive n(i) as (select 1 union all select i + 1 from n where i < {{ var('n', 2000) }}) "
INCREMENTAL = ("{{ config(materialized='incremental') }}" + NUMBERS + "select i from n "
               "{% if is_incremental() %} where i > (select max(i) from {{ this }}) {% endif %}")
SNAPSHOT = {"models/source.sql": "{{ config(materialized='table') }} select 1 as id, {{ var('n', 1) }} as v union all select 2, 5",
            "snapshots/s.yml": "snapshots: [{name: s, relation: ref('source'), config: {unique_key: id, strategy: check, check_cols: [v]}}]"}


def race(project, *commands):
    processes = [project.start(*command, "--target-path", f"target{i}", "--log-path", f"logs{i}") for i, command in enumerate(commands)]
    return [project.finish(process, *command) for process, command in zip(processes, commands)]


def check_all(runs) -> None:
    for done in runs:
        expect(done.code == 0, done.text)


@row("concurrent")
def incremental_models_race(lab):
    """Two runs of one incremental model at once: no row twice, none missing; also when the table does not exist yet."""
    for i in range(lab.pick(4, 100)):
        project = lab.project({"models/m.sql": INCREMENTAL})
        if i % 3:
            project.ok("run", "--vars", "{n: 50}")
        check_all(race(project, ["run"], ["run"], ["run"]))
        expect(project.query("select count(*), count(distinct i) from m") == [(2000, 2000)], lambda: str(project.query("select count(*), count(distinct i) from m")))
        project.check_sound()


@row("concurrent")
def snapshots_race(lab):
    """Two snapshots at once: at most one open row a key."""
    for i in range(lab.pick(2, 100)):
        project = lab.project(SNAPSHOT)
        project.ok("build" if i % 2 else "run")
        project.ok("run", "--vars", "{n: 2}")
        check_all(race(project, ["snapshot"], ["snapshot"]))
        twice = project.query("select id, count(*) from s where dbt_valid_to is null group by id having count(*) > 1")
        expect(not twice, f"open rows: {twice}")
        expect(project.query("select count(*) from s") == [(3 if i % 2 else 2,)], lambda: str(project.query("select * from s")))
        project.check_sound()


def start_empty(project) -> None:
    for path in project.folder.glob("*.db*"):
        path.unlink()


@row("concurrent")
def whole_builds_race(lab):
    """Two builds of every materialization at once end in the state of one, also where they are the first builds of all."""
    project = every_kind(lab)
    project.ok(*BUILD)
    project.write({"seeds/letters.csv": seed(2)})
    saved = project.save()
    project.ok(*NEW)
    later = project.content()
    start_empty(project)
    project.ok(*NEW)
    project.ok(*NEW)
    first = project.content()
    for i in range(lab.pick(2, 40)):
        start_empty(project) if i % 2 else project.restore(saved)
        for done in race(project, NEW, NEW):  # `custom` is a project's own materialization, which takes no lock
            lost = [line for line in done.output.splitlines() if "Failure in" in line and "model custom" not in line]
            expect(done.code == 0 or not lost and "Completed with 1 error" in done.output, done.text)
        wanted, content = first if i % 2 else later, project.content()
        differing = [n for n in wanted if n != "shop.audit" and content.get(n) != wanted[n]]
        expect(not differing, f"not as after one build: {differing}")
        project.check_sound()


@row("concurrent")
def database_is_locked(lab):
    """Another program holds the database: the run waits; with a short busy_timeout it says who is in the way."""
    project = lab.project({"models/m.sql": "{{ config(materialized='table') }} select 2 as v",
                           "project.yml": "name: shop\nprofile: mine\n",
                           "profiles.yml": "mine:\n  target: dev\n  outputs:\n    dev: {type: sqlite, threads: 1, database: d, schema: main, "
                                           "schemas_and_paths: {main: shop.db}, schema_directory: ., busy_timeout: \"{{ env_var('WAIT') | as_number }}\"}\n"})
    project.script("pragma journal_mode = wal; create table m as select 1 as v")
    with contextlib.closing(sqlite3.connect(project.database, isolation_level=None)) as other:
        other.execute("begin immediate")
        project.refused("run", code=1, has=["database is locked", "shop.db", "busy_timeout"], env={"WAIT": "50"})
        expect(project.query("select v from m") == [(1,)], "the table changed")
        process = project.start("run", env={"WAIT": "60000"})
        threading.Timer(0.5, lambda: None).start()
        with contextlib.suppress(Exception):
            process.wait(timeout=1)
        expect(process.poll() is None, "the run did not wait")
        other.execute("rollback")
        expect(project.finish(process, "run").code == 0, "the run did not go on")
    expect(project.query("select v from m") == [(2,)], "the table was not built")


WIDE = ("{{ config(materialized='table') }}" + NUMBERS
        + "select i, i / 2.0 as half, printf('%0200d', i) as filler, null as nothing_yet from n order by {{ var('order', 'i') }}")


def temporary_bytes(process) -> list:
    """The sizes of SQLite's temporary files, which have no name any more."""
    sizes = []
    for descriptor in pathlib.Path(f"/proc/{process.pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            if "etilqs_" in os.readlink(descriptor):
                sizes.append(descriptor.stat().st_size)
    return sizes


@row("concurrent")
def tables_are_computed_beside_a_writer(lab):
    """While another program writes, two threads compute their tables; afterwards these are what one thread makes."""
    project = lab.project({"models/a.sql": WIDE, "models/b.sql": WIDE.replace("'i'", "'-i'")})
    rows = ("--vars", "{n: 60000}")
    project.ok("run", *rows, "--threads", "1")
    wanted = {"content": project.content(), "tables": project.query("select name, sql from sqlite_master order by 1"),
              "order": project.query("select rowid, i from b order by rowid")}
    project.ok("run", "--vars", "{n: 1}")
    with contextlib.closing(sqlite3.connect(project.database, isolation_level=None)) as other:
        other.execute("begin immediate")
        process = project.start("run", *rows, "--threads", "2")
        computed = wait_until(lambda: sum(size > 8_000_000 for size in temporary_bytes(process)) == 2)
        rows_before = other.execute("select (select count(*) from a) + (select count(*) from b)").fetchone()
        other.execute("rollback")
    done = project.finish(process, "run")
    expect(done.code == 0, done.text)
    expect(computed, "the tables were not computed while the file was locked")
    expect(rows_before == (2,), f"a table changed while another program wrote: {rows_before}")
    seen = {"content": project.content(), "tables": project.query("select name, sql from sqlite_master order by 1"),
            "order": project.query("select rowid, i from b order by rowid")}
    for name, value in wanted.items():
        expect(seen[name] == value, f"{name} differs with two threads")


@row("concurrent")
def readers_see_old_or_new(lab):
    """A reader polls while runs replace the tables it reads: it never misses one and never sees half of one."""
    project = lab.project({"models/a.sql": "{{ config(materialized='table') }}" + NUMBERS + "select i, {{ var('v', 1) }} as v from n",
                           "models/b.sql": "{{ config(materialized='view') }} select count(*) as c, min(v) as low, max(v) as high from {{ ref('a') }}"})
    project.ok("run")
    stop, seen, faults = threading.Event(), [0], []

    def poll():
        with contextlib.closing(sqlite3.connect(project.database, timeout=30, isolation_level=None)) as connection:
            while not stop.is_set():
                try:
                    count, low, high = connection.execute("select c, low, high from b").fetchone()
                    if count != 2000 or low != high:
                        faults.append((count, low, high))
                except sqlite3.Error as error:
                    faults.append(error)
                seen[0] += 1

    readers = [threading.Thread(target=poll) for _ in range(2)]
    for reader in readers:
        reader.start()
    for v in range(lab.pick(5, 300)):
        project.ok("run", "--vars", f"{{v: {v}}}", "--threads", "4")
    stop.set()
    for reader in readers:
        reader.join()
    expect(not faults, f"{len(faults)} of {seen[0]} reads: {faults[:3]}")
    expect(seen[0] > 50, f"only {seen[0]} reads: a bad test")


VOLATILE = (re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)?"),
            re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"))


def steady(data):
    """An artifact without times, thread names and the order in which nodes ended."""
    if isinstance(data, dict):
        skipped = ("created_at", "execution_time", "elapsed_time", "timing", "thread_id", "invocation_id", "generated_at",
                   "invocation_started_at", "args", "root_path", "run_started_at")
        return {k: steady(v) for k, v in data.items() if k not in skipped}
    if isinstance(data, list):
        return [steady(v) for v in data]
    return data


@row("concurrent")
def threads_change_nothing(lab):
    """1, 2 and 8 threads: the same manifest byte by byte but for times and ids, the same results, the same tables."""
    seen = {}
    for threads in lab.pick((1, 2, 8), (1, 2, 3, 5, 8, 8, 8, 8)):
        project = every_kind(lab)
        project.write({"models/tests.yml": "models: [{name: indexed, columns: [{name: id, data_tests: [unique, not_null]}]}]\n"})
        project.ok(*BUILD, "--threads", threads)
        project.ok(*NEW, "--threads", threads)
        texts = {}
        for name in ("manifest.json", "graph_summary.json", "semantic_manifest.json"):
            text = (project.folder / "target" / name).read_bytes().replace(str(project.folder).encode(), b"")
            text = re.sub(rb'"(created_at|compiled_at)": ?[0-9.]+', b"", text)
            for pattern in VOLATILE:
                text = pattern.sub(b"", text)
            texts[name] = text
        results = json.loads((project.folder / "target/run_results.json").read_text())
        texts["run_results.json"] = sorted(json.dumps(steady(r)).replace(str(project.folder), "") for r in results["results"])
        texts["compiled"] = {str(p.relative_to(project.folder)): p.read_bytes() for p in (project.folder / "target").rglob("*.sql")}
        texts["tables"] = project.content()
        for name, text in texts.items():
            first = seen.setdefault(name, text)
            if name == "manifest.json" and first != text:
                at = next(i for i, (a, b) in enumerate(zip(first, text)) if a != b)
                expect(False, f"manifest.json with {threads} threads: ...{first[at - 80:at + 80]} / {text[at - 80:at + 80]}")
            expect(first == text, lambda: f"{name} differs with {threads} threads")
