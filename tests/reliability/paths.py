"""Hostile names and paths: nothing is written outside of the project; names are names, whatever is in them."""
import io
import os
import pathlib
import tarfile

from lab import expect, row

NAMES = ["a b", "a\"b", "a'b", "a;b", "a]b", "a`b", "ünïcödé", "表", "🙂", "select", "a--b", "a/*b*/", "x'); drop table kept; --", "A%sB",
         "{x}", "a.b", "-a", "1a", "a\\b", "a$b", " ", "main", "sqlite", "temp"]


def yaml_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@row("paths")
def aliases_with_hostile_names(lab):
    """Models whose alias holds quotes, semicolons, SQL, emoji: built twice as a table, a view and incrementally."""
    models, properties = {}, []
    for i, name in enumerate(NAMES):
        for kind in ("table", "view", "incremental"):
            models[f"models/m{i}_{kind}.sql"] = f"select {i} as id, {{{{ this.identifier | length }}}} as size"
            properties.append(f"  - name: m{i}_{kind}\n    config: {{materialized: {kind}, unique_key: id, alias: {yaml_text(name + kind[0])}}}\n"
                              "    columns: [{name: id, data_tests: [unique, not_null]}]\n")
    project = lab.project({**models, "models/s.yml": "models:\n" + "".join(properties)})
    project.script("create table kept as select 1 as id")
    project.ok("build")
    project.ok("build")
    project.ok("build", "--full-refresh")
    project.ok("docs", "generate")
    found = project.relations()["shop"]
    wanted = {(name + kind[0]).strip() for name in NAMES for kind in ("table", "view", "incremental")} | {"kept"}
    expect(wanted <= found.keys(), f"missing {wanted - found.keys()}")
    project.check_sound()


@row("paths")
def hostile_values_round_trip(lab):
    """Texts in seeds, variables and unit tests come out as they went in."""
    texts = NAMES + ["", "null", "NULL", "''", "\\", "\\'", "{{ 1 + 1 }}", "{% raw %}", "{# x #}", "a\nb", "\t", "\u202e", "\x7f",
                     "x" * 10_000, "1e5", "0x10", "007", "1,5", "-0", "true", "NaN", "2024-01-01", "25:00", "=1+1", "é" * 300]
    texts += ["".join(chr(lab.random.choice((lab.random.randrange(32, 127), lab.random.randrange(160, 0x3000), lab.random.randrange(0x1F300, 0x1F600))))
                      for _ in range(lab.random.randrange(1, 30))) for _ in range(lab.pick(300, 10_000))]
    quoted = "\n".join(f'{i},"' + text.replace('"', '""') + '"' for i, text in enumerate(texts))
    project = lab.project({"seeds/s.csv": f"id,v\n{quoted}\n".encode("utf-8"), "models/m.sql": "select id, v from {{ ref('s') }}",
                           "seeds/s.yml": "seeds: [{name: s, config: {column_types: {v: text}}}]"})
    project.ok("build")
    rows = dict(project.query("select id, v from m"))
    expect(len(rows) == len(texts), f"{len(rows)} rows of {len(texts)}")
    missing = ("", "null", "NULL")
    faults = [(i, t, rows[i]) for i, t in enumerate(texts) if rows[i] != t and not (rows[i] is None and t.strip().lower() in missing + ("na", "n/a", "none", "."))]
    expect(not faults, f"{len(faults)} texts differ: {faults[:3]}")


@row("paths")
def paths_that_lead_outside(lab):
    """Target, log, clean and model paths with `..` or absolute ones: `clean` removes nothing outside of the project."""
    victim = lab.folder / "victim"
    for paths in ('["../victim"]', f'["{victim}"]', '["models/../../victim"]', '["link"]', '["."]', '[".."]', '["models"]', '["/"]'):
        victim.mkdir(exist_ok=True)
        (victim / "keep.txt").write_text("x")
        project = lab.project({"models/m.sql": "select 1 as id", "project.yml": f"name: shop\nclean-targets: {paths}\n"})
        os.symlink(victim, project.folder / "link")
        done = project.run("clean")
        expect((victim / "keep.txt").exists(), lambda: f"{paths}: {done.text()}")
        expect((project.folder / "models/m.sql").exists() and (project.folder / "project.yml").exists(), lambda: f"{paths}: {done.text()}")
        expect(paths == '["link"]' or done.code == 2, lambda: f"{paths}: {done.text()}")


def archive(folder, members) -> None:
    """A package as a .tar.gz with whatever members."""
    with tarfile.open(folder, "w:gz") as tar:
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            if kind == "file":
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
            else:
                info.type = {"symlink": tarfile.SYMTYPE, "hardlink": tarfile.LNKTYPE, "device": tarfile.CHRTYPE, "fifo": tarfile.FIFOTYPE}[kind]
                info.linkname = content
                tar.addfile(info)


