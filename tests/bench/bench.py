#!/usr/bin/env python3
"""Measures modelc against dbt and against the bare engine, side by side in one run, and prints the ratios.

    bench.py --bin build/release/modelc [--dbt PATH] [--models 100 1000] [--generator gen_project.py] [--repeat 3]

For each size a synthetic project is generated; each program parses it, runs it on SQLite and tests it. CPU is user + system
seconds of the whole process tree, the least of the repeats; memory is its peak. The floor of `run` is the `sqlite3` shell with the
same statements in the same transactions. Without the generator it says so and stops.
"""
import argparse
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SHARED = HERE.parents[2] / "shared" / "bench"


def measure(command, cwd, stdin=None, check=True):
    """(CPU seconds, wall seconds, peak MiB) of one command."""
    import time
    start = time.perf_counter()
    with open(os.devnull, "wb") as sink, open(stdin or os.devnull, "rb") as source:
        process = subprocess.Popen(command, cwd=cwd, stdin=source, stdout=sink, stderr=sink)
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if check and os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"{' '.join(map(str, command))} in {cwd} failed with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024


def best(repeat, *args, before=None, **kwargs):
    runs = []
    for _ in range(repeat):
        if before:
            before()
        runs.append(measure(*args, **kwargs))
    return min(runs)


def row(label, models, ours, peer, peer_name):
    ratio = f"{ours[0] / peer[0]:8.3f}" if peer else "       -"
    peer_text = f"{peer[0]:9.3f}" if peer else "        -"
    print(f"{label:<26}{models:>7}{ours[0]:>10.3f}{ours[1]:>9.3f}{ours[2]:>8.0f}  {peer_name:<14}{peer_text} {ratio}", flush=True)


def write_profile(folder: pathlib.Path) -> None:
    name = next((line.split(":", 1)[1].strip().strip("'\"") for line in (folder / "dbt_project.yml").read_text().splitlines()
                 if line.startswith("profile:")), "bench")
    (folder / "profiles.yml").write_text(json.dumps({name: {"target": "sqlite", "outputs": {"sqlite": {
        "type": "sqlite", "threads": 1, "database": "bench", "schema": "main",
        "schemas_and_paths": {"main": str(folder / "bench.db")}, "schema_directory": str(folder)}}}}))


def remove_outputs(folder: pathlib.Path, database=False) -> None:
    shutil.rmtree(folder / "target", ignore_errors=True)
    if database:
        for path in folder.glob("bench.db*"):
            path.unlink()


def floor_of_run(binary, folder, repeat):
    """The shell with the SQL that modelc itself executed."""
    script = folder / "floor.sql"
    raw = SHARED / "raw_script.py"
    with open(script, "wb") as out:
        subprocess.run([sys.executable, raw, folder, folder / "target" / "run", "--transactions", "own", "--sync", "full"],
                       stdout=out, check=True)
    text = script.read_text().replace("pragma synchronous = full;", "pragma journal_mode = wal; pragma synchronous = normal;", 1)
    script.write_text(text)
    copy = folder.parent / "floor.db"  # holds the seeds alone, as the database did before the run
    return best(repeat, ["sqlite3", str(copy)], folder, stdin=script, before=lambda: shutil.copy(folder.parent / "seeded.db", copy))


def bench_size(args, models, root):
    folder = root / f"p{models}"
    subprocess.run([sys.executable, args.generator, folder, "--models", str(models)], check=True, stdout=subprocess.DEVNULL)
    write_profile(folder)
    modelc = [args.bin]
    common = ["--profiles-dir", str(folder)]

    def fresh():
        remove_outputs(folder)

    ours = best(args.repeat, modelc + ["parse"] + common, folder, before=fresh)
    peer = best(1, [args.dbt, "parse"] + common, folder, before=fresh) if args.dbt else None
    row("parse, cold", models, ours, peer, "dbt")
    ours = best(args.repeat, modelc + ["list"] + common, folder)
    row("list", models, ours, None, "")
    measure(modelc + ["seed"] + common, folder)
    shutil.copy(folder / "bench.db", folder.parent / "seeded.db")
    ours = best(args.repeat, modelc + ["compile"] + common, folder, before=fresh)
    row("compile all", models, ours, None, "")
    ours = best(args.repeat, modelc + ["run"] + common, folder)
    row("run", models, ours, floor_of_run(args.bin, folder, args.repeat) if shutil.which("sqlite3") else None, "sqlite3 shell")
    if args.dbt:
        remove_outputs(folder, database=True)
        measure([args.dbt, "seed"] + common, folder)
        row("run", models, ours, best(1, [args.dbt, "run"] + common, folder), "dbt")
        remove_outputs(folder, database=True)
        measure(modelc + ["seed"] + common, folder)
        measure(modelc + ["run"] + common, folder)
    ours = best(args.repeat, modelc + ["test"] + common, folder)
    peer = best(1, [args.dbt, "test"] + common, folder) if args.dbt and models <= args.dbt_test_limit else None
    row("test", models, ours, peer, "dbt")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--dbt", help="dbt's executable; without it only modelc and the shell are measured")
    parser.add_argument("--models", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--generator", default=str(SHARED / "gen_project.py"))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--dbt-test-limit", type=int, default=100, help="largest size at which dbt's slow `test` is measured too")
    args = parser.parse_args()
    if not os.path.exists(args.generator):
        print(f"skipped: no project generator at {args.generator}")
        return 0
    args.bin = str(pathlib.Path(args.bin).resolve())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(f"{'command':<26}{'models':>7}{'cpu s':>10}{'wall s':>9}{'MiB':>8}  {'peer':<14}{'cpu s':>9} {'ratio':>8}")
    row("start (--version)", 0, best(args.repeat, [args.bin, "--version"], "."), None, "")
    root = pathlib.Path(tempfile.mkdtemp(prefix="modelc_bench_"))
    try:
        for models in args.models:
            bench_size(args, models, root)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
