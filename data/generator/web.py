"""What people do on the pages: the clickstream of the web shop, and the events of the multi-category store."""
import datetime as dt

from generator import shop
from generator.shop import CATEGORIES, DAYS, FIRST_DAY

# From one page to the next: the chance to go on.
VIEW_TO_CART, CART_TO_CHECKOUT, CHECKOUT_TO_PURCHASE = 0.28, 0.6, 0.55
BOT_VIEWS = 500


def moment(rng, day):
    return dt.datetime.combine(day, dt.time(6 + rng.below(17), rng.below(60), rng.below(60)))


def next_moment(rng, when):
    return when + dt.timedelta(seconds=2 + int(rng.lognormal(3.6, 0.9)))


def click(user, session, product, kind, when, order_id=None):
    return {
        "event_id": "", "event_type": kind, "order_id": order_id, "product_id": product, "session_id": session,
        "timestamp": when.strftime("%Y-%m-%dT%H:%M:%SZ"), "user_id": user, "device": None,
    }


def walk(rng, products, user, session, when, order=None):
    """One visit: some pages, and a cart that may come to nothing. With an order the visit ends in it."""
    rows = []
    for _ in range(1 + rng.below(3)):
        rows.append(click(user, session, rng.chosen(products)["product_id"], "page_view", when))
        when = next_moment(rng, when)
    product = order["product_id"] if order else rows[-1]["product_id"]
    steps = ["page_view", "add_to_cart", "checkout", "purchase"] if order else []
    if not order and rng.uniform() < VIEW_TO_CART:
        steps.append("add_to_cart")
        if rng.uniform() < CART_TO_CHECKOUT:
            steps.append("checkout")
    for step in steps:
        rows.append(click(user, session, product, step, when, order["order_id"] if step == "purchase" else None))
        when = next_moment(rng, when)
    return rows


def make_clickstream(rng, customers, products, orders):
    """Visits that end in an order, twice as many that do not, and bots: 2 % of the users with 500 views each."""
    popular = shop.popularity(products)
    rows, sessions = [], 0

    def session_id():
        nonlocal sessions
        sessions += 1
        return f"W{sessions:06d}"

    for order in orders:
        if rng.uniform() < 0.2:
            day = dt.date.fromisoformat(order["order_date"])
            rows += walk(rng, popular, order["customer_id"], session_id(), moment(rng, day), order)
        for _ in range(rng.below(2)):
            day = FIRST_DAY + dt.timedelta(days=rng.below(DAYS))
            rows += walk(rng, popular, rng.pick(customers)["customer_id"], session_id(), moment(rng, day))
    for bot in range(max(1, len(customers) // 50)):
        when, session = moment(rng, FIRST_DAY + dt.timedelta(days=rng.below(DAYS))), session_id()
        for _ in range(BOT_VIEWS):
            rows.append(click(f"BOT{bot + 1:03d}", session, rng.pick(products)["product_id"], "page_view", when))
            when += dt.timedelta(seconds=1)
    rows.sort(key=lambda row: (row["timestamp"], row["session_id"]))
    devices = [{"os": "ios", "app": True}, {"os": "android", "app": True}, {"os": "windows", "app": False}, None]
    for i, row in enumerate(rows, 1):
        row["event_id"], row["device"] = f"E{i:06d}", rng.pick(devices)
    return rows


def make_store_events(rng, customers, products):
    """Events of store users: the registered ones who have an account, and half as many that nobody knows."""
    popular = shop.popularity(products)
    known = [customer["store_user_id"] for customer in customers if customer["store_user_id"]]
    users = known + [str(512000000 + 7 * (len(customers) + i)) for i in range(1, len(known) // 2 + 1)]
    rows = []

    def event(when, kind, product, user, session):
        category_id, code = CATEGORIES[product["category"]]
        rows.append({
            "event_time": when.strftime("%Y-%m-%d %H:%M:%S UTC"), "event_type": kind,
            "product_id": str(int(product["product_id"][1:])), "category_id": str(category_id), "category_code": code,
            "brand": product["brand"].lower(), "price": product["price"], "user_id": user, "user_session": session,
        })

    for user in users:
        first = rng.below(DAYS - 60)
        for _ in range(1 + int(rng.exponential(3))):
            when = moment(rng, FIRST_DAY + dt.timedelta(days=first + rng.below(DAYS - first)))
            session = f"{rng.bits():016x}{rng.bits():016x}"
            session = "-".join((session[:8], session[8:12], session[12:16], session[16:20], session[20:]))
            for _ in range(1 + rng.below(3)):
                product = rng.chosen(popular)
                event(when, "view", product, user, session)
                when = next_moment(rng, when)
            if rng.uniform() < VIEW_TO_CART * 1.5:
                event(when, "cart", product, user, session)
                when = next_moment(rng, when)
                if rng.uniform() < CHECKOUT_TO_PURCHASE:
                    event(when, "purchase", product, user, session)
                elif rng.uniform() < 0.3:
                    event(when, "remove_from_cart", product, user, session)
    rows.sort(key=lambda row: (row["event_time"], row["user_session"]))
    return rows
