// Methods of str that search, split, join, strip and pad; those of case and class are in methods_str_case.cc.
#include <fmt/format.h>

#include <array>

#include "jinja/bytes.h"
#include "jinja/methods.h"
#include "jinja/methods_str_case.h"
#include "jinja/unicode.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {

Value same_kind(const Value& like, std::string text) {
  return like.string_kind() == StringKind::markup ? Value(std::move(text), StringKind::markup) : Value(std::move(text));
}

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '"':
        out += "&#34;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

Value escape_value(const Value& v) {
  if (v.is_string() && v.string_kind() == StringKind::markup) return v;
  return Value(escape_html(to_str(v)), StringKind::markup);
}

namespace {

constexpr size_t npos = std::string_view::npos;

bool is_markup(const Value& v) { return v.is_string() && v.string_kind() == StringKind::markup; }

std::string_view text_argument(const Value& v, std::string_view message) {
  if (!v.is_string()) type_error(fmt::format("{}, not {}", message, type_name(v)));
  return v.as_string();
}

// ---- searching ----------------------------------------------------------------------------------------------------

/// The part of a text that a search with start and end looks at.
struct Window {
  std::string_view text;
  size_t first = 0;  ///< code point where it begins
  bool valid = true;
};

Window search_window(std::string_view name, const Value& self, const CallArgs& args) {
  expect_no_keywords(name, args);
  size_t given = args.positional.size();
  if (given < 1) type_error(fmt::format("{}() takes at least 1 argument ({} given)", name, given));
  if (given > 3) type_error(fmt::format("{}() takes at most 3 arguments ({} given)", name, given));
  std::string_view text = self.as_string();
  if (given == 1) return {text};
  size_t length = unicode::length(text);
  const Value& start = args.positional[1];
  size_t first = slice_bound(start, length, 0);
  size_t last = given > 2 ? slice_bound(args.positional[2], length, length) : length;
  bool beyond = start.is_int() && start.as_int() > static_cast<int64_t>(length);
  if (first > last || beyond) return {{}, 0, false};
  return {unicode::substring(text, first, last), first};
}

/// Code point index of a match, or -1.
int64_t find_index(std::string_view name, const Value& self, const CallArgs& args, bool from_right) {
  Window window = search_window(name, self, args);
  std::string_view needle = text_argument(args.positional[0], "must be str");
  if (!window.valid) return -1;
  size_t at = from_right ? window.text.rfind(needle) : window.text.find(needle);
  if (at == npos) return -1;
  return static_cast<int64_t>(window.first + unicode::length(window.text.substr(0, at)));
}

Value str_find(State&, const Value& self, CallArgs& args) { return find_index("find", self, args, false); }
Value str_rfind(State&, const Value& self, CallArgs& args) { return find_index("rfind", self, args, true); }

Value index_or_throw(int64_t index) {
  if (index < 0) value_error("substring not found");
  return index;
}

Value str_index(State&, const Value& self, CallArgs& args) {
  return index_or_throw(find_index("index", self, args, false));
}
Value str_rindex(State&, const Value& self, CallArgs& args) {
  return index_or_throw(find_index("rindex", self, args, true));
}

Value str_count(State&, const Value& self, CallArgs& args) {
  Window window = search_window("count", self, args);
  std::string_view needle = text_argument(args.positional[0], "must be str");
  if (!window.valid) return 0;
  if (needle.empty()) return unicode::length(window.text) + 1;
  int64_t count = 0;
  for (size_t at = window.text.find(needle); at != npos; at = window.text.find(needle, at + needle.size())) ++count;
  return count;
}

bool has_affix(std::string_view text, std::string_view affix, bool at_end) {
  return at_end ? text.ends_with(affix) : text.starts_with(affix);
}

Value test_affix(std::string_view name, const Value& self, const CallArgs& args, bool at_end) {
  Window window = search_window(name, self, args);
  const Value& affix = args.positional[0];
  if (affix.is_tuple()) {
    for (const Value& each : affix.as_tuple()) {
      if (!each.is_string())
        type_error(fmt::format("tuple for {} must only contain str, not {}", name, type_name(each)));
      if (window.valid && has_affix(window.text, each.as_string(), at_end)) return true;
    }
    return false;
  }
  if (!affix.is_string()) {
    type_error(fmt::format("{} first arg must be str or a tuple of str, not {}", name, type_name(affix)));
  }
  return window.valid && has_affix(window.text, affix.as_string(), at_end);
}

Value str_startswith(State&, const Value& self, CallArgs& args) { return test_affix("startswith", self, args, false); }
Value str_endswith(State&, const Value& self, CallArgs& args) { return test_affix("endswith", self, args, true); }

// ---- splitting ----------------------------------------------------------------------------------------------------

size_t skip_spaces(std::string_view text, size_t at) {
  while (at < text.size()) {
    size_t behind = at;
    if (!unicode::is_space(unicode::next(text, behind))) break;
    at = behind;
  }
  return at;
}

size_t skip_word(std::string_view text, size_t at) {
  while (at < text.size()) {
    size_t behind = at;
    if (unicode::is_space(unicode::next(text, behind))) break;
    at = behind;
  }
  return at;
}

size_t skip_spaces_back(std::string_view text, size_t end) {
  while (end > 0) {
    size_t at = unicode::previous(text, end);
    size_t behind = at;
    if (!unicode::is_space(unicode::next(text, behind))) break;
    end = at;
  }
  return end;
}

size_t skip_word_back(std::string_view text, size_t end) {
  while (end > 0) {
    size_t at = unicode::previous(text, end);
    size_t behind = at;
    if (unicode::is_space(unicode::next(text, behind))) break;
    end = at;
  }
  return end;
}

std::vector<std::string_view> split_words(std::string_view text, int64_t limit) {
  std::vector<std::string_view> parts;
  size_t at = skip_spaces(text, 0);
  while (at < text.size()) {
    if (limit >= 0 && static_cast<int64_t>(parts.size()) >= limit) {
      parts.push_back(text.substr(at));
      break;
    }
    size_t end = skip_word(text, at);
    parts.push_back(text.substr(at, end - at));
    at = skip_spaces(text, end);
  }
  return parts;
}

std::vector<std::string_view> split_words_back(std::string_view text, int64_t limit) {
  std::vector<std::string_view> parts;
  size_t end = skip_spaces_back(text, text.size());
  while (end > 0) {
    if (limit >= 0 && static_cast<int64_t>(parts.size()) >= limit) {
      parts.push_back(text.substr(0, end));
      break;
    }
    size_t begin = skip_word_back(text, end);
    parts.push_back(text.substr(begin, end - begin));
    end = skip_spaces_back(text, begin);
  }
  std::reverse(parts.begin(), parts.end());
  return parts;
}

std::vector<std::string_view> split_at(std::string_view text, std::string_view separator, int64_t limit) {
  std::vector<std::string_view> parts;
  size_t from = 0;
  for (size_t at = text.find(separator); at != npos; at = text.find(separator, from)) {
    if (limit >= 0 && static_cast<int64_t>(parts.size()) >= limit) break;
    parts.push_back(text.substr(from, at - from));
    from = at + separator.size();
  }
  parts.push_back(text.substr(from));
  return parts;
}

std::vector<std::string_view> split_at_back(std::string_view text, std::string_view separator, int64_t limit) {
  std::vector<std::string_view> parts;
  size_t end = text.size();
  while (!(limit >= 0 && static_cast<int64_t>(parts.size()) >= limit)) {
    if (end < separator.size()) break;
    size_t at = text.rfind(separator, end - separator.size());
    if (at == npos) break;
    parts.push_back(text.substr(at + separator.size(), end - at - separator.size()));
    end = at;
  }
  parts.push_back(text.substr(0, end));
  std::reverse(parts.begin(), parts.end());
  return parts;
}

std::vector<Value> to_values(const Value& like, const std::vector<std::string_view>& parts) {
  std::vector<Value> values;
  values.reserve(parts.size());
  for (std::string_view part : parts) values.push_back(same_kind(like, std::string(part)));
  return values;
}

/// Reads arguments that may also come by name, as split(sep=None, maxsplit=-1) has them.
template <size_t N>
std::array<Value, N> read_keywords(std::string_view name, const CallArgs& args,
                                   const std::array<std::string_view, N>& names) {
  size_t given = args.positional.size() + args.named.size();
  if (given > N)
    type_error(fmt::format("{}() takes at most {} argument{} ({} given)", name, N, N == 1 ? "" : "s", given));
  std::array<Value, N> values;
  std::copy(args.positional.begin(), args.positional.end(), values.begin());
  for (const auto& [key, value] : args.named) {
    size_t i = std::find(names.begin(), names.end(), key) - names.begin();
    if (i == N) type_error(fmt::format("'{}' is an invalid keyword argument for {}()", key, name));
    if (i < args.positional.size())
      type_error(fmt::format("argument for {}() given by name ('{}') and position ({})", name, key, i + 1));
    values[i] = value;
  }
  return values;
}

Value split_method(std::string_view name, const Value& self, const CallArgs& args, bool from_right) {
  auto [separator, limit_value] = read_keywords<2>(name, args, {"sep", "maxsplit"});
  int64_t limit = limit_value.is_undefined() ? -1 : expect_index(limit_value);
  std::string_view text = self.as_string();
  if (separator.is_none() || separator.is_undefined()) {
    return Value::list(to_values(self, from_right ? split_words_back(text, limit) : split_words(text, limit)));
  }
  std::string_view mark = text_argument(separator, "must be str or None");
  if (mark.empty()) value_error("empty separator");
  return Value::list(to_values(self, from_right ? split_at_back(text, mark, limit) : split_at(text, mark, limit)));
}

Value str_split(State&, const Value& self, CallArgs& args) { return split_method("split", self, args, false); }
Value str_rsplit(State&, const Value& self, CallArgs& args) { return split_method("rsplit", self, args, true); }

bool is_line_break(uint32_t c) {
  return (c >= 10 && c <= 13) || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

Value str_splitlines(State&, const Value& self, CallArgs& args) {
  auto [keep] = read_keywords<1>("splitlines", args, {"keepends"});
  bool keep_ends = truth(keep);
  std::string_view text = self.as_string();
  std::vector<std::string_view> lines;
  size_t begin = 0;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    uint32_t c = unicode::next(text, at);
    if (!is_line_break(c)) continue;
    if (c == '\r' && at < text.size() && text[at] == '\n') ++at;
    lines.push_back(text.substr(begin, (keep_ends ? at : end) - begin));
    begin = at;
  }
  if (begin < text.size()) lines.push_back(text.substr(begin));
  return Value::list(to_values(self, lines));
}

Value partition_method(const Value& self, const Value& separator, bool from_right) {
  std::string_view mark = text_argument(separator, "must be str");
  if (mark.empty()) value_error("empty separator");
  std::string_view text = self.as_string();
  size_t at = from_right ? text.rfind(mark) : text.find(mark);
  std::string_view empty;
  if (at == npos) {
    return Value::tuple(from_right ? to_values(self, {empty, empty, text}) : to_values(self, {text, empty, empty}));
  }
  return Value::tuple(to_values(self, {text.substr(0, at), mark, text.substr(at + mark.size())}));
}

Value str_partition(State&, const Value& self, CallArgs& args) {
  return partition_method(self, expect_one_argument("str.partition", args), false);
}
Value str_rpartition(State&, const Value& self, CallArgs& args) {
  return partition_method(self, expect_one_argument("str.rpartition", args), true);
}

Value str_join(State& state, const Value& self, CallArgs& args) {
  const Value& subject = expect_one_argument("str.join", args);
  bool walkable = subject.is_string() || subject.is_sequence() || subject.is_dict() || subject.is_object() ||
                  subject.is_undefined();
  if (!walkable) type_error("can only join an iterable");
  std::vector<Value> items = iterate(state, subject);
  std::string out;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += self.as_string();
    if (is_markup(self)) {
      out += escape_value(items[i]).as_string();
      continue;
    }
    if (!items[i].is_string()) {
      type_error(fmt::format("sequence item {}: expected str instance, {} found", i, type_name(items[i])));
    }
    out += items[i].as_string();
  }
  return same_kind(self, std::move(out));
}

