"""What never ends or grows without bound is refused: macros, loops, texts, nesting, YAML bombs, small systems."""
import os
import resource

from lab import expect, row

MEGABYTE = 1 << 20


def memory_limit(megabytes: int):
    def apply():
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE, megabytes * MEGABYTE))
    return apply


def is_sanitized(lab) -> bool:
    """Sanitizers map terabytes of address space and make stacks larger."""
    return lab.shim is None


def model(text: str) -> dict:
    return {"models/m.sql": text}


@row("limits")
def endless_macros_and_loops(lab):
    """Recursion, mutual recursion, self-import, huge ranges and texts end with an error that shows where."""
    twice = "{% set ns = namespace(t='x') %}{% for i in range(60) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}{{ ns.t | length }}"
    cases = [
        ("recursion", {"macros/m.sql": "{% macro a(n) %}{{ a(n + 1) }}{% endmacro %}", **model("select {{ a(1) }}")}, "macros/m.sql:1:"),
        ("mutual recursion", {"macros/m.sql": "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}",
                              **model("select {{ a() }}")}, "macros/m.sql:1:"),
        ("caller recursion", {"macros/m.sql": "{% macro a() %}{% call a() %}{{ caller() }}{% endcall %}{% endmacro %}",
                              **model("select {{ a() }}")}, "macros/m.sql:1:"),
        ("recursive loop", model("{% for x in [[1]] recursive %}{{ loop([[x]]) }}{% endfor %}"), "models/m.sql:1:"),
        ("list that holds itself", model("{% set l = [] %}{% do l.append(l) %}{% for i in range(3) %}{% endfor %}select '{{ l | length }}' as a"), None),
        ("huge range", model("select {{ range(100000000000) | list | length }}"), "models/m.sql:1:"),
        ("text doubled", model("select " + twice), "models/m.sql:1:"),
        ("text multiplied", model("select '{{ 'x' * 100000000000 }}'"), "models/m.sql:1:"),
        ("list multiplied", model("select '{{ [1] * 100000000000 }}'"), "models/m.sql:1:"),
        ("wide format", model("select '{{ '%100000000000d' | format(1) }}'"), "models/m.sql:1:"),
        ("wide centre", model("select '{{ 'x' | center(100000000000) }}'"), "models/m.sql:1:"),
        ("huge power", model("select {{ 10 ** 100000000000 }}"), "models/m.sql:1:"),
        ("huge zfill", model("select '{{ '1'.zfill(100000000000) }}'"), "models/m.sql:1:"),
        ("config of itself", {"macros/generate_schema_name.sql": "{% macro generate_schema_name(a, b) %}{{ generate_schema_name(a, b) }}{% endmacro %}",
                              **model("select 1 as id")}, "generate_schema_name"),
    ]
    faults = []
    for name, files, place in cases:
        project = lab.project(files)
        done = project.run("compile", timeout=120, **({} if is_sanitized(lab) else {"preexec_fn": memory_limit(4096)}))
        good = done.code == 0 if place is None else done.code in (1, 2) and place in done.output
        if not good or "Internal Error" in done.output or "bad_alloc" in done.output:
            faults.append(f"{name}: {done.text()}")
    expect(not faults, lambda: f"{len(faults)} of {len(cases)} cases:\n" + "\n".join(faults))


def nested(left: str, inner: str, right: str, depth: int) -> str:
    return left * depth + inner + right * depth


