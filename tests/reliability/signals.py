"""Ctrl-C and SIGTERM: an orderly end with results; a second signal ends the process at once."""
import contextlib
import signal
import sqlite3

from lab import Failure, expect, row, wait_until

ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000000000000) select count(*) as c from n"

FILES = {
    "models/first.sql": "{{ config(materialized='table') }} select {{ var('v', 1) }} as v",
    "models/endless.sql": "{{ config(materialized='table') }} select c, v from (" + ENDLESS + ") cross join {{ ref('first') }}",
    "models/last.sql": "select * from {{ ref('endless') }}",
}


def started(process, text: str) -> str:
    """Reads the output up to the line that holds `text`."""
    seen = ""
    for line in process.stdout:
        seen += line.decode("utf-8", "replace")
        if text in seen:
            return seen
    raise Failure(f"the command ended before it said '{text}':\n{seen}")


def interrupt(lab, number: int, *flags):
    project = lab.project(FILES)
    project.script("create table endless as select 'old' as c")
    process = project.start("run", *flags)
    seen = started(process, "START sql table model main.endless")
    wait_until(lambda: False, 0.2)
    process.send_signal(number)
    done = project.finish(process, "run", timeout=60)
    expect(done.code == 2, lambda: f"not dbt's exit code 2: {done.text()}")
    expect("Exited because of keyboard interrupt" in done.output, lambda: seen + done.text())
    project.check_sound()
    expect(project.query("select c from endless") == [("old",)], "the old table is gone")
    expect(project.query("select v from first") == [(1,)], "what was done before the signal is lost")
    results = project.results()
    wanted = {"model.shop.first": "success", "model.shop.endless": "skipped", "model.shop.last": "skipped"}
    expect(results == wanted, f"run_results.json says {results}")


@row("signals")
def interrupted_by_ctrl_c(lab):
    """SIGINT: the running statement is cancelled, run_results.json is written, exit code 2 as dbt's."""
    interrupt(lab, signal.SIGINT)
    interrupt(lab, signal.SIGINT, "--threads", "8")


@row("signals")
def terminated(lab):
    """SIGTERM does the same: an orchestrator that stops a task finds its results."""
    interrupt(lab, signal.SIGTERM)


@row("signals")
def interrupted_twice(lab):
    """A second SIGINT ends the process without waiting; the database stands."""
    project = lab.project({"models/slow.sql": "{{ config(materialized='table') }} select 1 as id",
                           "macros/spin.sql": "{% macro spin() %}{% for i in range(10000) %}{% for j in range(10000) %}"
                                              "{% endfor %}{% endfor %}{% endmacro %}",
                           "models/spins.sql": "{% if execute %}{{ spin() }}{% endif %} select 1 as id"})
    process = project.start("run", "--select", "spins")
    started(process, "START sql view model main.spins")
    process.send_signal(signal.SIGINT)
    wait_until(lambda: False, 0.2)
    process.send_signal(signal.SIGINT)
    done = project.finish(process, "run", timeout=60)
    expect(done.code in (128 + signal.SIGINT, 2), done.text)
    project.ok("run", "--select", "slow")
    project.check_sound()


@row("signals")
def interrupted_while_waiting_for_a_lock(lab):
    """SIGINT while another program holds the database: the wait ends."""
    project = lab.project(FILES)
    project.script("create table first as select 0 as v")
    with contextlib.closing(sqlite3.connect(project.database, isolation_level=None)) as other:
        other.execute("pragma journal_mode = wal")
        other.execute("begin immediate")
        process = project.start("run", "--select", "first")
        started(process, "START sql table model main.first")
        wait_until(lambda: False, 0.3)
        process.send_signal(signal.SIGINT)
        done = project.finish(process, "run", timeout=15)
        other.execute("rollback")
    expect(done.code == 2, done.text)
    expect(project.query("select v from first") == [(0,)], "the table changed")


@row("signals")
def interrupted_in_a_hook(lab):
    """SIGINT while on-run-start or on-run-end runs: it is cancelled too."""
    for hook in ("on-run-start", "on-run-end"):
        project = lab.project({"project.yml": f"name: shop\nversion: '1.0'\n{hook}: \"create table t as {ENDLESS}\"\n",
                               "models/m.sql": "select 1 as id"})
        process = project.start("run")
        started(process, "Concurrency" if hook == "on-run-start" else "OK created sql view")
        wait_until(lambda: False, 0.5)
        process.send_signal(signal.SIGINT)
        done = project.finish(process, "run", timeout=60)
        expect(done.code == 2, done.text)
        project.check_sound()
        project.check_artifacts()
        expect("t" not in project.relations()["shop"], "the hook's table exists")
        expect((project.folder / "target/run_results.json").exists(), "run_results.json was not written")
