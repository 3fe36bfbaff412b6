#!/usr/bin/env python3
"""External files as they come: gzipped, in other encodings, large, and with the process killed in the middle.

    external_files_test.py build/release/modelc

What text files can show is in projects/external_*.txt.
"""
import gzip
import hashlib
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

BINARY = str(pathlib.Path(sys.argv[1]).resolve())
SOURCES = """
sources:
  - name: raw
    schema: main
    tables:
      - name: lines
        identifier: raw_lines
        external: {location: "data/lines_*"%s}
        columns:
          - {name: id, data_type: bigint}
          - {name: name, data_type: text}
"""


class Project:
    def __init__(self, folder: pathlib.Path, sources: str = SOURCES % ", format: csv"):
        self.folder = folder
        self.write("project.yml", "name: shop\nversion: '1.0'\n")
        self.write("models/raw.yml", sources)
        self.write("models/total.sql", "{{ config(materialized='table') }}\nselect count(*) as n from {{ source('raw', 'lines') }}\n")

    def write(self, path: str, content) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())

    def start(self, *arguments: str) -> subprocess.Popen:
        env = {k: v for k, v in os.environ.items() if not k.startswith("DBT_")} | {"HOME": str(self.folder / "home")}
        return subprocess.Popen([BINARY, *arguments], cwd=self.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run(self, *arguments: str) -> str:
        process = self.start(*arguments)
        output = process.communicate(timeout=300)[0]
        assert process.returncode == 0, output
        return output

    def rows(self, query: str):
        connection = sqlite3.connect(self.folder / "shop.db")
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()


def gzipped_and_encoded(folder: pathlib.Path) -> None:
    project = Project(folder)
    project.write("data/lines_1", gzip.compress("\ufeffid,name\r\n2053013555631882655,\"zwei\r\nZeilen\"\r\n".encode()))
    project.write("data/lines_2", b"id,name\n1,caf\xc3\xa9\n2,caf\xe9\n")
    project.write("data/lines_3", "id,name\n3,ü\n".encode("utf-16"))
    output = project.run("run")
    assert "4 rows in, 3 loaded, 1 rejected, from 3 files" in output, output
    assert project.rows("select id, name, typeof(id) from raw_lines order by rowid") == [
        (2053013555631882655, "zwei\nZeilen", "integer"), (1, "café", "integer"), (3, "ü", "integer")]
    assert project.rows("select source_file, source_line, reason, raw_text from raw_lines__rejects") == [
        ("data/lines_2", 3, "the text is not valid UTF-8", "2,caf\ufffd")]
    project.write("models/raw.yml", SOURCES % ", format: csv, options: {encoding: latin1}")
    project.write("data/lines_1", gzip.compress(b"id,name\n1,caf\xe9\n"))
    (folder / "data/lines_2").unlink()
    assert "2 rows in, 2 loaded, 0 rejected" in project.run("run")
    assert project.rows("select name from raw_lines order by id") == [("café",), ("ü",)]
    project.write("data/lines_1", gzip.compress(b"id,name\n1,x\n" * 1000)[:40])
    failed = project.start("run")
    output = failed.communicate()[0]
    assert failed.returncode == 1 and "the gzipped data is damaged: it ends too early" in output, output
    assert project.rows("select count(*) from raw_lines") == [(2,)]


def touched_files_are_not_loaded_again(folder: pathlib.Path) -> None:
    project = Project(folder)
    project.write("data/lines_1", "id,name\n1,a\n")
    assert "Loaded source" in project.run("run")
    before = project.rows("select loaded_at from _modelc_external_files")
    os.utime(folder / "data/lines_1", (1, 1))
    assert "Loaded source" not in project.run("run")
    assert "Loaded source" not in project.run("run")
    assert project.rows("select loaded_at from _modelc_external_files") == before
    project.write("data/lines_1", "id,name\n2,a\n")
    os.utime(folder / "data/lines_1", (1, 1))
    stat = os.stat(folder / "data/lines_1")
    assert "Loaded source" not in project.run("run"), "size and time are those that were remembered"
    os.utime(folder / "data/lines_1", ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    assert "Loaded source" in project.run("run")
    assert project.rows("select id from raw_lines") == [(2,)]


def killed_while_loading(folder: pathlib.Path) -> None:
    project = Project(folder)
    project.write("data/lines_1", "id,name\n1,old\n")
    project.run("run")
    project.write("data/lines_1", "id,name\n" + "".join(f"{i},new{i}\n" for i in range(600_000)))
    for delay in (0.05, 0.15, 0.3):
        process = project.start("run")
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        found = project.rows("select count(*), min(name) from raw_lines")[0]
        assert found in ((1, "old"), (600_000, "new0")), found
    project.run("run")
    assert project.rows("select count(*), (select n from total) from raw_lines") == [(600_000, 600_000)]


def digest(folder: pathlib.Path):
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


def killed_while_writing(folder: pathlib.Path) -> None:
    project = Project(folder)
    project.write("data/lines_1", "id,name\n" + "".join(f"{i},n{i % 50}\n" for i in range(200_000)))
    project.write("models/parts.sql", """{{ config(materialized='external', location='out/parts', partition_by=['name']) }}
select id + {{ var('shift', 0) }} as id, name from {{ source('raw', 'lines') }} order by id
""")
    project.run("run")
    old = digest(folder / "out")
    assert len(old) == 50 and "parts/name=n7/data_0.csv" in old, old
    project.run("run")
    assert digest(folder / "out") == old
    project.run("run", "--vars", "shift: 1")
    new = digest(folder / "out")
    assert new.keys() == old.keys() and new != old
    for delay in (0.05, 0.1, 0.2, 0.3):
        process = project.start("run", "-s", "parts")
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        found = digest(folder / "out/parts")
        whole = [{k.removeprefix("parts/"): v for k, v in state.items()} for state in (old, new)]
        assert found in whole, "a mix of old and new files"
    project.run("run")
    assert digest(folder / "out") == old


def main() -> int:
    for check in (gzipped_and_encoded, touched_files_are_not_loaded_again, killed_while_loading, killed_while_writing):
        with tempfile.TemporaryDirectory(prefix="modelc_files_") as folder:
            check(pathlib.Path(folder))
            print(f"ok {check.__name__}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