@row("limits")
def deep_nesting(lab):
    """Brackets, blocks, YAML and JSON thousands deep are refused or work; the stack holds."""
    depth = lab.pick(20_000, 200_000)
    cases = [
        ("Jinja brackets", model("select {{ " + nested("(", "1", ")", depth) + " }}"), True),
        ("Jinja lists", model("select {{ " + nested("[", "1", "]", depth) + " | length }}"), True),
        ("Jinja calls", model("select {{ " + nested("ref(", "1", ")", depth) + " }}"), True),
        ("Jinja nots", model("select {{ " + "not " * depth + "1 }}"), True),
        ("Jinja minus", model("select {{ " + "-" * depth + "1 }}"), True),
        ("Jinja sums", model("select {{ " + "1 + " * depth + "1 }} as a"), False),
        ("Jinja filters", model("select {{ 1" + " | abs" * depth + " }} as a"), False),
        ("Jinja attributes", model("select '{{ this" + ".a" * depth + " }}' as a"), False),
        ("Jinja ifs", model(nested("{% if true %}", "select 1 as a", "{% endif %}", depth)), True),
        ("Jinja elifs", model("{% if false %}" + "{% elif false %}" * depth + "{% endif %} select 1 as a"), False),
        ("Jinja ternaries", model("select {{ " + "1 if false else " * depth + "1 }} as a"), False),
        ("Jinja powers", model("select {{ " + "1 ** " * depth + "1 }} as a"), False),
        ("YAML flow", {"models/s.yml": "models: " + nested("[", "1", "]", depth)}, True),
        ("YAML flow maps", {"models/s.yml": "models: " + nested("{a: ", "1", "}", depth)}, True),
        ("YAML blocks", {"models/s.yml": "models:\n" + "\n".join(" " * i + "a:" for i in range(1, min(depth, 3000)))}, True),
        ("YAML dashes", {"models/s.yml": "models:\n " + "- " * depth + "1"}, True),
        ("JSON", model("{% set x = fromjson('" + nested("[", "1", "]", depth) + "') %}select 1 as a"), False),
        ("SQL brackets", model("select " + nested("(", "1", ")", depth) + " as a"), True),
        ("SQL unions", model(" union all ".join(["select 1 as a"] * depth)), None),
        ("SQL comments", model("select 1 as a " + "/* " * depth + "*/"), False),
    ]
    faults = []
    for name, files, refused in cases:
        project = lab.project({"models/good.sql": "select 1 as id", **files})
        done = project.run("run", timeout=120)
        wanted = (1, 2) if refused else (0, 1, 2) if refused is None or is_sanitized(lab) or not refused else (0,)
        if done.code not in wanted or "Internal Error" in done.output or len(done.output) > 200_000:
            faults.append(f"{name}: {len(done.output)} bytes, {done.text()[:1500]}")
    expect(not faults, lambda: f"{len(faults)} of {len(cases)} cases:\n" + "\n".join(faults))


@row("limits")
def yaml_bombs(lab):
    """Billion laughs, aliases to aliases, endless anchors, merge keys of merge keys: refused in little memory."""
    laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n" + "".join(
        f"a{i}: &a{i} [{', '.join(['*a' + str(i - 1)] * 9)}]\n" for i in range(1, 12))
    merges = "m0: &m0 {a: 1, b: 2}\n" + "".join(
        f"m{i}: &m{i}\n  x{i}: 1\n  <<: [{', '.join(['*m' + str(i - 1)] * 9)}]\n" for i in range(1, 12))
    cases = [
        ("billion laughs", laughs, "models/s.yml:"),
        ("quadratic texts", "a: &a '" + "x" * 100_000 + "'\nb: [" + ", ".join(["*a"] * 50_000) + "]\n", "models/s.yml:"),
        ("merge keys", merges, "models/s.yml:"),
        ("alias of itself", "a: &a [*a]\n", "models/s.yml:"),
        ("unknown alias", "a: *nothing\n", "models/s.yml:1:"),
        ("100,000 keys", "models:\n" + "".join(f"  k{i}: 1\n" for i in range(100_000)), "models"),
        ("many models", "models:\n" + "".join(f"  - name: n{i}\n" for i in range(lab.pick(10_000, 100_000))), None),
        ("a key of 1 MB", "? " + "x" * MEGABYTE + "\n: 1\n", None),
        ("a long scalar", "models: []\nversion: " + "x" * (lab.pick(1, 50) * MEGABYTE) + "\n", None),
    ]
    faults = []
    for name, text, has in cases:
        project = lab.project({"models/good.sql": "select 1 as id", "models/s.yml": text})
        done = project.run("parse", timeout=120, **({} if is_sanitized(lab) else {"preexec_fn": memory_limit(2048)}))
        if (has and (done.code != 2 or has not in done.output)) or done.code not in (0, 2) or "Internal Error" in done.output:
            faults.append(f"{name}: {done.text()[:2000]}")
    for name in ("models/huge.yml", "models/huge.sql", "macros/huge.sql", "models/huge.md"):
        project = lab.project({"models/good.sql": "select 1 as id", name: ""})
        with open(project.folder / name, "wb") as file:
            file.truncate(4 << 30)
        done = project.run("parse", timeout=120)
        if done.code != 2 or name not in done.output or "too large" not in done.output.lower():
            faults.append(f"{name}: {done.text()}")
    expect(not faults, lambda: f"{len(faults)} of {len(cases)} cases:\n" + "\n".join(faults))


