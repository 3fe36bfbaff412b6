// x.name, x[key], x[a:b:c], x.name(...), x(...) and the walk over x.
#include <fmt/format.h>

#include "jinja/methods.h"
#include "jinja/render.h"
#include "jinja/unicode.h"
#include "jinja/value.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {

std::optional<Value> own_attribute(State& state, const Value& v, std::string_view name) {
  if (!name.empty() && name.front() == '_') return std::nullopt;
  if (v.is_object()) return v.as_object().get_attribute(state, name);
  if (Method method = find_method(v, name)) return bind_method(v, name, method);
  if (v.is_number()) {
    if (name == "real" || (name == "numerator" && !v.is_float())) return positive(v);
    if (name == "imag") return v.is_float() ? Value(0.0) : Value(0);
    if (name == "denominator" && !v.is_float()) return Value(1);
  }
  return std::nullopt;
}

namespace {

/// Jinja2's name of a value's type in messages about missing attributes.
std::string described(const Value& v) {
  if (v.is_none()) return "None";
  if (v.is_string() && v.string_kind() == StringKind::markup) return "markupsafe.Markup object";
  return fmt::format("{} object", v.is_object() ? v.as_object().qualified_name() : type_name(v));
}

}  // namespace

Value missing_attribute(const Value& v, std::string_view name) {
  return Value::undefined(name, fmt::format("'{}' has no attribute {}", described(v), to_repr(Value(name))));
}

namespace {

Value missing_item(const Value& v, const Value& key) {
  if (key.is_string()) return missing_attribute(v, key.as_string());
  return Value::undefined(to_str(key), fmt::format("{} has no element {}", described(v), to_repr(key)));
}

Value unsafe_attribute(const Value& v, std::string_view name) {
  return Value::undefined(
      name, fmt::format("access to attribute {} of '{}' object is unsafe.", to_repr(Value(name)), type_name(v)));
}

Value attribute_of_undefined(State& state, const Value& v, std::string_view name) {
  if (state.options().undefined != UndefinedMode::chainable) throw_undefined(v);
  return Value::undefined(name, v.undefined_hint());
}

bool is_dunder(std::string_view name) { return name.size() > 4 && name.starts_with("__") && name.ends_with("__"); }

std::optional<Value> sequence_item(const Value& v, const Value& key) {
  if (!key.is_int() && !key.is_bool()) return std::nullopt;
  const std::vector<Value>& items = v.as_items();
  int64_t index = key.as_int();
  if (index < 0) index += static_cast<int64_t>(items.size());
  if (index < 0 || index >= static_cast<int64_t>(items.size())) return std::nullopt;
  return items[static_cast<size_t>(index)];
}

std::optional<Value> character(const Value& v, const Value& key) {
  if (!key.is_int() && !key.is_bool()) return std::nullopt;
  std::string_view text = v.as_string();
  int64_t index = key.as_int();
  auto count = static_cast<int64_t>(unicode::length(text));
  if (index < 0) index += count;
  if (index < 0 || index >= count) return std::nullopt;
  auto at = static_cast<size_t>(index);
  return same_kind(v, std::string(unicode::substring(text, at, at + 1)));
}

bool is_hashable(const Value& v) {
  if (v.is_list() || v.is_dict()) return false;
  if (v.is_tuple()) {
    for (const Value& item : v.as_tuple()) {
      if (!is_hashable(item)) return false;
    }
  }
  return !v.is_object() || v.as_object().type_name() != "set";
}

/// What Python's obj[key] gives; std::nullopt where it would raise TypeError or LookupError.
std::optional<Value> own_item(State& state, const Value& v, const Value& key) {
  switch (v.type()) {
    case Type::dict: {
      if (!is_hashable(key)) return std::nullopt;
      const Value* found = v.as_dict().find(key);
      return found ? std::optional<Value>(*found) : std::nullopt;
    }
    case Type::list:
    case Type::tuple:
      return sequence_item(v, key);
    case Type::string:
      return character(v, key);
    case Type::object:
      return v.as_object().get_item(state, key);
    default:
      return std::nullopt;
  }
}

}  // namespace

Value get_attribute(State& state, const Value& v, std::string_view name) {
  if (v.is_undefined()) return attribute_of_undefined(state, v, name);
  if (auto found = own_attribute(state, v, name)) return std::move(*found);
  if (is_dunder(name)) return unsafe_attribute(v, name);
  if (v.is_dict()) {
    if (const Value* found = v.as_dict().find(name)) return *found;
  } else if (v.is_object()) {
    if (auto found = v.as_object().get_item(state, Value(name))) return std::move(*found);
  }
  return missing_attribute(v, name);
}

Value get_item(State& state, const Value& v, const Value& key) {
  if (v.is_undefined()) {
    if (state.options().undefined != UndefinedMode::chainable) throw_undefined(v);
    return v;
  }
  if (auto found = own_item(state, v, key)) return std::move(*found);
  if (key.is_string()) {
    if (auto found = own_attribute(state, v, key.as_string())) return std::move(*found);
    if (is_dunder(key.as_string())) return unsafe_attribute(v, key.as_string());
  }
  return missing_item(v, key);
}

