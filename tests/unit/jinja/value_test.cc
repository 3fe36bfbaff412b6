#include "jinja/value.h"

#include <doctest/doctest.h>

#include <cmath>
#include <thread>

#include "base/diagnostic.h"
#include "jinja/filters.h"
#include "jinja/identical.h"
#include "jinja/render.h"
#include "jinja/set.h"

namespace modelc::jinja {
namespace {

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.diagnostic().code + ": " + error.diagnostic().message;
  }
  return "no error";
}

TEST_CASE("identical is stricter than equal, and its hash agrees") {
  auto same = [](const Value& a, const Value& b) {
    if (identical(a, b)) CHECK(identical_hash(a) == identical_hash(b));
    return identical(a, b);
  };
  auto nested = [](Value v) {
    return Value::dict({{"a", Value::list({Value(1), std::move(v)})}, {"b", Value::none()}});
  };
  CHECK(same(nested("x"), nested("x")));
  CHECK(!same(nested("x"), nested("y")));
  CHECK(equals(Value(1), Value(true)));
  CHECK(!same(Value(1), Value(true)));
  CHECK(!same(Value(1), Value(1.0)));
  CHECK(!same(Value(0.0), Value(-0.0)));
  CHECK(!same(Value::dict({{"a", Value(1)}, {"b", Value(2)}}), Value::dict({{"b", Value(2)}, {"a", Value(1)}})));
  CHECK(!same(Value("x"), Value(std::string("x"), StringKind::markup)));
  CHECK(!same(Value("x"), Value::traced_string("x", std::make_shared<SpanMap>())));
  CHECK(same(Value(), Value()));
  CHECK(!same(Value(), Value::none()));
}

TEST_CASE("a value is 16 bytes and moves without leaving anything behind") {
  CHECK(sizeof(Value) == 16);
  Value a("text");
  Value b(std::move(a));
  CHECK(a.is_undefined());
  CHECK(b.as_string() == "text");
  b = b;
  CHECK(b.as_string() == "text");
  Value c = b;
  c = Value(5);
  CHECK(b.as_string() == "text");
  CHECK(c.as_int() == 5);
}

TEST_CASE("containers are shared by reference") {
  Value list = Value::list({1, 2});
  Value same = list;
  same.as_list().push_back(3);
  CHECK(to_repr(list) == "[1, 2, 3]");
  CHECK(list.is_same(same));
  CHECK_FALSE(list.is_same(Value::list({1, 2, 3})));
}

TEST_CASE("containers count their holders") {
  Value list = Value::list({Value("x")});
  CHECK(ValueAccess::counted(list)->use_count() == 1);
  {
    Value other = list;
    CHECK(ValueAccess::counted(list)->use_count() == 2);
  }
  CHECK(ValueAccess::counted(list)->use_count() == 1);
}

TEST_CASE("deep copies keep what is shared shared, and cycles cycles") {
  Value inner = Value::list({1});
  Value outer = Value::list({inner, inner});
  outer.as_list().push_back(outer);
  Value copy = deep_copy(outer);
  CHECK(to_repr(copy) == "[[1], [1], [...]]");
  copy.as_list()[0].as_list().push_back(2);
  CHECK(to_repr(copy) == "[[1, 2], [1, 2], [...]]");
  CHECK(to_repr(outer) == "[[1], [1], [...]]");
  CHECK(copy.as_list()[2].is_same(copy));
  outer.as_list().clear();  // cycles are not collected
  copy.as_list().clear();

  Value tuple = Value::tuple({1, Value("a")});
  CHECK(ValueAccess::counted(deep_copy(tuple)) == ValueAccess::counted(tuple));
  Value holder = Value::tuple({inner});
  CHECK_FALSE(deep_copy(holder).as_tuple()[0].is_same(inner));
  Value set = Value::set({1});
  Value set_copy = deep_copy(set);
  set_copy.as<SetObject>()->add(Value(2));
  CHECK(to_repr(set) == "{1}");
}

TEST_CASE("values nested a million deep are written, compared and copied with an error, and die in peace") {
  Value deep = Value::list();
  for (int i = 0; i < 1'000'000; ++i)
    deep = i % 3 == 0 ? Value::list({deep}) : i % 3 == 1 ? Value::tuple({deep}) : Value::dict({{"k", deep}});
  CHECK(message_of([&] { to_repr(deep); }) ==
        "jinja/limit-depth: maximum recursion depth exceeded while getting the repr of an object");
  CHECK(message_of([&] { deep_copy(deep); }) == "jinja/limit-depth: maximum recursion depth exceeded in a deep copy");
  Value other = Value::list();
  for (int i = 0; i < 1'000'000; ++i)
    other = i % 3 == 0 ? Value::list({other}) : i % 3 == 1 ? Value::tuple({other}) : Value::dict({{"k", other}});
  CHECK(message_of([&] { equals(deep, other); }) ==
        "jinja/limit-depth: maximum recursion depth exceeded in comparison");
  CHECK(to_repr(Value::list({1})) == "[1]");  // the failed attempts left no trace
}

