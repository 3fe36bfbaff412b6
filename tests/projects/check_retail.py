#!/usr/bin/env python3
"""Computes the marts of the retail data again with pandas, and compares them with a built database value by value.

    tests/projects/check_retail.py [DATABASE [FOLDER]]
    tests/projects/check_retail.py --build MODELC [FOLDER]

DATABASE is the file of the target `retail` (default retail.db), FOLDER holds online_retail_*.csv.gz (default
../shared/data). With --build it is built first, in a copy of the project. Needs pandas and scikit-learn; nothing else in the
project does. Exit code 1 when anything differs, 77 when the data are not there. `cmake -DMODELC_TEST_RETAIL=ON` makes it a
test of ctest.
"""
import itertools
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import hyp2f1
from sklearn.cluster import KMeans

AS_OF = pd.Timestamp("2011-12-10")
MONEY = 0.01
failures = 0


def report(what, wrong):
    global failures
    failures += bool(wrong)
    print(f"{'FAIL' if wrong else 'ok  '} {what}" + (f": {wrong}" if wrong else ""))


def compare(name, expected, actual, key, money=(), ratio=(), exact=()):
    expected, actual = expected.set_index(key).sort_index(), actual.set_index(key).sort_index()
    report(f"{name}: keys", "" if expected.index.equals(actual.index) else f"{len(expected)} expected, {len(actual)} found")
    if not expected.index.equals(actual.index):
        return
    for columns, tolerance in ((money, MONEY), (ratio, 1e-6)):
        for column in columns:
            a, b = expected[column].astype(float), actual[column].astype(float)
            bad = ~(((a - b).abs() <= tolerance) | (a.isna() & b.isna()))
            report(f"{name}.{column}", f"{bad.sum()} differ, e.g. {expected.index[bad][0]}: {a[bad].iloc[0]} / {b[bad].iloc[0]}" if bad.any() else "")
    for column in exact:
        a, b = expected[column].astype(object), actual[column].astype(object)
        bad = ~((a == b) | (a.isna() & b.isna()))
        report(f"{name}.{column}", f"{bad.sum()} differ, e.g. {expected.index[bad][0]}: {a[bad].iloc[0]} / {b[bad].iloc[0]}" if bad.any() else "")


def read_lines(folder):
    parts = [pd.read_csv(folder / f"online_retail_{years}.csv.gz", dtype=str, keep_default_na=False) for years in ("2009_2010", "2010_2011")]
    lines = pd.concat(parts)
    lines = lines.apply(lambda column: column.str.strip())
    lines["InvoiceNo"], lines["StockCode"] = lines["InvoiceNo"].str.upper(), lines["StockCode"].str.upper()
    lines["Quantity"], lines["UnitPrice"] = lines["Quantity"].astype(int), lines["UnitPrice"].astype(float)
    lines = lines.drop_duplicates()
    lines["product"] = lines["StockCode"].str.match(r"[0-9]{5}|DCGS")
    # Python's round, unlike numpy's, looks at the exact double as SQLite's does
    lines["amount"] = [round(q * p, 2) for q, p in zip(lines["Quantity"], lines["UnitPrice"])]
    lines["day"] = pd.to_datetime(lines["InvoiceDate"]).dt.normalize()
    lines["month"] = lines["day"].dt.strftime("%Y-%m")
    kind = lines["InvoiceNo"].str[0]
    priced = (lines["UnitPrice"] > 0) & lines["product"]
    sales = lines[~kind.isin(["C", "A"]) & priced & (lines["Quantity"] > 0)]
    returns = lines[(kind == "C") & priced & (lines["Quantity"] < 0)]
    return sales, returns


def score(values, ascending=True):
    place = (values.rank(method="min", ascending=ascending) - 1) / (len(values) - 1)
    return place, np.minimum(5, np.floor(5 * place) + 1).astype(int)


def behavior(f, m, tenure):
    if f >= 4:
        return "Loyal High Spender" if m >= 4 else "Loyal Customer"
    if m >= 4:
        return "High Spender"
    if tenure <= 60:
        return "New Customer"
    return "Regular" if f == 3 or m == 3 else "Occasional"


