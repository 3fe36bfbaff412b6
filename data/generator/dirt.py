"""What exports get wrong, planted into the files: each defect in a row of its own, so that its count is exact."""
from generator.chance import setter
from generator.shop import PLACES

COUNTRY_SPELLINGS = {"Germany": "DE", "United Kingdom": "uk", "United States": "U.S.A.",
                     "France": "fr", "India": "IN", "Netherlands": "Holland"}


def day_first(day):
    return f"{day[8:10]}/{day[5:7]}/{day[:4]}"


def month_first(when):
    return f"{int(when[5:7])}/{int(when[8:10])}/{when[:4]} {int(when[11:13])}:{when[14:16]}"


def with_thousands(amount):
    return f"{float(amount) + 1000:,.2f}"


def spaced_mobile(mobile):
    """The same number as somebody types it: 00 for the plus, a blank and a dash inside."""
    return f" {mobile.replace('+', '00')[:-8]} {mobile[-8:-4]}-{mobile[-4:]}"


def no_id_of(rows, column):
    """Makes an id that no row has of one that a row has: a 9 in front of as many digits as the highest."""
    digits = max(3, *(len(str(int(row[column][1:]))) for row in rows if row[column]))
    return lambda v: f"{v[0]}9{int(v[1:]):0{digits}d}"


def copies(rows, **values):
    return [dict(row, **values) for row in rows]


def spoil_customers(defects, rng, rows):
    source = "raw_customers"
    defects.watch(source, rows)
    defects.plant(source, "email missing", rows, 0.04, setter(email=lambda _: rng.pick(["", "N/A", "  "])))
    defects.plant(source, "age missing", rows, 0.03, setter(age=lambda _: rng.pick(["N/A", "", "-1", "999"])))
    defects.plant(source, "gender missing", rows, 0.03, setter(gender="unknown"))
    # What staging repairs leaves no trace there; the manifest knows it, the findings do not.
    defects.plant(source, "untidy text", rows, 0.10, setter(
        email=lambda v: f" {v.upper()} ", name=lambda v: f"{v}  ", country=lambda v: COUNTRY_SPELLINGS[v],
        mobile=spaced_mobile, gender=lambda v: {"F": "female", "M": " Male"}[v]))
    duplicates = defects.plant(source, "duplicate", rows, 0.03, setter())
    return rows + copies(duplicates, updated_at="2023-09-01 00:00:00", city="Oldtown")


def spoil_products(defects, rows):
    source = "raw_products"
    defects.watch(source, rows)
    defects.plant(source, "category missing", rows, 0.08, setter(category="", category_id=""))
    defects.plant(source, "brand missing", rows, 0.05, setter(brand="NULL"))
    defects.plant(source, "untidy text", rows, 0.05, setter(
        category=lambda v: f" {v.upper()}", product_name=lambda v: v.replace(" ", "\n", 1) + " "))
    duplicates = defects.plant(source, "duplicate", rows, 0.015, setter())
    return rows + copies(duplicates, updated_at="2023-09-01 00:00:00", price="1.00")


def spoil_orders(defects, rng, rows):
    source = "raw_orders"
    done = {"order_status": "completed"}
    no_customer = no_id_of(rows, "customer_id")
    defects.watch(source, rows)
    defects.plant(source, "customer missing", rows, 0.05, setter(customer_id=lambda _: rng.pick(["", "NULL", "n/a"])))
    defects.plant(source, "customer unknown", rows, 0.005, setter(customer_id=no_customer))
    defects.plant(source, "product unknown", rows, 0.005, setter(product_id=lambda v: "P9" + v[2:]))
    defects.plant(source, "date invalid", rows, 0.003, setter(order_date="31/02/2025", **done))
    defects.plant(source, "date in the future", rows, 0.002, setter(order_date="2026-01-15", **done))
    defects.plant(source, "currency unknown", rows, 0.002, setter(currency="XXX", **done))
    defects.plant(source, "amount invalid", rows, 0.003, setter(amount=lambda _: rng.pick(["N/A", "abc"]), **done))
    defects.plant(source, "amount not positive", rows, 0.002, setter(amount=lambda v: "-" + v, **done))
    defects.plant(source, "order cancelled", rows, 0.01, setter(
        order_status=lambda _: rng.pick(["cancelled", "Canceled ", "CANCELLED"])))
    defects.plant(source, "untidy text", rows, 0.10, setter(
        order_status=lambda v: f" {v.upper()}", currency=str.lower, customer_id=lambda v: f"{v.lower()} ",
        order_date=day_first, amount=with_thousands, subscription_status=lambda v: v.title() + " "))
    defects.note(source, "order pending", sum(row["order_status"].strip().lower() == "pending" for row in rows))
    return rows + copies(defects.plant(source, "duplicate", rows, 0.015, setter()))


def first_of_each(column):
    """Tells of each row that it is asked about whether it is the first with its value."""
    seen = set()

    def is_first(row):
        value = row[column]
        known = value in seen
        seen.add(value)
        return not known

    return is_first


def spoil_transactions(defects, rng, rows):
    source = "raw_transactions"
    defects.watch(source, rows)
    defects.plant(source, "quantity not positive", rows, 0.005, setter(quantity=lambda _: rng.pick(["0", "-1"])))
    defects.plant(source, "price missing", rows, 0.02, setter(price=lambda _: rng.pick(["", "N/A"])))
    defects.plant(source, "price outlier", rows, 0.0005, setter(price=lambda v: f"{float(v) * 100:.2f}"))
    defects.plant(source, "not a product", rows, 0.004, setter(product_id=lambda _: "SHIPPING", price="4.90"),
                  first_of_each("transaction_id"))
    defects.plant(source, "untidy text", rows, 0.10, setter(
        transaction_date=month_first, payment_method=str.upper, product_id=lambda v: f" {v.lower()}"))
    return rows + copies(defects.plant(source, "duplicate", rows, 0.015, setter()))


