#!/usr/bin/env python3
"""Compares the manifests that dbt and modelc write for the same projects, compiled SQL included.

    manifests.py --bin build/release/modelc --dbt ENV/bin/dbt [--package NAME=FOLDER ...] PROJECT [PROJECT ...]

Each PROJECT is a folder with a dbt_project.yml or project.yml, or FOLDER:SUBFOLDER where the project needs files of its parent
(dbt_utils' integration tests). It is copied twice; --package puts FOLDER in place of the hub package NAME. Both programs run
`deps`, `seed`, `run` and `compile` (`build` where a node does not compile) on a SQLite file of their own; then
../shared/conformance/manifest_diff.py compares node by node. Prints 'equal P of N' for each project and for all.

Macros of the packages `dbt` and `dbt_sqlite` are the product's own text and are not compared; nodes that only one of the two
compiles on SQLite are compared without their SQL.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
DIFF = HERE.parents[2] / "shared" / "conformance" / "manifest_diff.py"
ADAPTER_PACKAGES = ("dbt", "dbt_sqlite")


def read_profile_name(folder):
    match = re.search(r"^profile:\s*['\"]?([\w-]+)", (folder / "dbt_project.yml").read_text(), re.M)
    return match.group(1) if match else "default"


def use_local_packages(folder, packages):
    """Rewrites packages.yml so that no package comes from the network."""
    path = folder / "packages.yml"
    if not path.exists() or not packages:
        return
    local = [entry for entry in re.findall(r"^\s*-\s*local:\s*(\S+)", path.read_text(), re.M)]
    lines = ["packages:"] + [f"  - local: {entry}" for entry in local] + [f"  - local: {path}" for path in packages.values()]
    path.write_text("\n".join(lines) + "\n")
    (folder / "package-lock.yml").unlink(missing_ok=True)


def prepare(spec, packages, target):
    source, _, inner = spec.partition(":")
    shutil.copytree(source, target, symlinks=True,
                    ignore=shutil.ignore_patterns(".git", "build", "target", "dbt_packages", "logs", "*.db", "*.db-*"))
    folder = target / inner
    if (folder / "project.yml").exists() and not (folder / "dbt_project.yml").exists():
        (folder / "project.yml").rename(folder / "dbt_project.yml")
    for place in {target, folder}:  # the package under test may need packages itself
        use_local_packages(place, packages)
    profile = {read_profile_name(folder): {"target": "main", "outputs": {"main": {
        "type": "sqlite", "threads": 1, "database": "database", "schema": "main",
        "schemas_and_paths": {"main": str(target.parent / "main.db")}, "schema_directory": str(target.parent)}}}}
    (folder / "profiles.yml").write_text(json.dumps(profile))
    return folder


def run(command, folder, log):
    env = dict(os.environ, DBT_SEND_ANONYMOUS_USAGE_STATS="false", DO_NOT_TRACK="1", DBT_PROFILES_DIR=str(folder))
    with open(log, "a") as out:
        out.write(f"\n$ {' '.join(map(str, command))}\n")
        out.flush()
        return subprocess.run(command, cwd=folder, env=env, stdout=out, stderr=subprocess.STDOUT).returncode


def run_through(program, folder, vars_text, steps):
    """Runs the commands; True when the last of them succeeds."""
    extra = ["--vars", vars_text] if vars_text else []
    return [run([program, step, *extra], folder, folder / "manifests.log") for step in steps][-1] == 0


def manifest_of(folder):
    path = folder / "target" / "manifest.json"
    if not path.exists():
        raise SystemExit(f"no manifest in {folder}: see manifests.log there")
    return json.loads(path.read_text())


def comparable(expected, actual):
    """Leaves out what is the adapter's own, and SQL that dbt did not compile."""
    for manifest in (expected, actual):
        manifest["macros"] = {k: v for k, v in manifest["macros"].items() if v["package_name"] not in ADAPTER_PACKAGES}
        manifest["docs"] = {k: v for k, v in manifest["docs"].items() if v["package_name"] not in ADAPTER_PACKAGES}
        for macro in manifest["macros"].values():
            macro["depends_on"]["macros"] = [m for m in macro["depends_on"]["macros"] if m.split(".")[1] not in ADAPTER_PACKAGES]
        for node in manifest["nodes"].values():
            used = node.get("depends_on", {}).get("macros", [])
            node.get("depends_on", {})["macros"] = [m for m in used if m.split(".")[1] not in ADAPTER_PACKAGES]
    uncompiled = 0
    for key, node in actual["nodes"].items():
        theirs = expected["nodes"].get(key, {})
        if bool(theirs.get("compiled_code")) != bool(node.get("compiled_code")):
            uncompiled += 1
            for side in (node, theirs):
                for name in ("compiled", "compiled_code", "extra_ctes", "extra_ctes_injected", "compiled_path"):
                    side.pop(name, None)
                side.get("depends_on", {}).pop("macros", None)  # compiling adds those that the text calls
    return uncompiled


def compare(args, spec, packages, root):
    work = root / pathlib.Path(spec.partition(":")[0]).name
    shutil.rmtree(work, ignore_errors=True)
    programs = [(args.dbt, prepare(spec, packages, work / "dbt" / "project")),
                (args.bin, prepare(spec, packages, work / "modelc" / "project"))]
    for program, folder in programs:
        if (folder / "packages.yml").exists() and run([program, "deps"], folder, folder / "manifests.log"):
            raise SystemExit(f"{program} deps failed in {folder}: see manifests.log there")
    # Nodes may fail on SQLite; both programs then compile without them.
    if not all([run_through(*program, args.vars, ["seed", "run", "compile"]) for program in programs]):
        # compile ends at the first node that does not compile on SQLite; build goes on behind it.
        for program in programs:
            run_through(*program, args.vars, ["build"])
    manifests = [manifest_of(folder) for _, folder in programs]
    uncompiled = comparable(*manifests)
    paths = []
    for name, manifest in zip(("expected", "actual"), manifests):
        paths.append(work / f"{name}.json")
        paths[-1].write_text(json.dumps(manifest))
    result = subprocess.run([sys.executable, DIFF, *paths, "--show", str(args.show)], capture_output=True, text=True)
    text = result.stdout.strip()
    counts = re.search(r"passed (\d+) of (\d+)", text)
    if not counts:
        raise SystemExit(f"{spec}: no result\n{text}\n{result.stderr}")
    passed, total = map(int, counts.groups())
    note = f" ({uncompiled} that only one of them compiles, without their SQL)" if uncompiled else ""
    print(f"{work.name}: equal {passed} of {total}{note}")
    if passed != total:
        print("  " + "\n  ".join(text.splitlines()[:-1]))
    return passed, total


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--dbt", required=True, help="dbt 1.11 with dbt-sqlite")
    parser.add_argument("--package", action="append", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--vars", default="")
    parser.add_argument("--show", type=int, default=20)
    parser.add_argument("--keep", help="work in this folder and leave it")
    parser.add_argument("projects", nargs="+")
    args = parser.parse_args()
    if not DIFF.exists():
        print(f"skipped: {DIFF} is not here")
        return 0
    args.bin, args.dbt = os.path.abspath(args.bin), os.path.abspath(args.dbt)
    packages = dict(entry.split("=", 1) for entry in args.package)
    packages = {name: os.path.abspath(folder) for name, folder in packages.items()}
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(args.keep or scratch)
        results = [compare(args, spec, packages, root) for spec in args.projects]
    print(f"equal {sum(p for p, _ in results)} of {sum(n for _, n in results)}")
    return 0 if all(p == n for p, n in results) else 1


if __name__ == "__main__":
    sys.exit(main())
