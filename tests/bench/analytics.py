#!/usr/bin/env python3
"""What the analytics project at the root costs, stage by stage, beside the sqlite3 shell with the same statements.

    tests/bench/analytics.py [--bin MODELC] [--size S|M|L] [--data FOLDER] [--retail [FOLDER]]

Builds a copy of the project with `modelc build` on files of data/generate.py: the committed ones (S), or those that it
generates now (M, L), or those in FOLDER, which it generated before; or with --retail on the real data. Then one sqlite3 shell
makes the same relations from the compiled SQL on a copy of the database, in the same order, and counts the rows of the
same tests. Of the files it copies the loaded tables, which is the least that an insert can cost. It has no md5 and hashes
with sha3 instead. Snapshots, seeds and unit tests have no statement of their own to compare with.

CPU is user + system seconds, MiB the peak of the process, `ratio` modelc's CPU by the shell's. Prints figures and asserts
none; it fails when the build is not green.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ["project.yml", "profiles.yml", "models", "macros", "seeds", "snapshots", "analyses", "tests/data"]
STAGES = ["load sources", "seeds", "staging", "intermediate", "marts", "snapshots", "data tests", "unit tests"]
TABLES = ("table", "incremental", "external")
WAL = "pragma journal_mode = wal; pragma synchronous = normal;\n"  # what modelc's connections set
MARK = "@@ "


class Cost:
    """What a command took, and what it printed."""

    def __init__(self, command, folder, script=None):
        start = time.monotonic()
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as source:
            source.write(script or "")
            source.seek(0)
            process = subprocess.Popen(command, cwd=folder, stdin=source, stdout=out, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
            out.seek(0)
            self.output = out.read()
        self.failed = os.waitstatus_to_exitcode(status) != 0
        self.wall, self.cpu = time.monotonic() - start, usage.ru_utime + usage.ru_stime
        self.mib = usage.ru_maxrss / 1024

    def __str__(self):
        return f"{self.cpu:9.2f} s CPU {self.wall:9.2f} s wall {self.mib:7.0f} MiB"


def stage_of(node):
    kinds = {"seed": "seeds", "snapshot": "snapshots", "test": "data tests", "unit_test": "unit tests"}
    return kinds.get(node["resource_type"]) or node["fqn"][1]


def external_sources(manifest):
    """Tables that modelc loads from files."""
    return [source["identifier"] for source in manifest["sources"].values()
            if (source.get("external") or {}).get("location")]


def cost_of_stages(folder, manifest):
    """Modelc's CPU seconds and number of nodes by stage, out of the trace that --timings writes."""
    nodes = {**manifest["nodes"], **manifest["unit_tests"]}
    seconds, counted = dict.fromkeys(STAGES, 0.0), {stage: set() for stage in STAGES}
    for event in json.loads((folder / "target/timings.json").read_text())["traceEvents"]:
        name = event["name"]
        stage = name if name in STAGES else stage_of(nodes[name]) if name in nodes else None
        if stage:
            seconds[stage] += event["args"]["cpu_us"] / 1e6
            counted[stage].add(name)
    counts = {stage: len(names) for stage, names in counted.items()}
    return seconds, {**counts, "load sources": len(external_sources(manifest))}


def shell_script(manifest):
    """The same work as a script: each statement behind a line that names its stage."""
    models = {name: node for name, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    script, done = [".timer on\n" + WAL], set()

    def sql_of(node):
        return node["compiled_code"].replace("md5(", "sha3(")

    def add(name):
        if name in done or name not in models:
            return
        done.add(name)
        node = models[name]
        for parent in node["depends_on"]["nodes"]:
            add(parent)
        kind = "table" if node["config"]["materialized"] in TABLES else "view"
        script.append(f'.print {MARK}{stage_of(node)}\ndrop {kind} if exists "{node["alias"]}";\n'
                      f'create {kind} "{node["alias"]}" as\n{sql_of(node)};\n')

    for table in external_sources(manifest):
        script.append(f'.print {MARK}load sources\ncreate table "copy_{table}" as select * from "{table}";\n'
                      f'.print {MARK}\ndrop table "copy_{table}";\n')
    for name in sorted(models):
        add(name)
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and node.get("compiled_code"):
            script.append(f".print {MARK}data tests\nselect count(*) from (\n{sql_of(node)}\n);\n")
    return "".join(script)


def cost_of_statements(output):
    seconds, stage = dict.fromkeys(STAGES, 0.0), ""
    for line in output.splitlines():
        if line.startswith(MARK.strip()):
            stage = line[len(MARK):]
        elif line.startswith("Run Time:") and stage:
            seconds[stage] += sum(float(part) for part in re.findall(r"(?:user|sys) ([\d.]+)", line))
    return seconds


def generated(options, folder):
    """The folder of the sample's files."""
    if options.data:
        return options.data.resolve() / "sample"
    if options.size != "S":
        print(f"data/generate.py --size {options.size}", Cost(
            [sys.executable, ROOT / "data/generate.py", "--size", options.size, "--out", folder], ROOT), sep="\t", flush=True)
        return folder / "sample"
    return ROOT / "data/sample"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=Path, default=ROOT / "build/release/modelc")
    parser.add_argument("--size", choices=["S", "M", "L"], default="S")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--retail", type=Path, nargs="?", const=ROOT.parent / "shared/data")
    options = parser.parse_args()
    modelc = str(options.bin.resolve())
    if not shutil.which("sqlite3"):
        print("the sqlite3 shell is missing")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in PROJECT:
            (folder / part).parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if (ROOT / part).is_dir() else shutil.copy)(ROOT / part, folder / part)
        if options.retail:
            variables, common = {"retail_folder": str(options.retail.resolve())}, ["--target", "retail"]
        else:
            variables, common = {"sample_folder": str(generated(options, folder / "generated"))}, []
        database = "retail.db" if options.retail else "ecommerce_analytics.db"
        build = [modelc, "build", "--timings", *common, "--vars", json.dumps(variables)]
        first = Cost(build, folder)
        if first.failed:
            sys.exit(f"the build is not green\n{first.output[-4000:]}")
        manifest = json.loads((folder / "target/manifest.json").read_text())
        ours, counts = cost_of_stages(folder, manifest)
        shutil.copy(folder / database, folder / "shell.db")
        shell = Cost(["sqlite3", "shell.db"], folder, shell_script(manifest))
        again = Cost(build, folder)
    theirs = cost_of_statements(shell.output)
    print(f"{'stage':16}{'nodes':>6}{'modelc':>10}{'shell':>10}{'ratio':>8}   CPU s")
    for stage in STAGES:
        compared = f"{theirs[stage]:10.2f}{ours[stage] / theirs[stage]:8.2f}" if theirs[stage] else ""
        print(f"{stage:16}{counts[stage]:6}{ours[stage]:10.2f}{compared}")
    print(f"{'build':16}{first}\n{'sqlite3 shell':16}{shell}\n{'build again':16}{again}")
    if errors := re.findall(r"^.*Error:.*$", shell.output, re.M | re.I):
        print(f"the shell could not do {len(errors)} statements: {errors[0]}")


if __name__ == "__main__":
    main()
