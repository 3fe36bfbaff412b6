#!/usr/bin/env python3
"""Checks that each folder of src/ includes only folders below it. Exit 1 with every offending include."""
import pathlib
import re
import sys

LAYERS = ["base", "jinja", "tabular", "events", "project", "manifest", "artifacts", "select", "context", "parse", "adapters",
          "compile", "run", "cli"]
INCLUDE = re.compile(r'^\s*#include "([a-z_]+)/')


def main() -> int:
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent) / "src"
    faults, files = [], 0
    for path in sorted(root.rglob("*")):
        if path.suffix not in (".h", ".cc") or path.parent == root:
            continue
        layer = path.relative_to(root).parts[0]
        if layer not in LAYERS:
            faults.append(f"{path}: folder '{layer}' is no layer")
            continue
        files += 1
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if match and LAYERS.index(match[1]) > LAYERS.index(layer):
                faults.append(f"{path}:{number}: {layer} includes {match[1]}, which is above it")
            if match and match[1] not in LAYERS:
                faults.append(f"{path}:{number}: unknown folder '{match[1]}'")
    engines = [line for path in sorted(root.rglob("*.cc")) if "adapters" not in path.parts
               for line in [f"{path}"] if re.search(r"#include <sqlite3\.h>", path.read_text(encoding="utf-8"))]
    faults += [f"{path}: only src/adapters/sqlite may include sqlite3.h" for path in engines]
    print("\n".join(faults) or f"{files} files, no include goes upwards")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