// ---- replacing and stripping --------------------------------------------------------------------------------------

Value str_replace(State&, const Value& self, CallArgs& args) {
  expect_no_keywords("str.replace", args);
  expect_count("replace", args, 2, 3);
  std::string_view from = text_argument(args.positional[0], "replace() argument 1 must be str");
  std::string_view to = text_argument(args.positional[1], "replace() argument 2 must be str");
  int64_t count = args.positional.size() > 2 ? expect_index(args.positional[2]) : -1;
  std::string safe = is_markup(self) ? escape_value(args.positional[1]).as_string() : std::string(to);
  return same_kind(self, replace_text(self.as_string(), from, safe, count));
}

Value strip_method(std::string_view name, const Value& self, const CallArgs& args, bool left, bool right) {
  expect_count(name, args, 0, 1);
  if (args.positional.empty() || args.positional[0].is_none()) {
    return same_kind(self, std::string(strip_text(self.as_string(), std::nullopt, left, right)));
  }
  if (!args.positional[0].is_string()) type_error(fmt::format("{} arg must be None or str", name.substr(4)));
  return same_kind(self, std::string(strip_text(self.as_string(), args.positional[0].as_string(), left, right)));
}

Value str_strip(State&, const Value& self, CallArgs& args) { return strip_method("str.strip", self, args, true, true); }
Value str_lstrip(State&, const Value& self, CallArgs& args) {
  return strip_method("str.lstrip", self, args, true, false);
}
Value str_rstrip(State&, const Value& self, CallArgs& args) {
  return strip_method("str.rstrip", self, args, false, true);
}

