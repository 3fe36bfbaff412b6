"""DBT_ENV_SECRET_* and passwords stay out of everything that modelc prints or writes."""
import base64
import urllib.parse

from lab import Failure, expect, row

SECRET = "pass%word/Ä 42:s3cret"
ENV = {"DBT_ENV_SECRET_TOKEN": SECRET, "DBT_ENV_SECRET_EMPTY": ""}
FORMS = {"raw": SECRET, "quoted": urllib.parse.quote(SECRET, safe=""), "base64": base64.b64encode(SECRET.encode()).decode()}


def search(project, done, where: str) -> None:
    """No form of the secret in the output or in a file that modelc wrote."""
    written = [p for folder in ("target", "logs", "dbt_packages") for p in (project.folder / folder).rglob("*") if p.is_file()]
    places = [("the output", done.output.encode())] + [(str(p.relative_to(project.folder)), p.read_bytes()) for p in written]
    for place, data in places:
        for form, text in FORMS.items():
            if text.encode() in data:
                raise Failure(f"{where}: the secret ({form}) is in {place}")


PROFILE = ("mine:\n  target: dev\n  outputs:\n    dev: {type: sqlite, threads: 1, database: \"{{ env_var('DBT_ENV_SECRET_TOKEN') }}\", schema: main, "
           "schemas_and_paths: {main: shop.db}, schema_directory: ., password: \"{{ env_var('DBT_ENV_SECRET_TOKEN') }}\"}\n")


@row("leaks")
def secrets_in_every_command(lab):
    """Commands that see the secret in the environment, a profile, --vars, macros, errors: 0 hits in output and files."""
    commands = [["run"], ["build", "--log-format", "json", "--log-level", "debug"], ["--debug", "compile"], ["ls", "--output", "json"],
                ["docs", "generate"], ["debug"], ["run", "--select", "nothing"], ["run-operation", "tell"], ["parse"],
                ["show", "--inline", "select 1 as id"], ["run", "--vars", "{token: '" + SECRET.replace("'", "''") + "'}"]]
    for command in commands:
        project = lab.project({"models/m.sql": "select 1 as id",
                               "macros/tell.sql": "{% macro tell() %}{% do log(target.password, info=True) %}{% do print(target) %}{% endmacro %}",
                               "project.yml": "name: shop\nprofile: mine\n", "profiles.yml": PROFILE})
        search(project, project.run(*command, env=ENV), " ".join(command))


@row("leaks")
def secrets_in_forbidden_places(lab):
    """env_var('DBT_ENV_SECRET_...') is refused in models, macros, YAML and the project file, without showing the value."""
    call = "{{ env_var('DBT_ENV_SECRET_TOKEN') }}"
    places = {"models/a.sql": f"select '{call}' as x", "models/a.yml": f"models:\n  - name: m\n    description: \"{call}\"\n",
              "macros/a.sql": f"{{% macro a() %}}{call}{{% endmacro %}}", "project.yml": f"name: shop\nmodels: {{shop: {{+schema: \"{call}\"}}}}\n"}
    for place, text in places.items():
        reads = "{{ a() }}" if place.startswith("macros") else ""
        project = lab.project({"models/m.sql": "{{ config(materialized='table') }} select 1 as id " + reads, place: text})
        done = project.run("run", env=ENV)
        expect(done.code in (1, 2) and "Secret env vars" in done.output, lambda: f"{place}: {done.text()}")
        search(project, done, place)
        for name in project.folder.glob("*.db*"):
            expect(SECRET.encode() not in name.read_bytes(), f"{place}: the secret is in the database")


@row("leaks")
def secrets_in_urls(lab):
    """A git package whose address holds the secret: neither error, log nor lock file show it."""
    project = lab.project({"models/m.sql": "select 1 as id",
                           "packages.yml": "packages:\n  - git: \"https://user:{{ env_var('DBT_ENV_SECRET_TOKEN') }}@localhost:9/x.git\"\n    revision: main\n"})
    env = {**ENV, "DBT_ENV_SECRET_TOKEN": "s3cret-t0ken", "GIT_TERMINAL_PROMPT": "0"}
    done = project.run("deps", env=env, timeout=120)
    expect(done.code == 2, done.text)
    expect("s3cret-t0ken" not in done.output, done.text)
    for path in project.folder.rglob("*"):
        if path.is_file():
            expect(b"s3cret-t0ken" not in path.read_bytes(), f"the secret is in {path.relative_to(project.folder)}")


@row("leaks")
def secrets_in_errors(lab):
    """Errors of the database and of templates that would quote the secret."""
    cases = {"sql": "select * from {{ target.password | replace('/', '') }}", "raise": "{{ exceptions.raise_compiler_error(target.password) }}",
             "warn": "{% do exceptions.warn(target.password) %} select 1 as id", "log": "{% do log('is ' ~ target.password, true) %}select 1 as id",
             "text": "select '{{ target.password }}' as x"}
    for name, text in cases.items():
        project = lab.project({"models/m.sql": text, "project.yml": "name: shop\nprofile: mine\n", "profiles.yml": PROFILE})
        search(project, project.run("run", env=ENV), name)
