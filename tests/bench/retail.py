#!/usr/bin/env python3
"""What the real data cost: `modelc run --target retail` beside the sqlite3 shell with the same statements.

    tests/bench/retail.py [MODELC]

Builds a copy of the project with the files of ../shared/data, then times (1) `modelc run` into it and (2) one sqlite3 shell
that creates the same relations from the compiled SQL, in the same order, on a copy of the same database. Prints wall and CPU
seconds and their ratios; asserts nothing. The shell has no md5: it hashes with sha3 instead.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT = ["project.yml", "profiles.yml", "models", "macros", "seeds", "snapshots", "analyses", "tests/data"]
TABLES = ("table", "incremental", "external")


def timed(command, folder, **options):
    before, start = os.times(), time.monotonic()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, **options)
    wall, after = time.monotonic() - start, os.times()
    return wall, after.children_user + after.children_system - before.children_user - before.children_system


def statements(manifest):
    """The models' compiled SQL as create statements, each after those that it reads."""
    models = {name: node for name, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    done, script = set(), []

    def add(name):
        if name in done or name not in models:
            return
        done.add(name)
        for parent in models[name]["depends_on"]["nodes"]:
            add(parent)
        node = models[name]
        kind = "table" if node["config"]["materialized"] in TABLES else "view"
        sql = node["compiled_code"].replace("md5(", "sha3(")
        script.append(f'drop {kind} if exists "{node["alias"]}";\ncreate {kind} "{node["alias"]}" as\n{sql};\n')

    for name in sorted(models):
        add(name)
    return "".join(script)


def main():
    modelc = str(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release/modelc").resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in PROJECT:
            (folder / part).parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if (ROOT / part).is_dir() else shutil.copy)(ROOT / part, folder / part)
        common = ["--target", "retail", "--vars", json.dumps({"retail_folder": str(ROOT.parent / "shared/data")})]
        load = timed([modelc, "seed", *common], folder)
        first = timed([modelc, "run", *common], folder)
        shutil.copy(folder / "retail.db", folder / "shell.db")
        run = timed([modelc, "run", "--full-refresh", *common], folder)
        manifest = json.loads((folder / "target/manifest.json").read_text())
        shell = timed(["sqlite3", "-bail", "shell.db"], folder, input=statements(manifest), text=True)
        build = timed([modelc, "build", *common], folder)
    for what, (wall, cpu) in {"seeds": load, "run, files loaded": first, "run, files unchanged": run,
                              "sqlite3 shell, same statements": shell, "build again, with all tests": build}.items():
        print(f"{what:32} {wall:7.1f} s wall {cpu:7.1f} s CPU")
    print(f"run / shell: wall {run[0] / shell[0]:.2f}, CPU {run[1] / shell[1]:.2f}")


if __name__ == "__main__":
    main()