@row("limits")
def many_files_and_long_names(lab):
    """Thousands of files, a chain of models, names as long as the file system takes."""
    count = lab.pick(2_000, 10_000)
    project = lab.project({f"models/d{i % 50}/m{i}.sql": f"select * from {{{{ ref('m{i - 1}') }}}}" if i else "select 1 as id" for i in range(count)})
    project.ok("parse")
    project.ok("ls", "--select", f"+m{count - 1}", "--output", "name")
    for length in (200, 240, 251):
        name = "n" * length
        project = lab.project({f"models/{name}.sql": "{{ config(materialized='table') }} select 1 as id"})
        done = project.run("run")
        expect(done.code == 0, done.text)
        project.check_sound()
        project.ok("run")
        project.check_artifacts()
    folders = "/".join(["d" * 200] * 12)
    project = lab.project({f"models/{folders}/m.sql": "select 1 as id"})
    project.ok("run")
    column = "c" * 5000
    project = lab.project({"models/m.sql": f"{{{{ config(materialized='table') }}}} select 1 as {column}"})
    project.ok("run")


def peak_memory(project, *arguments) -> float:
    """Runs a command that must succeed, and prints little. The most memory that it had, in megabytes."""
    process = project.start(*arguments)
    output = process.stdout.read().decode("utf-8", "replace")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    expect(process.returncode == 0, lambda: f"{arguments} ended with {process.returncode}: {output[-2000:]}")
    return usage.ru_maxrss / 1024


@row("limits")
def memory_of_large_projects(lab):
    """A project of thousands of models with their properties and tests is read in bounded memory."""
    count = lab.pick(1_500, 10_000)
    files = {f"models/d{i % 50}/m{i}.sql": f"select id, v from {{{{ ref('m{i - 1}') }}}} where v > {i}" if i % 10 else "select 1 as id, 2 as v" for i in range(count)}
    for d in range(50):
        files[f"models/d{d}/s.yml"] = "models:\n" + "".join(
            f"  - {{name: m{i}, description: text, columns: [{{name: id, data_tests: [unique, not_null]}}, {{name: v}}]}}\n" for i in range(d, count, 50))
    peak = peak_memory(lab.project(files), "parse")
    expect(is_sanitized(lab) or peak < 60 + count * 0.044, f"{peak:.0f} MB for {count} models")


@row("limits")
def memory_of_large_seeds(lab):
    """A large seed is loaded whole, in memory that goes with its size; loaded again, nothing is there twice."""
    count = lab.pick(50_000, 5_000_000)
    rows = "".join(f"{i},customer number {i},{i * 0.25},2024-01-{i % 28 + 1:02d} 10:00:00\n" for i in range(count))
    project = lab.project({"seeds/big.csv": "id,name,amount,at\n" + rows})
    size = (project.folder / "seeds/big.csv").stat().st_size / MEGABYTE
    for _ in range(2):
        peak = peak_memory(project, "seed")
        expect(is_sanitized(lab) or peak < 40 + 8 * size, f"{peak:.0f} MB for a file of {size:.0f} MB")
        found = project.query("select count(*), sum(id), sum(amount), max(name), min(at) from big")
        expect(found == [(count, count * (count - 1) // 2, count * (count - 1) / 8, max(f"customer number {i}" for i in range(count - 1, -1, -1)),
                          "2024-01-01 10:00:00")], str(found))


