#!/usr/bin/env python3
"""The sample over three days: snapshots get the versions they should, late and corrected orders arrive. And a rule broken
on purpose: it fails, its rows can be seen, and one alert is sent.

    tests/projects/sample_days.py MODELC

Works on a copy of the project. Day 1 is data/sample; data/days/2 and data/days/3 are copied over it, one after the other.
What has to come out is worked out from the tables before and after each build, and from data/days/EXPECTED.json.
"""
import datetime as dt
import http.server
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT = ["project.yml", "profiles.yml", "models", "macros", "seeds", "snapshots", "analyses", "data", "tests/data"]
# They know the files of the first day alone.
FIRST_DAY_ONLY = ["assert_planted_defects_are_found", "assert_rows_in_are_rows_out"]
failures = 0


def check(what, expected, found):
    global failures
    failures += expected != found
    print(f"ok   {what}" if expected == found else f"FAIL {what}: expected {expected!r}, found {found!r}")


class Project:
    """A copy of the project, and what is in its database."""

    def __init__(self, modelc, folder):
        self.modelc, self.folder = modelc, folder
        for name in PROJECT:
            source, copy = ROOT / name, folder / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, copy)

    def run(self, *arguments):
        """Runs modelc; returns the moments between which it ran, as snapshots write them."""
        start = dt.datetime.now(dt.timezone.utc)
        done = subprocess.run([self.modelc, *arguments], cwd=self.folder, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{' '.join(arguments)}: exit code {done.returncode}\n{done.stdout[-4000:]}")
        return tuple(moment.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] for moment in (start, dt.datetime.now(dt.timezone.utc)))

    def try_run(self, *arguments, **environment):
        """Exit code and output of a run that may fail."""
        done = subprocess.run([self.modelc, *arguments], cwd=self.folder, capture_output=True, text=True,
                              env={**os.environ, **environment})
        return done.returncode, done.stdout + done.stderr

    def rows(self, sql):
        connection = sqlite3.connect(f"file:{self.folder / 'ecommerce_analytics.db'}?mode=ro", uri=True)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def by_key(self, sql):
        return {row[0]: row[1:] for row in self.rows(sql)}

    def build_day(self, as_of_date):
        window = self.run("build", "--vars", json.dumps({"as_of_date": as_of_date}), "--exclude", *FIRST_DAY_ONLY)
        return window, {name: self.by_key(sql) for name, sql in WATCHED.items()}


# What the check snapshots watch, by key.
WATCHED = {
    "snap_customers": "select customer_id, tier, country, email from dim_customer",
    "snap_customer_segments": "select customer_id, combined_segment from customer_segmentation_mart",
}
HISTORY = {
    "snap_customers": "select customer_id, tier, country, email, dbt_valid_from, dbt_valid_to from snap_customers",
    "snap_customer_segments":
        "select customer_id, combined_segment, dbt_valid_from, dbt_valid_to from snap_customer_segments",
}


def expected_versions(days):
    """For each key its versions in order: values, number of the build that opened it, of the one that closed it or None."""
    versions = {}
    for number, state in enumerate(days):
        for key in sorted(versions.keys() | state.keys()):
            history = versions.setdefault(key, [])
            current = history[-1] if history and history[-1][2] is None else None
            if current and state.get(key) != current[0]:
                history[-1] = (current[0], current[1], number)
                current = None
            if key in state and not current:
                history.append((state[key], number, None))
    return versions


def found_versions(rows, windows):
    """The same from a snapshot: a moment becomes the number of the build in whose window it lies."""
    def build_of(moment):
        if moment is None:
            return None
        return next((i for i, (start, end) in enumerate(windows) if start <= moment <= end), f"{moment} is in no build")

    versions = {}
    for key, *values, valid_from, valid_to in sorted(rows, key=lambda row: (row[0], row[-2])):
        versions.setdefault(key, []).append((tuple(values), build_of(valid_from), build_of(valid_to)))
    return versions


def differences(expected, found):
    keys = sorted(key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key))
    return [(key, expected.get(key), found.get(key)) for key in keys][:3]


