"""Expressions: literals, operators, precedence, calls, subscripts."""


def each(prefix, expressions, context=None):
    return [(f"{prefix} {i}: {e}".replace("\n", " ")[:70].strip(), "{{ " + e + " }}", context) for i, e in enumerate(expressions)]


CTX = {
    "a": 1, "b": 2, "f": 1.5, "s": "hello", "l": [1, 2, 3], "d": {"x": 1, "y": {"z": "deep"}, "items": "shadow"}, "t": True,
    "n": None, "e": [], "nested": [[1, 2], [3, [4, 5]]], "u": "äöü€😀", "big": 9007199254740993,
}

CASES = (
    each("literal", [
        "1", "0", "00", "0_0", "1_000_000", "0x1F", "0X_ff", "0b101", "0o17", "0B1_0", "1.0", "1.5e3", "1e5", "1_0.2_5", "1E-3", "2.5e+2",
        "1_0e1_0", "true", "True", "false", "False", "none", "None", "'a'", '"a"', "'it\\'s'", '"q\\"q"', "'a' 'b' \"c\"", "''",
        "'\\n\\t\\\\|'", "'\\x41\\u00e9\\U0001F600'", "'\\101\\7x'", "'\\q\\d'", "'a\\\nb'", "'line\nbreak'", "[]", "[1]", "[1,]", "[1, 'a', none]",
        "()", "(1,)", "(1, 2)", "(1)", "1, 2", "1,", "{}", "{'a': 1}", "{'a': 1,}", "{1: 2, 'x': [3]}", "{'a': {'b': {}}}", "{a: b}",
        "'{{ x }}'", "'}}'", "'%}'", "1.5.real", "1 .real", "9223372036854775807", "'ünïcödé'", "'\\N'", "'\\x4'", "'\\u12'", "'\\U00110000'",
        "1__0", "1_", "0x", "0xg", "012", "1.", ".5", "1e", "1e+", "1..2", "'open", '"open', "1a", "1_a", "0b12", "0o8",
        "1.2.3", "1if 2", "1 if 2else 3", "99999999999.0", "1e100", "1e-10", "123456789012345678.0",
    ], CTX)
    + each("arithmetic", [
        "1 + 2", "1 + 2 * 3", "(1 + 2) * 3", "7 / 2", "7 // 2", "-7 // 2", "7 % 3", "-7 % 3", "2 ** 3", "2 ** 3 ** 2", "-2 ** 2", "2 ** -1",
        "2 ** 0.5", "1 - -1", "--1", "+-+1", "- 1", "-a", "+a", "a - b - 3", "8 / 2 / 2", "8 // 3 * 2", "7.5 // 2", "7.5 % 2", "1.0 * 3", "0.1 + 0.2",
        "1 / 0", "1 // 0", "1 % 0", "1.0 / 0", "'a' + 'b'", "'a' * 3", "3 * 'ab'", "[1] + [2]", "[1] * 2", "(1,) + (2,)", "'a' + 1", "1 + 'a'",
        "[1] + (2,)", "none + 1", "true + 1", "true + true", "not 1 + 1", "1 - 'a'", "'a' - 'b'", "-'a'", "+'a'", "-none", "'%s-%s' % (1, 'x')", "'%d%%' % 5",
        "1 + undefined_name", "undefined_name + 1", "-undefined_name", "undefined_name * 2", "undefined_name ** 2", "undefined_name % 2", "2 / undefined_name",
        "a * b + f", "f ** 2", "10 % 3.5", "2 ** 10", "-5 % -3", "5 // -2", "1_000 * 2", "big + 1", "{} + {}", "d + 1", "9 // 2.0", "-0.0", "1e308 * 10",
    ], CTX)
    + each("compare", [
        "1 == 1", "1 == 1.0", "1 == true", "1 == '1'", "1 != 2", "1 < 2", "2 <= 2", "3 > 2", "3 >= 4", "1 < 2 < 3", "1 < 3 < 2", "3 > 2 > 1 > 0", "1 < 2 > 1",
        "1 == 1 == true", "'a' < 'b'", "'a' < 1", "1 < 'a'", "[1, 2] < [1, 3]", "(1, 2) == (1, 2)", "[1] == (1,)", "none == none", "none < 1", "none == false",
        "1 in [1, 2]", "3 in [1, 2]", "3 not in [1, 2]", "'a' in 'abc'", "1 in 'abc'", "'x' in d", "'q' in d", "1 in 5", "none in none", "1 in undefined_name",
        "undefined_name == undefined_other", "undefined_name == none", "undefined_name < 1", "undefined_name in [1]", "not undefined_name", "not 1 == 2", "not (1 == 2) and true",
        "1 in [1] in [[1]]", "not 1 in [1]", "1 is defined and 2", "'a' ~ 'b' == 'ab'", "1 + 1 == 2", "1 < 2 and 2 < 3", "{'a':1} == {'a':1}", "[] == []", "[1,[2]] == [1,[2]]",
        "{} < {}", "true < 2", "'b' > 'a' > 'A'", "1 = 2", "1 <> 2", "1 === 1", "1 !== 2", "! true", "true && false", "true || false", "1 not 2", "not", "1 in", "a is in l", "2 is in [2]",
    ], CTX)
    + each("logic", [
        "1 and 2", "0 and 2", "1 or 2", "0 or 2", "'' or 'x'", "none or 0", "[] and 1", "not 0", "not ''", "not not 1", "1 or 1 / 0", "0 and 1 / 0", "1 and 0 or 3", "1 or 0 and 0",
        "not 1 or 1", "undefined_name or 'd'", "undefined_name and 'd'", "1 if true", "1 if false", "1 if false else 2", "1 if 0 else 2 if 0 else 3", "(1 if 0 else 2) + 1", "1 if true else 1 / 0",
        "'x' if undefined_name else 'y'", "[1 if t else 2, 3]", "(1 if false) is defined", "(1 if false) + 1", "1 if", "1 else 2", "if 1", "a if t else b if n else s", "1, 2 if false else 3",
        "1 if true if false", "(1 if false).x", "1 if false if true", "1 or 2 if 0 else 3",
    ], CTX)
    + each("concat", [
        "1 ~ 2", "'a' ~ 1 ~ none ~ 1.5 ~ true", "1 ~ 2 + 3", "1 + 2 ~ 3", "2 * 3 ~ 4", "1 ~ 2 * 3", "'a' ~ [1, 'b']", "'a' ~ undefined_name", "'x' ~ {'a': 1}", "1 ~ -2", "'a' ~ 'b'|upper",
        "('a' ~ 'b')|upper", "a ~ b ~ s ~ f", "~ 1", "1 ~", "'a' ~ (1, 2)", "1 ~ 2 == '12'", "1 ~ 2 ** 3",
    ], CTX)
    + each("subscript", [
        "l[0]", "l[-1]", "l[5]", "l['a']", "l.0", "l.1 + l.2", "nested.1.1.0", "nested[1][1][1]", "nested.0[1]", "d.x", "d['x']", "d.y.z", "d['y']['z']", "d.items", "d['items']", "d.missing",
        "d['missing']", "d.missing.more", "d['missing']['more']", "d.missing + 1", "d.missing()", "s[0]", "s[-1]", "s[99]", "s.0", "s.upper()", "s['upper']()", "s.missing", "s.missing.x", "n.x", "n.x.y", "a.x", "a.x.y",
        "l[1:]", "l[:1]", "l[:]", "l[::2]", "l[::-1]", "l[1:2]", "l[-2:]", "l[5:]", "l[::0]", "l['a':]", "s[1:3]", "s[::-1]", "u[1:4]", "u[4]", "d[1:]", "n[1:]", "a[0]", "a[1:]", "undefined_name[0]", "undefined_name.x",
        "undefined_name['x']", "undefined_name[1:]", "l[a]", "l[a, b]", "d[[1]]", "{'a': [1, 2]}['a'][1]", "{'a': 1}.a", "[1, 2, 3][1]", "(1, 2)[0]", "'abc'[1]", "'abc'.1", "l.x", "l.append", "d.keys()", "d.get('x')",
        "d.get('q', 5)", "s.__class__", "s._private", "d.__class__", "l.0.1", "l[]", "l[1", "l.", "l..0", "l.-1", "l.'a'", "(1, 2, 3)[1:]", "l[true]", "l[1.0]", "l[none]", "{(1, 2): 'tuple'}[1, 2]", "{1: 'one', true: 'yes'}",
        "l[1:2:3:4]", "l[1:2, 3]", "'a'.b.c", "1.x", "l[ 0 ]", "d . x", "d\n.x", "u|length", "u[-1]", "u.encode",
    ], CTX)
    + each("call", [
        "range(3)|list", "range(1, 3)|list", "range(0, 10, 3)|list", "s.replace('l', 'L')", "s.replace('l', 'L', 1)", "'{} {}'.format(1, 2)", "'{a}'.format(a=1)", "dict(a=1, b=2)", "dict({'a': 1}, b=2)", "undefined_name()",
        "undefined_name(1, a=2)", "undefined_name.method(1)", "d.missing(1)", "s()", "n()", "1()", "l()", "'%s' % s.upper()", "dict(**{'a': 1})", "range(*[1, 4])|list", "range(*(1, 4), **{})|list", "dict(**d)", "range(*5)", "dict(**5)", "dict(**[1])",
        "dict(a=1, **{'a': 2})", "s.upper().lower()", "s.upper() ~ s.lower()", "s.split('l')[0]", "namespace(a=1).a", "namespace().a", "namespace(a=1)", "range(1,)|list", "range(3)[1]", "range(3) is iterable", "dict(a=1, a=2)", "f(a=1, 2)", "range(*[1], 4)|list",
        "range(**{}, *[3])|list", "range(1 2)", "range(,)", "range(1", "range)", "s.upper", "dict(a=)", "dict(1=2)", "(range)(3)|list", "[range][0](3)|list", "{'f': range}.f(2)|list", "range(3) | length", "range()", "range(1, 2, 3, 4)", "range('a')",
        "dict(a=1).a", "joiner(',')()", "cycler(1, 2).next()", "dict(class=1)", "dict(for=1, if=2)", "s.join(['1', '2'])", "s.nothing()", "l.nothing()", "d.x()", "'x'.format", "a()", "range(2).x", "range(1)(2)",
    ], CTX)
    + each("filter and test", [
        "s|upper", "s | upper | lower", "s|upper ~ 'x'", "s|replace('l', 'L')", "s|replace(old='l', new='L')", "l|join(', ')", "l|join", "-1|abs", "-a|abs", "(-a)|abs", "1 + 2|float", "'a,b'.split(',')|join('-')", "s|nofilter", "s|upper|nofilter", "s is nosuchtest",
        "s is string", "s is not string", "a is number", "a is odd", "b is even", "a is not odd", "4 is divisibleby 2", "4 is divisibleby(3)", "n is none", "undefined_name is defined", "undefined_name is undefined", "undefined_name is not defined", "a is sameas 1",
        "a is eq 1", "a is eq(1)", "a is equalto b", "a is lt b", "a is gt(b) or true", "a is in [1, 2]", "a is not in [1, 2]", "s is in 'hello world'", "t is true", "t is boolean", "d is mapping", "l is sequence", "l is iterable", "s is upper", "s is lower",
        "a is odd is even", "a is odd and b is even", "a is odd or b", "not a is odd", "a is defined ~ 'x'", "(a is defined) ~ 'x'", "a is divisibleby b + 1", "a is divisibleby b.real", "a is eq l[0]", "a is eq -1", "a is", "a is not", "a is 1", "a is 'x'", "s|", "s|1", "s|'upper'", "|upper",
        "s|upper()", "s|default('x')", "undefined_name|default('x')", "undefined_name|default", "undefined_name|upper", "none|default('x', true)", "'' |default('x', boolean=true)", "undefined_name.x|default('d')", "d.missing|default('d')", "s|upper.lower", "s|upper[0]", "(s|upper)[0]", "s.upper()|first", "l|first + 1",
        "l|map('string')|join('-')", "l|select('odd')|list", "[3, 1, 2]|sort", "s|nofilter if false else 'ok'", "s|nofilter if true else 'ok'", "'ok' if true else s|nofilter", "1 if s is nosuchtest else 2", "s|length", "s|length > 3", "s|length == 5 and true", "s|replace('h','j')|upper", "s|trim('h')", "a|string + 'x'",
        "s|truncate(3, *[true])", "s|replace(**{'old': 'l', 'new': 'x'})", "a is filter", "'upper' is filter", "'odd' is test", "s is test", "[1,2]|sum", "{'b':1,'a':2}|dictsort", "s|upper(1)", "4 is divisibleby", "4 is divisibleby()", "4 is divisibleby(1, 2)",
    ], CTX)
    + each("syntax", [
        "", " ", ",", "1 2", "a b", "a..b", "(", ")", "[", "]", "{", "(1", "[1, 2", "{'a': 1", "{'a'}", "{'a': }", "{: 1}", "[,]", "(,)", "1 +", "+ ", "* 1", "a.", "a.1.b", "a[", "a |", "$a", "a @ b", "a ? b", "a; b", "a & b", "a ^ b", "`a`", "a \\ b", "#", "a # b", "%", "a %", "a := 1", "a = 1", "lambda: 1", "[x for x in l]",
        "(1]", "[1)", "{'a': (1}", "a)", "a]", "((1)", "(((((((((1)))))))))", "[[[[[[1]]]]]]", "not not not true", "- - - 1", "a.b.c.d", "é", "名前", "a·b", "ⅷ", "_", "__", "_a", "a1", "loop", "true.x", "none.x", "True", "TRUE", "Null", "nil", "and", "or", "in", "is", "not", "if", "else", "for", "set", "a if b else", "a is not in", "a not", "1not", "'a' 1", "1 'a'",
        "x.y = 1", "(1, 2", "1, 2, ", "{'a': 1, 'b' 2}", "{'a': 1 'b': 2}", "{**d}", "[*l]", "(*l)", "a.*b", "a, , b", "a\t+\nb", "a\r\n+ b", "\u00a0a", "a\u2028", "a\u00ad",
    ], CTX)
)