def customers_360(sales, returns):
    known = sales[sales["CustomerID"] != ""]
    c = known.groupby("CustomerID").agg(
        first=("day", "min"), last=("day", "max"), frequency=("InvoiceNo", "nunique"), gross=("amount", "sum"))
    c["gross"] = c["gross"].round(2)
    c["refunds"] = (-returns.groupby("CustomerID")["amount"].sum()).reindex(c.index).fillna(0).round(2)
    c["monetary"] = (c["gross"] - c["refunds"]).round(2)
    c["recency_days"], c["tenure_days"] = (AS_OF - c["last"]).dt.days, (AS_OF - c["first"]).dt.days
    c["first_order_date"], c["last_order_date"] = c["first"].dt.strftime("%Y-%m-%d"), c["last"].dt.strftime("%Y-%m-%d")
    c["r_score"] = score(c["recency_days"], ascending=False)[1]
    c["f_score"] = score(c["frequency"])[1]
    place, c["m_score"] = score(c["monetary"])
    c["rfm_score"] = c["r_score"].astype(str) + c["f_score"].astype(str) + c["m_score"].astype(str)
    c["tier"] = np.select([c["monetary"] > 2000, c["monetary"] > 1000], ["Gold", "Silver"], "Bronze")
    late, very_late = c["recency_days"] > 90, c["recency_days"] > 180
    c["activity_status"] = np.select([very_late, late], ["Churned", "Dormant"], "Active")
    c["churn_status"] = np.select([very_late, late], ["Churned", "At Risk"], "Active")
    c["ltv_band"] = np.select([place < 0.5, place < 0.8, place < 0.95], ["Low", "Medium", "High"], "VIP")
    c["behavioral_segment"] = [behavior(*row) for row in zip(c["f_score"], c["m_score"], c["tenure_days"])]
    c["combined_segment"] = c["churn_status"] + " - " + c["behavioral_segment"]
    c["clv_historic"] = c["monetary"]
    c["clv_12m"] = np.maximum(0, c["monetary"] / np.maximum(c["tenure_days"] / 30.4375, 1) * 12)
    spend = known.groupby(["CustomerID", "StockCode"]).agg(spend=("amount", "sum"), units=("Quantity", "sum")).reset_index()
    spend["spend"] = spend["spend"].round(2)
    spend = spend.sort_values(["CustomerID", "spend", "units", "StockCode"], ascending=[True, False, False, True])
    c["favorite_product"] = spend.groupby("CustomerID")["StockCode"].first()
    c["favorite_category"] = "unknown"
    return c.rename_axis("customer_id").reset_index()


def months(sales, returns):
    m = sales.groupby("month").agg(gross=("amount", "sum"), orders=("InvoiceNo", "nunique"))
    m["refunds"] = (-returns.groupby("month")["amount"].sum()).reindex(m.index).fillna(0)
    m["net"] = (m["gross"] - m["refunds"]).round(2)
    m["customers"] = sales[sales["CustomerID"] != ""].groupby("month")["CustomerID"].nunique()
    m["mom_pct"] = m["net"].pct_change() * 100
    return m.reset_index()


def days(sales, returns):
    moves = pd.concat([sales, returns])
    d = moves.groupby("day")["amount"].sum()
    d = d.reindex(pd.date_range(d.index.min(), d.index.max()), fill_value=0).round(2).to_frame("net")
    d["cumulative"], d["ma7"] = d["net"].cumsum(), d["net"].rolling(7, min_periods=1).mean()
    d["date"] = d.index.strftime("%Y-%m-%d")
    return d


def cohorts(sales):
    active = sales[sales["CustomerID"] != ""][["CustomerID", "month"]].drop_duplicates()
    active["cohort"] = active.groupby("CustomerID")["month"].transform("min")
    number = lambda month: month.str[:4].astype(int) * 12 + month.str[5:].astype(int)
    active["month_number"] = number(active["month"]) - number(active["cohort"])
    counted = active.groupby(["cohort", "month_number"]).size().rename("active_customers").reset_index()
    size = counted[counted["month_number"] == 0].set_index("cohort")["active_customers"]
    counted["retention_rate"] = counted["active_customers"] / counted["cohort"].map(size)
    counted["key"] = counted["cohort"] + "/" + counted["month_number"].astype(str)
    return counted


