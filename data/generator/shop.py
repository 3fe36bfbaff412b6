"""The shop itself: customers, products, web orders, till receipts, refunds and subscriptions, as they really happened."""
import datetime as dt

from generator.chance import Choice

FIRST_DAY = dt.date(2023, 10, 1)
LAST_DAY = dt.date(2025, 9, 30)
DAYS = (LAST_DAY - FIRST_DAY).days + 1

# Weight of each month (January first) and weekday (Monday first): trade before Christmas, quiet Sundays.
MONTH_FACTOR = [0.8, 0.85, 0.95, 1.0, 1.0, 0.95, 0.9, 0.9, 1.0, 1.1, 1.9, 1.5]
WEEKDAY_FACTOR = [1.0, 1.0, 1.05, 1.1, 1.2, 1.1, 0.6]
# Name in the catalogue, id and code in the store. The store knows no code for two of them.
CATEGORIES = {
    "Audio": (2053013554658804075, "electronics.audio.headphone"),
    "Books": (2053013553484398879, "stationery.books.novel"),
    "Camping": (2053013554776244595, "sport.outdoor.camping"),
    "Garden": (2053013557099889147, "furniture.garden.bench"),
    "Kitchen": (2053013563810775923, "appliances.kitchen.kettle"),
    "Lighting": (2053013552326770905, "furniture.living_room.lamp"),
    "Office": (2053013556168753601, "stationery.office.paper"),
    "Pets": (2053013560346280633, ""),
    "Shoes": (2053013565983425517, "apparel.shoes"),
    "Sport": (2053013556277805513, "sport.bicycle"),
    "Toys": (2053013565228450757, "kids.toys"),
    "Travel": (2053013561579406073, ""),
}
BRANDS = ["Alder", "Bright", "Corvid", "Dune", "Ember", "Fjord", "Grove", "Harbor", "Iris", "Juno"]
ADJECTIVES = ["Compact", "Classic", "Solid", "Light", "Folding", "Warm", "Quiet", "Large"]
FIRST_NAMES = ["Ada", "Ben", "Chen", "Dora", "Emil", "Fatima", "Goran", "Hana",
               "Ivan", "Jane", "Kofi", "Lena", "Mika", "Nora", "Omar", "Petra"]
LAST_NAMES = ["Adams", "Berg", "Costa", "Diaz", "Evans", "Fischer", "Gupta", "Haas",
              "Ito", "Jones", "Klein", "Lopez", "Moreau", "Novak", "Okafor", "Park"]
PLACES = [("Germany", "Berlin", "+49"), ("United Kingdom", "London", "+44"), ("United States", "Boston", "+1"),
          ("France", "Lyon", "+33"), ("India", "Pune", "+91"), ("Netherlands", "Utrecht", "+31")]
CURRENCIES = {"USD": (0.50, 1.0), "EUR": (0.30, 0.92), "GBP": (0.15, 0.79), "INR": (0.05, 83.0)}
REASONS = ["damaged", "late", "not as described", "changed mind"]
PAYMENTS = ["card", "cash", "voucher"]
PLANS = {"Basic": 499, "Pro": 1299, "Enterprise": 4900}


def iso(day):
    return day.isoformat()


def stamp(rng, day):
    return f"{iso(day)} {7 + rng.below(14):02d}:{rng.below(60):02d}:00"


def make_customers(rng, n):
    """Customers who registered; a third of them has an account in the store too."""
    places = Choice([(place, 1 / (k + 1)) for k, place in enumerate(PLACES)])
    rows = []
    for i in range(1, n + 1):
        first, last = rng.pick(FIRST_NAMES), rng.pick(LAST_NAMES)
        country, city, prefix = rng.chosen(places)
        signup = FIRST_DAY + dt.timedelta(days=rng.below(DAYS))
        rows.append({
            "customer_id": f"C{i:04d}", "name": f"{first} {last}", "email": f"{first}.{last}{i}@example.com".lower(),
            "gender": rng.pick(["F", "M"]), "age": min(80, max(18, round(38 + 12 * rng.normal()))), "city": city,
            "country": country, "mobile": f"{prefix}{1700000000 + i}",
            "store_user_id": str(512000000 + 7 * i) if rng.uniform() < 0.33 else "",
            "signup_date": iso(signup), "updated_at": stamp(rng, signup),
        })
    return rows


def make_products(rng, n):
    brands = Choice([(brand, 1 / (k + 1) ** 1.1) for k, brand in enumerate(BRANDS)])
    rows = []
    for i in range(1, n + 1):
        category = rng.pick(list(CATEGORIES))
        rows.append({
            "product_id": f"P{i:04d}", "product_name": f"{rng.pick(ADJECTIVES)} {category} {i}", "category": category,
            "category_id": str(CATEGORIES[category][0]), "brand": rng.chosen(brands),
            "price": f"{max(1.0, rng.lognormal(3.2, 0.9)):.2f}", "updated_at": stamp(rng, FIRST_DAY),
        })
    return rows


