#!/usr/bin/env python3
"""Writes the sample shop's raw files: seeds/raw/*.csv, what is wrong with them, and data/MANIFEST.json.

    data/generate.py                      the committed sample: 200 customers
    data/generate.py --size M --out DIR   5,000 customers, into DIR/raw and DIR/checks

The only source of chance is splitmix64 with a fixed seed, so the same size gives the same bytes. Every defect is planted
in a row of its own; so the counts in the manifest are exact, and a test of the project reads them.
"""
import argparse
import csv
import datetime as dt
import json
import math
from pathlib import Path

SEED = 20250901
SIZES = {"S": 200, "M": 5_000, "L": 200_000}
FIRST_DAY = dt.date(2023, 10, 1)
LAST_DAY = dt.date(2025, 9, 30)
DAYS = (LAST_DAY - FIRST_DAY).days + 1

# Weight of each month (January first) and weekday (Monday first): trade before Christmas, quiet Sundays.
MONTH_FACTOR = [0.8, 0.85, 0.95, 1.0, 1.0, 0.95, 0.9, 0.9, 1.0, 1.1, 1.9, 1.5]
WEEKDAY_FACTOR = [1.0, 1.0, 1.05, 1.1, 1.2, 1.1, 0.6]
MONTHS = 24
CATEGORIES = ["Audio", "Books", "Camping", "Garden", "Kitchen", "Lighting", "Office", "Pets", "Shoes", "Sport", "Toys", "Travel"]
BRANDS = ["Alder", "Bright", "Corvid", "Dune", "Ember", "Fjord", "Grove", "Harbor", "Iris", "Juno"]
ADJECTIVES = ["Compact", "Classic", "Solid", "Light", "Folding", "Warm", "Quiet", "Large"]
FIRST_NAMES = ["Ada", "Ben", "Chen", "Dora", "Emil", "Fatima", "Goran", "Hana", "Ivan", "Jane", "Kofi", "Lena", "Mika", "Nora", "Omar", "Petra"]
LAST_NAMES = ["Adams", "Berg", "Costa", "Diaz", "Evans", "Fischer", "Gupta", "Haas", "Ito", "Jones", "Klein", "Lopez", "Moreau", "Novak", "Okafor", "Park"]
PLACES = [("Germany", "Berlin"), ("United Kingdom", "London"), ("United States", "Boston"), ("France", "Lyon"), ("India", "Pune"), ("Netherlands", "Utrecht")]
COUNTRY_SPELLINGS = {"Germany": "DE", "United Kingdom": "uk", "United States": "U.S.A.", "France": "fr", "India": "IN", "Netherlands": "Holland"}
CURRENCIES = [("USD", 0.50, 1.0), ("EUR", 0.30, 0.92), ("GBP", 0.15, 0.79), ("INR", 0.05, 83.0)]
REASONS = ["damaged", "late", "not as described", "changed mind"]
PAYMENTS = ["card", "cash", "voucher"]


