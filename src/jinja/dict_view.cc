#include "jinja/dict_view.h"

#include <fmt/format.h>

#include "jinja/render.h"
#include "jinja/set.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {

std::string_view DictView::type_name() const {
  switch (kind_) {
    case ViewKind::keys:
      return "dict_keys";
    case ViewKind::values:
      return "dict_values";
    case ViewKind::items:
      return "dict_items";
  }
  return "";
}

std::vector<Value> DictView::items() const {
  std::vector<Value> out;
  out.reserve(dict_.as_dict().size());
  for (const auto& [key, value] : dict_.as_dict().entries()) {
    out.push_back(kind_ == ViewKind::keys ? key : kind_ == ViewKind::values ? value : Value::tuple({key, value}));
  }
  return out;
}

bool DictView::contains(State&, const Value& item) {
  DictData& dict = dict_.as_dict();
  if (kind_ == ViewKind::keys) return dict.find(item) != nullptr;
  if (kind_ == ViewKind::items) {
    if (!item.is_tuple() || item.as_tuple().size() != 2) return false;
    const Value* found = dict.find(item.as_tuple()[0]);
    return found && jinja::equals(*found, item.as_tuple()[1]);
  }
  for (const auto& entry : dict.entries()) {
    if (jinja::equals(entry.second, item)) return true;
  }
  return false;
}

std::string DictView::repr() const {
  std::string out(type_name());
  out += '(';
  append_repr(out, Value::list(items()));
  return out += ')';
}

bool DictView::equals(const Value& other) const {
  if (kind_ == ViewKind::values) return Object::equals(other);
  if (auto* view = other.as<DictView>()) {
    return view->kind_ != ViewKind::values && SetObject(items()).equals(Value(make_ref<SetObject>(view->items())));
  }
  return other.as<SetObject>() && SetObject(items()).equals(other);
}

std::optional<Value> DictView::call_method(State& state, std::string_view name, CallArgs& args) {
  if (kind_ == ViewKind::values || name != "isdisjoint") return std::nullopt;
  return SetObject(items()).call_method(state, name, args);
}

std::optional<Value> DictView::binary(BinaryOp op, const Value& other, bool reflected) {
  if (kind_ == ViewKind::values || op != BinaryOp::sub || reflected) return std::nullopt;
  auto* view = other.as<DictView>();
  auto* set = other.as<SetObject>();
  if (!view && !set) return std::nullopt;
  return SetObject(items()).binary(op, set ? other : Value(make_ref<SetObject>(view->items())), false);
}

namespace {

void add_pair(State& state, DictData& dict, const Value& pair, size_t position) {
  bool walkable = pair.is_sequence() || pair.is_string() || pair.is_dict() || pair.is_object();
  if (!walkable)
    type_error(fmt::format("cannot convert dictionary update sequence element #{} to a sequence", position));
  std::vector<Value> parts = iterate(state, pair);
  if (parts.size() != 2) {
    value_error(
        fmt::format("dictionary update sequence element #{} has length {}; 2 is required", position, parts.size()));
  }
  dict.set(parts[0], parts[1]);
}

}  // namespace

void update_dict(State& state, DictData& dict, const Value& source) {
  if (source.is_dict()) {
    dict.update(source.as_dict());
    return;
  }
  if (source.is_object() && source.as_object().is_mapping()) {
    for (const Value& key : iterate(state, source)) dict.set(key, get_item(state, source, key));
    return;
  }
  // dict() asks for `keys` first, which an Undefined has not.
  if (source.is_undefined() && state.options().undefined != UndefinedMode::chainable) throw_undefined(source);
  std::vector<Value> pairs = iterate(state, source);
  for (size_t i = 0; i < pairs.size(); ++i) add_pair(state, dict, pairs[i], i);
}

}  // namespace modelc::jinja
