"""Methods of str, list, tuple, dict and numbers."""

TEXTS = ["''", "'hello World'", "'ÀÉß ŉ ǆ'", "'ΑΣ ΑΣΑ'", "'they\\'re bill\\'s'", "'x1y2 3z'", "'ﬀ İ'"]
CASED = ["upper", "lower", "title", "capitalize", "swapcase", "casefold"]
CLASSES = ["isalpha", "isalnum", "isdecimal", "isdigit", "isnumeric", "isspace", "isprintable", "isascii", "isidentifier", "istitle", "islower", "isupper"]
SAMPLES = ["''", "'abc'", "'ABC'", "'Abc Def'", "'a1'", "'123'", "'٣'", "'²'", "'½'", "'一'", "' \\t'", "'\\n'", "'é'", "'_x'", "'1x'", "'ǅ'", "'ª'", "'a b'", "'\\x00'", "'Ⅷ'"]

CASES = {
    "str_case": [f"{t}.{m}()" for m in CASED for t in TEXTS] + ["'a'.upper(1)", "'a'.lower(x=1)"],
    "str_classes": [f"{t}.{m}()" for m in CLASSES for t in SAMPLES],
    "str_search": [f"'abcabcä abc'.{m}({a})" for m in ["find", "rfind", "index", "rindex", "count", "startswith", "endswith"] for a in
                   ["'abc'", "'c'", "'ä'", "''", "'zz'", "'abc', 1", "'abc', 1, 5", "'abc', -3", "'', 20", "'', 11", "'abc', none, 4", "5", "", "'a', 'b'", "'abc', 4, 2", "('ab', 'a')", "('x', 1)"]],
    "str_split": [f"{t}.{m}({a})" for m in ["split", "rsplit"] for t in ["'a,b,,c'", "'  a  b\\tc\\n '", "'añb☃c'", "''"] for a in
                  ["", "','", "',', 1", "none, 1", "maxsplit=1", "sep=','", "' '", "',', -1", "',', 0", "none, 0", "'', 1", "1", "',', 'x'", "foo=1", "1, 2, 3"]] + [
        f"'ab-c\\nd\\r\\ne\\x0bf\\x85g\\u2028h'.splitlines({a})" for a in ["", "true", "keepends=true", "0", "1, 2"]] + [
        "'\\n'.splitlines()", "''.splitlines()", "'a\\n\\nb\\n'.splitlines()"] + [
        f"{t}.{m}({a})" for m in ["partition", "rpartition"] for t in ["'a-b-c'", "'abc'", "''"] for a in ["'-'", "''", "1", ""]] + [
        f"{s}.join({v})" for s in ["', '", "''"] for v in ["['a', 'b']", "'abc'", "('x',)", "[]", "{'a': 1, 'b': 2}", "[1]", "['a', none]", "5", "none", "range(2)", "missing", "['a', 'b']|map('upper')", ""]],
    "str_change": [
        "'aaa'.replace('a', 'b')", "'aaa'.replace('a', 'b', 2)", "'aaa'.replace('a', 'b', -1)", "'aaa'.replace('a', 'b', 0)", "'abc'.replace('', '-')", "'añ'.replace('', '-')", "'abc'.replace('', '-', 2)",
        "''.replace('', 'x')", "''.replace('', 'x', 0)", "''.replace('a', 'x')", "'a'.replace('a')", "'a'.replace(1, 2)", "'a'.replace('a', 2)", "'a'.replace('a', 'b', 'c')", "'a'.replace('a', 'b', 1, 2)",
        "'a'.replace('a', 'b', count=1)", "'  x \\n'.strip() ~ '|'", "'  x '.lstrip() ~ '|'", "'  x '.rstrip() ~ '|'", "'xxaxx'.strip('x')", "'xyaxy'.strip('yx')", "'éaé'.strip('é')", "'a'.strip(none)", "'a'.strip(1)",
        "'a'.strip('a', 'b')", "'\\u2003a\\xa0'.strip()", "'prefix_x'.removeprefix('prefix_')", "'x'.removeprefix('y')", "'x.sql'.removesuffix('.sql')", "'x'.removesuffix('')", "'x'.removeprefix(1)", "'x'.removeprefix()",
        "'x'.removesuffix('a', 'b')", "'a'.center(5) ~ '|'", "'ab'.center(5, '*')", "'a'.center(4, '*')", "'abc'.center(2)", "'é'.center(4, '☃')", "'a'.ljust(3) ~ '|'", "'a'.rjust(3, '.')", "'a'.ljust(3, 'ab')", "'a'.ljust(3, 1)", "'a'.ljust('x')",
        "'a'.ljust()", "'42'.zfill(5)", "'-42'.zfill(5)", "'+4'.zfill(4)", "''.zfill(2)", "'é'.zfill(3)", "'a'.zfill()", "'a'.zfill('x')", "'a\\tb'.expandtabs()", "'a\\tbc\\td'.expandtabs(4)", "'\\t\\ta'.expandtabs(0)", "'a\\n\\tb'.expandtabs(tabsize=2)",
        "'é\\tb'.expandtabs(4)", "'abc'.translate({97: 'x', 98: none, 99: 100})", "'abc'.translate({97: []})", "'abc'.translate({})", "'abc'.translate(1)", "'abc'.translate('abc')", "'abc'.maketrans('ab', 'xy')", "'abc'.maketrans({'a': 'b', 1: 2})",
        "'abc'.maketrans('ab', 'xy', 'c')", "'abc'.maketrans('ab', 'x')", "'abc'.maketrans({'ab': 1})", "'abc'.maketrans(1)", "'abc'.translate('abc'.maketrans('ab', 'xy', 'c'))", "'héé'.translate('x'.maketrans('é', 'e'))",
        "'abc'.encode()", "'é'.encode('utf-8')", "'é'.encode('latin-1')", "'abc'.encode()|length", "'abc'.encode().decode()", "'abc'.encode()[0]", "'é'.encode('ascii', 'ignore')"],
    "list_methods": [
        "{% set l = [3, 1, 2] %}{% do " + c + " %}{{ l }}" for c in
        ["l.append(4)", "l.append([1])", "l.extend([5, 6])", "l.extend('ab')", "l.extend({'a': 1})", "l.extend(l)", "l.extend(range(2))", "l.insert(0, 9)", "l.insert(-1, 9)", "l.insert(99, 9)", "l.insert(-99, 9)",
         "l.pop()", "l.pop(0)", "l.pop(-2)", "l.remove(1)", "l.sort()", "l.sort(reverse=true)", "l.sort(reverse=1)", "l.reverse()", "l.clear()", "l.append()", "l.append(1, 2)", "l.append(x=1)", "l.extend(5)", "l.extend(none)", "l.insert(1)", "l.insert('a', 1)",
         "l.pop(9)", "l.pop('a')", "l.pop(1, 2)", "l.remove(9)", "l.sort(1)", "l.sort(foo=1)", "l.sort(key='upper')", "l.copy().append(1)", "l.remove(3.0)"]] + [
        "[1, 2].append(3)", "[1, 2, 1].count(1)", "[1, 2, 1].index(1)", "[1, 2, 1].index(1, 1)", "[1, 2].index(9)", "[1, 2, 1].index(1, -1)", "[1].index(1, 5)", "[1, true, 1.0].count(1)", "[].pop()", "[1, 2].copy()", "[1].count()", "[1].copy(1)",
        "[3, 'a', 1].sort()", "[none, 1].sort()", "[[2], [1]].sort()", "(1, 2, 1).count(1)", "(1, 2, 1).index(2)", "(1,).index(5)", "(1,).count()", "{% set l = ['b', 'A', 'c'] %}{% do l.sort() %}{{ l }}", "{% set l = ['b', 'A', 'c'] %}{{ l.sort() }}",
        "{% set l = [2, 1.5, true] %}{% do l.sort() %}{{ l }}", "[1, 2] + [3]", "[1, 2] * 2", "2 * [1]", "[1] * -1", "(1,) + (2,)", "(1,) * 3", "[1] + (2,)"],
    "dict_methods": [
        "{% set d = {'a': 1, 'b': 2} %}{{ " + c + " }} {{ d }}" for c in
        ["d.get('a')", "d.get('x')", "d.get('x', 5)", "d.get('a', 5)", "d.get(1)", "d.get([])", "d.get()", "d.get('a', 1, 2)", "d.get('a', default=1)", "d.keys()", "d.values()", "d.items()", "d.keys()|list", "d.items()|list", "d.pop('a')", "d.pop('x')", "d.pop('x', none)",
         "d.pop()", "d.pop('a', 1, 2)", "d.popitem()", "d.setdefault('a', 9)", "d.setdefault('c', 9)", "d.setdefault('c')", "d.setdefault()", "d.update({'c': 3})", "d.update(c=3, a=9)", "d.update([('x', 1), ['y', 2]])", "d.update({'c': 1}, d=2)", "d.update(5)", "d.update([1])",
         "d.update([(1, 2, 3)])", "d.update({}, {})", "d.update('ab')", "d.update(none)", "d.copy()", "d.clear()", "d.keys(1)", "d.items(1)", "d.fromkeys([1, 2])", "d.fromkeys('ab', 0)", "d.fromkeys(5)", "d.fromkeys()", "d|length", "d.a.x.y", "d.keys()|length", "d.items()|first",
         "d.keys().isdisjoint(['z'])", "d.keys() == {'b': 1, 'a': 2}.keys()", "'a' in d.keys()", "d.values()|sum", "d.update(a=none)", "d.pop(1.5, 'gone')"]] + [
        "{}.popitem()", "{'a': 1}.keys()|first", "{% for k, v in {'a': 1, 'b': [2]}.items() %}{{ k }}={{ v }};{% endfor %}", "{% for k in {'a': 1, 'b': 2} %}{{ k }}{% endfor %}", "dict(a=1).a", "dict([1])", "dict(1)", "dict('ab')", "dict(['ab'])", "dict(1, 2)", "dict([['a', 1]], a=2)", "dict()",
        "dict(**{'a': 1})", "dict.fromkeys([1])", "{'a': 1, 'a': 2}", "{1: 'a', 1.0: 'b', true: 'c'}", "{'b': 1, 'a': 2}|list",
        "{% set d = {} %}{% for i in range(20) %}{% do d.update({i: i * i}) %}{% endfor %}{% do d.pop(3) %}{% do d.pop(0) %}{{ d }} {{ d[19] }} {{ 3 in d }} {{ d.get(7) }}",
        "{% set d = {} %}{% for i in range(12) %}{% do d.update({'k%02d' % i: i}) %}{% endfor %}{{ d.k11 }} {{ d['k05'] }} {{ d.pop('k05') }} {{ d.k05 is defined }} {{ d.k06 }} {{ d|length }}"],
    "number_methods": ["(5).bit_length()", "(-5).bit_length()", "(0).bit_length()", "(5).bit_count()", "(5).conjugate()", "true.bit_length()", "(5).real", "(5).imag", "(5).numerator", "(5).denominator", "(2.5).is_integer()", "(2.0).is_integer()", "(1.5).as_integer_ratio()",
                       "(0.1).as_integer_ratio()", "(3).as_integer_ratio()", "(1.5).hex()", "(-0.1).hex()", "(0.0).hex()", "(5e-324).hex()", "INF.is_integer()", "(1.5).conjugate()", "(2.5).real", "(2.5).imag", "(5).is_integer()", "(5).foo()", "(5).bit_length(1)", "(1.5).is_integer(1)"],
}