def check_prices(project, expected):
    """Versions of prices open and close with the moments that the catalogue gives them."""
    versions = {}
    for product, price, valid_from, valid_to in project.rows(
            "select product_id, price, dbt_valid_from, dbt_valid_to from snap_products order by product_id, dbt_valid_from"):
        versions.setdefault(product, []).append((price, valid_from[:19], valid_to and valid_to[:19]))
    raised, back_dated = {}, set()
    for day in expected.values():
        back_dated.update(day["products"]["back_dated"])
        moment = (dt.date.fromisoformat(day["as_of_date"]) - dt.timedelta(days=1)).isoformat() + " 06:00:00"
        for product, price in day["products"]["raised"].items():
            raised.setdefault(product, []).append((float(price), moment))
    for product, changes in raised.items():
        first_price, first_moment, _ = versions[product][0]
        steps = [(first_price, first_moment), *changes]
        ends = [moment for _, moment in steps[1:]] + [None]
        check(f"prices of {product}", [(*step, end) for step, end in zip(steps, ends)], versions[product])
    untouched = {product for product in versions if product not in raised}
    check("every other product has one price, back-dated ones too", [], [p for p in untouched if len(versions[p]) != 1])
    check("there are back-dated rows", True, bool(back_dated - raised.keys()))


class Listener:
    """A webhook on loopback that keeps what it gets."""

    def __init__(self):
        messages = self.messages = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def check_broken_rule(project):
    listener, rule = Listener(), "assert_recency_bands_have_no_gap"
    command = ("build", "-s", "recency_bands", rule)
    code, _ = project.try_run(*command, DBT_ENV_SECRET_ALERT_WEBHOOK=listener.url)
    check("a good run sends nothing", (0, []), (code, listener.messages))
    bands = project.folder / "seeds/rules/recency_bands.csv"
    bands.write_text(bands.read_text().replace("91,180,", "92,180,"))
    code, _ = project.try_run(*command, DBT_ENV_SECRET_ALERT_WEBHOOK=listener.url)
    check("a broken rule fails and sends one message", (1, 1), (code, len(listener.messages)))
    check("the message names the rule", True, rule in json.dumps(listener.messages))
    _, output = project.try_run("show", "-s", rule)
    check("its rows can be seen", True, "|       92 |" in output)
    listener.server.shutdown()
    listener.server.server_close()
    check("a dead webhook changes nothing", 1, project.try_run(*command, DBT_ENV_SECRET_ALERT_WEBHOOK=listener.url)[0])


def main():
    modelc = str(Path(sys.argv[1]).resolve())
    expected = json.loads((ROOT / "data/days/EXPECTED.json").read_text())
    with tempfile.TemporaryDirectory() as folder:
        project = Project(modelc, Path(folder))
        builds = [project.build_day("2025-10-01")]
        for number, day in expected.items():
            shutil.copytree(project.folder / "data/days" / number, project.folder / "data/sample", dirs_exist_ok=True)
            builds.append(project.build_day(day["as_of_date"]))

            incremental = {name: sorted(project.rows(f"select * from {name}"), key=repr)
                           for name in ("fact_purchases", "int_events")}
            late, cancelled = day["orders"]["late"], day["orders"]["cancelled"]
            listed = lambda ids: ", ".join(f"'{order}'" for order in ids)
            check(f"day {number}: late orders are there", (len(late),), project.rows(
                f"select count(*) from fact_purchases where order_id in ({listed(late)})")[0])
            check(f"day {number}: cancelled orders are gone", (0,), project.rows(
                f"select count(*) from fact_purchases where order_id in ({listed(cancelled)})")[0])
            project.run("run", "--full-refresh", "-s", "fact_purchases", "int_events",
                        "--vars", json.dumps({"as_of_date": day["as_of_date"]}))
            for name, rows in incremental.items():
                check(f"day {number}: {name} is that of a full refresh", rows,
                      sorted(project.rows(f"select * from {name}"), key=repr))

        windows = [window for window, _ in builds]
        for snapshot, sql in HISTORY.items():
            versions = expected_versions([state[snapshot] for _, state in builds])
            check(f"{snapshot}: versions", [], differences(versions, found_versions(project.rows(sql), windows)))
            print(f"     {sum(map(len, versions.values()))} versions of {len(versions)} customers, "
                  f"{sum(history[-1][2] is not None for history in versions.values())} gone")
        gone = [key for day in expected.values() for key in day["customers"]["deleted"]]
        check("deleted customers without orders have no current version", [], [row[0] for row in project.rows(
            f"select customer_id from snap_customers where dbt_valid_to is null and customer_id in ({listed(gone)}) "
            "and customer_id not in (select customer_id from int_orders where customer_id is not null)")])
        check_prices(project, expected)

        before = project.rows("select * from snap_customers") + project.rows("select * from snap_products")
        project.run("snapshot", "--vars", json.dumps({"as_of_date": day["as_of_date"]}))
        check("the same day again changes nothing", sorted(before, key=repr),
              sorted(project.rows("select * from snap_customers") + project.rows("select * from snap_products"), key=repr))
        check_broken_rule(project)
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
