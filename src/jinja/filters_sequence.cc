// Filters over sequences and mappings.
#include <fmt/format.h>

#include <algorithm>

#include "jinja/dict_view.h"
#include "jinja/filters.h"
#include "jinja/generator.h"
#include "jinja/methods.h"
#include "jinja/named_tuple.h"
#include "jinja/range.h"
#include "jinja/render.h"
#include "jinja/set.h"
#include "jinja/unicode.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

/// What groupby gives: a tuple with names.
Value make_group(Value grouper, Value list) {
  return Value(make_ref<NamedTuple>("_GroupTuple", "", std::vector<std::string_view>{"grouper", "list"},
                                    std::vector<Value>{std::move(grouper), std::move(list)}));
}

Value filter_length(State&, CallArgs& args) {
  if (args.positional.size() != 1 || !args.named.empty()) {
    type_error(fmt::format("len() takes exactly one argument ({} given)", args.positional.size() + args.named.size()));
  }
  auto size = length(args.positional[0]);
  if (!size) type_error(fmt::format("object of type '{}' has no len()", type_name(args.positional[0])));
  return *size;
}

Value filter_default(State&, CallArgs& args) {
  auto bound = args.bind("do_default", {"value", "default_value", "boolean"}, 1);
  bool replaced = bound[0].is_undefined() || (truth(bound[2]) && !truth(bound[0]));
  return replaced ? or_default(bound[1], "") : bound[0];
}

Value filter_list(State& state, CallArgs& args) {
  return Value::list(iterate(state, args.bind("do_list", {"value"}, 1)[0]));
}

Value filter_is_list(State&, CallArgs& args) { return args.bind("is_list", {"value"}, 1)[0].is_list(); }

Value filter_first(State& state, CallArgs& args) {
  Value v = args.bind("do_first", {"seq"}, 1)[0];
  if (v.is_sequence() && !v.as_items().empty()) return v.as_items().front();
  Value item;
  if (Cursor(state, v).next(state, item)) return item;
  return Value::undefined("", "No first item, sequence was empty.");
}

bool is_reversible(const Value& v) {
  if (v.is_string() || v.is_sequence() || v.is_dict() || v.is_undefined()) return true;
  return v.is_object() && (v.as_object().is_sequence() || v.as<DictView>());
}

Value filter_last(State& state, CallArgs& args) {
  Value v = args.bind("do_last", {"seq"}, 1)[0];
  if (!is_reversible(v)) type_error(fmt::format("'{}' object is not reversible", type_name(v)));
  if (v.is_sequence() && !v.as_items().empty()) return v.as_items().back();
  std::vector<Value> items = iterate(state, v);
  if (items.empty()) return Value::undefined("", "No last item, sequence was empty.");
  return items.back();
}

std::string_view reversed_type(const Value& v) {
  if (v.is_list()) return "list_reverseiterator";
  if (v.is_dict()) return "dict_reversekeyiterator";
  if (v.as<RangeObject>()) return "range_iterator";
  return "reversed";
}

Value filter_reverse(State& state, CallArgs& args) {
  Value v = args.bind("do_reverse", {"value"}, 1)[0];
  if (v.is_string()) {
    std::u32string points = unicode::decode(v.as_string());
    std::reverse(points.begin(), points.end());
    return same_kind(v, unicode::encode(points));
  }
  bool walkable = v.is_sequence() || v.is_dict() || v.is_object() || v.is_undefined();
  if (!walkable) filter_argument_error("argument must be iterable");
  std::vector<Value> items = iterate(state, v);
  std::reverse(items.begin(), items.end());
  if (!is_reversible(v)) return Value::list(std::move(items));
  std::string_view type = reversed_type(v);
  return Value(make_ref<GeneratorObject>(type, fmt::format("<{} object>", type), std::move(items)));
}

Value filter_join(State& state, CallArgs& args) {
  auto bound = args.bind("do_join", {"value", "d", "attribute"}, 1);
  std::string separator = to_str(or_default(bound[1], ""));
  AttributePath path(bound[2]);
  std::string out;
  bool first = true;
  auto add = [&](const Value& item) {
    if (!first) out += separator;
    first = false;
    append_str(out, item);
    check_text_size(static_cast<double>(out.size()));
  };
  bool plain = !is_given(bound[2]) || bound[2].is_none();
  if (plain && bound[0].is_sequence()) {
    for (const Value& item : bound[0].as_items()) add(item);
  } else {
    for (const Value& item : iterate(state, bound[0])) add(path.get(state, item));
  }
  return out;
}

