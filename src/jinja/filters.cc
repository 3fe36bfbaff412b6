#include "jinja/filters.h"

#include <algorithm>

#include "jinja/methods.h"
#include "jinja/unicode.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

const std::vector<FilterEntry>& all_filters() {
  static const std::vector<FilterEntry> sorted = [] {
    std::vector<FilterEntry> all;
    for (auto part : {text_filters(), html_filters(), number_filters(), sequence_filters(), selection_filters()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    std::sort(all.begin(), all.end(), [](const FilterEntry& a, const FilterEntry& b) { return a.name < b.name; });
    return all;
  }();
  return sorted;
}

Value path_part(std::string_view text) {
  bool number = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  if (!number) return Value(text);
  int64_t value = 0;
  if (!parse_python_int(text, 10, value)) return Value(text);
  return value;
}

}  // namespace

FilterFunction find_filter(std::string_view name) {
  const auto& filters = all_filters();
  auto it = std::lower_bound(filters.begin(), filters.end(), name,
                             [](const FilterEntry& e, std::string_view n) { return e.name < n; });
  return it != filters.end() && it->name == name ? it->function : nullptr;
}

std::vector<std::string_view> filter_names() {
  std::vector<std::string_view> names;
  for (const FilterEntry& entry : all_filters()) names.push_back(entry.name);
  return names;
}

AttributePath::AttributePath(const Value& attribute) {
  if (attribute.is_none() || !is_given(attribute)) return;
  if (!attribute.is_string()) {
    parts_.push_back(attribute);
    return;
  }
  std::string_view rest = attribute.as_string();
  while (true) {
    size_t dot = rest.find('.');
    parts_.push_back(path_part(rest.substr(0, dot)));
    if (dot == std::string_view::npos) return;
    rest.remove_prefix(dot + 1);
  }
}

Value AttributePath::get(State& state, Value item, const Value& fallback) const {
  for (const Value& part : parts_) {
    item = get_item(state, item, part);
    if (item.is_undefined() && !fallback.is_undefined() && !fallback.is_none()) item = fallback;
  }
  return item;
}

Value ignore_case(const Value& v) { return v.is_string() ? Value(unicode::lower(v.as_string())) : v; }

bool is_given(const Value& v) {
  return !v.is_undefined() || !v.undefined_name().empty() || !v.undefined_hint().empty();
}

Value or_default(const Value& v, Value fallback) { return is_given(v) ? v : fallback; }

Value soft_text(const Value& v) { return v.is_string() ? v : Value(to_str(v)); }

}  // namespace modelc::jinja
