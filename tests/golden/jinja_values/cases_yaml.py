"""YAML texts made by chance, read as libyaml reads them, which dbt uses: what stands between the cases that people think of."""
import random

EXTENDED = True
SCALARS = ["1", "-5", "0", "1.5", ".5", "1e3", "1.0e+3", "1_000", "0x1F", "0o17", "017", "0b11", "1:30", "190:20:30", "yes", "No", "ON", "off", "true",
           "False", "y", "n", "null", "Null", "~", "", ".inf", "-.INF", "2024-02-29", "2024-2-9", "2024-02-29 10:00:00", "2024-02-29T10:00:00.5Z", "text",
           "two words", "it's", "a#b", "a #b", "a:b", "http://x/y?z=1", "<<", "=", "- ", "-", "-a", "?a", ":a", "é ☃", "a\\nb", "{{ ref('a') }}", "*", "&x",
           "%a", "@a", "`a`", "!x", "|", ">", "[", "]", "{", "}", ",", "a,b", "a]b", "'", '"', "...", "--- a", "\t", "a\tb", "!!str 5", "!!int '5'", "!!float 1"]
QUOTED = ["''", "'a''b'", "'1'", '""', '"a\\tb\\n"', '"\\u00e9\\x41"', '"a\\\n  b"', '"a\n\n  b"', "'a\n  b'", '"\\q"', '"open', "'open"]
KEYS = ["a", "b", "c", "name", "'q'", '"q r"', "1", "yes", "null", "2024-01-01", "k k", "? x\n", "[a]", "a.b", "é"]
BLOCKS = ["|\n{i}one\n{i}  two\n", "|-\n{i}one\n\n{i}two\n", ">\n{i}one\n{i}two\n\n{i}three\n", ">+\n{i}one\n\n\n", "|2\n{i}  x\n", "|+\n\n", ">-\n{i}a\n{i} b\n{i}c\n"]


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.anchors = []

    def chance(self, p):
        return self.random.random() < p

    def scalar(self):
        return self.random.choice(SCALARS if self.chance(0.75) else QUOTED)

    def prefix(self):
        if self.chance(0.06):
            self.anchors.append(f"x{len(self.anchors)}")
            return f"&{self.anchors[-1]} "
        return ""

    def flow(self, depth=0):
        kind = self.random.random()
        if depth > 2 or kind < 0.5:
            return self.random.choice(["1", "a", "'b c'", "yes", "~", "2.5", "{{ x }}", '"d"', "a b", ""])
        items = [self.flow(depth + 1) for _ in range(self.random.randrange(4))]
        joint = self.random.choice([", ", ",", " , ", ",\n    "])
        if kind < 0.75:
            return "[" + joint.join(items) + self.random.choice(["", "", ","]) + "]"
        return "{" + joint.join(f"{k}{self.random.choice([': ', ': ', ':', ' : '])}{v}" for k, v in zip("abcd", items)) + "}"

    def node(self, indent, depth):
        kind = self.random.random()
        if self.anchors and self.chance(0.05):
            return " *" + self.random.choice(self.anchors) + "\n"
        if depth > 2 or kind < 0.45:
            return " " + self.prefix() + self.scalar() + self.random.choice(["", "", "", " # note", "  "]) + "\n"
        if kind < 0.55:
            return " " + self.flow() + "\n"
        if kind < 0.63:
            return " " + self.random.choice(BLOCKS).replace("{i}", " " * (indent + self.random.choice([1, 2, 4])))
        deeper = indent + self.random.choice([0, 2, 2, 2, 4])
        return self.prefix_line() + (self.mapping(max(deeper, indent + 1), depth + 1) if kind < 0.82 else self.sequence(deeper, depth + 1))

    def prefix_line(self):
        anchor = self.prefix()
        return (" " + anchor.strip() if anchor else "") + "\n" + self.random.choice(["", "", "", "\n", "  # note\n"])

    def mapping(self, indent, depth):
        out = ""
        for key in self.random.sample(KEYS, self.random.randrange(1, 4)):
            out += " " * indent + key + self.random.choice([":", ":", ":", " :"]) + self.node(indent, depth)
        if self.anchors and self.chance(0.15):
            out += " " * indent + "<<: *" + self.random.choice(self.anchors) + "\n"
        return out

    def sequence(self, indent, depth):
        return "".join(" " * indent + "-" + self.node(indent + 1, depth) for _ in range(self.random.randrange(1, 4)))


def document(seed):
    maker = Maker(seed)
    text = maker.mapping(0, 0) if maker.chance(0.8) else maker.sequence(0, 0)
    if maker.chance(0.05):
        text = text.replace("\n", "\r\n")
    if maker.chance(0.05):
        text = "---\n" + text
    return text


HOLD_THEMSELVES = (420, 889)  # an alias inside of the node that it stands for: refused here, where PyYAML makes endless data
CASES = {"yaml_random": [("{{ fromyaml(v) if is_yaml(v) else 'refused' }}", {"v": document(seed)}) for seed in range(1000) if seed not in HOLD_THEMSELVES]}
