#!/usr/bin/env python3
"""Builds the integration tests of dbt packages on SQLite and says what is green.

    packages.py --bin build/release/modelc [--package NAME=FOLDER ...] PACKAGE [PACKAGE ...]

PACKAGE is a checkout of a package whose own tests lie in integration_tests (or PACKAGE:SUBFOLDER). It is copied, gets a profile for
SQLite, and `modelc deps` and `modelc build` run there; --package puts FOLDER in place of the hub package NAME. The package's files
are not changed. Prints 'green N of M (P %)' and each result that is not, with its reason from reasons/<package>.txt: a line there is
a pattern of names, two blanks or more, and the reason. Fails when a result has no reason, or a reason no result ('~' before the
pattern: that may be).
"""
import argparse
import fnmatch
import json
import os
import pathlib
import re
import shlex
import shutil
import sys
import tempfile

from manifests import prepare, run

HERE = pathlib.Path(__file__).resolve().parent
GREEN = ("success", "pass", "no-op")


def package_name(folder):
    match = re.search(r"^name:\s*['\"]?([\w-]+)", (folder / "dbt_project.yml").read_text(), re.M)
    return match.group(1)


def read_reasons(path):
    """[(pattern, reason)], in the file's order."""
    reasons = []
    for line in path.read_text().splitlines() if path.exists() else []:
        if line.strip() and not line.startswith("#"):
            pattern, reason = re.split(r"\s{2,}", line.strip(), maxsplit=1)
            reasons.append((pattern, reason))
    return reasons


def build(args, spec, packages, root):
    """The results of `build`: [(name, status, message)]."""
    folder = prepare(spec, packages, root / "project")
    log = folder / "packages.log"
    extra = ["--vars", args.vars] if args.vars else []
    if run([args.bin, "deps"], folder, log):
        raise SystemExit(f"deps failed in {folder}:\n{log.read_text()[-3000:]}")
    for command in args.first:
        run([args.bin, *shlex.split(command), *extra], folder, log)
    run([args.bin, "build", *extra], folder, log)
    path = folder / "target" / "run_results.json"
    if not path.exists():
        raise SystemExit(f"build wrote no results in {folder}:\n{log.read_text()[-3000:]}")
    results = json.loads(path.read_text())["results"]
    return [(r["unique_id"].split(".")[2], r["status"], r["message"] or "") for r in results]


def report(args, results, reasons):
    """Prints what is not green; True when the reasons are complete and none is out of date."""
    red = [(name, status, message) for name, status, message in results if status not in GREEN]
    used, complete = set(), True
    for name, status, message in red:
        reason = next((r for r in reasons if fnmatch.fnmatchcase(name, r[0].lstrip("~"))), None)
        used.add(reason)
        complete = complete and reason is not None
        print(f"  {status:8} {name}: {reason[1] if reason else 'NO REASON: ' + ' / '.join(message.split(chr(10))[:args.lines])}")
    for reason in reasons:
        if reason not in used and not reason[0].startswith("~"):
            complete = False
            print(f"  out of date: {reason[0]}: {reason[1]}")
    green = len(results) - len(red)
    print(f"green {green} of {len(results)} ({100 * green / max(len(results), 1):.1f} %)")
    return complete


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--package", action="append", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--vars", default="")
    parser.add_argument("--first", action="append", default=[], metavar="COMMAND",
                        help="before build, for tests that name no parents: seed, 'run-operation x'")
    parser.add_argument("--lines", type=int, default=4, help="lines of a message to show")
    parser.add_argument("--keep", help="work in this folder and leave it")
    parser.add_argument("projects", nargs="+", metavar="PACKAGE")
    args = parser.parse_args()
    args.bin = os.path.abspath(args.bin)
    packages = {name: os.path.abspath(path) for name, path in (entry.split("=", 1) for entry in args.package)}
    complete = True
    for project in args.projects:
        source, _, inner = project.partition(":")
        name = package_name(pathlib.Path(source))
        with tempfile.TemporaryDirectory() as scratch:
            root = pathlib.Path(args.keep or scratch) / name
            shutil.rmtree(root, ignore_errors=True)
            others = {other: path for other, path in packages.items() if other != name}
            results = build(args, f"{source}:{inner or 'integration_tests'}", others, root)
        print(f"{name}:")
        complete = report(args, results, read_reasons(HERE / "reasons" / f"{name}.txt")) and complete
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
