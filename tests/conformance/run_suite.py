#!/usr/bin/env python3
"""Runs dbt's own tests for adapters against modelc on SQLite and prints 'passed P of N'.

    run_suite.py [--bin build/release/modelc] [--python ENV/bin/python] [--shared ../shared] [-n 2] [-k EXPR] [FILE...]
    run_suite.py --make-env ENV      makes such a Python environment first (needs a package index)

The base classes come from dbt-tests-adapter, installed in the environment that --python (or CONF_PYTHON) names; the stand-in that
starts the binary instead of dbt comes from ../shared/conformance. Where one of them is missing nothing is run, and that is said.
Exit code 0 when all pass or when there is nothing to run with, 1 when a test fails.
"""
import argparse
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def skip(why: str) -> None:
    print(f"adapter conformance: SKIPPED, {why}")
    sys.exit(0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=str(ROOT / "build" / "release" / "modelc"))
    parser.add_argument("--python", default=os.environ.get("CONF_PYTHON"))
    parser.add_argument("--make-env", metavar="ENV")
    parser.add_argument("--shared", default=str(ROOT.parent / "shared"))
    parser.add_argument("-n", dest="jobs", default="2")
    parser.add_argument("-k", dest="expression")
    parser.add_argument("--log", help="keep pytest's output there")
    parser.add_argument("files", nargs="*", help="test files of this folder (all of them)")
    options = parser.parse_args()

    tools = pathlib.Path(options.shared) / "conformance"
    if not (tools / "run.py").is_file():
        skip(f"no {tools}")
    python = options.python
    if options.make_env:
        subprocess.run(["sh", str(tools / "setup.sh"), options.make_env], check=True)
        python = os.path.join(options.make_env, "bin", "python")
    if not python:
        skip("no Python environment: give --python or --make-env")
    if subprocess.run([python, "-c", "import dbt.tests.adapter, dbt.adapters.sqlite"], capture_output=True).returncode:
        skip(f"{python} has no dbt-tests-adapter or no dbt-sqlite")

    command = [python, str(tools / "run.py"), "--suite", "adapter-sqlite", "--all", "--verbose", "--root", str(HERE)]
    command += ["--bin", os.path.abspath(options.bin), "-n", options.jobs]
    command += ["-k", options.expression] if options.expression else []
    command += ["--log", options.log] if options.log else []
    return subprocess.run(command + [os.path.basename(name) for name in options.files or ["."]]).returncode


if __name__ == "__main__":
    sys.exit(main())
