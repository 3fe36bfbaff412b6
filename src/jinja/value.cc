#include "jinja/value.h"

#include <fmt/format.h>

#include "jinja/destroy.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {

class UndefinedData final : public RefCounted {
 public:
  UndefinedData(std::string_view n, std::string_view h) : name(n), hint(h) {}
  std::string name;
  std::string hint;
};

ListData::~ListData() { destroy_items(items); }
TupleData::~TupleData() { destroy_items(items); }

// ---- construction -------------------------------------------------------------------------------------------------

Value ValueAccess::make(Type type, const RefCounted* data) {
  Value v;
  v.type_ = type;
  v.u_.counted = data;
  if (data) data->retain();
  return v;
}

Value::Value(std::string text) : Value(ValueAccess::make(Type::string, new StringData(std::move(text)))) {}
Value::Value(std::string text, StringKind kind)
    : Value(ValueAccess::make(Type::string, new StringData(std::move(text), kind))) {}
Value::Value(std::string_view text) : Value(std::string(text)) {}
Value::Value(const char* text) : Value(std::string(text)) {}
Value::Value(const Ref<Object>& object) : Value(object ? ValueAccess::make(Type::object, object.get()) : Value()) {}

Value Value::undefined(std::string_view name, std::string_view hint) {
  return ValueAccess::make(Type::undefined, new UndefinedData(name, hint));
}

Value Value::list(std::vector<Value> items) { return ValueAccess::make(Type::list, new ListData(std::move(items))); }
Value Value::tuple(std::vector<Value> items) { return ValueAccess::make(Type::tuple, new TupleData(std::move(items))); }
Value Value::dict() { return ValueAccess::make(Type::dict, new DictData()); }

Value Value::dict(std::initializer_list<std::pair<std::string_view, Value>> items) {
  Value result = dict();
  result.as_dict().reserve(items.size());
  for (const auto& [key, value] : items) result.as_dict().set(key, value);
  return result;
}

Value Value::traced_string(std::string text, std::shared_ptr<const SpanMap> map) {
  return ValueAccess::make(Type::string, new TracedString(std::move(text), std::move(map)));
}

// ---- access -------------------------------------------------------------------------------------------------------

const std::shared_ptr<const SpanMap>& Value::provenance() const {
  static const std::shared_ptr<const SpanMap> none;
  return is_string() && static_cast<const StringData*>(u_.counted)->traced
             ? static_cast<const TracedString*>(u_.counted)->map
             : none;
}

std::string_view Value::undefined_name() const {
  return is_undefined() && u_.counted ? std::string_view(static_cast<const UndefinedData*>(u_.counted)->name)
                                      : std::string_view();
}

std::string_view Value::undefined_hint() const {
  return is_undefined() && u_.counted ? std::string_view(static_cast<const UndefinedData*>(u_.counted)->hint)
                                      : std::string_view();
}

bool Value::is_same(const Value& o) const {
  if (type_ != o.type_) return false;
  switch (type_) {
    case Type::undefined:
    case Type::none:
      return true;
    case Type::boolean:
    case Type::integer:
      return u_.integer == o.u_.integer;
    case Type::floating:
      return u_.floating == o.u_.floating;
    case Type::string:
      return u_.counted == o.u_.counted || as_string() == o.as_string();
    case Type::tuple:
      return u_.counted == o.u_.counted || (as_tuple().empty() && o.as_tuple().empty());
    default:
      return u_.counted == o.u_.counted;
  }
}

Value Value::get(std::string_view key) const {
  if (!is_dict()) return Value();
  const Value* found = as_dict().find(key);
  return found ? *found : Value();
}

std::string Value::get_string(std::string_view key, std::string_view fallback) const {
  const Value* found = is_dict() ? as_dict().find(key) : nullptr;
  return found && found->is_string() ? found->as_string() : std::string(fallback);
}

bool Value::get_bool(std::string_view key, bool fallback) const {
  const Value* found = is_dict() ? as_dict().find(key) : nullptr;
  return found && found->is_bool() ? found->as_bool() : fallback;
}

std::string undefined_message(const Value& v) {
  if (std::string_view hint = v.undefined_hint(); !hint.empty()) return std::string(hint);
  return to_repr(Value(v.undefined_name())) + " is undefined";
}

void throw_undefined(const Value& v) {
  throw Error(ErrorKind::compilation, "jinja/undefined-name", undefined_message(v));
}

// ---- functions ----------------------------------------------------------------------------------------------------
namespace {

class FunctionObject final : public Object {
 public:
  FunctionObject(std::string name, NativeFunction fn) : name_(std::move(name)), fn_(std::move(fn)) {}
  std::string_view type_name() const override { return "function"; }
  bool is_callable() const override { return true; }
  Value call(State& state, CallArgs& args) override { return fn_(state, args); }
  std::string repr() const override { return "<function " + name_ + ">"; }

