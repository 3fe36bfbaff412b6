// Methods of the built-in types, and the helpers that word their argument errors as CPython does.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "jinja/value.h"

namespace modelc::jinja {

using Method = Value (*)(State&, const Value& self, CallArgs&);

/// Null when the type of `v` (str, list, tuple, dict, int, float) has no such method.
Method find_method(const Value& v, std::string_view name);
Method find_str_method(std::string_view name);
Method find_list_method(std::string_view name);
Method find_tuple_method(std::string_view name);
Method find_dict_method(std::string_view name);
Method find_int_method(std::string_view name);
Method find_float_method(std::string_view name);

/// One row of a method table; tables are sorted by name.
struct MethodEntry {
  std::string_view name;
  Method method;
};
Method find_in(const MethodEntry* begin, const MethodEntry* end, std::string_view name);

/// What Python's getattr finds, names with a leading underscore left out; never an item.
std::optional<Value> own_attribute(State& state, const Value& v, std::string_view name);
/// The undefined that stands for an absent attribute, with Jinja2's message.
Value missing_attribute(const Value& v, std::string_view name);
/// A method bound to its subject, as `x.upper` gives it without a call.
Value bind_method(const Value& self, std::string_view name, Method method);

// Checks of arguments, in CPython's words. `name` is qualified where CPython qualifies it ("str.upper").
void expect_no_arguments(std::string_view name, const CallArgs& args);
const Value& expect_one_argument(std::string_view name, const CallArgs& args);
void expect_no_keywords(std::string_view name, const CallArgs& args);
/// Positional arguments only, between `least` and `most` of them ("find expected at least 1 argument, got 0").
void expect_count(std::string_view name, const CallArgs& args, size_t least, size_t most);

/// The int in `v` (bools count), or "'float' object cannot be interpreted as an integer".
int64_t expect_index(const Value& v);
/// A slice bound: None is `fallback`; negative ones count from `length`; the result is clamped to [0, length].
size_t slice_bound(const Value& v, size_t length, size_t fallback);

// str
Value str_format(State& state, const Value& self, CallArgs& args);
Value str_format_map(State& state, const Value& self, CallArgs& args);
/// Python's ascii(): repr with everything above U+007F escaped.
std::string ascii_repr(const Value& value);
/// Python's `text % arguments`.
Value format_percent(const Value& text, const Value& arguments);
/// str.split with a separator, or on white space when it is empty.
std::vector<Value> split_text(const Value& self, std::optional<std::string_view> separator, int64_t limit);
/// A string of the same kind as `like`: Markup stays Markup, all else is plain.
Value same_kind(const Value& like, std::string text);
/// Replaces at most `count` occurrences (all when negative); an empty `from` matches between code points.
std::string replace_text(std::string_view text, std::string_view from, std::string_view to, int64_t count);
/// Strips the code points of `characters` (white space when absent) on the chosen sides.
std::string_view strip_text(std::string_view text, std::optional<std::string_view> characters, bool left, bool right);
bool is_lower_text(std::string_view text);  ///< str.islower
bool is_upper_text(std::string_view text);  ///< str.isupper
std::string center_text(std::string_view text, int64_t width, std::string_view fill);

/// Sorts as list.sort(): stable, by `<`. `keys` are sorted along when given (same size), else the items themselves.
void sort_values(std::vector<Value>& items, std::vector<Value>* keys, bool reverse);

/// HTML-escapes &, <, >, ' and ".
std::string escape_html(std::string_view text);
/// markupsafe.escape: Markup is left alone.
Value escape_value(const Value& v);

}  // namespace modelc::jinja