// ---- slices -------------------------------------------------------------------------------------------------------
namespace {

struct SliceRange {
  int64_t start, stop, step;
  size_t count;
};

int64_t slice_number(const Value& v) {
  if (!v.is_int() && !v.is_bool()) type_error("slice indices must be integers or None or have an __index__ method");
  return v.as_int();
}

bool is_absent(const Value& v) { return v.is_none() || (v.is_undefined() && v.undefined_name().empty()); }

int64_t clamp_bound(int64_t bound, int64_t length, int64_t low, int64_t high) {
  if (bound < 0) bound += length;
  return std::clamp(bound, low, high);
}

SliceRange resolve_slice(const Value& start, const Value& stop, const Value& step, size_t size) {
  auto length = static_cast<int64_t>(size);
  SliceRange range{};
  range.step = is_absent(step) ? 1 : slice_number(step);
  if (range.step == 0) value_error("slice step cannot be zero");
  bool forward = range.step > 0;
  int64_t low = forward ? 0 : -1;
  int64_t high = forward ? length : length - 1;
  range.start = is_absent(start) ? (forward ? low : high) : clamp_bound(slice_number(start), length, low, high);
  range.stop = is_absent(stop) ? (forward ? high : low) : clamp_bound(slice_number(stop), length, low, high);
  int64_t distance = forward ? range.stop - range.start : range.start - range.stop;
  if (distance > 0) {
    uint64_t stride = forward ? static_cast<uint64_t>(range.step) : uint64_t{0} - static_cast<uint64_t>(range.step);
    range.count = static_cast<size_t>((static_cast<uint64_t>(distance) - 1) / stride + 1);
  }
  return range;
}

template <class Sequence>
Sequence sliced(const Sequence& items, const SliceRange& range) {
  Sequence out;
  out.reserve(range.count);
  int64_t at = range.start;
  for (size_t i = 0; i < range.count; ++i) {
    out.push_back(items[static_cast<size_t>(at)]);
    if (i + 1 < range.count) at += range.step;
  }
  return out;
}

std::string slice_text(std::string_view text, const Value& start, const Value& stop, const Value& step) {
  if (unicode::is_ascii(text)) {
    SliceRange range = resolve_slice(start, stop, step, text.size());
    if (range.step == 1) return std::string(text.substr(static_cast<size_t>(range.start), range.count));
    return sliced(std::string(text), range);
  }
  std::u32string points = unicode::decode(text);
  return unicode::encode(sliced(points, resolve_slice(start, stop, step, points.size())));
}

}  // namespace

Value get_slice(State& state, const Value& v, const Value& start, const Value& stop, const Value& step) {
  switch (v.type()) {
    case Type::string:
      return same_kind(v, slice_text(v.as_string(), start, stop, step));
    case Type::list:
      return Value::list(sliced(v.as_list(), resolve_slice(start, stop, step, v.as_list().size())));
    case Type::tuple:
      return Value::tuple(sliced(v.as_tuple(), resolve_slice(start, stop, step, v.as_tuple().size())));
    case Type::dict:
      type_error("unhashable type: 'slice'");
    case Type::object:
      if (v.as_object().is_sequence()) {
        std::vector<Value> items = iterate(state, v);
        SliceRange range = resolve_slice(start, stop, step, items.size());
        return v.as_object().slice(sliced(items, range), range.start, range.stop, range.step);
      }
      break;
    case Type::undefined:
      if (state.options().undefined == UndefinedMode::chainable) return v;
      throw_undefined(v);
    default:
      break;
  }
  type_error(fmt::format("'{}' object is not subscriptable", type_name(v)));
}

// ---- calls --------------------------------------------------------------------------------------------------------

bool is_callable(const Value& v) { return v.is_object() && v.as_object().is_callable(); }

Value call(State& state, const Value& callee, CallArgs& args) {
  if (callee.is_object()) return callee.as_object().call(state, args);
  if (callee.is_undefined()) {
    if (state.options().undefined != UndefinedMode::chainable) throw_undefined(callee);
    return callee;
  }
  type_error(fmt::format("'{}' object is not callable", type_name(callee)));
}

Value call_method(State& state, const Value& v, std::string_view name, CallArgs& args) {
  if (v.is_object()) {
    if (name.empty() || name.front() != '_') {
      if (auto result = v.as_object().call_method(state, name, args)) return std::move(*result);
    }
  } else if (Method method = find_method(v, name)) {
    return method(state, v, args);
  }
  return call(state, get_attribute(state, v, name), args);
}

// ---- iteration ----------------------------------------------------------------------------------------------------
namespace {

std::vector<Value> characters(const Value& v) {
  std::string_view text = v.as_string();
  std::vector<Value> items;
  items.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    size_t begin = at;
    unicode::next(text, at);
    items.emplace_back(text.substr(begin, at - begin));
  }
  return items;
}

}  // namespace

std::vector<Value> iterate(State& state, const Value& v) {
  switch (v.type()) {
    case Type::list:
      return v.as_list();
    case Type::tuple:
      return v.as_tuple();
    case Type::string:
      return characters(v);
    case Type::dict: {
      std::vector<Value> keys;
      keys.reserve(v.as_dict().size());
      for (const auto& entry : v.as_dict().entries()) keys.push_back(entry.first);
      return keys;
    }
    case Type::object:
      if (auto items = v.as_object().iterate(state)) return std::move(*items);
      break;
    case Type::undefined:
      if (state.options().undefined == UndefinedMode::strict) throw_undefined(v);
      return {};
    default:
      break;
  }
  type_error(fmt::format("'{}' object is not iterable", type_name(v)));
}

}  // namespace modelc::jinja