def clusters(c, k=4):
    """Labels 0..k-1 by falling spend: our own Lloyd's iterations, and scikit-learn's from the same start."""
    c = c.sort_values("customer_id").reset_index(drop=True)
    x = np.column_stack([np.log1p(c["recency_days"]), np.log(c["frequency"]), np.log(np.maximum(c["monetary"], 1))])
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    order = np.lexsort((c["customer_id"], x[:, 1] + x[:, 2] - x[:, 0]))
    start = np.array([x[part].mean(axis=0) for part in np.array_split(order, k)])
    centers, labels = start, None
    while True:
        new = ((x[:, None, :] - centers[None]) ** 2).sum(axis=2).argmin(axis=1)
        if labels is not None and (new == labels).all():
            break
        labels = new
        centers = np.array([x[labels == j].mean(axis=0) for j in range(k)])
    sk = KMeans(n_clusters=k, init=start, n_init=1, tol=0, max_iter=1000).fit(x)
    report("kmeans: scikit-learn gives the same labels", "" if (sk.labels_ == labels).all() else f"{(sk.labels_ != labels).sum()} differ")
    best = KMeans(n_clusters=k, n_init=25, random_state=1).fit(x).inertia_
    inertia = ((x - centers[labels]) ** 2).sum()
    report("kmeans: inertia near the best of 25 starts", "" if inertia <= 1.001 * best else f"{inertia} against {best}")
    spend = pd.Series(c["monetary"]).groupby(labels).sum().sort_values(ascending=False)
    rename = {label: place for place, label in enumerate(spend.index)}
    c["segment"] = [rename[label] for label in labels]
    return c


def monthly(sales, returns):
    """Months with their new and returning customers; the last one is cut short."""
    m = months(sales, returns).set_index("month")
    known = sales[sales["CustomerID"] != ""]
    first = known.groupby("CustomerID")["month"].min()
    m["new_customers"] = first.value_counts().reindex(m.index).fillna(0)
    m["repeat_customers"] = m["customers"] - m["new_customers"]
    m["mau"] = m["customers"]
    m["is_complete"] = [int(month != m.index.max()) for month in m.index]
    return m.reset_index()


def weekdays(sales, returns):
    moves = pd.concat([sales, returns])
    w = moves.groupby(["month", moves["day"].dt.isocalendar().day])["amount"].sum()
    grid = pd.MultiIndex.from_product([sorted(moves["month"].unique()), range(1, 8)], names=["month", "weekday"])
    w = w.reindex(grid).fillna(0).round(2).rename("net").reset_index()
    w["key"] = w["month"] + "/" + w["weekday"].astype(str)
    return w


def weeks(sales, returns):
    moves = pd.concat([sales, returns])
    iso = moves["day"].dt.isocalendar()
    w = moves.groupby(iso["year"].astype(str) + "-W" + iso["week"].map("{:02d}".format))["amount"].sum().round(2)
    return w.rename_axis("year_week").rename("net").reset_index()


def products(sales, returns):
    p = sales.groupby("StockCode").agg(orders=("InvoiceNo", "nunique"), units=("Quantity", "sum"), gross=("amount", "sum"))
    p = p.reindex(p.index.union(returns["StockCode"].unique())).fillna(0)
    p["refunds"] = (-returns.groupby("StockCode")["amount"].sum()).reindex(p.index).fillna(0)
    p["net"] = p["gross"] - p["refunds"]
    return p.rename_axis("product_id").reset_index()


def pairs(sales, least=0.02):
    """Pairs that stand together in at least so large a share of the orders, counted order by order."""
    baskets = sales.groupby("InvoiceNo")["StockCode"].agg(set)
    single = Counter(itertools.chain.from_iterable(baskets))
    frequent = {product for product, orders in single.items() if orders >= least * len(baskets)}
    together = Counter(pair for basket in baskets for pair in itertools.combinations(sorted(basket & frequent), 2))
    rows = [(f"{a}/{b}", n, n * len(baskets) / single[a] / single[b], n / single[a])
            for (a, b), n in together.items() if n >= least * len(baskets)]
    return pd.DataFrame(rows, columns=["key", "orders_together", "lift", "confidence_a_to_b"])


def predictions(c, r=0.2426, alpha=4.4135, a=0.7929, b=2.4258, t=52):
    """BG/NBD with scipy's hypergeometric function, in the form in which its authors print it."""
    x, t_x, age = c["frequency"] - 1, (c["tenure_days"] - c["recency_days"]) / 7, c["tenure_days"] / 7
    z = t / (alpha + age + t)
    growth = 1 - ((alpha + age) / (alpha + age + t)) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, z)
    odds = np.where(x > 0, a / (b + x - 1) * ((alpha + age) / (alpha + t_x)) ** (r + x), 0)
    return pd.DataFrame({"customer_id": c["customer_id"], "p_alive": 1 / (1 + odds),
                         "expected_orders": (a + b + x - 1) / (a - 1) * growth / (1 + odds)})


def build(modelc, folder, root, work):
    for name in ("project.yml", "profiles.yml", "models", "macros", "seeds", "snapshots", "analyses", "tests/data"):
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (root / name).is_dir() else shutil.copy)(root / name, work / name)
    subprocess.run([Path(modelc).resolve(), "build", "--target", "retail", "--vars", json.dumps({"retail_folder": str(folder)})],
                   cwd=work, check=True)
    return work / "retail.db"


