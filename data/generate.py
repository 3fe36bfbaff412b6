#!/usr/bin/env python3
"""Writes the files of the sample shop: data/sample, data/days, and MANIFEST.json, which says what is in them and what is wrong.

    data/generate.py                      the committed sample: 200 customers
    data/generate.py --size L --out DIR   200,000 customers and 2.8 million purchases, into DIR/sample and DIR/days

The only source of chance is splitmix64 with a fixed seed, so the same size gives the same bytes. Every defect is planted
in a row of its own; so the counts in the manifest are exact, and a test of the project reads them.
"""
import argparse
import json
from pathlib import Path

from generator import days, dirt, files, profiles, shop, web
from generator.chance import Defects, Random

SEED = 20250901
SIZES = {"S": 200, "M": 5_000, "L": 200_000}


def make_sources(size, defects, rng):
    """The rows of every source, clean first and then spoiled."""
    customers = shop.make_customers(rng, size)
    products = shop.make_products(rng, 300)
    subscriptions = shop.make_subscriptions(rng, customers, products)
    orders, transactions = shop.make_purchases(rng, customers, products, {row["customer_id"] for row in subscriptions})
    clean_orders = [dict(order) for order in orders]
    raw_orders = dirt.spoil_orders(defects, rng, orders)
    # Refunds and clicks are made of the orders as they were meant, so that only planted ones are wrong.
    touched = {raw["order_id"] for raw, clean in zip(orders, clean_orders) if raw != clean}
    sound_orders = [order for order in clean_orders if order["order_id"] not in touched]
    refunds = shop.make_refunds(rng, sound_orders)
    clicks = web.make_clickstream(rng, customers, products, sound_orders)
    store_events = web.make_store_events(rng, customers, products)
    people = profiles.make_profiles(rng, customers)
    history = profiles.make_purchase_history(rng, people)
    return {
        "raw_customers": dirt.spoil_customers(defects, rng, customers),
        "raw_products": dirt.spoil_products(defects, products),
        "raw_orders": raw_orders,
        "raw_transactions": dirt.spoil_transactions(defects, rng, transactions),
        "raw_refunds": dirt.spoil_refunds(defects, clean_orders, refunds),
        "raw_subscriptions": dirt.spoil_subscriptions(defects, subscriptions),
        "raw_clickstream": dirt.spoil_clickstream(defects, clicks),
        "raw_store_events": dirt.spoil_store_events(defects, store_events),
        "raw_customer_profiles": dirt.spoil_profiles(defects, rng, people),
        "raw_purchase_history": dirt.spoil_purchase_history(defects, history),
    }


def main():
    root = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=SIZES, default="S")
    parser.add_argument("--out", type=Path,
                        help="folder for sample, days and MANIFEST.json; default: the committed files")
    options = parser.parse_args()
    data = options.out or root / "data"

    rng = Random(SEED)
    defects = Defects(rng)
    sources = make_sources(SIZES[options.size], defects, rng)
    for source, rows in sources.items():
        files.write_source(data / "sample", source, rows)
    folders, expected = days.make_days(rng, sources)
    for number, changed in folders.items():
        for source, rows in changed.items():
            files.write_source(data / "days" / number, source, rows, f"_day{number}" if source == "raw_orders" else "")
    (data / "days" / "EXPECTED.json").write_text(json.dumps(expected, indent=2) + "\n")

    planted = [{"source": source, "defect": defect, "row_count": count}
               for (source, defect), count in sorted(defects.counts.items())]
    counts = [{"source": source, "file": files.FILES[source][0].replace("{}", "*"), "rows_written": len(rows),
               "unreadable": int(files.FILES[source][1].endswith("cut"))} for source, rows in sorted(sources.items())]
    (data / "MANIFEST.json").write_text(json.dumps({
        "generator": "data/generate.py", "size": options.size, "seed": SEED, "files": counts, "defects": planted,
    }, indent=2) + "\n")


if __name__ == "__main__":
    main()