@row("limits")
def tests_over_many_rows(lab):
    """The four generic tests over a large table find exactly the rows that break them, and keep those."""
    count, every = lab.pick(20_000, 1_000_000), 1_000
    broken = count // every
    values = (f"with recursive n(i) as (select 1 union all select i + 1 from n where i < {count}) "
              f"select case when i % {every} = 0 then i - 1 else i end as id, case when i % {every} = 1 then null else i end as v, "
              f"case when i % {every} = 2 then 'odd' else 'even' end as kind, case when i % {every} = 3 then -i else i % 100 end as parent from n")
    project = lab.project({
        "models/m.sql": "{{ config(materialized='table') }} " + values,
        "models/parents.sql": "{{ config(materialized='table') }} with recursive n(i) as (select 0 union all select i + 1 from n where i < 99) select i as id from n",
        "models/s.yml": "models: [{name: m, columns: [{name: id, data_tests: [unique]}, {name: v, data_tests: [not_null]}, "
                        "{name: kind, data_tests: [{accepted_values: {arguments: {values: [even]}}}]}, "
                        "{name: parent, data_tests: [{relationships: {arguments: {to: ref('parents'), field: id}}}]}]}]\n"})
    project.ok("run")
    project.refused("test", "--store-failures", code=1, has=f"Got {broken} results")
    kept = {name: project.query(f'select count(*) from "{name}"', path)[0][0] for path in project.folder.glob("*audit*.db")
            for name in dict(project.query("select name, 1 from sqlite_master where type = 'table'", path))}
    expect(len(kept) == 4, str(kept))
    for name, rows in kept.items():  # accepted_values keeps a row a value
        expect(rows == (1 if name.startswith("accepted") else broken), str(kept))


@row("limits", needs_shim=True)
def memory_runs_out(lab):
    """The n-th allocation fails, once or from then on: a clear end, no crash, a sound database."""
    project = lab.project({"models/a.sql": "{{ config(materialized='table') }} select 1 as id", "models/b.sql": "select * from {{ ref('a') }}",
                           "models/s.yml": "models: [{name: a, columns: [{name: id, data_tests: [unique]}]}]"})
    project.ok("build")
    for at in lab.pick((1, 2, 5, 12), range(1, 200)):  # before main() begins, and while the command line is read
        project.refused("--version", code=2, has="Out of memory", env=lab.faults("malloc", at, ""))
    counter = lab.folder / "count"
    project.ok("build", "--threads", 1, env={**lab.faults("malloc", 0, ""), "FAULT_COUNT": str(counter)})
    total = int(counter.read_text())
    for i in range(lab.pick(20, 4000)):
        at = lab.random.randrange(1, total)
        stays = {"FAULT_STAYS": "1"} if i % 2 else {}
        done = project.run("build", "--threads", lab.random.choice((1, 4)), env={**lab.faults("malloc", at, ""), **stays})
        expect(done.code in (0, 1, 2) and done.output.strip(), lambda: f"allocation {at} of {total} {stays}: {done.text()}")
        project.check_sound(leftovers=True)
        project.check_artifacts()
        expect(project.relations()["shop"] == {"a": "table", "b": "view"}, str(project.relations()))
    project.ok("build")


@row("limits")
def small_systems(lab):
    """Few descriptors, a small stack, little memory, no new threads: a clear error or an undisturbed run."""
    if is_sanitized(lab):
        return
    files = {f"models/m{i}.sql": "{{ config(materialized='table') }} select 1 as id" for i in range(30)}

    def limited(kind, value):
        return lambda: resource.setrlimit(kind, (value, value))

    for name, limit, flags in (("descriptors", limited(resource.RLIMIT_NOFILE, 40), ("--threads", "16")),
                               ("descriptors", limited(resource.RLIMIT_NOFILE, 12), ()),
                               ("stack", limited(resource.RLIMIT_STACK, 512 * 1024), ("--threads", "4")),
                               ("memory", memory_limit(300), ("--threads", "2")),
                               ("memory", memory_limit(160), ("--threads", "8")),
                               ("memory", memory_limit(110), ())):
        project = lab.project(files)
        done = project.run("run", *flags, preexec_fn=limit, timeout=120)
        expect(done.code in (0, 1, 2), lambda: f"{name}: {done.text()}")
        expect(done.code == 0 or len(done.output.strip()) > 20, lambda: f"{name}: {done.text()}")
        project.check_sound()
        project.ok("run")
