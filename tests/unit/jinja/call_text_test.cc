#include "jinja/call_text.h"

#include <doctest/doctest.h>

using namespace modelc;

namespace {

using Keywords = std::vector<std::pair<std::string, std::string>>;

Keywords keywords(std::string text) { return jinja::call_keywords(SourceFile("x.sql", std::move(text))); }

}  // namespace

TEST_CASE("arguments of a call are written as Python's Jinja2 prints its tree") {
  CHECK(keywords("config(a=env_var('X'), b=[1, 2.5, 'x'], c={'k': v.w, 'l': m['n']})") ==
        Keywords{
            {"a",
             "Keyword(key='a', value=Call(node=Name(name='env_var', ctx='load'), args=[Const(value='X')], kwargs="
             "[], dyn_args=None, dyn_kwargs=None))"},
            {"b", "Keyword(key='b', value=List(items=[Const(value=1), Const(value=2.5), Const(value='x')]))"},
            {"c",
             "Keyword(key='c', value=Dict(items=[Pair(key=Const(value='k'), value=Getattr(node=Name(name='v', ctx"
             "='load'), attr='w', ctx='load')), Pair(key=Const(value='l'), value=Getitem(node=Name(name='m', ctx="
             "'load'), arg=Const(value='n'), ctx='load'))]))"},
        });
  CHECK(keywords("config(a=x if y else none, b=not z, c=-n, d=a + b * c // d, e=a ~ 'b' ~ c)") ==
        Keywords{
            {"a",
             "Keyword(key='a', value=CondExpr(test=Name(name='y', ctx='load'), expr1=Name(name='x', ctx='load'), "
             "expr2=Const(value=None)))"},
            {"b", "Keyword(key='b', value=Not(node=Name(name='z', ctx='load')))"},
            {"c", "Keyword(key='c', value=Neg(node=Name(name='n', ctx='load')))"},
            {"d",
             "Keyword(key='d', value=Add(left=Name(name='a', ctx='load'), right=FloorDiv(left=Mul(left=Name(name="
             "'b', ctx='load'), right=Name(name='c', ctx='load')), right=Name(name='d', ctx='load'))))"},
            {"e",
             "Keyword(key='e', value=Concat(nodes=[Name(name='a', ctx='load'), Const(value='b'), Name(name='c', c"
             "tx='load')]))"},
        });
  CHECK(keywords("config(a=x|default('y', boolean=true), b=p is defined, c=1 < q <= 3 and r not in s, d=(t, "
                 "u), e=f(*g, **h), i=j[1:k])") ==
        Keywords{
            {"a",
             "Keyword(key='a', value=Filter(node=Name(name='x', ctx='load'), name='default', args=[Const(value='y"
             "')], kwargs=[Keyword(key='boolean', value=Const(value=True))], dyn_args=None, dyn_kwargs=None))"},
            {"b",
             "Keyword(key='b', value=Test(node=Name(name='p', ctx='load'), name='defined', args=[], kwargs=[], dy"
             "n_args=None, dyn_kwargs=None))"},
            {"c",
             "Keyword(key='c', value=And(left=Compare(expr=Const(value=1), ops=[Operand(op='lt', expr=Name(name='"
             "q', ctx='load')), Operand(op='lteq', expr=Const(value=3))]), right=Compare(expr=Name(name='r', ctx="
             "'load'), ops=[Operand(op='notin', expr=Name(name='s', ctx='load'))])))"},
            {"d",
             "Keyword(key='d', value=Tuple(items=[Name(name='t', ctx='load'), Name(name='u', ctx='load')], ctx='l"
             "oad'))"},
            {"e",
             "Keyword(key='e', value=Call(node=Name(name='f', ctx='load'), args=[], kwargs=[], dyn_args=Name(name"
             "='g', ctx='load'), dyn_kwargs=Name(name='h', ctx='load')))"},
            {"i",
             "Keyword(key='i', value=Getitem(node=Name(name='j', ctx='load'), arg=Slice(start=Const(value=1), sto"
             "p=Name(name='k', ctx='load'), step=None), ctx='load'))"},
        });
  CHECK(keywords("other").empty());
  CHECK(keywords("config('x')").empty());
}
