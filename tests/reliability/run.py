#!/usr/bin/env python3
"""Tries what modelc promises of reliability: kills, bad input, full disks, two runs at once.

    run.py --bin build/release/modelc [--shim build/release/tests/libfault.so] [--full] [--group NAME] [ROW...]

A row is a function in one of the modules beside this file, marked @row(group). ctest runs them in the quick mode; --full
takes hundreds of rounds where that takes a few. --seed chooses the random moments. --list names the rows.
Exit 1 with a report of every row that failed, 77 when all of them need the library of --shim and there is none.
"""
import argparse
import os
import pathlib
import shutil
import sys
import tempfile
import time
import traceback

import bad_files
import bad_projects
import clocks
import concurrent_runs
import disk
import kills
import leaks
import limits
import paths
import signals
import templates
from lab import ROWS, Failure, Lab

GROUPS = (kills, signals, bad_projects, bad_files, limits, disk, concurrent_runs, leaks, paths, templates, clocks)


def try_row(item, args) -> str:
    """Empty, or what failed."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"modelc_{item.name}_"))
    try:
        item.function(Lab(args.bin, args.shim, args.full, folder, args.seed, item.name))
        return ""
    except Failure as failure:
        return f"{failure}" + (f"\n  kept in {folder}" if args.keep else "")
    except Exception:
        return traceback.format_exc()
    finally:
        if not args.keep:
            shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--shim", help="library of fault.cc; rows that need it are left out without")
    parser.add_argument("--full", action="store_true", help="many rounds")
    parser.add_argument("--group", help="only the rows of this group")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="leave the folders")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("rows", nargs="*", help="names of rows (default: all)")
    args = parser.parse_args()
    args.bin = str(pathlib.Path(args.bin).resolve())
    args.shim = args.shim and str(pathlib.Path(args.shim).resolve())
    chosen = [r for r in ROWS if (not args.group or r.group == args.group) and (not args.rows or r.name in args.rows)]
    if args.list:
        for item in chosen:
            print(f"{item.group:<12} {item.name:<44} {item.title}")
        return 0
    if not chosen:
        print("no such row")
        return 1
    chosen = [r for r in chosen if args.shim or not r.needs_shim]
    if not chosen:
        print("skipped: these rows need --shim")
        return 77
    failed = 0
    for item in chosen:
        started = time.monotonic()
        fault = try_row(item, args)
        failed += bool(fault)
        print(f"{'FAIL' if fault else 'ok  '} {item.group}/{item.name} ({time.monotonic() - started:.1f} s)", flush=True)
        if fault:
            print(f"  {item.title}\n{fault}\n", flush=True)
    print(f"{len(chosen) - failed} of {len(chosen)} rows hold")
    return 1 if failed else 0


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
