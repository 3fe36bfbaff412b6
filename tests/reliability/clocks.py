"""Time: clocks that go back, leap days, zones with gaps, the years 2038 and 9999."""
import calendar
import json
import time

from lab import expect, row

SNAPSHOTS = """
snapshots:
  - name: by_check
    relation: ref('m')
    config: {unique_key: id, strategy: check, check_cols: [v]}
  - name: by_time
    relation: ref('m')
    config: {unique_key: id, strategy: timestamp, updated_at: changed_at}
"""


def clock(lab, year: int, month: int = 1, day: int = 1, hour: int = 12) -> dict:
    """The environment in which it is that time (UTC)."""
    seconds = calendar.timegm((year, month, day, hour, 0, 0)) - int(time.time())
    return {"LD_PRELOAD": str(lab.shim), "FAULT_CLOCK": str(seconds)}


@row("clocks", needs_shim=True)
def clock_goes_back(lab):
    """Snapshots taken while the clock goes back and forth: one open row a key, every change kept."""
    project = lab.project({"models/m.sql": "{{ config(materialized='table') }} select 1 as id, {{ var('v') }} as v, '{{ var('at') }}' as changed_at",
                           "snapshots/s.yml": SNAPSHOTS})
    steps = [(2024, 2, 29), (2023, 12, 31), (2038, 1, 20), (1999, 1, 1), (2024, 3, 1)]
    for v, (year, month, day) in enumerate(steps):
        project.ok("build", "--vars", f"{{v: {v}, at: 2024-01-0{v + 1}}}", env=clock(lab, year, month, day))
        for name in ("by_check", "by_time"):
            expect(project.query(f"select v from {name} where dbt_valid_to is null") == [(v,)], lambda: f"{name}: {project.query(f'select * from {name}')}")
    for name in ("by_check", "by_time"):
        expect(project.query(f"select count(*), count(distinct v) from {name}") == [(5, 5)], lambda: f"{name}: {project.query(f'select * from {name}')}")


@row("clocks", needs_shim=True)
def far_years(lab):
    """Runs before 1970, after 2038 and near 9999: whole artifacts that tell that time, also in a zone with summer time."""
    project = lab.project({"models/m.sql": "{{ config(materialized='table') }} select current_timestamp as now, '{{ run_started_at }}' as started"})
    for year in (1969, 2000, 2038, 2100, 9998):
        for zone in ("UTC", "America/New_York"):
            project.ok("build", env={**clock(lab, year, 7), "TZ": zone})
            now, started = project.query("select now, started from m")[0]
            expect(now[:7] == started[:7] == f"{year}-07", f"{now} and {started} in {year}")
            made = json.loads((project.folder / "target/run_results.json").read_text())["metadata"]["generated_at"]
            expect(made.startswith(f"{year}-07"), f"{made} in {year}")


FRESH = """
sources:
  - name: s
    schema: main
    config:
      loaded_at_field: at
      freshness: {warn_after: {count: 1, period: day}, error_after: {count: 3, period: day}}
    tables: [{name: t}]
"""


@row("clocks", needs_shim=True)
def freshness_at_odd_times(lab):
    """Ages over leap days, hours that a zone leaves out, the end of 32 bits: the same in every zone."""
    cases = [("2024-02-28 12:00:00", (2024, 2, 29, 11), "pass"), ("2024-02-28 11:00:00", (2024, 2, 29, 12), "warn"), ("2023-02-28 12:00:00", (2023, 3, 1, 11), "pass"),
             ("2024-02-27 11:00:00", (2024, 3, 1, 12), "error"), ("2024-03-10 02:30:00", (2024, 3, 11, 2), "pass"), ("2024-03-10 02:30:00", (2024, 3, 11, 3), "warn"),
             ("2038-01-19 03:14:08", (2038, 1, 20, 3), "pass"), ("2038-01-19 03:14:08", (2038, 1, 20, 4), "warn"), ("9999-12-30 00:00:00", (9999, 12, 30, 12), "pass"),
             ("9999-12-30 00:00:00", (2024, 1, 1, 0), "pass"), ("0001-01-01 00:00:00", (2024, 1, 1, 0), "error"), ("1969-12-31 23:59:59", (1970, 1, 2, 12), "warn")]
    project = lab.project({"models/s.yml": FRESH, "models/m.sql": "select 1 as id"})
    project.script("create table t (at text)")
    for i, (at, now, wanted) in enumerate(cases):
        project.script(f"delete from t; insert into t values ('{at}')")
        for zone in lab.pick((("UTC", "America/New_York", "Asia/Kathmandu")[i % 3],), ("UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")):
            done = project.run("source", "freshness", env={**clock(lab, *now), "TZ": zone})
            results = json.loads((project.folder / "target/sources.json").read_text())["results"]
            expect(results[0]["status"] == wanted, lambda: f"{at} at {now} in {zone}: not {wanted}: {results[0]} {done.text()}")


@row("clocks", needs_shim=True)
def batches_over_a_leap_day(lab):
    """A microbatch model that runs on the first of March of a leap year takes the 29th of February too."""
    project = lab.project({
        "models/numbers.sql": "{{ config(materialized='table', event_time='at') }} with recursive n(i) as (select 0 union all select i + 1 from n where i < 9) "
                              "select date('2024-02-25', '+' || i || ' days') as at from n",
        "models/m.sql": "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at', batch_size='day', begin='2024-02-27') }} "
                        "select at from {{ ref('numbers') }}"})
    project.ok("run", env={**clock(lab, 2024, 3, 1), "TZ": "Pacific/Kiritimati"})
    wanted = [("2024-02-27",), ("2024-02-28",), ("2024-02-29",), ("2024-03-01",)]
    expect(project.query("select at from m order by at") == wanted, lambda: str(project.query("select at from m order by at")))
