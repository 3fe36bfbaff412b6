#!/usr/bin/env python3
"""Lets tools that read dbt's artifacts, or run its command line, do so with modelc's.

    consumers.py --bin build/release/modelc --env FOLDER [--make-env] [--project FOLDER]

FOLDER holds two Python environments, `readers` (dbt-artifacts-parser, dbt-coverage, dbterd, dbt-bouncer, dbt-score) and `dagster`
(dagster-dbt); --make-env makes them from PyPI. The project, by default the one of this repository, is copied, built and documented
by modelc; then each tool works on what was written. Prints 'read by N of M tools' and fails when one cannot.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PACKAGES = {
    "readers": ["dbt-artifacts-parser", "dbt-coverage", "dbterd", "dbt-bouncer", "dbt-score", "pyyaml"],
    "dagster": ["dagster-dbt", "python-dateutil", "requests", "orjson"],
}

PARSE_ARTIFACTS = """
import json, sys
from dbt_artifacts_parser import parser
target, counts = sys.argv[1], []
for name, parse in (("manifest", parser.parse_manifest), ("run_results", parser.parse_run_results),
                    ("catalog", parser.parse_catalog), ("sources", parser.parse_sources)):
    data = json.load(open(f"{target}/{name}.json"))
    parsed = parse(data)
    counts.append(f"{name} {len(getattr(parsed, 'nodes', None) or parsed.results)}")
print(", ".join(counts))
"""

STREAM_EVENTS = """
import os, pathlib, sys
from dagster_dbt import DbtCliResource
project, executable = sys.argv[1:]
run = DbtCliResource(project_dir=project, profiles_dir=project, dbt_executable=executable).cli(["build"], target_path=pathlib.Path(project) / "t")
results = ("LogSeedResult", "LogModelResult", "LogSnapshotResult", "LogTestResult")
finished = [e.raw_event["data"]["node_info"] for e in run.stream_raw_events() if e.raw_event["info"]["name"] in results]
assert run.is_successful() and finished, "no node finished"
assert all(node["node_status"] and node["node_finished_at"] for node in finished)
print(f"{len(finished)} nodes finished")
"""

BOUNCER = """dbt_artifacts_dir: target
manifest_checks:
  - name: check_model_description_populated
  - name: check_model_names
    model_name_pattern: ^[a-z0-9_]+$
catalog_checks:
  - name: check_columns_are_all_documented
    severity: warn
run_results_checks:
  - name: check_run_results_max_execution_time
    max_execution_time_seconds: 60
"""


def make_environments(folder: pathlib.Path) -> None:
    for name, packages in PACKAGES.items():
        subprocess.run([sys.executable, "-m", "venv", folder / name], check=True)
        subprocess.run([folder / name / "bin" / "pip", "install", "-q", *packages], check=True)


def call(command, cwd, env=None):
    """(exit code, output) of a tool."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, **(env or {})})
    return done.returncode, done.stdout


def build_project(binary, source: pathlib.Path, folder: pathlib.Path) -> None:
    ignored = shutil.ignore_patterns("build", ".git", "target", "logs", "*.db", "*.db-*")
    shutil.copytree(source, folder, ignore=ignored)
    if (folder / "project.yml").exists():  # the name that dagster looks for
        (folder / "project.yml").rename(folder / "dbt_project.yml")
    for command in (["source", "freshness"], ["build"], ["docs", "generate"]):
        code, output = call([binary, *command], folder)
        if code > 1 or (command == ["build"] and code):
            raise SystemExit(f"modelc {' '.join(command)} failed in {folder}:\n{output[-3000:]}")
        if command == ["build"]:
            shutil.copy(folder / "target" / "run_results.json", folder / "build_results.json")
    shutil.copy(folder / "build_results.json", folder / "target" / "run_results.json")


def tools(envs: pathlib.Path, binary, folder: pathlib.Path):
    """(name, command) of each tool."""
    readers, dagster = envs / "readers" / "bin", envs / "dagster" / "bin"
    (folder / "erd").mkdir()
    (folder / "dbt-bouncer.yml").write_text(BOUNCER)
    yield "dbt-artifacts-parser", [readers / "python", "-c", PARSE_ARTIFACTS, folder / "target"]
    yield "dbt-coverage", [readers / "dbt-coverage", "compute", "doc", "--cov-report", "coverage.json"]
    yield "dbterd", [readers / "dbterd", "run", "-ad", "target", "-o", "erd"]
    yield "dbt-bouncer", [readers / "dbt-bouncer", "run", "--config-file", "dbt-bouncer.yml"]
    yield "dbt-score", [readers / "dbt-score", "lint", "--manifest", "target/manifest.json", "--fail-project-under", "0",
                        "--fail-any-item-under", "0"]
    yield "dagster-dbt", [dagster / "python", "-c", STREAM_EVENTS, folder, binary]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--env", type=pathlib.Path, required=True)
    parser.add_argument("--make-env", action="store_true")
    parser.add_argument("--project", type=pathlib.Path, default=ROOT)
    args = parser.parse_args()
    binary = str(pathlib.Path(args.bin).resolve())
    if args.make_env:
        make_environments(args.env)
    if not (args.env / "readers").exists():
        print(f"skipped: no environments in {args.env}; --make-env makes them")
        return 0
    with tempfile.TemporaryDirectory(prefix="modelc_consumers_") as temporary:
        folder = pathlib.Path(temporary) / "project"
        build_project(binary, args.project.resolve(), folder)
        read = total = 0
        for name, command in tools(args.env.resolve(), binary, folder):
            code, output = call(command, folder, {"PYTHONIOENCODING": "utf-8"})
            total += 1
            read += code == 0
            lines = output.strip().splitlines() or [""]
            print(f"{'ok    ' if code == 0 else 'FAILED'}  {name}: {lines[-1][:150]}", flush=True)
            if code:
                print("\n".join(lines[-25:]))
    print(f"read by {read} of {total} tools")
    return 0 if read == total else 1


if __name__ == "__main__":
    sys.exit(main())
