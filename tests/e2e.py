#!/usr/bin/env python3
"""Runs whole projects through the real binary and looks at what it did.

    e2e.py --bin build/release/modelc [--jobs N] [--keep] [CASE...]

A case is a text file in tests/projects. Its first lines, up to the first '>>>', say what it shows. Then come steps:

    >>> file PATH            writes the text that follows (a line '\\' + newline at the end is not added or removed)
    >>> append PATH          adds the text to a file
    >>> remove PATH          removes a file or a folder
    >>> env NAME=VALUE       for the commands after it
    >>> modelc ARGS          runs the binary; the lines that follow are checks on it:
          exit N               the exit code (0 when not given)
          has TEXT             the output (stdout and stderr) holds TEXT; white space runs are equal
          hasnt TEXT
          re REGEX             the output matches REGEX (multi-line)
          in TEXT              no check: a line of its standard input
    >>> sql QUERY            runs a query on the project's database; the lines that follow are the expected rows, values
                             divided by '|', NULL as 'NULL'
    >>> sqlite SCRIPT        changes the database by hand
    >>> json FILE PATH       follows the dotted PATH (keys, [key.with.dots], [index], [key=value]) in a JSON file; the next line is the value
    >>> exists PATH / missing PATH / contains PATH TEXT

A project file 'project.yml' naming the project 'shop' is written first unless the case brings one; its database is shop.db.
Exit 1 with a report of every failed check.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = "name: shop\nversion: '1.0'\n"
TIMEOUT_SECONDS = 120


class Failure(Exception):
    pass


def squeeze(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\x1b\[[0-9;]*[mK]", "", text))


def steps_of(text: str):
    """Yields (line number, verb, argument, body lines)."""
    current = None
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(">>> "):
            if current:
                yield current
            verb, _, argument = line[4:].partition(" ")
            current = (number, verb, argument, [])
        elif current:
            current[3].append(line)
    if current:
        yield current


def text_of(body) -> str:
    while body and not body[-1].strip():
        body = body[:-1]
    return "\n".join(body) + "\n" if body else ""


def check_output(body, code: int, output: str, seen_in: str) -> None:
    wanted_exit = 0
    for line in filter(str.strip, body):
        word, _, rest = line.strip().partition(" ")
        if word == "exit":
            wanted_exit = int(rest)
        elif word == "has" and squeeze(rest) not in squeeze(output):
            raise Failure(f"no '{rest}' in the output of {seen_in}:\n{output}")
        elif word == "hasnt" and squeeze(rest) in squeeze(output):
            raise Failure(f"'{rest}' in the output of {seen_in}:\n{output}")
        elif word == "re" and not re.search(rest, output, re.MULTILINE):
            raise Failure(f"nothing matches /{rest}/ in the output of {seen_in}:\n{output}")
        elif word not in ("exit", "has", "hasnt", "re", "in", "#"):
            raise Failure(f"unknown check '{line.strip()}'")
    if code != wanted_exit:
        raise Failure(f"exit code {code}, not {wanted_exit}, from {seen_in}:\n{output}")


def follow(value, path: str):
    for part in re.findall(r"\[[^\]]*\]|[^.\[\]]+", path):
        if part.startswith("["):
            key, equals, wanted = part[1:-1].partition("=")
            if isinstance(value, dict):  # a key that holds dots
                value = value[part[1:-1]]
            else:
                value = next((v for v in value if str(v.get(key)) == wanted), None) if equals else value[int(key)]
        else:
            value = value[part]
    return value


class Case:
    def __init__(self, path: pathlib.Path, binary: str, folder: pathlib.Path):
        self.path, self.binary, self.folder = path, binary, folder
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("DBT_")}
        self.env["HOME"] = str(folder / "home")

    def database(self):
        return sqlite3.connect(self.folder / "shop.db")

    def run(self) -> None:
        (self.folder / "project.yml").write_text(PROJECT)
        for number, verb, argument, body in steps_of(self.path.read_text(encoding="utf-8")):
            try:
                self.step(verb, argument, body)
            except Failure as failure:
                raise Failure(f"{self.path.name}:{number}: {failure}") from None
            except Exception as error:
                raise Failure(f"{self.path.name}:{number}: {type(error).__name__}: {error}") from None

    def step(self, verb: str, argument: str, body) -> None:
        target = self.folder / argument.split(" ")[0]
        if verb == "file":
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text_of(body).encode())
        elif verb == "append":
            with open(target, "ab") as file:
                file.write(text_of(body).encode())
        elif verb == "remove":
            shutil.rmtree(target) if target.is_dir() else target.unlink()
        elif verb == "env":
            name, _, value = argument.partition("=")
            self.env[name] = value
        elif verb == "modelc":
            given = "".join(line.strip()[3:] + "\n" for line in body if line.split()[:1] == ["in"])
            done = subprocess.run([self.binary, *shlex.split(argument)], cwd=self.folder, env=self.env, timeout=TIMEOUT_SECONDS,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, input=given.encode())
            check_output(body, done.returncode, done.stdout.decode("utf-8", "replace"), f"modelc {argument}")
        elif verb == "sql":
            with self.database() as connection:
                rows = ["|".join("NULL" if v is None else str(v) for v in row) for row in connection.execute(argument)]
            wanted = [line.strip() for line in body if line.strip()]
            if rows != wanted:
                raise Failure(f"{argument}\n  expected {wanted}\n  found    {rows}")
        elif verb == "sqlite":
            connection = self.database()
            connection.executescript(argument + "\n" + "\n".join(body))
            connection.commit()
            connection.close()
        elif verb == "json":
            name, _, path = argument.partition(" ")
            value = follow(json.loads((self.folder / name).read_text()), path)
            wanted = text_of(body).strip()
            if str(value) != wanted and json.dumps(value) != wanted:
                raise Failure(f"{argument}\n  expected {wanted}\n  found    {json.dumps(value)}")
        elif verb == "exists" and not target.exists():
            raise Failure(f"{argument} does not exist")
        elif verb == "missing" and target.exists():
            raise Failure(f"{argument} exists")
        elif verb == "contains":
            text = argument.partition(" ")[2]
            if squeeze(text) not in squeeze(target.read_text()):
                raise Failure(f"no '{text}' in {target.name}:\n{target.read_text()}")
        elif verb not in ("exists", "missing"):
            raise Failure(f"unknown step '{verb}'")


def run_case(path: pathlib.Path, binary: str, keep: bool):
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"modelc_{path.stem}_"))
    (folder / "home").mkdir()
    try:
        Case(path, binary, folder).run()
        return path.stem, None
    except Failure as failure:
        return path.stem, str(failure) + (f"\n  kept in {folder}" if keep else "")
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", action="store_true", help="leave the folders of the cases")
    parser.add_argument("cases", nargs="*", help="names of cases (default: all)")
    args = parser.parse_args()
    paths = sorted((HERE / "projects").glob("*.txt"))
    if args.cases:
        paths = [p for p in paths if p.stem in args.cases or p.name in args.cases]
    if not paths:
        print("no such case")
        return 1
    binary = str(pathlib.Path(args.bin).resolve())
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for name, failure in pool.map(lambda p: run_case(p, binary, args.keep), paths):
            if failure:
                failed += 1
                print(f"FAIL {name}: {failure}\n")
    print(f"{len(paths) - failed} of {len(paths)} cases pass")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
