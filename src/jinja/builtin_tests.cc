// The tests of Jinja2, as `x is name`.
#include <fmt/format.h>

#include <algorithm>

#include "jinja/big_integer.h"
#include "jinja/builtins.h"
#include "jinja/methods.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

struct TestEntry {
  std::string_view name;
  TestFunction function;
};

Value only(std::string_view name, CallArgs& args) {
  if (args.positional.size() == 1 && args.named.empty()) return args.positional[0];
  return args.bind(name, {"value"}, 1)[0];
}

bool remainder_is(const Value& value, const Value& divisor, int64_t wanted) {
  return equals(binary(BinaryOp::mod, value, divisor), Value(wanted));
}

bool test_odd(State&, CallArgs& args) { return remainder_is(only("test_odd", args), 2, 1); }
bool test_even(State&, CallArgs& args) { return remainder_is(only("test_even", args), 2, 0); }
bool test_divisibleby(State&, CallArgs& args) {
  auto bound = args.bind("test_divisibleby", {"value", "num"}, 2);
  return remainder_is(bound[0], bound[1], 0);
}

bool test_defined(State&, CallArgs& args) { return !only("test_defined", args).is_undefined(); }
bool test_undefined(State&, CallArgs& args) { return only("test_undefined", args).is_undefined(); }
bool test_none(State&, CallArgs& args) { return only("test_none", args).is_none(); }
bool test_boolean(State&, CallArgs& args) { return only("test_boolean", args).is_bool(); }
bool test_integer(State&, CallArgs& args) {
  const Value v = only("test_integer", args);
  return v.is_int() || v.as<BigInteger>();
}
bool test_float(State&, CallArgs& args) { return only("test_float", args).is_float(); }
bool test_number(State&, CallArgs& args) {
  const Value v = only("test_number", args);
  return v.is_number() || v.as<BigInteger>();
}
bool test_string(State&, CallArgs& args) { return only("test_string", args).is_string(); }
bool test_callable(State&, CallArgs& args) {
  Value v = only("callable", args);
  return is_callable(v) || v.is_undefined();  // Jinja2's Undefined has __call__, if only to fail
}

bool test_true(State&, CallArgs& args) {
  Value v = only("test_true", args);
  return v.is_bool() && v.as_bool();
}
bool test_false(State&, CallArgs& args) {
  Value v = only("test_false", args);
  return v.is_bool() && !v.as_bool();
}

bool test_lower(State&, CallArgs& args) { return is_lower_text(to_str(only("test_lower", args))); }
bool test_upper(State&, CallArgs& args) { return is_upper_text(to_str(only("test_upper", args))); }

bool test_mapping(State&, CallArgs& args) {
  Value v = only("test_mapping", args);
  return v.is_dict() || (v.is_object() && v.as_object().is_mapping());
}

bool test_sequence(State&, CallArgs& args) {
  Value v = only("test_sequence", args);
  if (v.is_object()) return v.as_object().is_sequence() || v.as_object().is_mapping();
  return v.is_string() || v.is_sequence() || v.is_dict() || v.is_undefined();
}

bool test_iterable(State& state, CallArgs& args) {
  Value v = only("test_iterable", args);
  if (!v.is_object()) return v.is_string() || v.is_sequence() || v.is_dict() || v.is_undefined();
  return v.as_object().is_iterator() || v.as_object().iterate(state).has_value();
}

bool test_escaped(State&, CallArgs& args) {
  Value v = only("test_escaped", args);
  return v.is_string() && v.string_kind() == StringKind::markup;
}

bool test_sameas(State&, CallArgs& args) {
  auto bound = args.bind("test_sameas", {"value", "other"}, 2);
  // Each look-up of an unknown name makes an Undefined of its own.
  return !bound[0].is_undefined() && bound[0].is_same(bound[1]);
}

bool test_in(State& state, CallArgs& args) {
  auto bound = args.bind("test_in", {"value", "seq"}, 2);
  return contains(state, bound[1], bound[0]);
}

bool is_hashable_name(const Value& v) {
  ValueHash()(v);
  return v.is_string();
}

bool test_filter(State&, CallArgs& args) {
  Value v = only("test_filter", args);
  return is_hashable_name(v) && find_filter(v.as_string());
}
bool test_test(State&, CallArgs& args) {
  Value v = only("test_test", args);
  return is_hashable_name(v) && find_test(v.as_string());
}

template <CompareOp Op>
bool test_compare(State&, CallArgs& args) {
  if (!args.named.empty() || args.positional.size() != 2) {
    constexpr std::string_view names[] = {"eq", "ne", "lt", "le", "gt", "ge"};
    type_error(fmt::format("{} expected 2 arguments, got {}", names[static_cast<size_t>(Op)], args.positional.size()));
  }
  return compare(Op, args.positional[0], args.positional[1]);
}

constexpr TestEntry kTests[] = {
    {"!=", test_compare<CompareOp::ne>},
    {"<", test_compare<CompareOp::lt>},
    {"<=", test_compare<CompareOp::le>},
    {"==", test_compare<CompareOp::eq>},
    {">", test_compare<CompareOp::gt>},
    {">=", test_compare<CompareOp::ge>},
    {"boolean", test_boolean},
    {"callable", test_callable},
    {"defined", test_defined},
    {"divisibleby", test_divisibleby},
    {"eq", test_compare<CompareOp::eq>},
    {"equalto", test_compare<CompareOp::eq>},
    {"escaped", test_escaped},
    {"even", test_even},
    {"false", test_false},
    {"filter", test_filter},
    {"float", test_float},
    {"ge", test_compare<CompareOp::ge>},
    {"greaterthan", test_compare<CompareOp::gt>},
    {"gt", test_compare<CompareOp::gt>},
    {"in", test_in},
    {"integer", test_integer},
    {"iterable", test_iterable},
    {"le", test_compare<CompareOp::le>},
    {"lessthan", test_compare<CompareOp::lt>},
    {"lower", test_lower},
    {"lt", test_compare<CompareOp::lt>},
    {"mapping", test_mapping},
    {"ne", test_compare<CompareOp::ne>},
    {"none", test_none},
    {"number", test_number},
    {"odd", test_odd},
    {"sameas", test_sameas},
    {"sequence", test_sequence},
    {"string", test_string},
    {"test", test_test},
    {"true", test_true},
    {"undefined", test_undefined},
    {"upper", test_upper},
};

}  // namespace

TestFunction find_test(std::string_view name) {
  auto it = std::lower_bound(std::begin(kTests), std::end(kTests), name,
                             [](const TestEntry& e, std::string_view n) { return e.name < n; });
  return it != std::end(kTests) && it->name == name ? it->function : nullptr;
}

std::vector<std::string_view> test_names() {
  std::vector<std::string_view> names;
  for (const TestEntry& entry : kTests) names.push_back(entry.name);
  return names;
}

}  // namespace modelc::jinja
