"""A process killed at any moment leaves every relation as it was or as it should be, and the next run ends the work."""
import signal
import time

from lab import LEFTOVERS, Failure, Project, expect, row

PROJECT = """
name: shop
version: '1.0'
vars: {v: 1, rows: 400}
models:
  shop:
    elsewhere: {+schema: marts}
on-run-start: "create table if not exists audit (model text, v int)"
on-run-end: "insert into audit select 'end of run', {{ var('v') }}"
"""

NUMBERS = """
with recursive n(id) as (select 1 union all select id + 1 from n where id < {{ var('rows') }} + 100 * {{ var('v') }})
select id, {{ var('v') }} as v, printf('%0200d', id * {{ var('v') }}) as filler,
       date('2024-01-01', '+' || (id % 3) || ' days') as at from n
"""

CUSTOM = """
{% materialization swapped, default %}
  {%- set target = this.incorporate(type='table') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set built = make_intermediate_relation(target) -%}
  {%- set backup = make_backup_relation(target, 'table') -%}
  {{ drop_relation_if_exists(load_cached_relation(built)) }}
  {{ drop_relation_if_exists(load_cached_relation(backup)) }}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% call statement('main') %}{{ get_create_table_as_sql(False, built, sql) }}{% endcall %}
  {% if existing is not none %}{{ adapter.rename_relation(existing, backup) }}{% endif %}
  {{ adapter.rename_relation(built, target) }}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ drop_relation_if_exists(backup) }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target]}) }}
{% endmaterialization %}
"""


def incremental(strategy: str, more: str = "") -> str:
    key = "" if strategy in ("append", "insert_overwrite", "microbatch") else "unique_key='id', "
    return f"{{{{ config(materialized='incremental', incremental_strategy='{strategy}', {key}{more}) }}}}\n"


ALL_ROWS = "select id, v, filler from {{ ref('numbers') }}\n"
LATER_ROWS = ALL_ROWS + "{% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}\n"
AUDITED = "{{ config(materialized='table', post_hook=\"insert into audit values ('audited', {{ var('v') }})\") }}\n"

SNAPSHOTS = """
snapshots:
  - name: by_time
    relation: ref('numbers')
    config: {unique_key: id, strategy: timestamp, updated_at: changed_at}
  - name: by_check
    relation: ref('numbers')
    config: {unique_key: id, strategy: check, check_cols: [filler], hard_deletes: new_record}
"""


def every_kind(lab) -> Project:
    """A project with a model of every materialization, built once with v = 1."""
    return lab.project({
        "project.yml": PROJECT,
        "macros/swapped.sql": CUSTOM,
        "seeds/letters.csv": seed(1),
        "models/numbers.sql": "{{ config(materialized='table', event_time='at') }}\n"
                              + NUMBERS.replace(" as at from", " as at, datetime('2024-01-01', '+' || {{ var('v') }} || ' days') as changed_at from"),
        "models/viewed.sql": "{{ config(materialized='view') }} select {{ var('v') }} as v, 'view' as kind",
        "models/indexed.sql": "{{ config(materialized='table', indexes=[{'columns': ['id'], 'unique': True}]) }}" + ALL_ROWS,
        "models/audited.sql": AUDITED + ALL_ROWS,
        "models/custom.sql": "{{ config(materialized='swapped') }}" + ALL_ROWS,
        "models/elsewhere/mart.sql": "{{ config(materialized='table') }}" + ALL_ROWS,
        "models/elsewhere/mart_later.sql": incremental("append") + LATER_ROWS,
        "models/appended.sql": incremental("append") + LATER_ROWS,
        "models/deleted_inserted.sql": incremental("delete+insert") + ALL_ROWS,
        "models/merged.sql": incremental("merge") + ALL_ROWS,
        "models/overwritten.sql": incremental("insert_overwrite") + ALL_ROWS,
        "models/batched.sql": incremental("microbatch", "event_time='at', batch_size='day', begin='2024-01-01'")
                              + "select id, v, at from {{ ref('numbers') }}",
        "snapshots/snapshots.yml": SNAPSHOTS,
    })


def seed(v: int) -> str:
    return "id,letter\n" + "".join(f"{i},{'xyz'[i % 3] * v}\n" for i in range(1, 200))


BUILD = ("build", "--event-time-start", "2024-01-01", "--event-time-end", "2024-01-04")
NEW = (*BUILD, "--vars", "{v: 2}")


