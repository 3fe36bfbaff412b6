#!/usr/bin/env python3
"""Fits seeds/rules/propensity_coefficients.csv: how likely is an order within 90 days?

    data/fit_propensity.py [DATABASE]

DATABASE is a built one, of the target retail (retail.db) by default. Customers are looked at as they were 90 days before
its last order, and what they did since is what has to be told. Needs pandas and scikit-learn. Prints how well the scores
tell buyers from the others (area under the curve, on a fifth of the customers that the fit has not seen).
"""
import sqlite3
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

HORIZON = pd.Timedelta(days=90)
TERMS = ["recency", "frequency", "monetary", "tenure"]


def features(orders, cut):
    before = orders[orders["order_date"] < cut].groupby("customer_id").agg(
        first=("order_date", "min"), last=("order_date", "max"), frequency=("order_id", "size"), gross=("gross", "sum"))
    logs = pd.DataFrame(index=before.index)
    logs["recency"] = np.log1p((cut - before["last"]).dt.days)
    logs["frequency"] = np.log(before["frequency"])
    logs["monetary"] = np.log(np.maximum(before["gross"], 1))
    logs["tenure"] = np.log1p((cut - before["first"]).dt.days)
    return logs


def main():
    root = Path(__file__).resolve().parent.parent
    database = Path(sys.argv[1]) if len(sys.argv) > 1 else root / "retail.db"
    orders = pd.read_sql_query(
        "select order_id, customer_id, order_date, gross from int_orders where customer_id is not null",
        sqlite3.connect(f"file:{database}?mode=ro", uri=True), parse_dates=["order_date"])
    cut = orders["order_date"].max() - HORIZON + pd.Timedelta(days=1)
    x = features(orders, cut)
    y = x.index.isin(orders.loc[orders["order_date"] >= cut, "customer_id"])
    held_out = np.arange(len(x)) % 5 == 0
    seen = LogisticRegression().fit(x[~held_out], y[~held_out])
    auc = roc_auc_score(y[held_out], seen.predict_proba(x[held_out])[:, 1])
    model = LogisticRegression().fit(x, y)
    rows = [("intercept", model.intercept_[0]), *zip(TERMS, model.coef_[0])]
    text = "term,coefficient\n" + "".join(f"{term},{value:.6f}\n" for term, value in rows)
    (root / "seeds" / "rules" / "propensity_coefficients.csv").write_text(text)
    print(f"{len(x)} customers, {y.mean():.1%} of them bought within 90 days, area under the curve {auc:.3f}")
    print(text, end="")


if __name__ == "__main__":
    main()