class Random:
    """splitmix64, and the few distributions that the shop needs."""

    def __init__(self, seed):
        self.state = seed

    def bits(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    def uniform(self):
        return (self.bits() >> 11) / (1 << 53)

    def below(self, n):
        return self.bits() % n

    def pick(self, items):
        return items[self.below(len(items))]

    def weighted(self, pairs):
        x = self.uniform() * sum(weight for _, weight in pairs)
        for item, weight in pairs:
            x -= weight
            if x < 0:
                return item
        return pairs[-1][0]

    def normal(self):
        return sum(self.uniform() for _ in range(12)) - 6

    def lognormal(self, mu, sigma):
        return math.exp(mu + sigma * self.normal())

    def exponential(self, mean):
        return -mean * math.log(1 - self.uniform())

    def sample(self, population, n):
        """n distinct items, in random order."""
        pool = list(population)
        for i in range(n):
            j = i + self.below(len(pool) - i)
            pool[i], pool[j] = pool[j], pool[i]
        return pool[:n]


class Defects:
    """Plants defects into rows, each row at most once, and counts them."""

    def __init__(self, rng):
        self.rng = rng
        self.counts = {}
        self.free = {}

    def watch(self, source, rows):
        self.free[source] = self.rng.sample(range(len(rows)), len(rows))

    def plant(self, source, defect, rows, share, change):
        n = max(2, round(len(rows) * share))
        victims = [self.free[source].pop() for _ in range(n)]
        for i in victims:
            change(rows[i])
        self.counts[(source, defect)] = n
        return [rows[i] for i in victims]

    def note(self, source, defect, count):
        self.counts[(source, defect)] = count


def iso(day):
    return day.isoformat()


def stamp(rng, day):
    return f"{iso(day)} {7 + rng.below(14):02d}:{rng.below(60):02d}:00"


def make_customers(rng, n):
    rows = []
    for i in range(1, n + 1):
        first, last = rng.pick(FIRST_NAMES), rng.pick(LAST_NAMES)
        country, city = rng.weighted([(place, 1 / (k + 1)) for k, place in enumerate(PLACES)])
        signup = FIRST_DAY + dt.timedelta(days=rng.below(DAYS))
        rows.append({
            "customer_id": f"C{i:04d}", "name": f"{first} {last}", "email": f"{first}.{last}{i}@example.com".lower(),
            "gender": rng.pick(["F", "M"]), "age": min(80, max(18, round(38 + 12 * rng.normal()))), "city": city,
            "country": country, "signup_date": iso(signup), "updated_at": stamp(rng, signup),
        })
    return rows


def make_products(rng, n):
    rows = []
    for i in range(1, n + 1):
        category = rng.pick(CATEGORIES)
        rows.append({
            "product_id": f"P{i:04d}", "product_name": f"{rng.pick(ADJECTIVES)} {category} {i}", "category": category,
            "brand": rng.weighted([(brand, 1 / (k + 1) ** 1.1) for k, brand in enumerate(BRANDS)]),
            "price": f"{max(1.0, rng.lognormal(3.2, 0.9)):.2f}", "updated_at": stamp(rng, FIRST_DAY),
        })
    return rows


def purchase_days(rng, customer):
    """Days on which a customer buys, while they live, thinned by season and weekday.

    The spread of the gaps is what makes the best fifth of the customers bring about three quarters of the revenue.
    """
    signup = dt.date.fromisoformat(customer["signup_date"])
    gap = max(1.5, rng.lognormal(3.8, 1.5))
    end = min(LAST_DAY, signup + dt.timedelta(days=int(rng.exponential(14 * 30.4)) + 1))
    day = signup + dt.timedelta(days=rng.below(7))
    while day <= end:
        if rng.uniform() < MONTH_FACTOR[day.month - 1] * WEEKDAY_FACTOR[day.weekday()] / 2.28:
            yield day
        day += dt.timedelta(days=1 + int(rng.exponential(gap / 2)))


def make_purchases(rng, customers, products):
    """Half of the purchases are web orders of one product, half are till receipts with one to four lines."""
    orders, transactions = [], []
    popular = [(product, 1 / (k + 1) ** 0.6) for k, product in enumerate(products)]
    prices = {product["product_id"]: product["price"] for product in products}
    buyers = customers[: len(customers) - max(2, len(customers) // 20)]  # the rest never buys
    for customer in buyers:
        for day in purchase_days(rng, customer):
            if rng.uniform() < 0.5:
                product = rng.weighted(popular)
                currency, _, per_usd = rng.weighted([(c, c[1]) for c in CURRENCIES])
                amount = float(product["price"]) * (1 + rng.below(3)) * per_usd
                orders.append({
                    "order_id": "", "customer_id": customer["customer_id"], "product_id": product["product_id"],
                    "amount": f"{amount:.2f}", "currency": currency,
                    "order_status": rng.weighted([("completed", 0.9), ("refunded", 0.07), ("pending", 0.03)]),
                    "order_date": iso(day), "subscription_status": rng.weighted([("active", 0.8), ("canceled", 0.2)]),
                })
            else:
                when, payment = stamp(rng, day), rng.pick(PAYMENTS)
                basket = sorted({rng.weighted(popular)["product_id"] for _ in range(1 + rng.below(4))})
                for product_id in basket:
                    transactions.append({
                        "transaction_id": when, "customer_id": customer["customer_id"], "product_id": product_id,
                        "quantity": str(1 + rng.below(4)), "price": prices[product_id], "transaction_date": when,
                        "payment_method": payment,
                    })
    orders.sort(key=lambda row: (row["order_date"], row["customer_id"]))
    for i, row in enumerate(orders, 1):
        row["order_id"] = f"O{1000 + i}"
    transactions.sort(key=lambda row: (row["transaction_date"], row["customer_id"], row["product_id"]))
    receipt, last = 0, None
    for row in transactions:
        key = (row["transaction_date"], row["customer_id"])
        receipt += key != last
        last = key
        row["transaction_id"] = f"T{10000 + receipt}"
    return orders, transactions


def make_refunds(rng, orders):
    """Completed orders of which money came back: 70 % in full. Orders marked refunded carry no row here."""
    rows = []
    for order in orders:
        if order["order_status"] == "completed" and rng.uniform() < 0.09:
            day = dt.date.fromisoformat(order["order_date"]) + dt.timedelta(days=1 + int(rng.exponential(8)))
            share = 1.0 if rng.uniform() < 0.7 else 0.2 + 0.6 * rng.uniform()
            if day <= LAST_DAY:
                rows.append({
                    "refund_id": f"R{len(rows) + 1:04d}", "order_id": order["order_id"], "customer_id": order["customer_id"],
                    "refund_amount": f"{float(order['amount']) * share:.2f}", "refund_date": iso(day), "reason": rng.pick(REASONS),
                })
    return rows


def setter(**values):
    """A change that writes each value; a function is called with the old value."""
    def change(row):
        for name, value in values.items():
            row[name] = value(row[name]) if callable(value) else value
    return change


def day_first(day):
    return f"{day[8:10]}/{day[5:7]}/{day[:4]}"


def month_first(when):
    return f"{int(when[5:7])}/{int(when[8:10])}/{when[:4]} {int(when[11:13])}:{when[14:16]}"


def with_thousands(amount):
    return f"{float(amount) + 1000:,.2f}"


def spoil_customers(defects, rng, rows):
    source = "raw_customers"
    defects.watch(source, rows)
    defects.plant(source, "email missing", rows, 0.04, setter(email=lambda _: rng.pick(["", "N/A", "  "])))
    defects.plant(source, "age missing", rows, 0.03, setter(age=lambda _: rng.pick(["N/A", "", "-1", "999"])))
    defects.plant(source, "gender missing", rows, 0.03, setter(gender="unknown"))
    # What staging repairs leaves no trace there; the manifest knows it, the findings do not.
    defects.plant(source, "untidy text", rows, 0.10, setter(
        email=lambda v: f" {v.upper()} ", name=lambda v: f"{v}  ", country=lambda v: COUNTRY_SPELLINGS[v],
        gender=lambda v: {"F": "female", "M": " Male"}[v]))
    older = [dict(row, updated_at="2023-09-01 00:00:00", city="Oldtown") for row in
             defects.plant(source, "duplicate", rows, 0.03, setter())]
    return rows + older


def spoil_products(defects, rows):
    source = "raw_products"
    defects.watch(source, rows)
    defects.plant(source, "category missing", rows, 0.08, setter(category=""))
    defects.plant(source, "brand missing", rows, 0.05, setter(brand="NULL"))
    defects.plant(source, "untidy text", rows, 0.05, setter(category=lambda v: f" {v.upper()}", product_name=lambda v: f"{v} "))
    older = [dict(row, updated_at="2023-09-01 00:00:00", price="1.00") for row in
             defects.plant(source, "duplicate", rows, 0.015, setter())]
    return rows + older


def spoil_orders(defects, rng, rows):
    source = "raw_orders"
    defects.watch(source, rows)
    defects.plant(source, "customer missing", rows, 0.05, setter(customer_id=lambda _: rng.pick(["", "NULL", "n/a"])))
    defects.plant(source, "customer unknown", rows, 0.005, setter(customer_id=lambda v: "C9" + v[2:]))
    defects.plant(source, "product unknown", rows, 0.005, setter(product_id=lambda v: "P9" + v[2:]))
    defects.plant(source, "date invalid", rows, 0.003, setter(order_date="31/02/2025", order_status="completed"))
    defects.plant(source, "date in the future", rows, 0.002, setter(order_date="2026-01-15", order_status="completed"))
    defects.plant(source, "currency unknown", rows, 0.002, setter(currency="XXX", order_status="completed"))
    defects.plant(source, "amount invalid", rows, 0.003, setter(amount=lambda _: rng.pick(["N/A", "abc"]), order_status="completed"))
    defects.plant(source, "amount not positive", rows, 0.002, setter(amount=lambda v: "-" + v, order_status="completed"))
    defects.plant(source, "order cancelled", rows, 0.01, setter(order_status=lambda _: rng.pick(["cancelled", "Canceled ", "CANCELLED"])))
    defects.plant(source, "untidy text", rows, 0.10, setter(
        order_status=lambda v: f" {v.upper()}", currency=str.lower, customer_id=lambda v: f"{v.lower()} ",
        order_date=day_first, amount=with_thousands))
    defects.note(source, "order pending", sum(row["order_status"].strip().lower() == "pending" for row in rows))
    return rows + [dict(row) for row in defects.plant(source, "duplicate", rows, 0.015, setter())]


def spoil_transactions(defects, rng, rows):
    source = "raw_transactions"
    defects.watch(source, rows)
    defects.plant(source, "quantity not positive", rows, 0.005, setter(quantity=lambda _: rng.pick(["0", "-1"])))
    defects.plant(source, "price missing", rows, 0.02, setter(price=lambda _: rng.pick(["", "N/A"])))
    defects.plant(source, "price outlier", rows, 0.0005, setter(price=lambda v: f"{float(v) * 100:.2f}"))
    defects.plant(source, "not a product", rows, 0.004, setter(product_id=lambda _: "SHIPPING", price="4.90"))
    defects.plant(source, "untidy text", rows, 0.10, setter(
        transaction_date=month_first, payment_method=str.upper, product_id=lambda v: f" {v.lower()}"))
    return rows + [dict(row) for row in defects.plant(source, "duplicate", rows, 0.015, setter())]


def spoil_refunds(defects, orders, rows):
    source = "raw_refunds"
    ordered = {order["order_id"]: order for order in orders}
    defects.watch(source, rows)
    defects.plant(source, "before the order", rows, 0.04, setter(refund_date="2023-09-15"))
    defects.plant(source, "more than the order", rows, 0.04,
                  lambda row: row.update(refund_amount=f"{float(ordered[row['order_id']]['amount']) * 1.5 + 1:.2f}"))
    defects.plant(source, "order unknown", rows, 0.04, setter(order_id=lambda v: "O9" + v[1:]))
    twice = [dict(row, refund_id="R9" + row["refund_id"][2:]) for row in defects.plant(source, "refunded twice", rows, 0.04, setter())]
    same = [dict(row) for row in defects.plant(source, "duplicate", rows, 0.03, setter())]
    return rows + twice + same


def write_csv(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main():
    root = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=SIZES, default="S")
    parser.add_argument("--out", type=Path, help="folder for raw/, checks/ and MANIFEST.json; default: the committed sample")
    options = parser.parse_args()
    seeds, manifest = (options.out, options.out) if options.out else (root / "seeds", root / "data")

    rng = Random(SEED)
    customers = make_customers(rng, SIZES[options.size])
    products = make_products(rng, 300)
    orders, transactions = make_purchases(rng, customers, products)
    # Refunds are made of the orders as they were meant, so that only planted ones are wrong.
    defects = Defects(rng)
    clean_orders = [dict(order) for order in orders]
    raw_orders = spoil_orders(defects, rng, orders)
    touched = {raw["order_id"] for raw, clean in zip(orders, clean_orders) if raw != clean}
    refunds = make_refunds(rng, [order for order in clean_orders if order["order_id"] not in touched])
    files = {
        "raw_customers": spoil_customers(defects, rng, customers),
        "raw_products": spoil_products(defects, products),
        "raw_orders": raw_orders,
        "raw_transactions": spoil_transactions(defects, rng, transactions),
        "raw_refunds": spoil_refunds(defects, clean_orders, refunds),
    }
    for name, rows in files.items():
        write_csv(seeds / "raw" / f"{name}.csv", rows)
    planted = [{"source": source, "defect": defect, "row_count": count} for (source, defect), count in sorted(defects.counts.items())]
    write_csv(seeds / "checks" / "planted_defects.csv", planted)
    (manifest / "MANIFEST.json").write_text(json.dumps({
        "generator": "data/generate.py", "size": options.size, "seed": SEED,
        "rows": {name: len(rows) for name, rows in files.items()}, "defects": planted,
    }, indent=2) + "\n")


if __name__ == "__main__":
    main()
