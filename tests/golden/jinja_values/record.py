#!/usr/bin/env python3
"""Records what Python's Jinja2 makes of the cases below, as golden files for the values of our engine.

    python record.py [--check]

Needs Python 3.11 with jinja2 3.1 and, for the modules, pytz and PyYAML. Each file cases_*.py beside this script holds
lists of templates; the output goes to *.txt in this folder or, for cases that need Python's modules, to ../jinja_modules.

A case is: a line "=== name", perhaps a line "context: <json>", the template, a line "---", and what it renders to or
"error: <message>". The line break before a separator belongs to neither text.
"""
import datetime
import importlib.util
import itertools
import json
import pathlib
import re
import sys

import jinja2
import jinja2.sandbox
import pytz
import yaml

HERE = pathlib.Path(__file__).parent


def environment():
    env = jinja2.sandbox.SandboxedEnvironment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
    same = lambda value: value
    env.filters.update(as_text=same, as_bool=same, as_native=same, as_number=same, is_list=lambda v: isinstance(v, list))
    return env


def modules():
    names = "date datetime time timedelta tzinfo timezone".split()
    tools = ("count cycle repeat accumulate chain compress islice starmap tee zip_longest product permutations"
             " combinations combinations_with_replacement").split()
    return {
        "datetime": {name: getattr(datetime, name) for name in names},
        "pytz": {name: getattr(pytz, name) for name in pytz.__all__},
        "re": {name: getattr(re, name) for name in re.__all__},
        "itertools": {name: getattr(itertools, name) for name in tools},
    }


def from_yaml(text):
    return yaml.load(text, Loader=yaml.CSafeLoader)  # libyaml's, as dbt does


def is_yaml(text):
    try:
        from_yaml(text)
        return True
    except Exception:  # ValueError of a date that does not exist, too
        return False


def extended_context():
    return {
        "modules": modules(),
        "set": set,
        "tojson": lambda value, sort_keys=False: json.dumps(value, sort_keys=sort_keys),
        "fromjson": json.loads,
        "toyaml": lambda value, sort_keys=False: yaml.safe_dump(value, sort_keys=sort_keys),
        "fromyaml": from_yaml,
        "is_yaml": is_yaml,
    }


def render(env, template, context):
    try:
        return env.from_string(template).render(context)
    except Exception as error:  # what dbt shows of any exception
        return f"error: {error}"


def record(env, title, cases, extended):
    out = []
    for number, case in enumerate(cases, 1):
        template, context = case if isinstance(case, tuple) else (case, None)
        if "INF" in template:  # a literal would be folded, and Python has none for it
            template = template.replace("INF", "(huge * 10)")
            context = dict(context or {}, huge=1e308)
        if "{" + "{" not in template and "{%" not in template:
            template = "{{ " + template + " }}"
        names = dict(extended_context() if extended else {}, **(context or {}))
        lines = [f"=== {title} {number}"]
        if context is not None:
            lines.append("context: " + json.dumps(context, ensure_ascii=False))
        out.append("\n".join([*lines, template, "---", render(env, template, names)]))
    return "\n".join(out) + "\n"


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    env = environment()
    stale = []
    for path in sorted(HERE.glob("cases_*.py")):
        module = load(path)
        folder = HERE.parent / "jinja_modules" if getattr(module, "EXTENDED", False) else HERE
        for name, cases in module.CASES.items():
            text = record(env, name, cases, getattr(module, "EXTENDED", False))
            target = folder / f"{name}.txt"
            if "--check" not in sys.argv:
                target.write_text(text, encoding="utf-8", newline="")
            elif target.read_bytes() != text.encode():
                stale.append(str(target))
    if stale:
        sys.exit("not up to date: " + ", ".join(stale))


if __name__ == "__main__":
    main()