std::vector<Value> make_batches(State& state, const std::vector<Value>& bound) {
  std::vector<Value> rows;
  std::vector<Value> row;
  const Value& count = bound[1];
  for (Value& item : iterate(state, bound[0])) {
    if (equals(Value(row.size()), count)) {
      rows.push_back(Value::list(std::move(row)));
      row.clear();
    }
    row.push_back(std::move(item));
  }
  if (row.empty()) return rows;
  if (is_given(bound[2]) && !bound[2].is_none()) {
    check_item_count(static_cast<double>(expect_index(count)));
    while (static_cast<int64_t>(row.size()) < count.as_int()) row.push_back(bound[2]);
  }
  rows.push_back(Value::list(std::move(row)));
  return rows;
}

Value filter_batch(State&, CallArgs& args) {
  auto bound = args.bind("do_batch", {"value", "linecount", "fill_with"}, 2);
  return Value::generator("do_batch", [bound](State& state) { return make_batches(state, bound); });
}

std::vector<Value> make_slices(State& state, const std::vector<Value>& bound) {
  std::vector<Value> items = iterate(state, bound[0]);
  int64_t slices = expect_index(bound[1]);
  if (slices == 0) zero_division_error("integer division or modulo by zero");
  if (slices < 0) return {};
  check_item_count(static_cast<double>(slices));
  auto size = static_cast<int64_t>(items.size());
  int64_t each = size / slices;
  int64_t extra = size % slices;
  std::vector<Value> rows;
  int64_t at = 0;
  for (int64_t i = 0; i < slices; ++i) {
    int64_t end = at + each + (i < extra ? 1 : 0);
    std::vector<Value> row(items.begin() + at, items.begin() + end);
    if (is_given(bound[2]) && !bound[2].is_none() && i >= extra) row.push_back(bound[2]);
    rows.push_back(Value::list(std::move(row)));
    at = end;
  }
  return rows;
}

Value filter_slice(State&, CallArgs& args) {
  auto bound = args.bind("do_slice", {"value", "slices", "fill_with"}, 2);
  return Value::generator("sync_do_slice", [bound](State& state) { return make_slices(state, bound); });
}

std::vector<Value> item_pairs(State& state, const Value& v) {
  std::vector<Value> pairs;
  if (v.is_dict()) {
    for (const auto& [key, value] : v.as_dict().entries()) pairs.push_back(Value::tuple({key, value}));
  } else if (v.is_object() && v.as_object().is_mapping()) {
    for (const Value& key : iterate(state, v)) pairs.push_back(Value::tuple({key, get_item(state, v, key)}));
  } else if (!v.is_undefined()) {
    type_error("Can only get item pairs from a mapping.");
  }
  return pairs;
}

Value filter_items(State&, CallArgs& args) {
  Value v = args.bind("do_items", {"value"}, 1)[0];
  return Value::generator("do_items", [v](State& state) { return item_pairs(state, v); });
}

// ---- sorting --------------------------------------------------------------------------------------------------------

/// The values at the comma-separated paths of `attribute`, as a list that sorts like Python's.
std::vector<Value> sort_keys(State& state, const std::vector<Value>& items, const Value& attribute,
                             bool case_sensitive) {
  std::vector<AttributePath> paths;
  if (attribute.is_string()) {
    for (const Value& part : split_text(attribute, ",", -1)) paths.emplace_back(part);
  } else {
    paths.emplace_back(attribute);
  }
  std::vector<Value> keys;
  keys.reserve(items.size());
  bool unordered = false;
  for (const Value& item : items) {
    std::vector<Value> parts;
    for (const AttributePath& path : paths) {
      Value part = path.get(state, item);
      unordered = unordered || part.is_undefined() || part.is_none() || part.is_dict();
      parts.push_back(case_sensitive ? part : ignore_case(part));
    }
    keys.push_back(parts.size() == 1 ? parts[0] : Value::list(std::move(parts)));
  }
  // Two such keys have no order, but lists of equal ones are equal, and Jinja2 sorts by lists.
  if (unordered && paths.size() == 1) {
    for (Value& key : keys) key = Value::list({key});
  }
  return keys;
}

Value filter_sort(State& state, CallArgs& args) {
  auto bound = args.bind("do_sort", {"value", "reverse", "case_sensitive", "attribute"}, 1);
  std::vector<Value> items = iterate(state, bound[0]);
  std::vector<Value> keys = sort_keys(state, items, bound[3], truth(bound[2]));
  sort_values(items, &keys, truth(bound[1]));
  return Value::list(std::move(items));
}