TEST_CASE("a dict finds its keys before and after it grows an index") {
  Value dict = Value::dict();
  DictData& data = dict.as_dict();
  for (int i = 0; i < 200; ++i) data.set("key" + std::to_string(i), Value(i));
  for (int i = 0; i < 200; ++i) REQUIRE(data.find("key" + std::to_string(i))->as_int() == i);
  CHECK(data.find("nope") == nullptr);
  for (int i = 0; i < 200; i += 2) REQUIRE(data.erase(Value("key" + std::to_string(i))));
  CHECK_FALSE(data.erase(Value("key0")));
  CHECK(data.size() == 100);
  for (int i = 0; i < 200; ++i) {
    const Value* found = data.find("key" + std::to_string(i));
    REQUIRE((i % 2 == 0 ? found == nullptr : found && found->as_int() == i));
  }
  CHECK(data.entries()[0].first.as_string() == "key1");
  for (int i = 0; i < 1000; ++i) {
    data.set("again", Value(i));
    REQUIRE(data.erase(Value("again")));
  }
  CHECK(data.find("key199")->as_int() == 199);
  CHECK(data.find("again") == nullptr);
}

TEST_CASE("1, 1.0 and True are one key, None and '' are others") {
  Value dict = Value::dict();
  dict.as_dict().set(Value(1), "int");
  dict.as_dict().set(Value(1.0), "float");
  dict.as_dict().set(Value(true), "bool");
  dict.as_dict().set(Value::none(), "none");
  dict.as_dict().set("", "empty");
  dict.as_dict().set(Value(1.5), "half");
  dict.as_dict().set(Value::tuple({1, Value("a")}), "tuple");
  CHECK(to_repr(dict) == "{1: 'bool', None: 'none', '': 'empty', 1.5: 'half', (1, 'a'): 'tuple'}");
  for (int i = 0; i < 20; ++i) dict.as_dict().set(Value(100 + i), i);
  CHECK(dict.as_dict().find(Value::tuple({1.0, Value("a")}))->as_string() == "tuple");
  CHECK(dict.as_dict().find(Value(100.0))->as_int() == 0);
  CHECK(dict.as_dict().find(Value(100.5)) == nullptr);
  CHECK(message_of([&] { dict.as_dict().set(Value::list(), 1); }) == "jinja/type-error: unhashable type: 'list'");
  CHECK(message_of([&] { dict.as_dict().find(Value::set()); }) == "jinja/type-error: unhashable type: 'set'");
}

TEST_CASE("a NaN finds itself, as in Python") {
  Value nan(std::nan(""));
  Value dict = Value::dict();
  dict.as_dict().set(nan, 1);
  CHECK(dict.as_dict().find(Value(1.0)) == nullptr);
  CHECK_FALSE(equals(nan, nan));
  CHECK_FALSE(compare(CompareOp::lt, nan, Value(1)));
  CHECK_FALSE(compare(CompareOp::ge, nan, Value(1)));
}

TEST_CASE("ints and floats compare exactly") {
  Value big(int64_t{9007199254740993});
  CHECK(compare(CompareOp::gt, big, Value(9007199254740992.0)));
  CHECK_FALSE(equals(big, Value(9007199254740992.0)));
  CHECK(compare(CompareOp::lt, Value(INT64_MAX), Value(9223372036854775808.0)));
  CHECK(compare(CompareOp::lt, Value(-1e300), Value(INT64_MIN)));
  CHECK(equals(Value(INT64_MIN), Value(-9223372036854775808.0)));
  CHECK(compare(CompareOp::lt, Value(-3), Value(-2.5)));
}

TEST_CASE("integers that leave 64 bits are refused") {
  auto overflow = "jinja/integer-overflow: integer overflow: the result does not fit into 64 bits";
  Value max(INT64_MAX);
  Value min(INT64_MIN);
  CHECK(message_of([&] { binary(BinaryOp::add, max, 1); }) == overflow);
  CHECK(message_of([&] { binary(BinaryOp::sub, min, 1); }) == overflow);
  CHECK(message_of([&] { binary(BinaryOp::mul, max, 2); }) == overflow);
  CHECK(message_of([&] { binary(BinaryOp::floordiv, min, -1); }) == overflow);
  CHECK(message_of([&] { binary(BinaryOp::pow, 2, 63); }) == overflow);
  CHECK(message_of([&] { binary(BinaryOp::pow, 10, 1000000); }) == overflow);
  CHECK(message_of([&] { negate(min); }) == overflow);
  CHECK(equals(binary(BinaryOp::pow, -2, 63), min));
  CHECK(equals(binary(BinaryOp::mod, min, -1), Value(0)));
  CHECK(equals(binary(BinaryOp::pow, 1, INT64_MAX), Value(1)));
}

TEST_CASE("texts and lists beyond all measure are refused") {
  CHECK(message_of([] { binary(BinaryOp::mul, "ab", int64_t{1} << 40); }) ==
        "jinja/limit-size: the string would be longer than 512 MiB");
  CHECK(message_of([] { binary(BinaryOp::mul, Value::list({1}), int64_t{1} << 40); }) ==
        "jinja/limit-size: the list would have more than 67108864 items");
  CHECK(message_of([] { binary(BinaryOp::mod, "%9999999999d", 1); }) == "jinja/value-error: width too big");
  CHECK(message_of([] { binary(BinaryOp::mod, "%999999999d", 1); }) ==
        "jinja/limit-size: the string would be longer than 512 MiB");
}