Value str_removeprefix(State&, const Value& self, CallArgs& args) {
  std::string_view text = self.as_string();
  std::string_view prefix =
      text_argument(expect_one_argument("str.removeprefix", args), "removeprefix() argument must be str");
  return same_kind(self, std::string(text.starts_with(prefix) ? text.substr(prefix.size()) : text));
}

Value str_removesuffix(State&, const Value& self, CallArgs& args) {
  std::string_view text = self.as_string();
  std::string_view suffix =
      text_argument(expect_one_argument("str.removesuffix", args), "removesuffix() argument must be str");
  if (!suffix.empty() && text.ends_with(suffix)) text.remove_suffix(suffix.size());
  return same_kind(self, std::string(text));
}

// ---- padding ------------------------------------------------------------------------------------------------------

void append_fill(std::string& out, std::string_view fill, int64_t count) {
  if (count <= 0) return;
  check_text_size(static_cast<double>(count) * static_cast<double>(fill.size()));
  for (int64_t i = 0; i < count; ++i) out += fill;
}

struct Padding {
  int64_t missing;
  std::string fill;
};

Padding read_padding(std::string_view name, const Value& self, const CallArgs& args) {
  expect_count(name, args, 1, 2);
  int64_t width = expect_index(args.positional[0]);
  std::string fill = " ";
  if (args.positional.size() > 1) {
    const Value& given = args.positional[1];
    if (!given.is_string())
      type_error(fmt::format("The fill character must be a unicode character, not {}", type_name(given)));
    if (unicode::length(given.as_string()) != 1) type_error("The fill character must be exactly one character long");
    fill = is_markup(self) ? escape_value(given).as_string() : given.as_string();
  }
  auto length = static_cast<int64_t>(unicode::length(self.as_string()));
  return {width > length ? width - length : 0, std::move(fill)};
}