 private:
  std::string name_;
  NativeFunction fn_;
};

}  // namespace

Value Value::function(std::string name, NativeFunction fn) {
  return Value(make_ref<FunctionObject>(std::move(name), std::move(fn)));
}

// ---- Object's defaults --------------------------------------------------------------------------------------------

std::optional<Value> Object::get_attribute(State&, std::string_view) { return std::nullopt; }
bool Object::set_attribute(State&, std::string_view, Value) { return false; }
std::optional<Value> Object::get_item(State&, const Value&) { return std::nullopt; }
bool Object::set_item(State&, const Value&, Value) { return false; }
Value Object::call(State&, CallArgs&) { type_error(fmt::format("'{}' object is not callable", type_name())); }
std::optional<Value> Object::call_method(State&, std::string_view, CallArgs&) { return std::nullopt; }
std::optional<std::vector<Value>> Object::iterate(State& state) {
  if (!is_iterator()) return std::nullopt;
  std::vector<Value> items;
  Value item;
  while (next(state, item)) {
    check_item_count(static_cast<double>(items.size()) * 8);  // an endless iterator is refused early
    items.push_back(std::move(item));
    item = Value();
  }
  return items;
}
bool Object::next(State&, Value&) { type_error(fmt::format("'{}' object is not an iterator", type_name())); }

bool Object::contains(State& state, const Value& item) {
  auto items = iterate(state);
  if (!items) type_error(fmt::format("argument of type '{}' is not iterable", type_name()));
  for (const Value& each : *items) {
    if (jinja::equals(each, item)) return true;
  }
  return false;
}

std::string Object::repr() const { return fmt::format("<{} object>", type_name()); }
bool Object::equals(const Value& other) const { return other.is_object() && &other.as_object() == this; }
size_t Object::hash() const { return std::hash<const void*>()(this); }
std::optional<Value> Object::binary(BinaryOp, const Value&, bool) { return std::nullopt; }
std::optional<int> Object::compare(const Value&) const { return std::nullopt; }
Value Object::deep_copy() const { return Value(Ref<Object>(const_cast<Object*>(this))); }

// ---- arguments ----------------------------------------------------------------------------------------------------
namespace {

[[noreturn]] void bad_arguments(std::string message) {
  throw Error(ErrorKind::compilation, "jinja/bad-arguments", std::move(message));
}

std::string quoted_enumeration(const std::vector<std::string_view>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += names.size() == 2 ? " and " : i + 1 == names.size() ? ", and " : ", ";
    text += fmt::format("'{}'", names[i]);
  }
  return text;
}

[[noreturn]] void too_many_arguments(std::string_view function, size_t required, size_t accepted, size_t given) {
  std::string takes = required < accepted ? fmt::format("from {} to {}", required, accepted) : std::to_string(accepted);
  bad_arguments(fmt::format("{}() takes {} positional argument{} but {} {} given", function, takes,
                            accepted == 1 && required == accepted ? "" : "s", given, given == 1 ? "was" : "were"));
}

}  // namespace

std::vector<Value> CallArgs::bind(std::string_view function, std::initializer_list<std::string_view> names,
                                  size_t required) {
  std::vector<Value> bound(names.size());
  std::vector<bool> given(names.size());
  for (size_t i = 0; i < positional.size() && i < names.size(); ++i) {
    bound[i] = positional[i];
    given[i] = true;
  }
  for (const auto& [name, value] : named) {
    size_t i = std::find(names.begin(), names.end(), name) - names.begin();
    if (i == names.size()) bad_arguments(fmt::format("{}() got an unexpected keyword argument '{}'", function, name));
    if (given[i]) bad_arguments(fmt::format("{}() got multiple values for argument '{}'", function, name));
    bound[i] = value;
    given[i] = true;
  }
  if (positional.size() > names.size()) too_many_arguments(function, required, names.size(), positional.size());
  std::vector<std::string_view> missing;
  for (size_t i = 0; i < required && i < names.size(); ++i) {
    if (!given[i]) missing.push_back(names.begin()[i]);
  }
  if (!missing.empty()) {
    bad_arguments(fmt::format("{}() missing {} required positional argument{}: {}", function, missing.size(),
                              missing.size() == 1 ? "" : "s", quoted_enumeration(missing)));
  }
  return bound;
}

const Value* CallArgs::find_named(std::string_view name) const {
  for (const auto& [key, value] : named) {
    if (key == name) return &value;
  }
  return nullptr;
}

}  // namespace modelc::jinja
