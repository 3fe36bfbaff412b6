#include <doctest/doctest.h>
#include <pthread.h>

#include "jinja/jinja_helper.h"

namespace modelc::jinja {
namespace {

using test::Templates;

/// A context whose macros are bound ones, as a caller of the engine has them.
class MacroContext : public Context {
 public:
  void add_macros(const TemplatePtr& tmpl) {
    for (const MacroInfo& macro : tmpl->macros())
      names.as_dict().set(macro.name, bind_macro(tmpl, macro.index, *this, &macro, macro.name));
  }
  bool lookup(std::string_view name, Value& out) override {
    const Value* found = names.as_dict().find(name);
    if (!found) return false;
    out = *found;
    return true;
  }
  Value names = Value::dict();
};

std::string render_with(Templates& t, MacroContext& context, std::string text, const RenderOptions& options = {}) {
  return render(*t.compile(std::move(text)), context, options).text;
}

TEST_CASE("a bound macro sees its context only") {
  Templates t;
  MacroContext context;
  context.add_macros(
      t.compile("{% set x = 'module' %}{% macro a() %}{{ x }}{{ b() }}{% endmacro %}{% macro b() %}b{% endmacro %}"));
  context.names.as_dict().set("x", "context ");
  CHECK(render_with(t, context, "{{ a() }}") == "context b");
  context.names.as_dict().set("b", Value::function("b", [](State&, CallArgs&) { return Value("other"); }));
  CHECK(render_with(t, context, "{{ a() }}") == "context other");
}

TEST_CASE("a parameter that a macro never reads is known as such") {
  Templates t;
  const auto reads = [&](std::string body) {
    const TemplatePtr tmpl = t.compile("{% macro m(a, node) %}" + body + "{% endmacro %}");
    return reads_parameter(*tmpl, 0, 1);
  };
  CHECK_FALSE(reads("{{ a }} node {{ a.node }} {{ f(node=a) }}"));
  CHECK_FALSE(reads("{% for a in b %}{{ a }}{% endfor %}"));
  CHECK(reads("{{ node }}"));
  CHECK(reads("{% if a and node.version %}v{% endif %}"));
  CHECK(reads("{% for x in node.tags %}{{ x }}{% endfor %}"));
  CHECK(reads("{% for x in a recursive %}{{ node }}{{ loop(x) }}{% endfor %}"));
  CHECK(reads("{% set node = node.name %}"));
  CHECK(reads("{% macro inner() %}{{ node }}{% endmacro %}{{ inner() }}"));
  CHECK(reads("{% call a() %}{{ node }}{% endcall %}"));
  CHECK(reads("{% include 'x' %}"));
  CHECK_FALSE(reads_parameter(*t.compile("{% macro m(a) %}{{ node }}{% endmacro %}"), 0, 1));
}

TEST_CASE("a bound macro assigns names that its file knows") {
  Templates t;
  MacroContext context;
  context.add_macros(t.compile(
      "{% macro x() %}{% endmacro %}{% macro a(f) %}{% if f %}{% set x = 1 %}{% endif %}[{{ x }}]{% endmacro %}"));
  context.names.as_dict().set("x", "ctx");
  CHECK(render_with(t, context, "{{ a(true) }}{{ a(false) }}") == "[1][ctx]");
}

TEST_CASE("a bound macro's call blocks close over it") {
  Templates t;
  MacroContext context;
  context.add_macros(t.compile(
      "{% macro wrap() %}<{{ caller() }}>{% endmacro %}"
      "{% macro a(p) %}{% set q = p + 1 %}{% call wrap() %}{{ p }}{{ q }}{{ z }}{% endcall %}{% endmacro %}"));
  context.names.as_dict().set("z", "Z");
  CHECK(render_with(t, context, "{{ a(1) }}{{ a(5) }}") == "<12Z><56Z>");
}

TEST_CASE("return ends the macro") {
  for (Value give : {test::return_function(), test::throwing_return_function()}) {
    Templates t;
    MacroContext context;
    context.names.as_dict().set("return", give);
    context.add_macros(
        t.compile("{% macro list() %}text{{ return([1, 2]) }}more{% endmacro %}"
                  "{% macro loop() %}{% for x in [1, 2, 3] %}{% set s %}{% if x == 2 %}{{ return(x * 10) }}{% endif "
                  "%}{% endset %}{{ x }}{% endfor %}{% endmacro %}"
                  "{% macro in_do() %}{% do return('done') %}no{% endmacro %}"
                  "{% macro filtered() %}{{ return(none)|upper }}{% endmacro %}"
                  "{% macro wrap() %}w{{ caller() }}w{% endmacro %}"
                  "{% macro through() %}a{% call wrap() %}{{ return('from caller') }}{% endcall %}b{% endmacro %}"
                  "{% macro outer() %}({{ list()[1] }}){{ return(list()) }}{% endmacro %}"
                  "{% macro argument() %}{{ [return(7)] }}{% endmacro %}"));
    CHECK(render_with(t, context, "{{ list() }}|{{ list()|length }}") == "[1, 2]|2");
    CHECK(render_with(t, context, "{{ loop() + 1 }}") == "21");
    CHECK(render_with(t, context, "{{ in_do() }}") == "done");
    CHECK(render_with(t, context, "{{ filtered() is none }}") == "True");
    CHECK(render_with(t, context, "{{ through() }}") == "afrom callerb");
    CHECK(render_with(t, context, "{{ outer() }}") == "[1, 2]");
    CHECK(render_with(t, context, "{{ argument() + 1 }}") == "8");
    CHECK(render_with(t, context, "a{% set x %}b{{ return(1) }}{% endset %}c") == "a");
    CHECK(render_with(t, context, "{% macro m() %}x{{ return(5) }}{% endmacro %}{{ m() + 1 }}") == "6");
  }
}

TEST_CASE("return passes native code on its way") {
  for (Value give : {test::return_function(), test::throwing_return_function()}) {
    Templates t;
    MacroContext context;
    context.names.as_dict().set("return", give);
    context.names.as_dict().set("apply", Value::function("apply", [](State& state, CallArgs& args) {
                                  CallArgs none;
                                  Value result = call(state, args.positional[0], none);
                                  return Value("applied " + to_str(result));
                                }));
    context.add_macros(
        t.compile("{% macro five() %}{{ return(5) }}{% endmacro %}"
                  "{% macro direct() %}{{ apply(five) }}!{% endmacro %}"
                  "{% macro hand() %}{{ apply(caller) }}!{% endmacro %}"
                  "{% macro crossing() %}{% call hand() %}{{ return('crossed') }}{% endcall %}.{% endmacro %}"));
    CHECK(render_with(t, context, "{{ direct() }}") == "applied 5!");
    CHECK(render_with(t, context, "{{ crossing() }}") == "crossed.");
  }
}

TEST_CASE("values are called from C++") {
  Templates t;
  MacroContext context;
  context.names.as_dict().set("return", test::return_function());
  context.add_macros(t.compile(
      "{% macro a(x, y=2) %}{{ x }}-{{ y }}{% endmacro %}{% macro b() %}{{ return({'k': 1}) }}{% endmacro %}"));
  CallArgs args;
  args.positional.push_back(1);
  args.named.emplace_back("y", 5);
  CHECK(to_str(call_value(context.names.get("a"), args, context)) == "1-5");
  CHECK(to_repr(call_value(context.names.get("b"), {}, context)) == "{'k': 1}");
  CHECK_THROWS_AS(call_value(Value(1), {}, context), Error);
}

TEST_CASE("expressions are evaluated") {
  Templates t;
  DictContext context(Value::dict({{"a", 2}}));
  auto value = [&](std::string text) {
    return evaluate(*compile_expression(*t.sources.add("e", std::move(text))), context);
  };
  CHECK(to_repr(value("[a, a * 2, 'x' if a]")) == "[2, 4, 'x']");
  CHECK(value("nothing").is_undefined());
  CHECK_THROWS_AS(value("1 2"), Error);
  CHECK_THROWS_AS(value(""), Error);
}

struct Recorder : CallObserver {
  std::string log;
  void enter(const void* tag, size_t depth) override {
    log += "+" + static_cast<const MacroInfo*>(tag)->name + std::to_string(depth);
  }
  void leave(const void* tag) override { log += "-" + static_cast<const MacroInfo*>(tag)->name; }
};

TEST_CASE("an observer sees bound macros come and go") {
  Templates t;
  MacroContext context;
  context.add_macros(
      t.compile("{% macro a() %}{{ b() }}{{ b() }}{% endmacro %}{% macro b() %}x{% endmacro %}{% macro bad() %}{{ b() "
                "}}{{ 1 / 0 }}{% endmacro %}"));
  Recorder recorder;
  RenderOptions options;
  options.observer = &recorder;
  render_with(t, context, "{{ a() }}{% macro own() %}{{ b() }}{% endmacro %}{{ own() }}", options);
  CHECK(recorder.log == "+a0+b1-b+b1-b-a+b0-b");
  recorder.log.clear();
  CHECK_THROWS_AS(render_with(t, context, "{{ bad() }}", options), Error);
  CHECK(recorder.log == "+bad0+b1-b-bad");
}

TEST_CASE("errors name the macros on the way, innermost first") {
  Templates t;
  MacroContext context;
  context.add_macros(
      t.compile("{% macro inner() %}{{ 1 / 0 }}{% endmacro %}{% macro outer() %}{{ inner() }}{% endmacro %}"));
  try {
    render_with(t, context, "select {{ outer() }}");
    FAIL("no error");
  } catch (const Error& error) {
    const Diagnostic& d = error.diagnostic();
    CHECK(d.message == "division by zero");
    CHECK(d.span.text() == "1 / 0");
    REQUIRE(d.notes.size() == 2);
    CHECK(d.notes[0].message == "called from macro outer here");
    CHECK(d.notes[0].span.text() == "inner()");
    CHECK(d.notes[1].message == "called from here");
    CHECK(d.notes[1].span.text() == "outer()");
  }
}

TEST_CASE("errors of native functions get their place once, through native calls too") {
  Templates t;
  MacroContext context;
  context.names.as_dict().set("apply", Value::function("apply", [](State& state, CallArgs& args) {
                                CallArgs none;
                                return call(state, args.positional[0], none);
                              }));
  context.add_macros(
      t.compile("{% macro bad() %}{{ nothing.x }}{% endmacro %}{% macro mid() %}{{ apply(bad) }}{% endmacro %}"));
  try {
    render_with(t, context, "{{ mid() }}");
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.diagnostic().message == "'nothing' is undefined");
    CHECK(error.diagnostic().span.text() == "nothing.x");
    REQUIRE(error.diagnostic().notes.size() == 2);
    CHECK(error.diagnostic().notes[0].span.text() == "apply(bad)");
    CHECK(error.diagnostic().notes[1].span.text() == "mid()");
  }
}

TEST_CASE("wrong arguments are the caller's fault") {
  Templates t;
  Diagnostic d = t.fail("{% macro m(a) %}x{% endmacro %}\n{{ m(1, 2) }}");
  CHECK(d.message == "macro 'm' takes not more than 1 argument(s)");
  CHECK(d.span.text() == "m(1, 2)");
}

// ---- limits -------------------------------------------------------------------------------------------------------

TEST_CASE("endless recursion ends") {
  Templates t;
  Diagnostic d = t.fail("{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}");
  CHECK(d.code == "jinja/limit-depth");
  CHECK(d.notes.size() >= 400);
  CHECK(t.render("{% macro m(n) %}{% if n %}{{ m(n - 1) }}{% endif %}{{ n }}{% endmacro %}{{ m(390)|length }}") != "");
}

void* recurse_through_native_code(void* out) {
  Templates t;
  Value context = Value::dict();
  context.as_dict().set("apply", Value::function("apply", [](State& state, CallArgs& args) {
                          CallArgs inner;
                          for (size_t i = 1; i < args.positional.size(); ++i)
                            inner.positional.push_back(args.positional[i]);
                          return call(state, args.positional[0], inner);
                        }));
  RenderOptions options;
  options.limits.max_depth = 100000;
  *static_cast<Diagnostic*>(out) =
      t.fail("{% macro m(n) %}{{ apply(m, n + 1) }}{% endmacro %}{{ m(0) }}", context, options);
  return nullptr;
}

TEST_CASE("recursion through native code ends before a small stack does") {
  Diagnostic d;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, size_t{1} << 20);
  pthread_t thread;
  REQUIRE(pthread_create(&thread, &attributes, recurse_through_native_code, &d) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  CHECK(d.code == "jinja/limit-depth");
}

TEST_CASE("steps and output are bounded") {
  Templates t;
  RenderOptions options;
  options.limits.max_steps = 10000;
  CHECK(t.fail("{% for x in range(1000) %}{% for y in range(1000) %}{% endfor %}{% endfor %}", Value::dict(), options)
            .code == "jinja/limit-steps");
  CHECK(t.fail("{% set l = [1] %}{% for x in l %}{% do l.append(1) %}{% endfor %}", Value::dict(), options).code ==
        "jinja/limit-steps");
  options.limits.max_output = 100;
  CHECK(t.fail("{% for x in range(100) %}abc{% endfor %}", Value::dict(), options).code == "jinja/limit-output");
  CHECK(t.fail("{{ 'x' * 1000 }}", Value::dict(), options).code == "jinja/limit-output");
  options.limits.max_depth = 5;
  CHECK(t.fail("{% for x in y recursive %}{{ loop(y) }}{% endfor %}", Value::dict({{"y", Value::list({1})}}), options)
            .code == "jinja/limit-depth");
}

TEST_CASE("includes that never end are bounded") {
  Templates t;
  RenderOptions options;
  options.loader = [&](std::string_view) { return t.compile("{% include 'x' %}"); };
  CHECK(t.fail("{% include 'x' %}", Value::dict(), options).code == "jinja/limit-depth");
  options.loader = [&](std::string_view) { return t.compile("{% import 'x' as y %}"); };
  CHECK(t.fail("{% import 'x' as y %}", Value::dict(), options).code == "jinja/limit-depth");
  options.loader = [&](std::string_view) { return t.compile("{% extends 'x' %}"); };
  CHECK(t.fail("{% extends 'x' %}", Value::dict(), options).code == "jinja/limit-depth");
}

TEST_CASE("undefined modes") {
  Templates t;
  RenderOptions options;
  options.undefined = UndefinedMode::chainable;
  CHECK(t.render("[{{ a.b.c['d'](1).e }}]{% for x in a.b %}{% endfor %}", Value::dict(), options) == "[]");
  CHECK(t.fail("{{ a.b + 1 }}", Value::dict(), options).message == "'b' is undefined");
  options.undefined = UndefinedMode::strict;
  CHECK(t.fail("{{ a }}", Value::dict(), options).message == "'a' is undefined");
  CHECK(t.fail("{% if a %}{% endif %}", Value::dict(), options).message == "'a' is undefined");
  CHECK(t.fail("{% for x in a %}{% endfor %}", Value::dict(), options).message == "'a' is undefined");
  CHECK(t.fail("{{ a ~ 'x' }}", Value::dict(), options).message == "'a' is undefined");
  CHECK(t.render("{{ a is defined }}", Value::dict(), options) == "False");
}

TEST_CASE("the state knows names, caller and stack") {
  Templates t;
  MacroContext context;
  std::string seen;
  context.names.as_dict().set("outside", "o");
  context.names.as_dict().set("look", Value::function("look", [&](State& state, CallArgs& args) {
                                seen = to_str(state.lookup(args.positional[0].as_string()));
                                for (const CallFrame& frame : state.call_stack())
                                  seen += "/" + std::string(frame.macro) + ":" + std::string(frame.call_site.text());
                                seen += state.caller().is_undefined() ? "" : "+caller";
                                seen += "@" + std::string(state.current_span().text());
                                return Value("");
                              }));
  context.add_macros(t.compile("{% macro m(p) %}{{ look('p') }}{{ caller }}{% endmacro %}"));
  render_with(t, context, "{% set x = 1 %}{{ look('x') }}");
  CHECK(seen == "1/:@look('x')");
  render_with(t, context, "{{ look('outside') }}{{ look('range') }}");
  CHECK(seen.starts_with("<"));
  render_with(t, context, "{% call m(7) %}{% endcall %}");
  CHECK(seen == "7/m:m(7)/:+caller@look('p')");
}

// ---- provenance ---------------------------------------------------------------------------------------------------

/// The origin of each byte of the output: its source text, or for a value's text its expression in angle brackets.
std::string origins(const Rendered& rendered) {
  std::string out;
  Span last;
  for (uint32_t i = 0; i < rendered.text.size(); ++i) {
    Span origin = rendered.map->origin(i);
    bool verbatim = origin.end - origin.begin == 1 && origin.text() == rendered.text.substr(i, 1);
    if (verbatim)
      out += origin.text();
    else if (!(origin == last))
      out += "<" + std::string(origin.text()) + ">";
    last = origin;
  }
  return out;
}

std::string traced(std::string text, Value names = Value::dict()) {
  Templates t;
  MacroContext context;
  context.names = std::move(names);
  context.names.as_dict().set("return", test::return_function());
  context.add_macros(t.compile(
      "{% macro m(v) %}m[{{ v }}]{% endmacro %}{% macro r() %}{% set s %}kept{% endset %}{{ return(s) }}{% endmacro %}"
      "{% macro w() %}w({{ caller() }}){% endmacro %}"));
  RenderOptions options;
  options.trace = true;
  return origins(render(*t.compile(std::move(text)), context, options));
}

TEST_CASE("every byte knows where it came from") {
  CHECK(traced("select {{ 10 + 5 }} from t") == "select <10 + 5> from t");
  CHECK(traced("a {{ m(42) }} b") == "a m[<v>] b");
  CHECK(traced("{% set x %}in {{ 10 * 3 }}{% endset %}a{{ x }}b") == "ain <10 * 3>b");
  CHECK(traced("{{ r() }}!") == "kept!");
  CHECK(traced("{% call w() %}body {{ 1.5 }}{% endcall %}") == "w(body <1.5>)");
  CHECK(traced("{% set a = m(10) %}{% set b = m(20) %}{{ a ~ ' and ' ~ b }}") == "m[<v>]<a ~ ' and ' ~ b>m[<v>]");
  CHECK(traced("{{ m(10)|upper }}") == "<m(10)|upper>");
  CHECK(traced("{% filter upper %}abc{% endfilter %}") == "<{% filter upper>");
  CHECK(traced("{% for i in [10, 20] %}x{{ i }},{% endfor %}") == "x<i>,x<i>,");
  CHECK(traced("{% macro own() %}own{{ 11 }}{% endmacro %}{{ own() }}{% do own() %}{{ own() }}") == "own<11>own<11>");
  CHECK(traced("a\r\nb") == "a\nb");
  CHECK(traced("a\rb") == "a<\r>b");
}

TEST_CASE("a render without trace has no map") {
  Templates t;
  DictContext context(Value::dict());
  CHECK(render(*t.compile("x{{ 1 }}"), context).map == nullptr);
}

TEST_CASE("templates are shared by threads") {
  Templates t;
  auto tmpl = t.compile(
      "{% macro m(x) %}<{{ x }}{{ y }}>{% endmacro %}{% for i in range(200) %}{% call(c) m(i) %}{% endcall %}{{ m('k') "
      "}}{% endfor %}");
  // `m` takes no caller: the error comes from every thread alike.
  auto good = t.compile(
      "{% macro m(x) %}<{{ x }}{{ y }}>{% endmacro %}{% for i in range(200) %}{{ m(i) }}{{ 'const' }}{% endfor %}");
  std::vector<std::string> results(4);
  std::vector<pthread_t> threads(4);
  struct Job {
    const Template* tmpl;
    std::string* out;
  };
  std::vector<Job> jobs;
  for (auto& result : results) jobs.push_back({good.get(), &result});
  for (size_t i = 0; i < threads.size(); ++i) {
    pthread_create(
        &threads[i], nullptr,
        [](void* arg) -> void* {
          auto* job = static_cast<Job*>(arg);
          DictContext context(Value::dict({{"y", "y"}}));
          *job->out = render(*job->tmpl, context).text;
          return nullptr;
        },
        &jobs[i]);
  }
  for (pthread_t& thread : threads) pthread_join(thread, nullptr);
  for (const std::string& result : results) CHECK(result == results[0]);
  CHECK(results[0].starts_with("<0y>const<1y>"));
}

}  // namespace
}  // namespace modelc::jinja
