#!/usr/bin/env python3
"""Measures modelc against dbt, Fusion and the bare engine, side by side in one run, and prints the ratios.

    bench.py --bin build/release/modelc [--dbt PATH] [--fusion PATH] [--models 100 1000 10000] [--large ROWS]
             [--project FOLDER ...] [--generator gen_project.py] [--repeat 3]

For each size a synthetic project is generated; each program parses it, lists and compiles one model, compiles all; modelc runs and
tests it on SQLite, with the `sqlite3` shell doing the same statements in the same transactions as the floor. --large adds 50 models
over tables of ROWS rows. --project parses a project that exists. Fusion refuses SQLite and gets a DuckDB profile. A peer that is not
given is left out; dbt runs and tests only up to --dbt-limit models, since it takes minutes.

CPU is user + system seconds of the whole process tree, the least of the repeats; MiB is the peak of that one; `ratio` is modelc's CPU
by the peer's. Asserts nothing about time. Without the generator it says so and stops.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SHARED = HERE.parents[2] / "shared" / "bench"
WAL = "pragma journal_mode = wal; pragma synchronous = normal;"  # what modelc's connections set


class Cost:
    def __init__(self, cpu, wall, mib):
        self.cpu, self.wall, self.mib = cpu, wall, mib


def measure(command, cwd, stdin=None, check=True):
    start = time.perf_counter()
    with open(os.devnull, "wb") as sink, open(stdin or os.devnull, "rb") as source:
        process = subprocess.Popen([str(c) for c in command], cwd=cwd, stdin=source, stdout=sink, stderr=sink)
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if check and os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{' '.join(map(str, command))} in {cwd} ended with {os.waitstatus_to_exitcode(status)}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)


def best(repeat, *args, before=None, **kwargs):
    costs = []
    for _ in range(repeat):
        if before:
            before()
        costs.append(measure(*args, **kwargs))
    return min(costs, key=lambda cost: cost.cpu)


class Table:
    def __init__(self):
        print(f"{'command':<22}{'models':>7}{'cpu s':>9}{'wall s':>9}{'MiB':>6}  "
              f"{'peer':<14}{'cpu s':>9}{'wall s':>9}{'MiB':>6}{'ratio':>9}")

    def row(self, label, models, ours, peers=()):
        """`peers`: [(name, Cost)]; a line for each, or one line without."""
        for name, peer in list(peers) or [("", None)]:
            text = f"{label:<22}{models:>7}{ours.cpu:>9.3f}{ours.wall:>9.3f}{ours.mib:>6.0f}  {name:<14}"
            if peer:
                text += f"{peer.cpu:>9.3f}{peer.wall:>9.3f}{peer.mib:>6.0f}{ours.cpu / max(peer.cpu, 1e-9):>9.4f}"
            print(text.rstrip(), flush=True)


def write_profile(folder: pathlib.Path, threads=1) -> None:
    name = next(line.split(":", 1)[1].strip().strip("'\"") for line in (folder / "dbt_project.yml").read_text().splitlines()
                if line.startswith("profile:"))
    outputs = {"sqlite": {"type": "sqlite", "threads": threads, "database": "bench", "schema": "main",
                          "schemas_and_paths": {"main": str(folder / "bench.db")}, "schema_directory": str(folder)},
               "duckdb": {"type": "duckdb", "threads": 4, "schema": "main", "path": str(folder / "bench.duckdb")}}
    (folder / "profiles.yml").write_text(json.dumps({name: {"target": "sqlite", "outputs": outputs}}))


def remove_outputs(folder: pathlib.Path) -> None:
    """Out of the way, not deleted: ext4 takes long to make files where thousands were deleted a minute ago."""
    for name in ("target", "logs"):
        if (folder / name).exists():
            (folder / name).rename(tempfile.mkdtemp(prefix=name, dir=folder.parent) + "/old")


def use_database(folder: pathlib.Path, source=None) -> None:
    for path in folder.glob("bench.db*"):
        path.unlink()
    if source:
        shutil.copy(source, folder / "bench.db")


def script_of_run(folder: pathlib.Path) -> pathlib.Path:
    """The SQL that modelc executed, for the shell."""
    script = folder / "floor.sql"
    text = subprocess.run([sys.executable, SHARED / "raw_script.py", folder, folder / "target" / "run", "--transactions", "own"],
                          stdout=subprocess.PIPE, text=True, check=True).stdout
    script.write_text(text.replace("pragma synchronous = full;", WAL, 1))
    return script


def script_of_tests(folder: pathlib.Path) -> pathlib.Path:
    """The queries of all data tests as modelc evaluates them, for the shell."""
    nodes = json.loads((folder / "target" / "manifest.json").read_text())["nodes"].values()
    queries = [node["compiled_code"] for node in nodes if node["resource_type"] == "test" and node.get("compiled_code")]
    script = folder / "tests.sql"
    script.write_text("\n".join(f"select count(*) from (\n{query}\n);" for query in queries))
    return script


class Bench:
    def __init__(self, args, root):
        self.args, self.root, self.table = args, root, Table()
        self.parse_costs = []

    def peers(self, folder, command, before=None):
        """dbt and Fusion doing what modelc did."""
        out = []
        for name, program, target in (("dbt", self.args.dbt, "sqlite"), ("Fusion", self.args.fusion, "duckdb")):
            if program:
                options = ["--profiles-dir", folder, "--target", target]
                out.append((name, best(1 if name == "dbt" else self.args.repeat, [program, *command, *options], folder,
                                       before=before, check=name == "dbt")))
        return out

    def compare(self, label, models, folder, command, fresh=False):
        before = (lambda: remove_outputs(folder)) if fresh else None
        ours = best(self.args.repeat, [self.args.bin, *command, "--profiles-dir", folder], folder, before=before)
        peers = self.peers(folder, command, before)
        self.table.row(label, models, ours, peers)
        return ours

    def start(self):
        ours = best(self.args.repeat * 3, [self.args.bin, "--version"], ".")
        programs = [(name, path) for name, path in (("dbt", self.args.dbt), ("Fusion", self.args.fusion)) if path]
        self.table.row("start (--version)", 0, ours, [(n, best(self.args.repeat, [p, "--version"], ".")) for n, p in programs])

    def generate(self, models, *options):
        folder = self.root / f"p{models}"
        subprocess.run([sys.executable, self.args.generator, folder, "--models", str(models), *options], check=True,
                       stdout=subprocess.DEVNULL)
        write_profile(folder)
        return folder

    def size(self, models):
        folder = self.generate(models)
        self.parse_costs.append((models, self.compare("parse, cold", models, folder, ["parse"], fresh=True).cpu))
        one = next((folder / "models").rglob("mart_*.sql")).stem
        self.compare("list one", models, folder, ["list", "--select", one])
        modelc = [self.args.bin]
        common = ["--profiles-dir", folder]
        measure(modelc + ["seed"] + common, folder)
        seeded = self.root / "seeded.db"
        shutil.copy(folder / "bench.db", seeded)
        if models > self.args.run_limit:
            return
        self.compare("compile one", models, folder, ["compile", "--select", one])
        self.compare("compile all", models, folder, ["compile"], fresh=True)
        self.run_and_test(models, folder, modelc, common, seeded)

    def run_and_test(self, models, folder, modelc, common, seeded):
        use = lambda: use_database(folder, seeded)  # noqa: E731
        ours = best(self.args.repeat, modelc + ["run"] + common, folder, before=use)
        script, copy = script_of_run(folder), self.root / "floor.db"
        shell = best(self.args.repeat, ["sqlite3", copy], folder, stdin=script, before=lambda: shutil.copy(seeded, copy))
        peers = [("sqlite3 shell", shell)]
        test = best(self.args.repeat, modelc + ["test"] + common, folder)
        test_peers = [("sqlite3 shell", best(self.args.repeat, ["sqlite3", folder / "bench.db"], folder, stdin=script_of_tests(folder)))]
        if self.args.dbt and models <= self.args.dbt_limit:
            peers.append(("dbt", best(1, [self.args.dbt, "run", *common], folder, before=use)))
            test_peers.append(("dbt", best(1, [self.args.dbt, "test", *common], folder)))
        self.table.row("run", models, ours, peers)
        print(f"{'':<22}{(ours.cpu - shell.cpu) / models * 1000:.3f} ms of CPU for a model above the shell", flush=True)
        self.table.row("test", models, test, test_peers)

    def large(self, rows):
        folder = self.generate(50, "--rows", str(rows), "--load", "direct")
        with open(folder / "raw" / "load_sqlite.sql") if (folder / "raw" / "load_sqlite.sql").exists() else open(
                next(folder.rglob("load_sqlite.sql"))) as load:
            subprocess.run(["sqlite3", str(folder / "bench.db")], stdin=load, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        seeded = self.root / "large.db"
        shutil.move(folder / "bench.db", seeded)
        costs = {}
        for threads in (1, 2):
            use_database(folder, seeded)
            write_profile(folder, threads)
            costs[threads] = measure([self.args.bin, "run", "--profiles-dir", folder], folder)
        script, copy = script_of_run(folder), self.root / "floor.db"
        shutil.copy(seeded, copy)
        shell = measure(["sqlite3", copy], folder, stdin=script)
        for threads, cost in costs.items():
            self.table.row(f"run, {threads} threads", 50, cost, [("sqlite3 shell", shell)])
            print(f"{'':<22}{rows} rows; wall {cost.wall / shell.wall:.3f} of the shell's", flush=True)

    def project(self, path):
        """In its place, since a project may name folders beside it; what is written goes elsewhere."""
        def parse(program):
            out = tempfile.mkdtemp(prefix="parsed", dir=self.root)
            return [program, "parse", "--project-dir", path, "--profiles-dir", path, "--target-path", out, "--log-path", out]

        ours = min((measure(parse(self.args.bin), path) for _ in range(self.args.repeat)), key=lambda cost: cost.cpu)
        peers = [("Fusion", measure(parse(self.args.fusion), path, check=False))] if self.args.fusion else []
        count = len(list((path / "models").rglob("*.sql")))
        self.table.row(path.name[:22], count, ours, peers)

    def growth(self):
        if len(self.parse_costs) > 1:
            (small, a), (large, b) = self.parse_costs[0], self.parse_costs[-1]
            print(f"cost of a model at {large} by that at {small}: {b / large / (a / small):.2f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--dbt", help="dbt 1.11's executable")
    parser.add_argument("--fusion", help="Fusion's executable (PyPI: dbt, a pre-release of version 2)")
    parser.add_argument("--models", type=int, nargs="*", default=[100, 1000])
    parser.add_argument("--large", type=int, metavar="ROWS", help="50 models over fact tables of so many rows")
    parser.add_argument("--project", type=pathlib.Path, action="append", default=[], help="parse this project too")
    parser.add_argument("--generator", default=str(SHARED / "gen_project.py"))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--dbt-limit", type=int, default=1000, help="largest size at which dbt runs and tests")
    parser.add_argument("--run-limit", type=int, default=1000, help="largest size that is compiled, run and tested")
    args = parser.parse_args()
    if not os.path.exists(args.generator):
        print(f"skipped: no project generator at {args.generator}")
        return 0
    if not shutil.which("sqlite3"):
        print("skipped: no sqlite3 shell")
        return 0
    args.bin = str(pathlib.Path(args.bin).resolve())
    root = pathlib.Path(tempfile.mkdtemp(prefix="modelc_bench_"))
    try:
        bench = Bench(args, root)
        bench.start()
        for models in args.models:
            bench.size(models)
        bench.growth()
        if args.large:
            bench.large(args.large)
        for path in args.project:
            bench.project(path)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
