"""Templates made by chance out of a small grammar: few names, many scopes. They probe what no one thinks of."""
import random
import re

LOOKS = ["index", "first", "last", "length", "previtem", "nextitem", "depth"]
PARAMETERS = ["a=1, b=2, z=3", "a=5, c=a, b=0, z=1", "x=a, c=b, b=1, z=2", "a=b, z=a, b=4"]
PRELUDE = (
    "{% set ns = namespace(p=1, q=2) %}"
    '{% macro m(a, b=1, z=0) %}[{{ a }}{{ b }}{{ varargs }}{{ kwargs }}{{ caller() if caller else "" }}]{% endmacro %}'
    '{% macro n(x, z=a, b=0) %}({{ x }}{{ z }}{{ varargs }}{{ kwargs }}{{ caller() if caller else "" }}){% endmacro %}'
)
TEMPLATES = {
    "i1": "({{ a }}{{ loop.index if loop else '' }}{% set b = 9 %}{{ b }})",
    "i2": "{% macro m(x) %}<{{ x }}{{ a }}>{% endmacro %}{% set a = 3 %}{{ b }}",
}


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.blocks = 0

    def pick(self, *options):
        return self.random.choice(options)

    def chance(self, p):
        return self.random.random() < p

    def name(self):
        return self.pick(*"abcdx") if self.chance(0.95) else self.pick("loop", "caller", "varargs", "kwargs")

    def expr(self, depth=0):
        e = self.bare_expr(depth)
        return e if re.fullmatch(r"[\w.']+", e) else f"({e})"

    def bare_expr(self, depth):
        inner = lambda: self.expr(depth + 1)
        kind = self.random.random()
        if depth > 2 or kind < 0.4:
            return self.name()
        if kind < 0.55:
            return self.pick("1", "2", "0", "'s'", "'q'", "[1, 2]", "none", "true", "[]", "{'k': 1}")
        if kind < 0.62:
            return f"{inner()} ~ {inner()}"
        if kind < 0.67:
            return f"{inner()} if {inner()} else {inner()}"
        if kind < 0.72:
            return f"{inner()} {self.pick('==', 'and', 'or', '!=')} {inner()}"
        if kind < 0.75:
            return f"not {inner()}"
        if kind < 0.79:
            return f"{self.name()} is {self.pick('defined', 'undefined', 'none', 'string', 'number')}"
        if kind < 0.84:
            return f"{inner()}|{self.pick('default(7)', 'string', 'upper', 'default')}"
        if kind < 0.89:
            return f"loop.{self.pick(*LOOKS)} if loop else 0"
        if kind < 0.94:
            arguments = [inner() for _ in range(self.random.randrange(3))] + ([self.pick("b=1", "z=2")] if self.chance(0.3) else [])
            return f"{self.pick('m', 'n')}({', '.join(arguments)})"
        if kind < 0.97:
            return f"ns.{self.pick('p', 'q')}"
        return f"[{inner()}, 5]"

    def body(self, depth):
        return "".join(self.statement(depth + 1) for _ in range(self.random.randrange(1, 4)))

    def loop(self, depth):
        target = self.pick("x", "a", "b")
        items = self.pick("[1, 2, 3]", "[]", "'xy'", "range(2)", "[[1, 2], [3, 4]]")
        recursive = self.chance(0.1)
        test = f" if {self.expr()}" if self.chance(0.3) else ""
        text = f"{{% for {target} in {items}{test}{' recursive' if recursive else ''} %}}{self.body(depth)}"
        if recursive:
            text += "{{ loop([]) }}"
        if self.chance(0.2):
            text += self.pick("{% break %}", "{% continue %}", "{% if loop.index == 2 %}{% break %}{% endif %}")
        if self.chance(0.25):
            text += "{% else %}" + self.body(depth)
        return text + "{% endfor %}"

    def statement(self, depth):
        kind = self.random.random()
        if depth > 3 or kind < 0.28:
            return "{{ " + self.expr() + " }}" + self.pick(" ", ",", "\n", "")
        body = lambda: self.body(depth)
        if kind < 0.43:
            return f"{{% set {self.pick(*'abcd')} = {self.expr()} %}}"
        if kind < 0.46:
            return f"{{% set ns.{self.pick('p', 'q')} = {self.expr()} %}}"
        if kind < 0.56:
            rest = self.pick("", "{% else %}", "{% elif " + self.expr() + " %}")
            return f"{{% if {self.expr()} %}}{body()}{rest + body() if rest else ''}{{% endif %}}"
        if kind < 0.68:
            return self.loop(depth)
        if kind < 0.74:
            return f"{{% with {self.pick('a', 'b', 'x')} = {self.expr()} %}}{body()}{{% endwith %}}"
        if kind < 0.80:
            uses = '{{ varargs if 0 }}{{ kwargs if 0 }}{{ caller() if caller else "-" }}'
            return f"{{% macro {self.pick('m', 'n')}({self.pick(*PARAMETERS)}) %}}{uses}{body()}{{% endmacro %}}"
        if kind < 0.86:
            signature = self.pick("", "(a=1)", "(x=1)")
            return f"{{% call{signature} {self.pick('m', 'n')}({self.pick('', '1', '1, b=3')}) %}}{body()}{{% endcall %}}"
        if kind < 0.91:
            return f"{{% set {self.pick(*'abc')}{self.pick('', ' | upper')} %}}{body()}{{% endset %}}"
        if kind < 0.94:
            return f"{{% filter {self.pick('upper', 'trim')} %}}{body()}{{% endfilter %}}"
        if kind < 0.97:
            return f"{{% include '{self.pick('i1', 'i2')}' %}}"
        if kind < 0.985:
            self.blocks += 1
            return f"{{% block u{self.blocks}{self.pick(' scoped', '')} %}}{body()}{{% endblock %}}"
        return self.pick("{% import 'i2' as c %}", "{% from 'i2' import m, a as b with context %}", "{% import 'i1' as d with context %}")

    def case(self, number):
        text = PRELUDE + "".join(self.statement(0) for _ in range(self.random.randrange(2, 6)))
        context = {k: self.pick(1, "z", [4, 5], None) for k in "abx" if self.chance(0.4)}
        return (str(number), text, context, {"templates": TEMPLATES})


CASES = [Maker(seed).case(seed) for seed in range(600)]
