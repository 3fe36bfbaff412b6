#!/usr/bin/env python3
"""Compares what `deps` of dbt and of modelc make of the same package files, with a package hub of our own on this machine.

    deps.py --bin build/release/modelc --dbt ENV/bin/dbt [CASE ...]

A case is a package file, and the commands that are run one after the other. Compared are, after each command: whether it succeeded,
package-lock.yml, packages.yml, dependencies.yml, and what is installed. Prints 'equal N of M'.
"""
import argparse
import functools
import http.server
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading

VERSIONS = {
    "acme/base": {"1.0.0": [], "1.1.0": [], "1.2.0-rc1": [], "2.0.0": []},
    "acme/top": {"0.1.0": [{"package": "acme/base", "version": ["<1.1.0"]}],
                 "0.2.0": [{"package": "acme/base", "version": [">=1.0.0", "<2.0.0"]}]},
    "acme/future": {"3.0.0": []},
}
REQUIRES = {"acme/future": ">=99.0.0"}

CASES = {
    "version": ("packages: [{package: acme/base, version: 1.0.0}]", ["deps", "deps"]),
    "number": ("packages: [{package: acme/base, version: [1.0.0]}]", ["deps"]),
    "range": ("packages: [{package: acme/base, version: ['>=1.0.0', '<2.0.0']}]", ["deps"]),
    "newest": ("packages: [{package: acme/base, version: '>=0.1.0'}]", ["deps"]),
    "prerelease": ("packages: [{package: acme/base, version: ['>=1.0.0', '<2.0.0'], install_prerelease: true}]",
                   ["deps"]),
    "prerelease by name": ("packages: [{package: acme/base, version: 1.2.0-rc1}]", ["deps"]),
    "needed by another": ("packages: [{package: acme/top, version: 0.2.0}]", ["deps"]),
    "narrowed by another": ("packages: [{package: acme/base, version: ['>=1.0.0', '<3.0.0']}, "
                            "{package: acme/top, version: 0.1.0}]", ["deps"]),
    "conflict": ("packages: [{package: acme/base, version: 2.0.0}, {package: acme/top, version: 0.1.0}]", ["deps"]),
    "twice": ("packages: [{package: acme/base, version: '>=1.0.0'}, {package: acme/base, version: '<2.0.0'}]", ["deps"]),
    "no such version": ("packages: [{package: acme/base, version: 7.0.0}]", ["deps"]),
    "no such package": ("packages: [{package: acme/nobody, version: 1.0.0}]", ["deps"]),
    "no namespace": ("packages: [{package: base, version: 1.0.0}]", ["deps"]),
    "no version": ("packages: [{package: acme/base}]", ["deps"]),
    "for a later dbt": ("packages: [{package: acme/future, version: 3.0.0}]", ["deps"]),
    "for a later dbt, unchecked": ("packages: [{package: acme/future, version: 3.0.0}]", ["deps --no-version-check"]),
    "local": ("packages: [{local: ../place}]", ["deps", "deps"]),
    "local, missing": ("packages: [{local: ../nowhere}]", ["deps"]),
    "git": ("packages: [{git: 'file://REPO', revision: v1}]", ["deps", "deps"]),
    "git, default branch": ("packages: [{git: 'file://REPO', warn-unpinned: false}]", ["deps"]),
    "git, commit": ("packages: [{git: 'file://REPO', revision: COMMIT}]", ["deps"]),
    "git, subdirectory": ("packages: [{git: 'file://REPO', revision: v1, subdirectory: inner/project}]", ["deps"]),
    "git, no such revision": ("packages: [{git: 'file://REPO', revision: v9}]", ["deps"]),
    "tarball": ("packages: [{tarball: 'HUB/files/acme/base/1.0.0.tar.gz', name: my_base}]", ["deps"]),
    "tarball without name": ("packages: [{tarball: 'HUB/files/acme/base/1.0.0.tar.gz'}]", ["deps"]),
    "private": ("packages: [{private: acme/secret, revision: v1}]", ["deps"]),
    "all kinds": ("packages:\n  - package: acme/top\n    version: ['>=0.1.0']\n  - local: ../place\n  - git: file://REPO\n    revision: v1\n"
                  "  - tarball: HUB/files/acme/future/3.0.0.tar.gz\n    name: from_tar\n", ["deps", "deps --lock", "deps --upgrade"]),
    "empty": ("packages: []", ["deps"]),
    "nothing": ("", ["deps"]),
    "no list": ("packages: {package: acme/base}", ["deps"]),
    "unknown key": ("packages: [{package: acme/base, version: 1.0.0, colour: red}]", ["deps"]),
    "env var": ("packages: [{package: \"acme/{{ env_var('WHICH', 'base') }}\", version: 1.0.0}]", ["deps"]),
    "lock alone": ("packages: [{package: acme/base, version: '>=1.0.0'}]", ["deps --lock"]),
    "add a package": ("packages: [{local: ../place}]", ["deps --add-package acme/base@1.0.0", "deps --add-package acme/base@1.1.0"]),
    "add a range": ("packages: [{local: ../place}]", ["deps --add-package acme/base@>=1.0.0,<2.0.0"]),
    "add without version": ("packages: [{local: ../place}]", ["deps --add-package acme/base"]),
    "add a folder": ("packages: [{package: acme/base, version: 1.0.0}]", ["deps --source local --add-package ../place"]),
    "add from git": ("packages: [{package: acme/base, version: 1.0.0}]", ["deps --source git --add-package file://REPO@v1"]),
    "add, locked alone": ("packages: [{local: ../place}]", ["deps --lock --add-package acme/base@1.0.0"]),
}


