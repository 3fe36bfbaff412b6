"""The only source of chance: splitmix64, the same numbers everywhere, and what is planted with it."""
import bisect
import itertools
import math


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

    def chosen(self, choice):
        """An item of a Choice, by its weights."""
        place = bisect.bisect_right(choice.ends, self.uniform() * choice.ends[-1])
        return choice.items[min(place, len(choice.items) - 1)]

    def digits(self, n):
        return f"{self.below(10 ** n):0{n}d}"

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


class Choice:
    """Items with weights, added up once so that choosing is a search and not a walk."""

    def __init__(self, pairs):
        self.items = [item for item, _ in pairs]
        self.ends = list(itertools.accumulate(weight for _, weight in pairs))


class Defects:
    """Plants defects into rows, each row at most once, and counts them."""

    def __init__(self, rng):
        self.rng = rng
        self.counts = {}
        self.free = {}

    def watch(self, source, rows):
        self.free[source] = self.rng.sample(range(len(rows)), len(rows))

    def plant(self, source, defect, rows, share, change, fits=lambda row: True):
        """Changes a share of the rows, at least two, of those that fit and have no defect yet; returns them."""
        n = max(2, round(len(rows) * share))
        free, passed, victims = self.free[source], [], []
        while free and len(victims) < n:
            i = free.pop()
            (victims if fits(rows[i]) else passed).append(i)
        free.extend(reversed(passed))
        for i in victims:
            change(rows[i])
        self.counts[(source, defect)] = len(victims)
        return [rows[i] for i in victims]

    def note(self, source, defect, count):
        self.counts[(source, defect)] = count


def setter(**values):
    """A change that writes each value; a function is called with the old value."""
    def change(row):
        for name, value in values.items():
            row[name] = value(row[name]) if callable(value) else value
    return change
