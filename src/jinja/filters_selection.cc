// map, select, reject, selectattr, rejectattr and attr: filters that apply attributes, other filters or tests.
#include <fmt/format.h>

#include "jinja/filters.h"
#include "jinja/methods.h"
#include "jinja/render.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

[[noreturn]] void no_such(std::string_view kind, const Value& name) {
  std::string message = fmt::format("No {} named {}.", kind, to_repr(name));
  if (name.is_undefined())
    message += fmt::format(" ({}; did you forget to quote the callable name?)", undefined_message(name));
  throw Error(ErrorKind::compilation, kind == "filter" ? "jinja/unknown-filter" : "jinja/unknown-test", message);
}

/// The subject of a filter and what stands behind it.
struct Subject {
  Value value;
  std::vector<Value> rest;
};

Subject take_subject(std::string_view name, CallArgs& args) {
  if (args.positional.empty()) type_error(fmt::format("{}() missing 1 required positional argument: 'value'", name));
  return {args.positional[0], {args.positional.begin() + 1, args.positional.end()}};
}

std::vector<Value> map_attribute(State& state, const Subject& subject, const CallArgs& args) {
  Value attribute;
  Value fallback;
  for (const auto& [name, value] : args.named) {
    if (name == "attribute")
      attribute = value;
    else if (name == "default")
      fallback = value;
    else
      filter_argument_error(fmt::format("Unexpected keyword argument '{}'", name));
  }
  AttributePath path(attribute);
  std::vector<Value> mapped;
  for (const Value& item : iterate(state, subject.value)) mapped.push_back(path.get(state, item, fallback));
  return mapped;
}

/// The arguments of a filter or test that is applied to `item`.
CallArgs arguments_for(Value item, const Subject& subject, size_t skip, const CallArgs& args) {
  CallArgs one;
  one.positional.reserve(subject.rest.size() - skip + 1);
  one.positional.push_back(std::move(item));
  one.positional.insert(one.positional.end(), subject.rest.begin() + static_cast<ptrdiff_t>(skip), subject.rest.end());
  one.named = args.named;
  return one;
}

std::vector<Value> map_items(State& state, const Subject& subject, const CallArgs& args) {
  if (!truth(subject.value)) return {};
  if (subject.rest.empty() && args.find_named("attribute")) return map_attribute(state, subject, args);
  if (subject.rest.empty()) filter_argument_error("map requires a filter argument");
  const Value& name = subject.rest[0];
  std::vector<Value> items = iterate(state, subject.value);
  if (items.empty()) return {};
  FilterFunction filter = name.is_string() ? find_filter(name.as_string()) : nullptr;
  if (!filter) no_such("filter", name);
  std::vector<Value> mapped;
  mapped.reserve(items.size());
  for (Value& item : items) {
    CallArgs one = arguments_for(std::move(item), subject, 1, args);
    mapped.push_back(filter(state, one));
  }
  return mapped;
}

Value filter_map(State&, CallArgs& args) {
  Subject subject = take_subject("sync_do_map", args);
  return Value::generator("sync_do_map", [subject, args](State& state) { return map_items(state, subject, args); });
}

/// Which items of a filter pass: by themselves or one of their attributes; those that pass the test or those that fail.
struct Selection {
  bool by_attribute;
  bool wanted;
};

/// Keeps the items (or those whose attribute) for which a test, or their truth, is as wanted.
std::vector<Value> select_items(State& state, const Subject& subject, const CallArgs& args, Selection selection) {
  if (!truth(subject.value)) return {};
  size_t offset = selection.by_attribute ? 1 : 0;
  if (selection.by_attribute && subject.rest.empty()) filter_argument_error("Missing parameter for attribute name");
  AttributePath path(selection.by_attribute ? subject.rest[0] : Value::none());
  std::vector<Value> items = iterate(state, subject.value);
  if (items.empty()) return {};
  TestFunction test = nullptr;
  if (subject.rest.size() > offset) {
    const Value& name = subject.rest[offset];
    test = name.is_string() ? find_test(name.as_string()) : nullptr;
    if (!test) no_such("test", name);
  }
  std::vector<Value> kept;
  for (const Value& item : items) {
    Value tested = path.get(state, item);
    bool passed = false;
    if (test) {
      CallArgs one = arguments_for(std::move(tested), subject, offset + 1, args);
      passed = test(state, one);
    } else {
      passed = truth(tested);
    }
    if (passed == selection.wanted) kept.push_back(item);
  }
  return kept;
}

Value lazy_selection(std::string_view function, CallArgs& args, Selection selection) {
  Subject subject = take_subject(function, args);
  return Value::generator("select_or_reject", [subject, args, selection](State& state) {
    return select_items(state, subject, args, selection);
  });
}

Value filter_select(State&, CallArgs& args) { return lazy_selection("sync_do_select", args, {false, true}); }
Value filter_reject(State&, CallArgs& args) { return lazy_selection("sync_do_reject", args, {false, false}); }
Value filter_selectattr(State&, CallArgs& args) { return lazy_selection("sync_do_selectattr", args, {true, true}); }
Value filter_rejectattr(State&, CallArgs& args) { return lazy_selection("sync_do_rejectattr", args, {true, false}); }

Value filter_attr(State& state, CallArgs& args) {
  auto bound = args.bind("do_attr", {"obj", "name"}, 2);
  if (!bound[1].is_string()) type_error(fmt::format("attribute name must be string, not '{}'", type_name(bound[1])));
  const std::string& name = bound[1].as_string();
  if (bound[0].is_undefined()) return get_attribute(state, bound[0], name);
  if (auto found = own_attribute(state, bound[0], name)) return std::move(*found);
  if (name.starts_with("__")) return get_attribute(state, bound[0], name);  // for the message
  return missing_attribute(bound[0], name);
}

constexpr FilterEntry kFilters[] = {
    {"attr", filter_attr},     {"map", filter_map},
    {"reject", filter_reject}, {"rejectattr", filter_rejectattr},
    {"select", filter_select}, {"selectattr", filter_selectattr},
};

}  // namespace

std::span<const FilterEntry> selection_filters() { return kFilters; }

}  // namespace modelc::jinja
