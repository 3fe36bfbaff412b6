"""Full and failing disks, folders that cannot be written: a clear error, the old state, and a good run afterwards."""
import os
import resource
import signal
import subprocess

from kills import BUILD, NEW, Rounds, every_kind, seed
from lab import expect, row

TABLES = {"models/big.sql": "{{ config(materialized='table') }} with recursive n(i) as (select 1 union all select i + 1 from n where "
                            "i < {{ var('n', 10) }}) select i, printf('%0500d', i) as x from n"}


@row("disk")
def file_size_limit(lab):
    """ulimit -f while a table grows: a node fails with a word about the disk, the old table stands, a retry succeeds."""
    project = lab.project(TABLES)
    project.ok("run")
    before = project.content()

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    done = project.run("run", "--vars", "{n: 20000}", preexec_fn=limit)
    expect(done.code == 1 and "disk" in done.output and "shop.db" in done.output, done.text)
    project.check_sound()
    expect(project.content() == before, "the old table changed")
    project.ok("run", "--vars", "{n: 20000}")
    expect(project.query("select count(*) from big") == [(20000,)], "the retry did not build the table")


@row("disk", needs_shim=True)
def database_calls_fail(lab):
    """The n-th write, sync or truncate of the database fails (EIO, full disk, half a write), once or for good."""
    rounds = Rounds(lab)
    counter = lab.folder / "calls"
    calls = "write,pwrite,sync,truncate"
    rounds.reset()
    rounds.project.ok(*NEW, env={**lab.faults(calls, 0, "EIO", "shop.db"), "FAULT_COUNT": str(counter)})
    total = int(counter.read_text())
    expect(total > 20, f"only {total} calls were seen")
    tries = [(at, action) for at in range(1, total + 1) for action in ("EIO", "ENOSPC", "SHORT")]
    for at, action in tries if lab.full else lab.random.sample(tries, 6):
        rounds.reset()
        stays = {"FAULT_STAYS": "1"} if lab.random.random() < 0.5 else {}
        when = f"at call {at} of {total} ({action}{', stays' if stays else ''})"
        done = rounds.project.run(*NEW, env={**lab.faults(calls, at, action, "shop.db"), **stays})
        expect(done.code in (0, 1, 2), lambda: f"{when}: {done.text()}")
        expect(done.code == 0 or "shop.db" in done.output or "skipped" in done.output.lower(), lambda: f"{when}: {done.text()}")
        rounds.check_between(when)
        rounds.check_end(when)


@row("disk", needs_shim=True)
def artifact_calls_fail(lab):
    """Each call that writes target/ fails: exit code 2 and the path, whole files, no temporary ones, and the tables built."""
    project = lab.project({"models/a.sql": "{{ config(materialized='table') }} select 1 as id"})
    project.ok("run")
    counter = lab.folder / "calls"
    calls = "write,open,rename"
    project.ok("run", env={**lab.faults(calls, 0, "EIO", "target/"), "FAULT_COUNT": str(counter)})
    total = int(counter.read_text())
    for action in lab.pick(("ENOSPC",), ("ENOSPC", "EACCES", "SHORT")):
        for at in range(1, total + 1):
            done = project.run("run", env=lab.faults(calls, at, action, "target/"))
            expect(done.code in (0, 1, 2), done.text)
            expect(done.code == 0 or "target/" in done.output, done.text)
            project.check_artifacts()
    project.ok("run")
    left = [p.name for p in (project.folder / "target").rglob("*.tmp")]
    expect(not left, f"temporary files stay in target/: {left}")


@row("disk", needs_shim=True)
def log_cannot_be_written(lab):
    """A log file that fails does not stop the work."""
    project = lab.project(TABLES)
    project.ok("run", env={**lab.faults("write,open", 1, "ENOSPC", "dbt.log"), "FAULT_STAYS": "1"})
    project.check_artifacts()


@row("disk", needs_shim=True)
def folders_that_cannot_be_written(lab):
    """A folder without permission, for the target, the database and the logs (root may write everywhere, hence the shim)."""
    project = lab.project(TABLES)
    project.refused("run", code=2, has=["target", "ermission"], env={**lab.faults("mkdir,open", 1, "EACCES", "target"), "FAULT_STAYS": "1"})
    project = lab.project(TABLES)
    project.refused("run", code=2, has=["shop.db", "unable to open"], env={**lab.faults("open", 1, "EACCES", "shop.db"), "FAULT_STAYS": "1"})
    project.ok("run")
    project.check_sound()


NOBODY = 65534


@row("disk")
def read_only_database(lab):
    """A database, a target folder or a project that may only be read: a clear error, nothing changed."""
    files = {**TABLES, "models/reads.sql": "select * from {{ ref('big') }}"}
    as_user = {}
    if os.getuid() == 0:  # permission bits mean nothing to root
        as_user = {"preexec_fn": lambda: os.setuid(NOBODY)}
        if subprocess.run([lab.binary, "--version"], preexec_fn=lambda: os.setuid(NOBODY), check=False, capture_output=True).returncode:
            return
        os.chmod(lab.folder, 0o755)

    def prepared():
        project = lab.project(files)
        project.ok("run")
        for path in [project.folder, *project.folder.rglob("*")]:
            if as_user:
                os.chown(path, NOBODY, NOBODY)
        return project

    project = prepared()
    before = project.content()
    project.database.chmod(0o444)
    project.refused("run", code=1, has=["readonly", "shop.db"], **as_user)
    expect(project.content() == before, "the database changed")
    project.ok("compile", **as_user)
    project = prepared()
    (project.folder / "target").chmod(0o555)
    for path in (project.folder / "target").rglob("*"):
        path.chmod(0o555)
    project.refused("run", code=2, has=["target/", "ermission"], **as_user)
    project = prepared()
    (project.folder / "models/big.sql").chmod(0)
    project.refused("run", code=2, has=["models/big.sql", "ermission"], **as_user)
    project = prepared()
    (project.folder / "models").chmod(0)
    done = project.run("run", **as_user)
    expect(done.code == 2 and "models" in done.output and "ermission" in done.output, done.text)


@row("disk")
def hook_at_the_end_fails(lab):
    """on-run-end fails: exit code 1, the tables of the run stand, no backup is left, results are written."""
    project = every_kind(lab)
    project.ok(*BUILD)
    project.write({"seeds/letters.csv": seed(2), "macros/fails.sql": "{% macro fails() %}insert into not_there values (1){% endmacro %}",
                   "project.yml": (project.folder / "project.yml").read_text().replace("on-run-end: ", "on-run-end: \"{{ fails() }}\" #")})
    project.refused(*NEW, "--full-refresh", code=1, has="no such table: not_there")
    project.check_sound()
    project.check_artifacts()
    expect(project.query("select distinct v from indexed") == [(2,)], "the run's table is not there")
