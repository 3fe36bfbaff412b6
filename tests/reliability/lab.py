"""What the rows share: projects in folders of their own, the binary, and what a database must look like afterwards."""
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

TIMEOUT_SECONDS = 300
LEFTOVERS = ("__dbt_tmp", "__dbt_backup")


class Failure(Exception):
    """A promise of modelc that does not hold."""


def expect(condition, text) -> None:
    if not condition:
        raise Failure(text() if callable(text) else text)


class Row:
    """One line of the list: its name, what it is tried with, and the function that tries it."""

    def __init__(self, group: str, function, needs_shim: bool):
        self.group, self.name, self.function, self.needs_shim = group, function.__name__, function, needs_shim
        self.title = (function.__doc__ or "").strip().split("\n")[0]


ROWS: list[Row] = []


def row(group: str, needs_shim: bool = False):
    """Makes a function of a Lab a row. Its doc line says what it shows."""
    def register(function):
        ROWS.append(Row(group, function, needs_shim))
        return function
    return register


class Done:
    """A finished command."""

    def __init__(self, arguments, code: int, output: str):
        self.arguments, self.code, self.output = arguments, code, output

    def text(self) -> str:
        return f"`modelc {' '.join(map(str, self.arguments))}` ended with {self.code}:\n{self.output[-4000:]}"


class Project:
    """A project folder; its database is shop.db unless a profile says otherwise."""

    def __init__(self, lab: "Lab", folder: pathlib.Path, files: dict):
        self.lab, self.folder = lab, folder
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("DBT_")}
        self.env["HOME"] = str(folder / "home")
        (folder / "home").mkdir(parents=True, exist_ok=True)
        if "project.yml" not in files and "dbt_project.yml" not in files:
            self.write({"project.yml": "name: shop\nversion: '1.0'\n"})
        self.write(files)

    @property
    def database(self) -> pathlib.Path:
        return self.folder / "shop.db"

    def write(self, files: dict) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def start(self, *arguments, env=None, **more) -> subprocess.Popen:
        return subprocess.Popen([self.lab.binary, *map(str, arguments)], cwd=self.folder, env={**self.env, **(env or {})},
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, **more)

    def finish(self, process: subprocess.Popen, *arguments, timeout=TIMEOUT_SECONDS) -> Done:
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
            raise Failure(f"`modelc {' '.join(map(str, arguments))}` hangs:\n{output[-4000:].decode('utf-8', 'replace')}") from None
        done = Done(arguments, process.returncode, output.decode("utf-8", "replace"))
        for sign in ("ERROR: AddressSanitizer", "runtime error:", "WARNING: ThreadSanitizer", "terminate called"):
            expect(sign not in done.output, done.text)
        expect(done.code not in (-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS), done.text)
        return done

    def run(self, *arguments, env=None, timeout=TIMEOUT_SECONDS, **more) -> Done:
        return self.finish(self.start(*arguments, env=env, **more), *arguments, timeout=timeout)

    def ok(self, *arguments, **more) -> Done:
        done = self.run(*arguments, **more)
        expect(done.code == 0, done.text)
        return done

    def refused(self, *arguments, code: int, has=(), **more) -> Done:
        """The command ends with this exit code and says all of `has`."""
        done = self.run(*arguments, **more)
        expect(done.code == code, lambda: f"not the exit code {code}: {done.text()}")
        for text in [has] if isinstance(has, str) else has:
            expect(text in done.output, lambda: f"no word of '{text}': {done.text()}")
        return done

    def query(self, sql: str, database=None):
        with contextlib.closing(sqlite3.connect(database or self.database, timeout=30)) as connection:
            return connection.execute(sql).fetchall()

    def script(self, sql: str) -> None:
        with contextlib.closing(sqlite3.connect(self.database, timeout=30)) as connection:
            connection.executescript(sql)

    def relations(self) -> dict:
        """{schema file: {name: type}} of every database file of the project."""
        found = {}
        for path in sorted(self.folder.glob("*.db")):
            found[path.stem] = dict(self.query("select name, type from sqlite_master where type in ('table', 'view')", path))
        return found

    def content(self) -> dict:
        """{file.relation: sorted rows}, without what differs between two runs over the same data (SKIPPED_COLUMNS)."""
        rows = {}
        for path in sorted(self.folder.glob("*.db")):
            with contextlib.closing(sqlite3.connect(path, timeout=30)) as connection:
                names = connection.execute("select name from sqlite_master where type in ('table', 'view') "
                                           "and name not like 'sqlite_%'").fetchall()
                for (name,) in names:
                    cursor = connection.execute(f'select * from "{name}"')
                    rows[f"{path.stem}.{name}"] = sorted(map(repr, map(lambda r: comparable(cursor, r), cursor)))
        return rows

    def check_sound(self, leftovers: bool = False) -> None:
        """Every database file opens clean; without `leftovers` nothing half-built is in it."""
        for path in sorted(self.folder.glob("*.db")):
            answer = self.query("pragma integrity_check", path)
            expect(answer == [("ok",)], f"{path.name}: {answer[:5]}")
        if leftovers:
            return
        for schema, names in self.relations().items():
            left = [n for n in names if any(n.endswith(end) for end in LEFTOVERS)]
            expect(not left, f"left in {schema}: {left}")

    def check_artifacts(self, target: str = "target") -> None:
        """Every JSON file of target/ is whole."""
        for path in (self.folder / target).glob("*.json"):
            try:
                json.loads(path.read_text())
            except ValueError as error:
                raise Failure(f"{path.name} is broken: {error}") from None

    def results(self) -> dict:
        """{unique id: status} of target/run_results.json."""
        data = json.loads((self.folder / "target/run_results.json").read_text())
        return {r["unique_id"]: r["status"] for r in data["results"]}

    def snapshot_files(self) -> dict:
        return {str(p.relative_to(self.folder)): p.read_bytes() for p in sorted(self.folder.rglob("*"))
                if p.is_file() and "home" not in p.parts}

    def save(self) -> pathlib.Path:
        """A copy of the folder's databases, to come back to."""
        copy = pathlib.Path(tempfile.mkdtemp(prefix="saved_", dir=self.folder.parent))
        for path in self.folder.glob("*.db"):
            with contextlib.closing(sqlite3.connect(path)) as connection:
                connection.execute("pragma wal_checkpoint(truncate)")
            shutil.copy2(path, copy / path.name)
        return copy

    def restore(self, copy: pathlib.Path) -> None:
        for path in self.folder.glob("*.db*"):
            path.unlink()
        for path in copy.iterdir():
            shutil.copy2(path, self.folder / path.name)