def spoil_refunds(defects, orders, rows):
    source = "raw_refunds"
    ordered = {order["order_id"]: order for order in orders}
    defects.watch(source, rows)
    defects.plant(source, "before the order", rows, 0.04, setter(refund_date="2023-09-15"))
    defects.plant(source, "more than the order", rows, 0.04, lambda row: row.update(
        refund_amount=f"{float(ordered[row['order_id']]['amount']) * 1.5 + 1:.2f}"))
    defects.plant(source, "order unknown", rows, 0.04, setter(order_id=no_id_of(orders, "order_id")))
    again = no_id_of(rows, "refund_id")
    twice = [dict(row, refund_id=again(row["refund_id"]))
             for row in defects.plant(source, "refunded twice", rows, 0.04, setter())]
    return rows + twice + copies(defects.plant(source, "duplicate", rows, 0.03, setter()))


def spoil_subscriptions(defects, rows):
    source = "raw_subscriptions"
    defects.watch(source, rows)
    defects.plant(source, "customer unknown", rows, 0.02, setter(customer_id=no_id_of(rows, "customer_id")))
    defects.plant(source, "plan missing", rows, 0.02, setter(plan=None))
    defects.plant(source, "untidy text", rows, 0.05, setter(
        status=lambda v: f"{v.title()} ".replace("Canceled", "Cancelled")))
    return rows + copies(defects.plant(source, "duplicate", rows, 0.03, setter()))


def spoil_clickstream(defects, rows):
    source = "raw_clickstream"
    defects.watch(source, rows)
    by_people = lambda row: not row["user_id"].startswith("BOT")
    purchase = lambda row: row["event_type"] == "purchase"
    browsing = lambda row: by_people(row) and not purchase(row)
    defects.plant(source, "order unknown", rows, 0.0005, setter(order_id=no_id_of(rows, "order_id")), purchase)
    defects.plant(source, "time invalid", rows, 0.001, setter(timestamp="soon"), browsing)
    defects.plant(source, "product missing", rows, 0.002, setter(product_id=None), browsing)
    defects.plant(source, "user missing", rows, 0.005, setter(user_id=None), browsing)
    defects.plant(source, "untidy text", rows, 0.02, setter(event_type=lambda v: f"{v.upper()} "),
                  lambda row: row["user_id"] and by_people(row))
    defects.note(source, "bot", sum(bool(row["user_id"]) and not by_people(row) for row in rows))
    return rows + copies(defects.plant(source, "duplicate", rows, 0.015, setter()))


def spoil_store_events(defects, rows):
    source = "raw_store_events"
    defects.watch(source, rows)
    defects.plant(source, "amount not positive", rows, 0.001, setter(price="0.00"),
                  lambda row: row["event_type"] == "purchase")
    defects.plant(source, "brand missing", rows, 0.14, setter(brand=""))
    defects.note(source, "category missing", sum(row["category_code"] == "" for row in rows))
    # One more at the end: the line that the export was writing when it was cut.
    return rows + copies(defects.plant(source, "duplicate", rows, 0.015, setter())) + copies(rows[-1:])


def spoil_profiles(defects, rng, rows):
    source = "raw_customer_profiles"
    defects.watch(source, rows)
    defects.plant(source, "age missing", rows, 0.03, setter(age=lambda _: rng.pick(["", "N/A"])))
    defects.plant(source, "age out of range", rows, 0.02, setter(age=lambda _: rng.pick(["-1", "14", "101", "999"])))
    defects.plant(source, "income missing", rows, 0.05, setter(income=lambda _: rng.pick(["", "NULL"])))
    defects.plant(source, "income outlier", rows, 0.01, setter(income=lambda v: v + "00"))
    defects.plant(source, "zip code invalid", rows, 0.02, setter(zip_code=lambda _: rng.pick(["123", "ABCDE", "123456"])))
    defects.plant(source, "untidy text", rows, 0.10, setter(
        mobile=spaced_mobile, education=str.upper, occupation=lambda v: f" {v.title()} ",
        income=lambda v: f"{float(v):,.2f}",
        gender=lambda v: {"F": rng.pick(["female", "f", "0"]), "M": rng.pick(["male", "m", "1"])}[v]))
    duplicates = defects.plant(source, "duplicate", rows, 0.03, setter())
    return rows + copies(duplicates, updated_at="2023-09-01 00:00:00", income="1")


def spoil_purchase_history(defects, history):
    source = "raw_purchase_history"
    defects.watch(source, history)
    defects.plant(source, "profile unknown", history, 0.03, setter(mobile=lambda v: "+99" + v[3:]))
    purchases = [purchase for person in history for purchase in person["purchases"]]
    defects.watch(source, purchases)
    defects.plant(source, "category missing", purchases, 0.03, setter(category=None))
    defects.plant(source, "amount not positive", purchases, 0.01, setter(amount=lambda v: -v))
    return history


def spelled_out(country):
    """Another country than this one, for a customer who moves."""
    names = [place[0] for place in PLACES]
    return names[(names.index(country) + 1) % len(names)] if country in names else names[0]
