#include "jinja/set.h"

#include <fmt/format.h>

#include "jinja/methods.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {

SetObject::SetObject(const std::vector<Value>& items) {
  for (const Value& item : items) add(item);
}

Value Value::set(const std::vector<Value>& items) { return Value(make_ref<SetObject>(items)); }

std::vector<Value> SetObject::items() const {
  std::vector<Value> out;
  out.reserve(items_.size());
  for (const auto& entry : items_.entries()) out.push_back(entry.first);
  return out;
}

std::string SetObject::repr() const {
  if (items_.size() == 0) return "set()";
  std::string out = "{";
  for (const auto& entry : items_.entries()) {
    if (out.size() > 1) out += ", ";
    append_repr(out, entry.first);
  }
  return out += '}';
}

bool SetObject::equals(const Value& other) const {
  auto* set = other.as<SetObject>();
  return set && compare_sets(CompareOp::eq, *this, *set);
}

size_t SetObject::hash() const { type_error("unhashable type: 'set'"); }

Value SetObject::deep_copy() const { return Value(make_ref<SetObject>(items())); }

bool compare_sets(CompareOp op, const SetObject& a, const SetObject& b) {
  auto within = [](const SetObject& inner, const SetObject& outer) {
    for (const auto& entry : inner.entries()) {
      if (!outer.has(entry.first)) return false;
    }
    return true;
  };
  size_t left = a.entries().size();
  size_t right = b.entries().size();
  switch (op) {
    case CompareOp::eq:
      return left == right && within(a, b);
    case CompareOp::ne:
      return left != right || !within(a, b);
    case CompareOp::lt:
      return left < right && within(a, b);
    case CompareOp::le:
      return left <= right && within(a, b);
    case CompareOp::gt:
      return left > right && within(b, a);
    case CompareOp::ge:
      return left >= right && within(b, a);
  }
  return false;
}

// ---- operations ---------------------------------------------------------------------------------------------------
namespace {

using SetRef = Ref<SetObject>;

SetRef copy_of(const SetObject& set) { return make_ref<SetObject>(set.items()); }

SetRef unite(const SetObject& a, const std::vector<Value>& more) {
  SetRef out = copy_of(a);
  for (const Value& item : more) out->add(item);
  return out;
}

SetRef intersect(const SetObject& a, const std::vector<Value>& other) {
  SetObject keep(other);
  SetRef out = make_ref<SetObject>();
  for (const auto& entry : a.entries()) {
    if (keep.has(entry.first)) out->add(entry.first);
  }
  return out;
}

SetRef subtract(const SetObject& a, const std::vector<Value>& other) {
  SetObject drop(other);
  SetRef out = make_ref<SetObject>();
  for (const auto& entry : a.entries()) {
    if (!drop.has(entry.first)) out->add(entry.first);
  }
  return out;
}

SetRef symmetric(const SetObject& a, const std::vector<Value>& other) {
  SetRef out = subtract(a, other);
  for (const Value& item : other) {
    if (!a.has(item)) out->add(item);
  }
  return out;
}

using Operation = SetRef (*)(const SetObject&, const std::vector<Value>&);

SetRef fold(State& state, const SetObject& set, const CallArgs& args, Operation operation) {
  SetRef out = copy_of(set);
  for (const Value& other : args.positional) out = operation(*out, iterate(state, other));
  return out;
}

struct NamedOperation {
  std::string_view name;
  std::string_view in_place;
  Operation operation;
};
constexpr NamedOperation kOperations[] = {
    {"union", "update", unite},
    {"intersection", "intersection_update", intersect},
    {"difference", "difference_update", subtract},
    {"symmetric_difference", "symmetric_difference_update", symmetric},
};

void replace_items(SetObject& set, const SetObject& with) {
  std::vector<Value> items = with.items();
  for (const Value& old : set.items()) set.remove(old);
  for (const Value& item : items) set.add(item);
}

Value pop_first(SetObject& set) {
  if (set.entries().empty()) key_error(Value("pop from an empty set"));
  Value item = set.entries().front().first;
  set.remove(item);
  return item;
}

constexpr std::string_view kSetMethods[] = {"add",
                                            "clear",
                                            "copy",
                                            "difference",
                                            "difference_update",
                                            "discard",
                                            "intersection",
                                            "intersection_update",
                                            "isdisjoint",
                                            "issubset",
                                            "issuperset",
                                            "pop",
                                            "remove",
                                            "symmetric_difference",
                                            "symmetric_difference_update",
                                            "union",
                                            "update"};

}  // namespace

std::optional<Value> SetObject::call_method(State& state, std::string_view name, CallArgs& args) {
  std::string qualified = fmt::format("set.{}", name);
  for (const NamedOperation& each : kOperations) {
    if (name != each.name && name != each.in_place) continue;
    expect_no_keywords(qualified, args);
    if (each.operation == symmetric) expect_one_argument(qualified, args);
    SetRef result = fold(state, *this, args, each.operation);
    if (name == each.name) return Value(result);
    replace_items(*this, *result);
    return Value::none();
  }
  if (name == "add") {
    add(expect_one_argument(qualified, args));
    return Value::none();
  }
  if (name == "discard" || name == "remove") {
    const Value& item = expect_one_argument(qualified, args);
    if (!remove(item) && name == "remove") key_error(item);
    return Value::none();
  }
  if (name == "pop" || name == "clear" || name == "copy") {
    expect_no_arguments(qualified, args);
    if (name == "pop") return pop_first(*this);
    if (name == "copy") return Value(copy_of(*this));
    items_.clear();
    return Value::none();
  }
  if (name == "isdisjoint")
    return intersect(*this, jinja::iterate(state, expect_one_argument(qualified, args)))->entries().empty();
  if (name == "issubset")
    return compare_sets(CompareOp::le, *this, SetObject(jinja::iterate(state, expect_one_argument(qualified, args))));
  if (name == "issuperset")
    return compare_sets(CompareOp::ge, *this, SetObject(jinja::iterate(state, expect_one_argument(qualified, args))));
  return std::nullopt;
}

std::optional<Value> SetObject::get_attribute(State&, std::string_view name) {
  for (std::string_view method : kSetMethods) {
    if (method != name) continue;
    return Value::function(std::string(name), [self = Ref<SetObject>(this), method](State& state, CallArgs& args) {
      return *self->call_method(state, method, args);
    });
  }
  return std::nullopt;
}

std::optional<Value> SetObject::binary(BinaryOp op, const Value& other, bool reflected) {
  auto* set = other.as<SetObject>();
  if (op != BinaryOp::sub || !set || reflected) return std::nullopt;
  return Value(subtract(*this, set->items()));
}

}  // namespace modelc::jinja