Value filter_dictsort(State& state, CallArgs& args) {
  auto bound = args.bind("do_dictsort", {"value", "case_sensitive", "by", "reverse"}, 1);
  std::string by = to_str(or_default(bound[2], "key"));
  if (by != "key" && by != "value") filter_argument_error("You can only sort by either \"key\" or \"value\"");
  std::vector<Value> items;
  if (bound[0].is_undefined()) throw_undefined(bound[0]);
  if (bound[0].is_dict()) {
    for (const auto& [key, value] : bound[0].as_dict().entries()) items.push_back(Value::tuple({key, value}));
  } else if (bound[0].is_object() && bound[0].as_object().is_mapping()) {
    for (const Value& key : iterate(state, bound[0]))
      items.push_back(Value::tuple({key, get_item(state, bound[0], key)}));
  } else {
    type_error(fmt::format("'{}' object has no attribute 'items'", type_name(bound[0])));
  }
  std::vector<Value> keys;
  for (const Value& item : items) {
    const Value& key = item.as_tuple()[by == "key" ? 0 : 1];
    keys.push_back(truth(bound[1]) ? key : ignore_case(key));
  }
  sort_values(items, &keys, truth(bound[3]));
  return Value::list(std::move(items));
}

Value filter_groupby(State& state, CallArgs& args) {
  auto bound = args.bind("do_groupby", {"value", "attribute", "default", "case_sensitive"}, 2);
  bool case_sensitive = truth(bound[3]);
  AttributePath path(bound[1]);
  std::vector<Value> items = iterate(state, bound[0]);
  std::vector<Value> keys;
  for (const Value& item : items) {
    Value key = path.get(state, item, bound[2]);
    keys.push_back(case_sensitive ? key : ignore_case(key));
  }
  std::vector<Value> pairs;
  for (size_t i = 0; i < items.size(); ++i) pairs.push_back(Value::tuple({keys[i], items[i]}));
  sort_values(pairs, &keys, false);
  std::vector<Value> groups;
  for (size_t i = 0; i < pairs.size();) {
    Value key = pairs[i].as_tuple()[0];
    std::vector<Value> members;
    for (; i < pairs.size() && equals(pairs[i].as_tuple()[0], key); ++i) members.push_back(pairs[i].as_tuple()[1]);
    if (!case_sensitive) key = path.get(state, members[0], bound[2]);
    groups.push_back(make_group(key, Value::list(std::move(members))));
  }
  return Value::list(std::move(groups));
}

std::vector<Value> unique_items(State& state, const std::vector<Value>& bound) {
  AttributePath path(bound[2]);
  SetObject seen;
  std::vector<Value> kept;
  for (const Value& item : iterate(state, bound[0])) {
    Value key = path.get(state, item);
    if (!truth(bound[1])) key = ignore_case(key);
    if (seen.has(key)) continue;
    seen.add(key);
    kept.push_back(item);
  }
  return kept;
}

Value filter_unique(State&, CallArgs& args) {
  auto bound = args.bind("do_unique", {"value", "case_sensitive", "attribute"}, 1);
  return Value::generator("sync_do_unique", [bound](State& state) { return unique_items(state, bound); });
}

Value extreme(State& state, CallArgs& args, std::string_view name, CompareOp better) {
  auto bound = args.bind(name, {"value", "case_sensitive", "attribute"}, 1);
  std::vector<Value> items = iterate(state, bound[0]);
  if (items.empty()) return Value::undefined("", "No aggregated item, sequence was empty.");
  AttributePath path(bound[2]);
  Value best_key;
  size_t best = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    Value key = path.get(state, items[i]);
    if (!truth(bound[1])) key = ignore_case(key);
    if (i > 0 && !compare(better, key, best_key)) continue;
    best_key = key;
    best = i;
  }
  return items[best];
}

Value filter_min(State& state, CallArgs& args) { return extreme(state, args, "do_min", CompareOp::lt); }
Value filter_max(State& state, CallArgs& args) { return extreme(state, args, "do_max", CompareOp::gt); }

Value filter_sum(State& state, CallArgs& args) {
  auto bound = args.bind("do_sum", {"iterable", "attribute", "start"}, 1);
  Value total = or_default(bound[2], 0);
  if (total.is_string()) type_error("sum() can't sum strings [use ''.join(seq) instead]");
  AttributePath path(bound[1]);
  for (const Value& item : iterate(state, bound[0])) total = binary(BinaryOp::add, total, path.get(state, item));
  return total;
}

constexpr FilterEntry kFilters[] = {
    {"batch", filter_batch},       {"count", filter_length}, {"d", filter_default},       {"default", filter_default},
    {"dictsort", filter_dictsort}, {"first", filter_first},  {"groupby", filter_groupby}, {"is_list", filter_is_list},
    {"items", filter_items},       {"join", filter_join},    {"last", filter_last},       {"length", filter_length},
    {"list", filter_list},         {"max", filter_max},      {"min", filter_min},         {"reverse", filter_reverse},
    {"slice", filter_slice},       {"sort", filter_sort},    {"sum", filter_sum},         {"unique", filter_unique},
};

}  // namespace

std::span<const FilterEntry> sequence_filters() { return kFilters; }

}  // namespace modelc::jinja