def make_tarball(name, version):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for path, text in (("dbt_project.yml", f"name: {name}\nversion: {version}\n"), ("macros/m.sql", "{% macro m() %}{% endmacro %}\n")):
            info = tarfile.TarInfo(f"{name}-{version}/{path}")
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


class Hub(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.strip("/")
        host = f"http://{self.headers['Host']}"
        body = None
        if path == "api/v1/index.json":
            body = json.dumps(list(VERSIONS))
        elif path.startswith("api/v1/") and path[7:-5] in VERSIONS:
            package = path[7:-5]
            namespace, name = package.split("/")
            body = json.dumps({"name": name, "namespace": namespace, "versions": {
                version: {"id": f"{package}/{version}", "name": name, "version": version, "packages": needed,
                          "require_dbt_version": REQUIRES.get(package, []), "works_with": [],
                          "downloads": {"tarball": f"{host}/files/{package}/{version}.tar.gz", "format": "tgz", "sha1": ""}}
                for version, needed in VERSIONS[package].items()}})
        elif path.startswith("files/"):
            _, namespace, name, file = path.split("/")
            body = make_tarball(name, file[: -len(".tar.gz")])
        body = body.encode() if isinstance(body, str) else body
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_):
        pass


def make_repository(folder):
    """A repository with a tag v1, a package at its root and one in inner/project; returns the commit of the tag."""
    env = dict(os.environ, GIT_CONFIG_GLOBAL="/dev/null", GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@b",
               GIT_COMMITTER_NAME="a", GIT_COMMITTER_EMAIL="a@b")
    git = functools.partial(subprocess.run, cwd=folder, check=True, capture_output=True, text=True, env=env)
    for path, name in (("", "from_git"), ("inner/project", "from_inside")):
        (folder / path).mkdir(parents=True, exist_ok=True)
        (folder / path / "dbt_project.yml").write_text(f"name: {name}\nversion: 1.0.0\n")
    git(["git", "init", "-q", "-b", "main"])
    git(["git", "config", "uploadpack.allowAnySHA1InWant", "true"])
    git(["git", "add", "."])
    git(["git", "commit", "-q", "-m", "one"])
    git(["git", "tag", "v1"])
    commit = git(["git", "rev-parse", "HEAD"]).stdout.strip()
    (folder / "later.txt").write_text("later\n")
    git(["git", "add", "."])
    git(["git", "commit", "-q", "-m", "two"])
    return commit


def seen_after(program, command, project, env):
    """What can be seen after one command."""
    done = subprocess.run([program, *command.split()], cwd=project, env=env, capture_output=True, text=True)
    installed = sorted(path.name for path in (project / "dbt_packages").glob("*") if (path / "dbt_project.yml").exists())
    texts = {name: (project / name).read_text() if (project / name).exists() else None
             for name in ("package-lock.yml", "packages.yml", "dependencies.yml")}
    if "--add-package" in command and texts["package-lock.yml"]:
        # dbt takes this hash from the entries as it wrote them, the next `deps` from the file: it locks anew. Ours is the latter.
        texts["package-lock.yml"] = texts["package-lock.yml"].partition("sha1_hash")[0]
    return {"ok": done.returncode == 0, "installed": installed, **texts}, done.stdout + done.stderr


def run_case(program, text, commands, root, env):
    shutil.rmtree(root, ignore_errors=True)
    project = root / "project"
    project.mkdir(parents=True)
    (root / "place").mkdir()
    (root / "place" / "dbt_project.yml").write_text("name: from_place\nversion: 1.0.0\n")
    (project / "dbt_project.yml").write_text("name: shop\nversion: 1.0.0\nprofile: shop\n")
    (project / "packages.yml").write_text(text)
    return [seen_after(program, command, project, env) for command in commands]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--dbt", required=True)
    parser.add_argument("--verbose", action="store_true", help="show the output of commands that differ")
    parser.add_argument("cases", nargs="*")
    args = parser.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    hub = f"http://127.0.0.1:{server.server_port}"
    env = dict(os.environ, DBT_PACKAGE_HUB_URL=f"{hub}/", DBT_SEND_ANONYMOUS_USAGE_STATS="false", DO_NOT_TRACK="1",
               GIT_CONFIG_GLOBAL="/dev/null")
    equal = 0
    chosen = args.cases or list(CASES)
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        (scratch / "repo").mkdir()
        commit = make_repository(scratch / "repo")
        for name in chosen:
            text, commands = CASES[name]
            fill = lambda s: s.replace("REPO", str(scratch / "repo")).replace("COMMIT", commit).replace("HUB", hub)
            runs = [run_case(os.path.abspath(program), fill(text), list(map(fill, commands)), scratch / "run", env)
                    for program in (args.dbt, args.bin)]
            differences = []
            for command, (theirs, theirs_out), (ours, ours_out) in zip(commands, *runs):
                differences += [f"{command}: {key}\n      dbt    {theirs[key]!r}\n      modelc {ours[key]!r}"
                                for key in theirs if theirs[key] != ours[key]]
                if args.verbose and theirs != ours:
                    differences.append(f"{theirs_out}\n{ours_out}")
            equal += not differences
            for difference in differences:
                print(f"  {name}: {difference}")
    server.shutdown()
    print(f"equal {equal} of {len(chosen)}")
    return 0 if equal == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
