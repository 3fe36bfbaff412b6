// Methods of list and tuple.
#include <fmt/format.h>

#include <algorithm>

#include "jinja/methods.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

Value list_append(State&, const Value& self, CallArgs& args) {
  const Value& item = expect_one_argument("list.append", args);
  check_item_count(static_cast<double>(self.as_list().size()) + 1);
  self.as_list().push_back(item);
  return Value::none();
}

Value list_extend(State& state, const Value& self, CallArgs& args) {
  std::vector<Value> more = iterate(state, expect_one_argument("list.extend", args));
  std::vector<Value>& items = self.as_list();
  check_item_count(static_cast<double>(items.size() + more.size()));
  items.insert(items.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return Value::none();
}

Value list_insert(State&, const Value& self, CallArgs& args) {
  expect_no_keywords("list.insert", args);
  expect_count("list.insert", args, 2, 2);
  std::vector<Value>& items = self.as_list();
  int64_t at = expect_index(args.positional[0]);
  auto size = static_cast<int64_t>(items.size());
  if (at < 0) at += size;
  items.insert(items.begin() + std::clamp<int64_t>(at, 0, size), args.positional[1]);
  return Value::none();
}

Value list_pop(State&, const Value& self, CallArgs& args) {
  expect_no_keywords("list.pop", args);
  expect_count("list.pop", args, 0, 1);
  std::vector<Value>& items = self.as_list();
  int64_t at = args.positional.empty() ? -1 : expect_index(args.positional[0]);
  if (items.empty()) index_error("pop from empty list");
  auto size = static_cast<int64_t>(items.size());
  if (at < 0) at += size;
  if (at < 0 || at >= size) index_error("pop index out of range");
  Value item = std::move(items[static_cast<size_t>(at)]);
  items.erase(items.begin() + at);
  return item;
}

Value list_remove(State&, const Value& self, CallArgs& args) {
  const Value& item = expect_one_argument("list.remove", args);
  std::vector<Value>& items = self.as_list();
  auto it = std::find_if(items.begin(), items.end(), [&](const Value& each) { return equals(each, item); });
  if (it == items.end()) value_error("list.remove(x): x not in list");
  Value removed = std::move(*it);
  items.erase(it);
  return Value::none();
}

Value list_reverse(State&, const Value& self, CallArgs& args) {
  expect_no_arguments("list.reverse", args);
  std::reverse(self.as_list().begin(), self.as_list().end());
  return Value::none();
}

Value list_copy(State&, const Value& self, CallArgs& args) {
  expect_no_arguments("list.copy", args);
  return Value::list(self.as_list());
}

Value list_clear(State&, const Value& self, CallArgs& args) {
  expect_no_arguments("list.clear", args);
  std::vector<Value> old;
  old.swap(self.as_list());
  return Value::none();
}

Value list_sort(State& state, const Value& self, CallArgs& args) {
  if (!args.positional.empty()) type_error("sort() takes no positional arguments");
  Value key = Value::none();
  bool reverse = false;
  for (const auto& [name, value] : args.named) {
    if (name == "key")
      key = value;
    else if (name == "reverse")
      reverse = value.is_bool() ? value.as_bool() : expect_index(value) != 0;
    else
      type_error(fmt::format("'{}' is an invalid keyword argument for sort()", name));
  }
  std::vector<Value> items = self.as_list();
  if (key.is_none()) {
    sort_values(items, nullptr, reverse);
  } else {
    std::vector<Value> keys;
    keys.reserve(items.size());
    for (const Value& item : items) {
      CallArgs one;
      one.positional.push_back(item);
      keys.push_back(call(state, key, one));
    }
    sort_values(items, &keys, reverse);
  }
  self.as_list().swap(items);
  return Value::none();
}

Value sequence_count(const Value& self, const Value& item) {
  return std::count_if(self.as_items().begin(), self.as_items().end(),
                       [&](const Value& each) { return equals(each, item); });
}

Value list_count(State&, const Value& self, CallArgs& args) {
  return sequence_count(self, expect_one_argument("list.count", args));
}
Value tuple_count(State&, const Value& self, CallArgs& args) {
  return sequence_count(self, expect_one_argument("tuple.count", args));
}

Value index_of(const Value& self, const CallArgs& args) {
  expect_no_keywords(self.is_list() ? "list.index" : "tuple.index", args);
  expect_count("index", args, 1, 3);
  const std::vector<Value>& items = self.as_items();
  for (size_t i = 1; i < args.positional.size(); ++i) {
    if (!args.positional[i].is_int() && !args.positional[i].is_bool())
      type_error("slice indices must be integers or have an __index__ method");
  }
  size_t first = args.positional.size() > 1 ? slice_bound(args.positional[1], items.size(), 0) : 0;
  size_t last = args.positional.size() > 2 ? slice_bound(args.positional[2], items.size(), items.size()) : items.size();
  for (size_t i = first; i < last; ++i) {
    if (equals(items[i], args.positional[0])) return i;
  }
  if (self.is_tuple()) value_error("tuple.index(x): x not in tuple");
  value_error(fmt::format("{} is not in list", to_repr(args.positional[0])));
}

Value sequence_index(State&, const Value& self, CallArgs& args) { return index_of(self, args); }

constexpr MethodEntry kListMethods[] = {
    {"append", list_append}, {"clear", list_clear},     {"copy", list_copy},     {"count", list_count},
    {"extend", list_extend}, {"index", sequence_index}, {"insert", list_insert}, {"pop", list_pop},
    {"remove", list_remove}, {"reverse", list_reverse}, {"sort", list_sort},
};
constexpr MethodEntry kTupleMethods[] = {{"count", tuple_count}, {"index", sequence_index}};

}  // namespace

Method find_list_method(std::string_view name) {
  return find_in(std::begin(kListMethods), std::end(kListMethods), name);
}
Method find_tuple_method(std::string_view name) {
  return find_in(std::begin(kTupleMethods), std::end(kTupleMethods), name);
}

}  // namespace modelc::jinja
