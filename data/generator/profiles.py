"""People as a survey knows them, and what they bought elsewhere, as an API tells it page by page."""
import datetime as dt

from generator.shop import CATEGORIES, DAYS, FIRST_DAY, FIRST_NAMES, LAST_NAMES, iso, stamp

EDUCATION = ["basic school", "high school", "bachelor", "master", "doctorate"]
OCCUPATIONS = ["clerical", "healthcare", "management", "retired", "sales", "student", "technical"]


def make_profiles(rng, customers):
    """Profiles of three fifths of the customers, and of as many as a tenth of them who are no customers."""
    rows = []

    def profile(name, mobile, age, gender):
        rows.append({
            "name": name, "age": str(age), "income": f"{rng.lognormal(10.8, 0.5):.0f}", "gender": gender,
            "mobile": mobile, "education": rng.pick(EDUCATION), "occupation": rng.pick(OCCUPATIONS),
            "zip_code": rng.digits(5), "updated_at": stamp(rng, FIRST_DAY + dt.timedelta(days=rng.below(DAYS))),
        })

    for customer in customers:
        if rng.uniform() < 0.6:
            profile(customer["name"], customer["mobile"], customer["age"], customer["gender"])
    for i in range(1, max(2, len(customers) // 10) + 1):
        age = min(80, max(18, round(38 + 12 * rng.normal())))
        profile(f"{rng.pick(FIRST_NAMES)} {rng.pick(LAST_NAMES)}", f"0{1800000000 + i}", age, rng.pick(["F", "M"]))
    return rows


def make_purchase_history(rng, profiles):
    """For two fifths of the profiles one to five purchases: an amount, a day and a category, no product."""
    history = []
    for person in profiles:
        if rng.uniform() < 0.4:
            history.append({"mobile": person["mobile"], "purchases": sorted(({
                "date": iso(FIRST_DAY + dt.timedelta(days=rng.below(DAYS))),
                "amount": round(rng.lognormal(3.4, 0.8), 2), "category": rng.pick(list(CATEGORIES)),
            } for _ in range(1 + rng.below(5))), key=lambda purchase: purchase["date"])})
    return history