Value pad(const Value& self, int64_t left, int64_t right, std::string_view fill) {
  std::string out;
  append_fill(out, fill, left);
  out += self.as_string();
  append_fill(out, fill, right);
  return same_kind(self, std::move(out));
}

Value str_ljust(State&, const Value& self, CallArgs& args) {
  Padding padding = read_padding("str.ljust", self, args);
  return pad(self, 0, padding.missing, padding.fill);
}
Value str_rjust(State&, const Value& self, CallArgs& args) {
  Padding padding = read_padding("str.rjust", self, args);
  return pad(self, padding.missing, 0, padding.fill);
}

int64_t left_of_center(int64_t missing, int64_t width) { return missing / 2 + (missing & width & 1); }

Value str_center(State&, const Value& self, CallArgs& args) {
  Padding padding = read_padding("str.center", self, args);
  int64_t left = left_of_center(padding.missing, args.positional[0].as_int());
  return pad(self, left, padding.missing - left, padding.fill);
}

Value str_zfill(State&, const Value& self, CallArgs& args) {
  int64_t width = expect_index(expect_one_argument("str.zfill", args));
  std::string_view text = self.as_string();
  auto length = static_cast<int64_t>(unicode::length(text));
  bool sign = !text.empty() && (text[0] == '+' || text[0] == '-');
  std::string out(text.substr(0, sign ? 1 : 0));
  append_fill(out, "0", width > length ? width - length : 0);
  out += text.substr(sign ? 1 : 0);
  return same_kind(self, std::move(out));
}