TEST_CASE("arguments are bound as Python binds them") {
  auto bound = [](std::vector<Value> positional, std::vector<std::pair<std::string, Value>> named,
                  size_t required = 1) {
    CallArgs args{std::move(positional), std::move(named)};
    return message_of([&] { args.bind("f", {"a", "b", "c"}, required); });
  };
  CHECK(bound({1}, {}) == "no error");
  CHECK(bound({1}, {{"c", 3}}) == "no error");
  CHECK(bound({}, {}) == "jinja/bad-arguments: f() missing 1 required positional argument: 'a'");
  CHECK(bound({}, {}, 2) == "jinja/bad-arguments: f() missing 2 required positional arguments: 'a' and 'b'");
  CHECK(bound({}, {}, 3) == "jinja/bad-arguments: f() missing 3 required positional arguments: 'a', 'b', and 'c'");
  CHECK(bound({1, 2, 3, 4}, {}) == "jinja/bad-arguments: f() takes from 1 to 3 positional arguments but 4 were given");
  CHECK(bound({1, 2, 3, 4}, {}, 3) == "jinja/bad-arguments: f() takes 3 positional arguments but 4 were given");
  CHECK(bound({1}, {{"a", 2}}) == "jinja/bad-arguments: f() got multiple values for argument 'a'");
  CHECK(bound({1}, {{"z", 2}}) == "jinja/bad-arguments: f() got an unexpected keyword argument 'z'");
  CallArgs args{{1}, {{"c", 3}}};
  auto values = args.bind("f", {"a", "b", "c"});
  CHECK(values[0].as_int() == 1);
  CHECK(values[1].is_undefined());
  CHECK(values[2].as_int() == 3);
}

TEST_CASE("undefined knows what was missing") {
  Value missing = Value::undefined("customers");
  CHECK(missing.undefined_name() == "customers");
  CHECK(undefined_message(missing) == "'customers' is undefined");
  CHECK(undefined_message(Value::undefined("x", "no such thing")) == "no such thing");
  CHECK(to_str(missing).empty());
  CHECK(to_repr(missing) == "Undefined");
  CHECK(message_of([&] { binary(BinaryOp::add, missing, 1); }) == "jinja/undefined-name: 'customers' is undefined");
  CHECK(Value().undefined_name().empty());
}

TEST_CASE("C++ callers read dicts by name") {
  Value dict = Value::dict({{"s", "text"}, {"b", true}, {"n", 5}});
  CHECK(dict.get("s").as_string() == "text");
  CHECK(dict.get("nope").is_undefined());
  CHECK(Value(5).get("s").is_undefined());
  CHECK(dict.get_string("s") == "text");
  CHECK(dict.get_string("n", "fallback") == "fallback");
  CHECK(dict.get_bool("b"));
  CHECK(dict.get_bool("s", true));
}

TEST_CASE("marked strings are strings") {
  Value marked("<b>", StringKind::markup);
  CHECK(marked.is_string());
  CHECK(equals(marked, Value("<b>")));
  CHECK(to_str(marked) == "<b>");
  CHECK(to_repr(marked) == "Markup('<b>')");
  CHECK(to_repr(Value("5", StringKind::native_text)) == "'5'");
}

TEST_CASE("threads may copy and drop the same value") {
  Value shared = Value::dict({{"list", Value::list({1, Value("two"), Value::dict({{"k", 3}})})}});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&shared] {
      for (int i = 0; i < 2000; ++i) {
        Value copy = shared;
        Value list = copy.get("list");
        CHECK(to_repr(list.as_list()[2]) == "{'k': 3}");
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(ValueAccess::counted(shared)->use_count() == 1);
}

TEST_CASE("ints and floats are read from texts as Python reads them") {
  int64_t number = 0;
  CHECK(parse_python_int(" -1_000 ", 10, number));
  CHECK(number == -1000);
  CHECK(parse_python_int("-9223372036854775808", 10, number));
  CHECK(number == INT64_MIN);
  CHECK(message_of([&] { parse_python_int("9223372036854775808", 10, number); }).starts_with("jinja/integer-overflow"));
  CHECK_FALSE(parse_python_int("1__0", 10, number));
  CHECK_FALSE(parse_python_int("--1", 10, number));
  CHECK_FALSE(parse_python_int("", 10, number));
  CHECK_FALSE(parse_python_int("+", 10, number));
  double d = 0;
  CHECK(parse_python_float("1e400", d));
  CHECK(std::isinf(d));
  CHECK(parse_python_float("-.5", d));
  CHECK(d == -0.5);
  CHECK_FALSE(parse_python_float("1.5.2", d));
  CHECK_FALSE(parse_python_float("--1", d));
  CHECK_FALSE(parse_python_float("0x10", d));
}

}  // namespace
}  // namespace modelc::jinja
