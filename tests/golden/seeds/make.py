#!/usr/bin/env python3
"""Writes agate.txt: CSV texts with what dbt's own reader (dbt_common, agate) makes of them.

Run with a Python that has dbt-common and agate installed. A case is the CSV, a line `---`, then lines of JSON: the column names, the
types (agate's, numbers with the SQL type that follows from their digits), the rows, or {"error": message}; then a line `print`
and the table as print_table shows it. Cases are separated by lines `=====`. A first line `types: a,b` names text columns."""
import io
import json
import pathlib
import random
import tempfile
import warnings
from decimal import Decimal

import agate
from dbt_common.clients import agate_helper

warnings.simplefilter("ignore")
HERE = pathlib.Path(__file__).parent

FIXED = [
    "id,name\n1,a\n2,b\n", "id\n1\n2.5\n", "id\n1\n2.0\n", "id\n1\nnull\n\n3\n", "a,b\n1,\n,2\n", "a\nnull\nNULL\n\n", "a,b\n", "a\n\n",
    "a,b,c\n1,2\n3\n", "a,b\n1,2,3\n", "a,a,a\n1,2,3\n", ",b,\n1,2,3\n", "a\n 1 \n2\n", "a\n$1,234.50\n-$3\n", "a\n5%\n10%\n", "a\n1e3\n2E-2\n",
    "a\n1_000\n", "a\nnan\n1\n", "a\nInfinity\n-inf\n", "a\n--5\n", "a\n+5\n", "a\n€ 7\n", "a\n007\n08\n", "a\n12345678901234567890\n",
    "a\n0.1234567890123456789012345678901\n", "a\n.5\n5.\n", "a\n-\n", "a\n%\n", "a\n1 2\n", "d\n2018-01-05\n2018-1-5\n", "d\n2018-02-30\n",
    "d\n2018-01-05 12:00:00\n2018-01-05 1:2:3\n", "d\n2018-01-05 12:00\n", "d\n2018-01-05T12:00:00\n2018-01-05T12:00:00Z\n",
    "d\n2018-01-05T12:00:00.123456+02:00\n2018-01-05T12-0530\n", "d\n20180105T120000\n2018-W01-5T12:30\n2018-005T12.5\n", "d\n2018T12\n20T01\n2018-03T00\n",
    "d\n2018-01-05\n2018-01-06 00:00:00\n", "d\n2018-01-05T24:00:00\n", "d\n2018-01-05T12:00:60\n", "d\n18-01-05\n", "d\n2018-01-05  03:04:05\n",
    "d\n2018-01- 5\n", "b\ntrue\nFALSE\n", "b\ntrue\nyes\n", "b\n t,rue \n", "b\n1\ntrue\n", "b\nTrue\n\nnull\n", "t\n\"a,b\"\n\"say \"\"hi\"\"\"\n",
    "t\n\"two\nlines\"\nx\n", "a,b\r\n1,x\r\n2,y\r\n", "\ufeffid,n\n1,é\n", "a|b\n1|2\n", "a\n1\n\n\n2\n", "types: a\na,b\n1,1\nnull,null\n,\n",
    "types: id\nid\n007\n008\n", "a\n99999999999999999999999999999\n", "a\n1,5\n", "a\n\"1,5\"\n", "a\n  null  \nx\n", "a\nnull x\n",
    "long_column_name_beyond_twenty,b\nsome text that is longer than twenty,1\nshort,22\n", "n\n1234567.891234\n-0.5\n2\n", "n\n1234567\n-1000\n",
    "a,b,c,d,e,f,g,h\n1,2,3,4,5,6,7,8\n", "x\nß\nüñî\n日本語のとても長いテキストがここにあります\n", "n\n0.0005\n0.0015\n0.0025\n", "a\n1.10\n2.20\n",
    "t\n'x'\n\"\"\n", "d\n0001-01-01\n9999-12-31\n", "d\n0000-01-01\n",
]


def random_case(rng):
    pools = [
        ["1", "2", "-3", "007", "1000", "0", ""], ["1.5", "2", "-0.25", "1e2", ".5", ""], ["2018-01-05", "2019-12-31", "", "2020-02-29"],
        ["2018-01-05 10:11:12", "2018-01-05 00:00:00", ""], ["2018-01-05T10:11:12", "2018-01-05T10:11:12.5Z", "2018-01-05T10+01:00"],
        ["true", "false", "TRUE", "", "null"], ["abc", "null", "x y", "", "ü", "\"q,1\""], ["$5", "5%", "\"1,234\"", "£3.50", ""],
        ["2018-01-05", "2018-01-05 10:11:12", "2018-01-05T10:11:12"], ["1", "true", "2018-01-05"],
    ]
    columns = rng.randint(1, 4)
    chosen = [rng.choice(pools) for _ in range(columns)]
    lines = [",".join(f"c{i}" for i in range(columns))]
    for _ in range(rng.randint(0, 5)):
        cells = [rng.choice(pool if rng.random() < 0.97 else rng.choice(pools)) for pool in chosen]
        lines.append(",".join(cells[: rng.randint(1, columns)] if rng.random() < 0.1 else cells))
    return "\n".join(lines) + "\n"


def number(d):
    if not d.is_finite():
        return str(d)
    as_float = float(d)
    if d == d.to_integral_value() and abs(d) < 10**15:
        return str(int(d))
    return repr(as_float)


def show(value):
    if value is None:
        return None
    return number(value) if isinstance(value, Decimal) else str(value)


def describe(text, columns, delimiter):
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", suffix=".csv") as file:
        file.write(text)
        file.flush()
        try:
            table = agate_helper.from_csv(file.name, columns, delimiter)
        except ValueError as error:
            return json.dumps({"error": str(error)}, ensure_ascii=False) + "\n"
    types = []
    for i, column in enumerate(table.columns):
        name = type(column.data_type).__name__.replace("ISODateTime", "DateTime")
        if name == "Number":
            name += " REAL" if table.aggregate(agate.MaxPrecision(i)) else " INT"
        types.append(name)
    out = io.StringIO()
    try:
        table.print_table(output=out, max_rows=None)
    except ArithmeticError:  # babel cannot print numbers of more than 28 digits
        out = io.StringIO("unprintable\n")
    lines = [json.dumps(list(table.column_names), ensure_ascii=False), json.dumps(types),
             json.dumps([[show(v) for v in row] for row in table.rows], ensure_ascii=False), "print"]
    return "\n".join(lines) + "\n" + out.getvalue()


def main():
    rng = random.Random(20260131)
    cases = FIXED + [random_case(rng) for _ in range(250)]
    blocks = []
    for case in cases:
        head, text, columns = "", case, []
        if case.startswith("types: "):
            head, text = case.split("\n", 1)
            columns = head[len("types: "):].split(",")
        delimiter = "|" if text.startswith("a|b") else ","
        if delimiter == "|":
            head = "delimiter: |"
        blocks.append((head + "\n" if head else "") + text + "---\n" + describe(text, columns, delimiter))
    (HERE / "agate.txt").write_bytes("=====\n".join(blocks).encode("utf-8"))


if __name__ == "__main__":
    main()
