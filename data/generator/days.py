"""Two days after the sample: full extracts of customers and products, and what came in of orders and receipts.

Day 2 and day 3 lie in folders of their own. Copied over the sample one after the other they give snapshots something to
keep: customers who move and who are gone, prices that rise, and orders that come late or are corrected.
"""
import datetime as dt

from generator.dirt import spelled_out
from generator.shop import LAST_DAY, iso

EMPTY_ORDER = {"currency": "USD", "order_status": "completed", "subscription_status": ""}


def next_customers(rng, day, rows):
    """The extract of the next day: 3 % changed, half a per cent deleted (one who never bought is among them), one more."""
    newest = {}
    for row in rows:
        if row["updated_at"] >= newest.get(row["customer_id"], row)["updated_at"]:
            newest[row["customer_id"]] = row
    never_bought = sorted(newest)[-2 - len(newest) // 50:-2]
    gone = rng.pick([customer_id for customer_id in never_bought if customer_id.startswith("C")])
    others = [customer_id for customer_id in sorted(newest) if customer_id != gone]
    ids = [gone] + rng.sample(others, max(4, len(newest) * 35 // 1000))
    deleted, changed = set(ids[: max(2, len(newest) // 200)]), ids[max(2, len(newest) // 200):]
    for place, customer_id in enumerate(changed):
        row = newest[customer_id]
        row["updated_at"] = f"{iso(day)} 08:00:00"
        if place % 2:
            row["email"] = f"{customer_id.lower()}.{day.day}@example.com"
        else:
            row["country"] = spelled_out(row["country"])
    new = dict(newest[sorted(newest)[0]], customer_id=f"N{day.day:04d}", name="New Customer", mobile="", store_user_id="",
               email=f"new{day.day}@example.com", signup_date=iso(day), updated_at=f"{iso(day)} 09:00:00")
    kept = [row for row in rows if row["customer_id"] not in deleted]
    return kept + [new], {"changed": sorted(changed), "deleted": sorted(deleted), "new": [new["customer_id"]]}


def next_products(rng, day, rows):
    """Three prices rise; one more row claims to be older than the one before it, and must not count."""
    ids = rng.sample(sorted({row["product_id"] for row in rows}), 4)
    raised, back_dated = ids[:3], ids[3]
    for row in rows:
        if row["product_id"] in raised and row["updated_at"] > "2023-09-30":
            row["price"], row["updated_at"] = f"{float(row['price']) * 1.1:.2f}", f"{iso(day)} 06:00:00"
        elif row["product_id"] == back_dated and row["updated_at"] > "2023-09-30":
            row["price"], row["updated_at"] = "0.01", "2023-09-15 00:00:00"
    prices = {row["product_id"]: row["price"] for row in rows
              if row["product_id"] in raised and row["updated_at"][:10] == iso(day)}
    return rows, {"raised": prices, "back_dated": [back_dated]}


def next_orders(rng, day, customers, products, orders):
    """New orders, orders that were made up to three days ago and come only now, and two that turn out cancelled."""
    rows, late, n = [], [], max(4, len(orders) // 50)
    first = 9 * 10 ** max(4, len(str(max(int(order["order_id"][1:]) for order in orders if order["order_id"]))))
    for i in range(n):
        ordered = day - dt.timedelta(days=0 if i % 2 else rng.below(3))
        product = rng.pick(products)
        row = {"order_id": f"O{day.day}{first + i}", "customer_id": rng.pick(customers)["customer_id"],
               "product_id": product["product_id"], "amount": product["price"], **EMPTY_ORDER, "order_date": iso(ordered)}
        rows.append({key: row[key] for key in orders[0]})
        if ordered < day:
            late.append(row["order_id"])
    last_days = (iso(LAST_DAY - dt.timedelta(days=1)), iso(LAST_DAY))
    recent = [order for order in orders if order["order_status"] == "completed" and order["order_date"] in last_days]
    cancelled = recent[day.day - 1: day.day + 1]
    rows += [dict(order, order_status="cancelled") for order in cancelled]
    return rows, {"late": sorted(late), "cancelled": sorted(order["order_id"] for order in cancelled)}


def make_days(rng, files):
    """The files of day 2 and 3 by folder and name, and what a test expects of them."""
    customers = [dict(row) for row in files["raw_customers"]]
    products = [dict(row) for row in files["raw_products"]]
    folders, expected = {}, {}
    for number in (2, 3):
        day = LAST_DAY + dt.timedelta(days=number - 1)
        customers, customer_changes = next_customers(rng, day, [dict(row) for row in customers])
        products, product_changes = next_products(rng, day, [dict(row) for row in products])
        orders, order_changes = next_orders(rng, day, customers, products, files["raw_orders"])
        folders[str(number)] = {"raw_customers": customers, "raw_products": products, "raw_orders": orders}
        expected[str(number)] = {
            "as_of_date": iso(day + dt.timedelta(days=1)), "customers": customer_changes, "products": product_changes,
            "orders": order_changes,
        }
    return folders, expected
