"""Renders the cases of cases_*.py with Python's Jinja2, set up as dbt does, and records what comes out.

    python record.py            rewrites <area>.txt for every cases_<area>.py
    python record.py loops      only loops.txt

A case in a .txt file:

    === name
    context: <json>             optional: the variables
    templates: <json>           optional: other templates by name
    options: <json>             optional: trim_blocks, lstrip_blocks, keep_trailing_newline; escaped: the template and
                                the output are JSON strings
    <template>
    ---
    <output>, or "error: <message>"
"""
import copy
import importlib.util
import json
import pathlib
import re
import sys

import jinja2
import jinja2.sandbox

HERE = pathlib.Path(__file__).parent


def run(template, context, templates, options):
    env = jinja2.sandbox.SandboxedEnvironment(
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
        loader=jinja2.DictLoader(templates) if templates is not None else None,
        **{k: v for k, v in options.items() if k != "escaped"},
    )
    try:
        return env.from_string(template).render(copy.deepcopy(context))
    except jinja2.TemplateSyntaxError as e:
        return "error: " + e.message
    except SyntaxError as e:  # of the Python code that Jinja2 generates
        return "error: " + re.sub(r" \(<.*>, line \d+\)$", "", str(e))
    except Exception as e:
        return "error: " + str(e)


def write(area, cases):
    out = []
    names = set()
    for case in cases:
        name, template = case[0], case[1]
        context = case[2] if len(case) > 2 else None
        extra = case[3] if len(case) > 3 else {}
        assert name not in names, name
        names.add(name)
        templates = extra.get("templates")
        options = {k: v for k, v in extra.items() if k != "templates"}
        result = run(template, context or {}, templates, options)
        # Addresses differ from run to run, and so does where Python's stack ends.
        if " at 0x" in result or "maximum recursion depth" in result or len(result) > 5000:
            continue
        if "\r" in template + result or "\n---" in "\n" + template or re.search(r"^=== ", template + "\n" + result, re.M):
            options["escaped"] = True
        out.append(f"=== {name}\n")
        if context:
            out.append(f"context: {json.dumps(context)}\n")
        if templates is not None:
            out.append(f"templates: {json.dumps(templates)}\n")
        if options:
            out.append(f"options: {json.dumps(options)}\n")
        if options.get("escaped"):
            template, result = json.dumps(template), json.dumps(result)
        out.append(f"{template}\n---\n{result}\n")
    (HERE / f"{area}.txt").write_text("".join(out), encoding="utf-8", newline="")
    print(f"{area}: {len(cases)} cases")


def main():
    wanted = sys.argv[1:]
    for path in sorted(HERE.glob("cases_*.py")):
        area = path.stem.removeprefix("cases_")
        if wanted and area not in wanted:
            continue
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        write(area, module.CASES)


if __name__ == "__main__":
    main()
