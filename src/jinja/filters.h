// The parts that the filters of one file share with those of the others; builtins.h is the public face.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/builtins.h"

namespace modelc::jinja {

struct FilterEntry {
  std::string_view name;
  FilterFunction function;
};
std::span<const FilterEntry> text_filters();
std::span<const FilterEntry> html_filters();
std::span<const FilterEntry> number_filters();
std::span<const FilterEntry> sequence_filters();
std::span<const FilterEntry> selection_filters();

/// Jinja2's attribute paths: "a.b.0" in parts; an int stands for itself, none is the item itself.
class AttributePath {
 public:
  explicit AttributePath(const Value& attribute);
  /// The item at the path; `fallback`, unless undefined or none, replaces what is undefined on the way.
  Value get(State& state, Value item, const Value& fallback = Value()) const;

 private:
  std::vector<Value> parts_;
};

/// Strings in lower case, all else as it is: the sort key of filters that ignore case.
Value ignore_case(const Value& v);
/// An argument that was not given, as opposed to one that is undefined by name.
bool is_given(const Value& v);
/// `v` or, when it was not given, `fallback`.
Value or_default(const Value& v, Value fallback);
/// soft_str: strings (Markup too) as they are, all else as str().
Value soft_text(const Value& v);
/// pprint.pformat(value), 80 columns.
std::string pretty_format(const Value& value);
/// textwrap.wrap(line) with expand_tabs and replace_whitespace off.
std::vector<std::string> wrap_text(std::string_view line, int64_t width, bool break_long_words, bool break_on_hyphens);
/// int(text, base) of Python; false where it raises ValueError. Throws for values beyond 64 bits.
bool parse_python_int(std::string_view text, int64_t base, int64_t& number);
/// float(text) of Python.
bool parse_python_float(std::string_view text, double& number);

}  // namespace modelc::jinja