class Rounds:
    """The old state, the new one, and what may stand between."""

    def __init__(self, lab, command=NEW, built_before: bool = True):
        self.lab, self.command = lab, command
        self.project = every_kind(lab)
        self.old = {}
        if built_before:
            self.project.ok(*BUILD)
            self.old = self.project.content()
        self.project.write({"seeds/letters.csv": seed(2)})
        self.saved = self.project.save()
        started = time.monotonic()
        self.project.ok(*command)
        self.seconds = time.monotonic() - started
        self.new = self.project.content()
        expect(not built_before or self.old != self.new, "the second build changes nothing: a bad test")

    def reset(self) -> None:
        self.project.restore(self.saved)

    def check_between(self, when: str) -> None:
        """After a kill: relation by relation, the old content or the new."""
        self.project.check_sound(leftovers=True)
        self.project.check_artifacts()
        content = self.project.content()
        for name in self.old.keys() | content.keys():
            if name.endswith(LEFTOVERS):
                continue
            if name not in content:
                raise Failure(f"killed {when}: {name} is gone")
            if not self.is_either(name, content[name]):
                raise Failure(f"killed {when}: {name} is neither the old nor the new one ({len(content[name])} rows, old "
                              f"{len(self.old.get(name, []))}, new {len(self.new.get(name, []))})")
        audits = [r for r in content.get("shop.audit", []) if r == "('audited', 2)"]
        is_new = content.get("shop.audited") == self.new["shop.audited"]
        expect(len(audits) == (1 if is_new else 0), f"killed {when}: the hook's row and its model disagree")

    def is_either(self, name: str, rows) -> bool:
        old, new = self.old.get(name), self.new.get(name)
        if name == "shop.audit" or rows in (old, new):
            return True
        if name != "shop.batched" or not new:
            return False
        # Each batch stands for itself, as in dbt; the first one of a full refresh empties the table.
        by_day = lambda all_rows, day: [r for r in all_rows or [] if day in r]
        emptied = [] if "--full-refresh" in self.command else by_day(old, "")
        return all(by_day(rows, day) in (by_day(old, day), by_day(new, day), emptied)
                   for day in ("2024-01-01", "2024-01-02", "2024-01-03"))

    def check_end(self, when: str) -> None:
        """The same command once more ends the work and clears up."""
        self.project.ok(*self.command)
        self.project.check_sound()
        content = self.project.content()
        for name in self.new:
            if name != "shop.audit":
                expect(content.get(name) == self.new[name], f"killed {when}, then run again: {name} differs from an undisturbed run")
        expect(content.keys() == self.new.keys(), f"killed {when}, then run again: {content.keys() ^ self.new.keys()}")


def kill_at_random_moments(rounds: Rounds, count: int, *flags) -> None:
    killed, seconds = 0, rounds.seconds
    for _ in range(4 * count):
        if killed == count:
            return
        rounds.reset()
        pause = rounds.lab.random.uniform(0.0, seconds * 1.05)
        process = rounds.project.start(*rounds.command, *flags)
        time.sleep(pause)
        process.kill()
        process.communicate()
        if process.returncode == -signal.SIGKILL:
            killed += 1
        else:
            seconds *= 0.7  # the machine was busier when the time was taken
        rounds.check_between(f"after {pause * 1000:.1f} ms")
        rounds.check_end(f"after {pause * 1000:.1f} ms")
    expect(killed == count, f"only {killed} of {4 * count} rounds were killed before their end: a bad test")


@row("kills")
def killed_while_rebuilding(lab):
    """kill -9 at random moments of a run over existing relations: each is the old or the new one."""
    kill_at_random_moments(Rounds(lab), lab.pick(4, 200))


@row("kills")
def killed_with_eight_threads(lab):
    """The same with eight threads."""
    kill_at_random_moments(Rounds(lab), lab.pick(2, 100), "--threads", "8")


@row("kills")
def killed_in_the_first_run(lab):
    """kill -9 while nothing exists yet: each relation is whole or absent."""
    kill_at_random_moments(Rounds(lab, built_before=False), lab.pick(2, 100))


@row("kills")
def killed_in_a_full_refresh(lab):
    """kill -9 in --full-refresh: incremental models, seeds and their backups."""
    kill_at_random_moments(Rounds(lab, (*NEW, "--full-refresh")), lab.pick(2, 100))


def kill_at_writes(lab, count: int, *flags) -> None:
    rounds = Rounds(lab)
    counter = lab.folder / "calls"
    calls = "write,pwrite,sync,truncate,open,rename,unlink"
    rounds.reset()
    rounds.project.ok(*rounds.command, *flags, env={**lab.faults(calls, 0, "KILL"), "FAULT_COUNT": str(counter)})
    total = int(counter.read_text())
    moments = range(1, total + 1) if lab.full else sorted(lab.random.sample(range(1, total + 1), min(total, count)))
    for at in moments:
        rounds.reset()
        done = rounds.project.start(*rounds.command, *flags, env=lab.faults(calls, at, "KILL"))
        done.communicate()
        expect(done.returncode in (-signal.SIGKILL, 0), f"ended with {done.returncode}")
        rounds.check_between(f"at call {at} of {total}")
        rounds.check_end(f"at call {at} of {total}")


@row("kills", needs_shim=True)
def killed_at_every_write(lab):
    """kill -9 at the n-th write, sync, rename or open of the run."""
    kill_at_writes(lab, 8)


@row("kills", needs_shim=True)
def killed_at_every_write_of_two_threads(lab):
    """The same while tables are computed beside the writer."""
    kill_at_writes(lab, 6, "--threads", "2")


@row("kills", needs_shim=True)
def killed_while_writing_artifacts(lab):
    """kill -9 at every call that writes target/: the JSON files are whole or absent, old or new."""
    project = lab.project({"models/a.sql": "select 1 as id", "models/b.sql": "select * from {{ ref('a') }}"})
    project.ok("run")
    calls = "write,open,rename,sync,unlink"
    counter = lab.folder / "calls"
    project.ok("run", env={**lab.faults(calls, 0, "KILL", "target/"), "FAULT_COUNT": str(counter)})
    total = int(counter.read_text())
    expect(total > 3, f"only {total} calls were seen")
    for at in range(1, total + 1):
        project.start("run", env=lab.faults(calls, at, "KILL", "target/")).communicate()
        project.check_artifacts()
    project.ok("run")
    left = [p.name for p in (project.folder / "target").rglob("*.tmp")]
    expect(not left, f"temporary files stay in target/: {left}")
