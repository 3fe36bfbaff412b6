// Truth, equality, order, membership, length and copies of values.
#include <fmt/format.h>

#include <cmath>
#include <unordered_map>

#include "jinja/render.h"
#include "jinja/set.h"
#include "jinja/unicode.h"
#include "jinja/value.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

enum class Order { less, equal, greater, none };

Order reversed(Order order) {
  return order == Order::less ? Order::greater : order == Order::greater ? Order::less : order;
}

template <class T>
Order order_of(T a, T b) {
  return a < b ? Order::less : a > b ? Order::greater : a == b ? Order::equal : Order::none;
}

/// Exact, unlike a comparison after conversion to double.
Order order_int_float(int64_t i, double d) {
  if (std::isnan(d)) return Order::none;
  if (d >= 9223372036854775808.0) return Order::less;
  if (d < -9223372036854775808.0) return Order::greater;
  auto whole = static_cast<int64_t>(d);
  if (i != whole) return order_of(i, whole);
  return order_of(0.0, d - static_cast<double>(whole));
}

Order order_numbers(const Value& a, const Value& b) {
  if (a.is_float())
    return b.is_float() ? order_of(a.as_float(), b.as_float()) : reversed(order_int_float(b.as_int(), a.as_float()));
  return b.is_float() ? order_int_float(a.as_int(), b.as_float()) : order_of(a.as_int(), b.as_int());
}

bool same_or_equal(const Value& a, const Value& b) {
  return ValueAccess::counted(a) == ValueAccess::counted(b) && a.type() == b.type() && !a.is_float() ? true
                                                                                                     : equals(a, b);
}

bool equal_items(const std::vector<Value>& a, const std::vector<Value>& b) {
  if (&a == &b) return true;
  if (a.size() != b.size()) return false;
  DepthGuard guard("in comparison");
  for (size_t i = 0; i < a.size(); ++i) {
    if (!same_or_equal(a[i], b[i])) return false;
  }
  return true;
}

bool equal_dicts(DictData& a, DictData& b) {
  if (&a == &b) return true;
  if (a.size() != b.size()) return false;
  DepthGuard guard("in comparison");
  for (const auto& [key, value] : a.entries()) {
    const Value* other = b.find(key);
    if (!other || !same_or_equal(value, *other)) return false;
  }
  return true;
}

std::string_view symbol(CompareOp op) {
  switch (op) {
    case CompareOp::eq:
      return "==";
    case CompareOp::ne:
      return "!=";
    case CompareOp::lt:
      return "<";
    case CompareOp::le:
      return "<=";
    case CompareOp::gt:
      return ">";
    case CompareOp::ge:
      return ">=";
  }
  return "?";
}

bool satisfies(CompareOp op, Order order) {
  switch (op) {
    case CompareOp::eq:
      return order == Order::equal;
    case CompareOp::ne:
      return order != Order::equal;
    case CompareOp::lt:
      return order == Order::less;
    case CompareOp::le:
      return order == Order::less || order == Order::equal;
    case CompareOp::gt:
      return order == Order::greater;
    case CompareOp::ge:
      return order == Order::greater || order == Order::equal;
  }
  return false;
}

[[noreturn]] void no_order(CompareOp op, const Value& a, const Value& b) {
  type_error(
      fmt::format("'{}' not supported between instances of '{}' and '{}'", symbol(op), type_name(a), type_name(b)));
}

bool compare_items(CompareOp op, const std::vector<Value>& a, const std::vector<Value>& b) {
  DepthGuard guard("in comparison");
  size_t common = std::min(a.size(), b.size());
  for (size_t i = 0; i < common; ++i) {
    if (!same_or_equal(a[i], b[i])) return compare(op, a[i], b[i]);
  }
  return satisfies(op, order_of(a.size(), b.size()));
}

bool compare_objects(CompareOp op, const Value& a, const Value& b) {
  if (auto* left = a.as<SetObject>()) {
    if (auto* right = b.as<SetObject>()) return compare_sets(op, *left, *right);
  }
  std::optional<int> order = a.is_object() ? a.as_object().compare(b) : std::nullopt;
  if (!order && b.is_object()) {
    order = b.as_object().compare(a);
    if (order) order = -*order;
  }
  if (!order) no_order(op, a, b);
  return satisfies(op, order_of(*order, 0));
}

}  // namespace

bool truth(const Value& v) {
  switch (v.type()) {
    case Type::undefined:
    case Type::none:
      return false;
    case Type::boolean:
    case Type::integer:
      return v.as_int() != 0;
    case Type::floating:
      return v.as_float() != 0;
    case Type::string:
      return !v.as_string().empty();
    case Type::list:
      return !v.as_list().empty();
    case Type::tuple:
      return !v.as_tuple().empty();
    case Type::dict:
      return v.as_dict().size() != 0;
    case Type::object:
      return v.as_object().truth();
  }
  return false;
}

bool equals(const Value& a, const Value& b) {
  if (a.is_string() && b.is_string()) return a.as_string() == b.as_string();
  if (a.is_number() && b.is_number()) return order_numbers(a, b) == Order::equal;
  if (a.is_object()) return a.as_object().equals(b) || (b.is_object() && b.as_object().equals(a));
  if (b.is_object()) return b.as_object().equals(a);
  if (a.type() != b.type()) return false;
  switch (a.type()) {
    case Type::undefined:
    case Type::none:
      return true;
    case Type::list:
    case Type::tuple:
      return equal_items(a.as_items(), b.as_items());
    case Type::dict:
      return equal_dicts(a.as_dict(), b.as_dict());
    default:
      return false;
  }
}