GOOD_PACKAGE = [("pkg/dbt_project.yml", "file", b"name: pkg\nversion: '1.0'\n"), ("pkg/macros/m.sql", "file", b"{% macro m() %}1{% endmacro %}")]


@row("paths")
def archives_that_lead_outside(lab):
    """Package archives with `..`, absolute names, links and devices put nothing outside of dbt_packages."""
    evil = {"dots": [("pkg/../../../victim/x", "file", b"x")], "absolute": [(str(lab.folder / "victim/x"), "file", b"x")],
            "link": [("pkg/out", "symlink", str(lab.folder / "victim")), ("pkg/out/x", "file", b"x")],
            "relative link": [("pkg/out", "symlink", "../../../victim"), ("pkg/out/x", "file", b"x")],
            "hard link": [("pkg/out", "hardlink", str(lab.folder / "victim/keep.txt")), ("pkg/out", "file", b"changed")],
            "device": [("pkg/dev", "device", "")], "fifo": [("pkg/fifo", "fifo", "")]}
    for name, members in evil.items():
        victim = lab.folder / "victim"
        victim.mkdir(exist_ok=True)
        (victim / "keep.txt").write_text("kept")
        project = lab.project({"models/m.sql": "select 1 as id", "packages.yml": "packages: [{tarball: 'file://ARCHIVE', name: pkg}]\n"})
        path = project.folder / "pkg.tar.gz"
        archive(path, GOOD_PACKAGE + members)
        project.write({"packages.yml": f"packages: [{{tarball: 'file://{path}', name: pkg}}]\n"})
        done = project.run("deps", timeout=120)
        expect(done.code in (0, 2) and "Internal Error" not in done.output, lambda: f"{name}: {done.text()}")
        expect(sorted(p.name for p in victim.iterdir()) == ["keep.txt"] and (victim / "keep.txt").read_text() == "kept", f"{name}: wrote outside")
        inside = [p for p in (project.folder / "dbt_packages").rglob("*") if p.is_symlink() or not (p.is_file() or p.is_dir())]
        expect(not inside, f"{name}: {inside}")


@row("paths")
def git_packages_that_run_commands(lab):
    """Addresses and revisions that git would take for options or commands."""
    for spec in ("git: '--upload-pack=touch victim'", "git: 'ext::sh -c touch% victim'", "git: file:///nowhere, revision: '--output=victim'",
                 "git: 'https://localhost:9/x.git', revision: '-x; touch victim'", "git: '$(touch victim)'"):
        project = lab.project({"models/m.sql": "select 1 as id", "packages.yml": f"packages: [{{{spec}}}]\n"})
        done = project.run("deps", env={"GIT_TERMINAL_PROMPT": "0"}, timeout=120)
        expect(done.code == 2, lambda: f"{spec}: {done.text()}")
        expect(not list(project.folder.rglob("victim")), f"{spec}: a command was run")


@row("paths")
def project_in_an_odd_folder(lab):
    """A project whose path holds spaces, quotes, newlines and umlauts."""
    for name in ("with space", "with'quote", "with\"quote", "with\nnewline", "ümlaut 表", "-dash", "percent%20", "hash#and?"):
        lab.count += 1
        inner = lab.project({f"{name}/project.yml": "name: shop\n", f"{name}/models/m.sql": "{{ config(materialized='table') }} select 1 as id"})
        inner.folder = inner.folder / name
        inner.ok("build")
        inner.ok("docs", "generate")
        expect(inner.query("select id from m") == [(1,)], name)
        inner.check_artifacts()


@row("paths")
def no_pages_and_no_server(lab):
    """modelc listens nowhere and writes no page that a browser would run: hostile descriptions stay data in JSON."""
    script = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    project = lab.project({"models/m.sql": f"select 1 as id -- {script}",
                           "models/s.yml": f"models: [{{name: m, description: '{script}', columns: [{{name: id, description: '{script}'}}]}}]"})
    project.ok("build")
    project.ok("docs", "generate", "--static")
    kinds = {p.suffix for p in (project.folder / "target").rglob("*") if p.is_file()}
    expect(not kinds & {".html", ".js", ".svg", ".css"}, str(kinds))
    project.check_artifacts()
    project.refused("docs", "serve", "--port", 0, code=2, timeout=30)


@row("paths")
def binary_tells_no_place(lab):
    """Two builds of one source are the same file: the binary holds neither the folder nor the time of its build."""
    source = pathlib.Path(__file__).resolve().parents[2]
    clocks = [p.name for p in (source / "src").rglob("*") if p.suffix in (".cc", ".h") and any(m in p.read_text() for m in ("__DATE__", "__TIME__", "__TIMESTAMP__"))]
    expect(not clocks, str(clocks))
    if lab.shim:  # the builds with sanitizers hold names of files, for their reports
        expect(str(source).encode() not in pathlib.Path(lab.binary).read_bytes(), f"the binary names {source}")