TIMES_OF_RUNS = ("dbt_scd_id", "dbt_valid_from", "dbt_updated_at")


def comparable(cursor, values) -> tuple:
    """A row without the times at which a snapshot looked; whether a row is open stays."""
    kept = []
    for column, value in zip((c[0] for c in cursor.description), values):
        if column == "dbt_valid_to":
            kept.append(value is None)
        elif column not in TIMES_OF_RUNS:
            kept.append(value)
    return tuple(kept)


class Lab:
    """What a row gets: the binary, how thorough to be, folders."""

    def __init__(self, binary: str, shim, full: bool, folder: pathlib.Path, seed: int, name: str):
        self.binary, self.shim, self.full, self.folder = binary, shim, full, folder
        self.random = random.Random(f"{seed}/{name}")
        self.count = 0

    def pick(self, quick, full):
        return full if self.full else quick

    def project(self, files: dict) -> Project:
        self.count += 1
        folder = self.folder / f"p{self.count}"
        folder.mkdir(parents=True)
        return Project(self, folder, files)

    def faults(self, calls: str, at: int, action: str, path: str = "") -> dict:
        """The environment in which the `at`-th of these calls (fault.cc) fails with `action`: KILL or an errno's name."""
        return {"LD_PRELOAD": str(self.shim), "FAULT_CALLS": calls, "FAULT_AT": str(at), "FAULT_ACTION": action,
                "FAULT_PATH": path}


def wait_until(condition, seconds: float = 60.0, every: float = 0.002) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(every)
    return False