bool compare(CompareOp op, const Value& a, const Value& b) {
  if (op == CompareOp::eq) return equals(a, b);
  if (op == CompareOp::ne) return !equals(a, b);
  if (a.is_number() && b.is_number()) return satisfies(op, order_numbers(a, b));
  // UTF-8 sorts bytewise in the order of its code points.
  if (a.is_string() && b.is_string()) return satisfies(op, order_of(a.as_string().compare(b.as_string()), 0));
  if (a.is_undefined()) throw_undefined(a);
  if (b.is_undefined()) throw_undefined(b);
  if (a.is_object() || b.is_object()) return compare_objects(op, a, b);
  if (a.is_sequence() && a.type() == b.type()) return compare_items(op, a.as_items(), b.as_items());
  no_order(op, a, b);
}

bool contains(State& state, const Value& container, const Value& item) {
  switch (container.type()) {
    case Type::string:
      if (!item.is_string()) {
        type_error(fmt::format("'in <string>' requires string as left operand, not {}", type_name(item)));
      }
      return container.as_string().find(item.as_string()) != std::string::npos;
    case Type::list:
    case Type::tuple:
      for (const Value& each : container.as_items()) {
        if (same_or_equal(each, item)) return true;
      }
      return false;
    case Type::dict:
      return container.as_dict().find(item) != nullptr;
    case Type::object:
      return container.as_object().contains(state, item);
    case Type::undefined:
      if (state.options().undefined == UndefinedMode::strict) throw_undefined(container);
      return false;
    default:
      type_error(fmt::format("argument of type '{}' is not iterable", type_name(container)));
  }
}

std::optional<size_t> length(const Value& v) {
  switch (v.type()) {
    case Type::undefined:
      return 0;
    case Type::string:
      return unicode::length(v.as_string());
    case Type::list:
      return v.as_list().size();
    case Type::tuple:
      return v.as_tuple().size();
    case Type::dict:
      return v.as_dict().size();
    case Type::object:
      return v.as_object().length();
    default:
      return std::nullopt;
  }
}

std::string_view type_name(const Value& v) {
  switch (v.type()) {
    case Type::undefined:
      return "Undefined";
    case Type::none:
      return "NoneType";
    case Type::boolean:
      return "bool";
    case Type::integer:
      return "int";
    case Type::floating:
      return "float";
    case Type::string:
      return v.string_kind() == StringKind::markup ? "Markup" : "str";
    case Type::list:
      return "list";
    case Type::tuple:
      return "tuple";
    case Type::dict:
      return "dict";
    case Type::object:
      return v.as_object().type_name();
  }
  return "object";
}

// ---- copies -------------------------------------------------------------------------------------------------------
namespace {

using CopyMemo = std::unordered_map<const RefCounted*, Value>;

/// Containers with one holder cannot be met twice, so only shared ones are remembered.
class Copier {
 public:
  Value copy(const Value& v) {
    switch (v.type()) {
      case Type::list:
        return remembered(v, [&] { return copy_list(v); });
      case Type::dict:
        return remembered(v, [&] { return copy_dict(v); });
      case Type::tuple:
        return copy_tuple(v);
      case Type::object:
        return remembered(v, [&] { return v.as_object().deep_copy(); });
      default:
        return v;
    }
  }

 private:
  template <class Make>
  Value remembered(const Value& v, Make make) {
    DepthGuard guard("in a deep copy");
    const RefCounted* data = ValueAccess::counted(v);
    if (data->use_count() > 1) {
      if (auto it = memo_.find(data); it != memo_.end()) return it->second;
    }
    Value made = make();
    if (v.is_object()) memo_.emplace(data, made);
    return made;
  }

  void remember(const Value& v, const Value& made) {
    const RefCounted* data = ValueAccess::counted(v);
    if (data->use_count() > 1) memo_.emplace(data, made);
  }

  Value copy_list(const Value& v) {
    Value made = Value::list();
    remember(v, made);  // before the items, which may lead back here
    made.as_list().reserve(v.as_list().size());
    for (const Value& item : v.as_list()) made.as_list().push_back(copy(item));
    return made;
  }

  Value copy_dict(const Value& v) {
    Value made = Value::dict();
    remember(v, made);
    made.as_dict().reserve(v.as_dict().size());
    for (const auto& [key, value] : v.as_dict().entries()) made.as_dict().set(key, copy(value));
    return made;
  }

  Value copy_tuple(const Value& v) {
    DepthGuard guard("in a deep copy");
    std::vector<Value> items;
    bool changed = false;
    for (const Value& item : v.as_tuple()) {
      items.push_back(copy(item));
      changed = changed || ValueAccess::counted(items.back()) != ValueAccess::counted(item);
    }
    return changed ? Value::tuple(std::move(items)) : v;
  }

  CopyMemo memo_;
};

}  // namespace

Value deep_copy(const Value& v) {
  if (v.type() < Type::list) return v;
  return Copier().copy(v);
}

}  // namespace modelc::jinja