def main():
    root = Path(__file__).resolve().parent.parent.parent
    arguments = sys.argv[1:]
    modelc = arguments.pop(1) if arguments[:1] == ["--build"] else None
    folder = Path(arguments[1] if len(arguments) > 1 else root.parent / "shared" / "data").resolve()
    if not list(folder.glob("online_retail_20*_20*.csv.gz")):
        print(f"check_retail: no files of the retailer in {folder}")
        sys.exit(77)
    if modelc:
        with tempfile.TemporaryDirectory() as work:
            sys.exit(compare_all(build(modelc, folder, root, Path(work)), folder))
    database = Path(arguments[0]) if arguments else root / "retail.db"
    if not database.exists():
        sys.exit(f"check_retail: {database} is missing; build the target retail first")
    sys.exit(compare_all(database, folder))


def compare_all(database, folder):
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    table = lambda name: pd.read_sql_query(f"select * from {name}", connection)

    sales, returns = read_lines(folder)
    c = clusters(customers_360(sales, returns))
    compare("customer_360", c, table("customer_360"), "customer_id", money=["gross", "refunds", "monetary", "clv_historic", "clv_12m"], exact=[
        "first_order_date", "last_order_date", "frequency", "recency_days", "tenure_days", "r_score", "f_score", "m_score", "rfm_score",
        "tier", "activity_status", "churn_status", "ltv_band", "behavioral_segment", "combined_segment", "favorite_product",
        "favorite_category", "segment"])
    compare("revenue_mom", months(sales, returns), table("revenue_mom"), "month", money=["gross", "refunds", "net"], ratio=["mom_pct"], exact=["orders", "customers"])
    expected_days = days(sales, returns)
    compare("fact_daily_revenue", expected_days, table("fact_daily_revenue"), "date", money=["net", "cumulative", "ma7"])
    print(f"     {len(expected_days)} days, {(expected_days['net'] == 0).sum()} with zero")
    p = c.sort_values(["monetary", "customer_id"], ascending=[False, True])[["customer_id", "monetary", "activity_status"]].copy()
    p["rank"] = range(1, len(p) + 1)
    p["cum_share"] = p["monetary"].cumsum() / p["monetary"].sum()
    compare("revenue_pareto", p, table("revenue_pareto"), "rank", money=["monetary"], ratio=["cum_share"], exact=["customer_id"])
    compare("top_customers_mart", p.head(20), table("top_customers_mart"), "rank", money=["monetary"], ratio=["cum_share"], exact=["customer_id", "activity_status"])
    found = table("customer_retention_cohorts")
    found["key"] = found["cohort"] + "/" + found["month_number"].astype(str)
    compare("customer_retention_cohorts", cohorts(sales), found, "key", ratio=["retention_rate"], exact=["active_customers"])
    s = c.groupby("segment").agg(num_customers=("customer_id", "size"), total_spend=("monetary", "sum")).reset_index()
    compare("segment_metrics", s, table("segment_metrics"), "segment", money=["total_spend"], exact=["num_customers"])

    compare("fact_monthly_summary", monthly(sales, returns), table("fact_monthly_summary"), "month", money=["net"],
            exact=["orders", "customers", "new_customers", "repeat_customers", "mau", "is_complete"])
    found = table("revenue_weekday")
    found["key"] = found["month"] + "/" + found["weekday"].astype(str)
    compare("revenue_weekday", weekdays(sales, returns), found, "key", money=["net"])
    found = table("revenue_weekly")
    compare("revenue_weekly", weeks(sales, returns), found[found["year_week"].isin(weeks(sales, returns)["year_week"])], "year_week", money=["net"])
    compare("product_performance", products(sales, returns), table("product_performance"), "product_id",
            money=["gross", "refunds", "net"], exact=["orders", "units"])
    found = table("product_pairs")
    found["key"] = found["product_a"] + "/" + found["product_b"]
    compare("product_pairs", pairs(sales), found, "key", ratio=["lift", "confidence_a_to_b"], exact=["orders_together"])
    found = table("int_customer_predictions").merge(predictions(c), on="customer_id", suffixes=("", "_expected"))
    for column, tolerance in (("p_alive", 1e-9), ("expected_orders", 1e-3)):
        worst = (found[column] - found[f"{column}_expected"]).abs().max()
        report(f"int_customer_predictions.{column}", "" if len(found) == len(c) and worst <= tolerance else f"off by {worst}")
    return failures > 0


if __name__ == "__main__":
    main()
