#!/usr/bin/env python3
"""Writes docs/errors.md: every error code with the files that raise it. `--check` fails when the page is not up to date."""
import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = "base|jinja|events|project|manifest|artifacts|select|context|parse|adapters|sqlite|compile|run|cli"
CODE = re.compile(rf'"((?:{FOLDERS})/[a-z][a-z0-9]*(?:-[a-z0-9]+)*)"')
HEAD = """# Error codes

Each error that modelc reports carries a code, printed as `error[folder/what]`. The folder is the part of `src/` that found the fault.
This page is written by `tests/error_codes.py`.

| code | raised in |
|---|---|
"""


def page() -> str:
    codes = collections.defaultdict(set)
    for path in sorted((ROOT / "src").rglob("*.cc")):
        text = re.sub(r"#include.*", "", path.read_text(encoding="utf-8"))
        for match in CODE.finditer(text):
            codes[match[1]].add(str(path.relative_to(ROOT)))
    return HEAD + "".join(f"| `{code}` | {', '.join(sorted(files))} |\n" for code, files in sorted(codes.items()))


def main() -> int:
    target = ROOT / "docs" / "errors.md"
    if "--check" in sys.argv:
        good = target.exists() and target.read_text(encoding="utf-8") == page()
        print("docs/errors.md is up to date" if good else "docs/errors.md is stale: run tests/error_codes.py")
        return 0 if good else 1
    target.parent.mkdir(exist_ok=True)
    target.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