def popularity(products):
    return Choice([(product, 1 / (k + 1) ** 0.6) for k, product in enumerate(products)])


def purchase_days(rng, signup):
    """Days on which a customer buys, while they live, thinned by season and weekday.

    The spread of the gaps is what makes the best fifth of the customers bring about three quarters of the revenue.
    """
    gap = max(1.5, rng.lognormal(3.8, 1.5))
    end = min(LAST_DAY, signup + dt.timedelta(days=int(rng.exponential(14 * 30.4)) + 1))
    day = signup + dt.timedelta(days=rng.below(7))
    while day <= end:
        if rng.uniform() < MONTH_FACTOR[day.month - 1] * WEEKDAY_FACTOR[day.weekday()] / 2.28:
            yield day
        day += dt.timedelta(days=1 + int(rng.exponential(gap / 2)))


def make_web_order(rng, customer, day, popular, subscribed):
    product = rng.chosen(popular)
    currency = rng.chosen(Choice([(name, share) for name, (share, _) in CURRENCIES.items()]))
    amount = float(product["price"]) * (1 + rng.below(3)) * CURRENCIES[currency][1]
    return {
        "order_id": "", "customer_id": customer["customer_id"], "product_id": product["product_id"],
        "amount": f"{amount:.2f}", "currency": currency,
        "order_status": rng.chosen(Choice([("completed", 0.9), ("refunded", 0.07), ("pending", 0.03)])),
        "order_date": iso(day), "subscription_status": rng.pick(["active"] * 4 + ["canceled"]) if subscribed else "",
    }


def make_receipt(rng, customer, day, popular):
    when, payment = stamp(rng, day), rng.pick(PAYMENTS)
    basket = {product["product_id"]: product for product in (rng.chosen(popular) for _ in range(rng.pick([1, 1, 2, 3])))}
    return [{
        "transaction_id": when, "customer_id": customer["customer_id"], "product_id": product_id,
        "quantity": str(1 + rng.below(4)), "price": basket[product_id]["price"], "transaction_date": when,
        "payment_method": payment,
    } for product_id in sorted(basket)]


def make_purchases(rng, customers, products, subscribers):
    """Half of the purchases are web orders of one product, half are till receipts with one to three lines."""
    orders, transactions = [], []
    popular = popularity(products)
    buyers = customers[: len(customers) - max(2, len(customers) // 20)]  # the rest never buys
    for customer in buyers:
        for day in purchase_days(rng, dt.date.fromisoformat(customer["signup_date"])):
            if rng.uniform() < 0.5:
                orders.append(make_web_order(rng, customer, day, popular, customer["customer_id"] in subscribers))
            else:
                transactions.extend(make_receipt(rng, customer, day, popular))
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
                    "refund_id": f"R{len(rows) + 1:04d}", "order_id": order["order_id"],
                    "customer_id": order["customer_id"], "refund_amount": f"{float(order['amount']) * share:.2f}",
                    "refund_date": iso(day), "reason": rng.pick(REASONS),
                })
    return rows


def make_subscriptions(rng, customers, products):
    """Changes of state of the plans of 15 % of the customers: 6 % leave in a month, a tenth of them comes back."""
    popular, plans = popularity(products), Choice([("Basic", 0.6), ("Pro", 0.3), ("Enterprise", 0.1)])
    rows = []

    def change(customer, product, plan, status, day):
        rows.append({
            "event_id": "", "customer_id": customer["customer_id"], "product_id": product["product_id"],
            "plan": {"name": plan, "price_cents": PLANS[plan]}, "status": status, "changed_at": f"{iso(day)}T09:00:00Z",
        })

    for customer in customers:
        if rng.uniform() >= 0.15:
            continue
        product, plan = rng.chosen(popular), rng.chosen(plans)
        day = dt.date.fromisoformat(customer["signup_date"]) + dt.timedelta(days=rng.below(30))
        status = "active"
        while day <= LAST_DAY:
            change(customer, product, plan, status, day)
            if status == "canceled" and rng.uniform() >= 0.1:
                break
            status = "active" if status != "active" else "canceled" if rng.uniform() < 0.8 else "paused"
            day += dt.timedelta(days=1 + int(rng.exponential(30.4 / 0.06 if status != "active" else 60)))
    rows.sort(key=lambda row: (row["changed_at"], row["customer_id"]))
    for i, row in enumerate(rows, 1):
        row["event_id"] = f"SE{i:05d}"
    return rows