Value str_expandtabs(State&, const Value& self, CallArgs& args) {
  auto [size_value] = read_keywords<1>("expandtabs", args, {"tabsize"});
  int64_t size = size_value.is_undefined() ? 8 : expect_index(size_value);
  std::string out;
  int64_t column = 0;
  std::string_view text = self.as_string();
  for (size_t at = 0; at < text.size();) {
    uint32_t c = unicode::next(text, at);
    if (c == '\t') {
      int64_t blanks = size > 0 ? size - column % size : 0;
      append_fill(out, " ", blanks);
      column += blanks;
      continue;
    }
    column = c == '\n' || c == '\r' ? 0 : column + 1;
    unicode::append(out, c);
  }
  return same_kind(self, std::move(out));
}

// ---- translation --------------------------------------------------------------------------------------------------

void append_translated(std::string& out, const Value& to) {
  if (to.is_none()) return;
  if (to.is_string()) {
    out += to.as_string();
  } else if (to.is_int() || to.is_bool()) {
    if (to.as_int() < 0 || to.as_int() > 0x10ffff) value_error("character mapping must be in range(0x110000)");
    unicode::append(out, static_cast<uint32_t>(to.as_int()));
  } else {
    type_error("character mapping must return integer, None or str");
  }
}

Value str_translate(State& state, const Value& self, CallArgs& args) {
  const Value& table = expect_one_argument("str.translate", args);
  if (table.is_undefined()) throw_undefined(table);
  if (table.is_none() || table.is_number())
    type_error(fmt::format("'{}' object is not subscriptable", type_name(table)));
  std::string out;
  std::string_view text = self.as_string();
  for (size_t at = 0; at < text.size();) {
    uint32_t c = unicode::next(text, at);
    Value to = get_item(state, table, Value(static_cast<int64_t>(c)));
    if (to.is_undefined())
      unicode::append(out, c);
    else
      append_translated(out, to);
  }
  return same_kind(self, std::move(out));
}

int64_t only_code_point(const Value& key) {
  if (key.is_string()) {
    if (unicode::length(key.as_string()) != 1) value_error("string keys in translate table must be of length 1");
    size_t at = 0;
    return unicode::next(key.as_string(), at);
  }
  if (!key.is_int() && !key.is_bool()) type_error("keys in translate table must be strings or integers");
  return key.as_int();
}

Value str_maketrans(State&, const Value&, CallArgs& args) {
  expect_count("maketrans", args, 1, 3);
  Value table = Value::dict();
  if (args.positional.size() == 1) {
    if (!args.positional[0].is_dict()) type_error("if you give only one argument to maketrans it must be a dict");
    for (const auto& [key, value] : args.positional[0].as_dict().entries())
      table.as_dict().set(Value(only_code_point(key)), value);
    return table;
  }
  if (!args.positional[0].is_string())
    type_error("first maketrans argument must be a string if there is a second argument");
  std::u32string from = unicode::decode(args.positional[0].as_string());
  std::u32string to = unicode::decode(text_argument(args.positional[1], "maketrans() argument 2 must be str"));
  if (from.size() != to.size()) value_error("the first two maketrans arguments must have equal length");
  for (size_t i = 0; i < from.size(); ++i) {
    table.as_dict().set(Value(static_cast<int64_t>(from[i])), Value(static_cast<int64_t>(to[i])));
  }
  if (args.positional.size() == 3) {
    for (char32_t c : unicode::decode(text_argument(args.positional[2], "maketrans() argument 3 must be str"))) {
      table.as_dict().set(Value(static_cast<int64_t>(c)), Value::none());
    }
  }
  return table;
}

