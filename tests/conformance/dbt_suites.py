#!/usr/bin/env python3
"""Runs dbt's own functional test suites against modelc and prints one figure a suite.

    dbt_suites.py --python ENV/bin/python [--dbt-core DIR] [--dbt-sqlite DIR] [--bin build/release/modelc] [-n 2]

The tests that count are those of ../shared/conformance/*.txt, which dbt itself passes on SQLite; the suites are checkouts of
dbt-labs/dbt-core (branch 1.11.latest) and codeforkjeff/dbt-sqlite (or CONF_CORE and CONF_ADAPTER_SQLITE), the environment is that
of ../shared/conformance/setup.sh (or CONF_PYTHON). What cannot pass stands with its reason in reasons/SUITE.txt, one 'test id: reason'
a line. Where something is missing, a suite is skipped, and that is said.
Exit code 1 when a test fails that has no reason, or when one with a reason passes.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def reasons_of(suite: str) -> dict:
    """test id -> reason. Ids hold '::', so a reason begins behind ': '."""
    path = HERE / "reasons" / f"{suite}.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return dict(line.split(": ", 1) for line in lines if line.strip() and not line.startswith("#"))


def run(suite: str, root, tools: pathlib.Path, options) -> bool:
    if not root:
        print(f"{suite}: SKIPPED, no checkout of its repository was named")
        return True
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report.json")
        command = [options.python, str(tools / "run.py"), "--suite", suite, "--root", root, "-n", options.jobs]
        done = subprocess.run([*command, "--bin", os.path.abspath(options.bin), "--json", report], stdout=subprocess.PIPE, text=True)
        if not os.path.exists(report):
            print(done.stdout, end="")
            print(f"{suite}: FAILED to run")
            return False
        result = json.loads(pathlib.Path(report).read_text())
    wanted = {line.strip() for line in open(result["list"], encoding="utf-8") if line.strip() and line[0] != "#"}
    failed = {test for test in wanted if result["outcomes"].get(test, {}).get("outcome") != "passed"}
    reasons = reasons_of(suite)
    unexplained, stale = sorted(failed - reasons.keys()), sorted(reasons.keys() - failed)
    for test in sorted(failed & reasons.keys()):
        print(f"  cannot pass: {test}: {reasons[test]}")
    for test in unexplained:
        print(f"  FAILED: {test}: {result['outcomes'].get(test, {}).get('why', 'not run').strip().splitlines()[0]}")
    for test in stale:
        print(f"  has a reason but passes: {test}")
    print(f"{suite}: passed {len(wanted) - len(failed)} of {len(wanted)}, {len(failed) - len(unexplained)} with a reason")
    return not unexplained and not stale


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=str(ROOT / "build" / "release" / "modelc"))
    parser.add_argument("--python", default=os.environ.get("CONF_PYTHON"))
    parser.add_argument("--dbt-core", default=os.environ.get("CONF_CORE"))
    parser.add_argument("--dbt-sqlite", default=os.environ.get("CONF_ADAPTER_SQLITE"))
    parser.add_argument("--shared", default=str(ROOT.parent / "shared"))
    parser.add_argument("-n", dest="jobs", default="2")
    options = parser.parse_args()
    tools = pathlib.Path(options.shared) / "conformance"
    if not (tools / "run.py").is_file():
        print(f"dbt's suites: SKIPPED, no {tools}")
        return 0
    if not options.python:
        print("dbt's suites: SKIPPED, no Python environment: give --python")
        return 0
    suites = [("adapter-sqlite", options.dbt_sqlite), ("core-functional", options.dbt_core)]
    return 0 if all([run(suite, root, tools, options) for suite, root in suites]) else 1


if __name__ == "__main__":
    sys.exit(main())