Value str_encode(State&, const Value& self, CallArgs& args) {
  auto [encoding, errors] = read_keywords<2>("encode", args, {"encoding", "errors"});
  return encode_text(self.as_string(), encoding.is_undefined() ? "utf-8" : to_str(encoding),
                     errors.is_undefined() ? "strict" : to_str(errors));
}

constexpr MethodEntry kMethods[] = {
    {"capitalize", str_capitalize},
    {"casefold", str_casefold},
    {"center", str_center},
    {"count", str_count},
    {"encode", str_encode},
    {"endswith", str_endswith},
    {"expandtabs", str_expandtabs},
    {"find", str_find},
    {"format", str_format},
    {"format_map", str_format_map},
    {"index", str_index},
    {"isalnum", str_isalnum},
    {"isalpha", str_isalpha},
    {"isascii", str_isascii},
    {"isdecimal", str_isdecimal},
    {"isdigit", str_isdigit},
    {"isidentifier", str_isidentifier},
    {"islower", str_islower},
    {"isnumeric", str_isnumeric},
    {"isprintable", str_isprintable},
    {"isspace", str_isspace},
    {"istitle", str_istitle},
    {"isupper", str_isupper},
    {"join", str_join},
    {"ljust", str_ljust},
    {"lower", str_lower},
    {"lstrip", str_lstrip},
    {"maketrans", str_maketrans},
    {"partition", str_partition},
    {"removeprefix", str_removeprefix},
    {"removesuffix", str_removesuffix},
    {"replace", str_replace},
    {"rfind", str_rfind},
    {"rindex", str_rindex},
    {"rjust", str_rjust},
    {"rpartition", str_rpartition},
    {"rsplit", str_rsplit},
    {"rstrip", str_rstrip},
    {"split", str_split},
    {"splitlines", str_splitlines},
    {"startswith", str_startswith},
    {"strip", str_strip},
    {"swapcase", str_swapcase},
    {"title", str_title},
    {"translate", str_translate},
    {"upper", str_upper},
    {"zfill", str_zfill},
};

}  // namespace

Method find_str_method(std::string_view name) { return find_in(std::begin(kMethods), std::end(kMethods), name); }

std::vector<Value> split_text(const Value& self, std::optional<std::string_view> separator, int64_t limit) {
  return to_values(self,
                   separator ? split_at(self.as_string(), *separator, limit) : split_words(self.as_string(), limit));
}

std::string replace_text(std::string_view text, std::string_view from, std::string_view to, int64_t count) {
  std::string out;
  size_t at = 0;
  if (count < 0) count = INT64_MAX;
  if (from.empty()) {
    check_text_size(static_cast<double>(text.size() + 1) * static_cast<double>(to.size() + 1));
    for (; count > 0; --count) {
      out += to;
      if (at >= text.size()) break;
      size_t begin = at;
      unicode::next(text, at);
      out += text.substr(begin, at - begin);
    }
    return out += text.substr(std::min(at, text.size()));
  }
  for (; count > 0; --count) {
    size_t found = text.find(from, at);
    if (found == npos) break;
    out += text.substr(at, found - at);
    out += to;
    check_text_size(static_cast<double>(out.size()));
    at = found + from.size();
  }
  return out += text.substr(at);
}

std::string_view strip_text(std::string_view text, std::optional<std::string_view> characters, bool left, bool right) {
  std::u32string set = characters ? unicode::decode(*characters) : std::u32string();
  auto stripped = [&](uint32_t c) {
    return characters ? set.find(static_cast<char32_t>(c)) != std::u32string::npos : unicode::is_space(c);
  };
  while (left && !text.empty()) {
    size_t at = 0;
    if (!stripped(unicode::next(text, at))) break;
    text.remove_prefix(at);
  }
  while (right && !text.empty()) {
    size_t begin = unicode::previous(text, text.size());
    size_t at = begin;
    if (!stripped(unicode::next(text, at))) break;
    text = text.substr(0, begin);
  }
  return text;
}

std::string center_text(std::string_view text, int64_t width, std::string_view fill) {
  auto length = static_cast<int64_t>(unicode::length(text));
  int64_t missing = width > length ? width - length : 0;
  int64_t left = left_of_center(missing, width);
  std::string out;
  append_fill(out, fill, left);
  out += text;
  append_fill(out, fill, missing - left);
  return out;
}

}  // namespace modelc::jinja
