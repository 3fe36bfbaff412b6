// Filters over texts.
#include <fmt/format.h>

#include <algorithm>

#include "jinja/filters.h"
#include "jinja/methods.h"
#include "jinja/regex.h"
#include "jinja/render.h"
#include "jinja/unicode.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

template <std::string (*Map)(std::string_view)>
Value case_filter(std::string_view name, CallArgs& args) {
  Value text = soft_text(args.bind(name, {"s"}, 1)[0]);
  return same_kind(text, Map(text.as_string()));
}

Value filter_upper(State&, CallArgs& args) { return case_filter<unicode::upper>("do_upper", args); }
Value filter_lower(State&, CallArgs& args) { return case_filter<unicode::lower>("do_lower", args); }
Value filter_capitalize(State&, CallArgs& args) { return case_filter<unicode::capitalize>("do_capitalize", args); }

/// First letters behind blanks, hyphens and opening brackets are raised; apostrophes begin no word, unlike str.title.
std::string title_words(std::string_view text) {
  std::string out;
  size_t word = 0;
  auto finish = [&](size_t end) {
    if (word == end) return;
    size_t first = word;
    unicode::next(text, first);
    out += unicode::upper(text.substr(word, first - word));
    out += unicode::lower(text.substr(first, end - first));
  };
  for (size_t at = 0; at < text.size();) {
    size_t begin = at;
    uint32_t c = unicode::next(text, at);
    if (!unicode::is_space(c) && c != '-' && c != '(' && c != '{' && c != '[' && c != '<') continue;
    finish(begin);
    out += text.substr(begin, at - begin);
    word = at;
  }
  finish(text.size());
  return out;
}

Value filter_title(State&, CallArgs& args) { return title_words(to_str(args.bind("do_title", {"s"}, 1)[0])); }

Value filter_center(State&, CallArgs& args) {
  auto bound = args.bind("do_center", {"value", "width"}, 1);
  Value text = soft_text(bound[0]);
  return same_kind(text, center_text(text.as_string(), expect_index(or_default(bound[1], 80)), " "));
}

Value filter_trim(State&, CallArgs& args) {
  auto bound = args.bind("do_trim", {"value", "chars"}, 1);
  Value text = soft_text(bound[0]);
  if (!is_given(bound[1]) || bound[1].is_none())
    return same_kind(text, std::string(strip_text(text.as_string(), std::nullopt, true, true)));
  if (!bound[1].is_string()) type_error("strip arg must be None or str");
  return same_kind(text, std::string(strip_text(text.as_string(), bound[1].as_string(), true, true)));
}

Value filter_replace(State&, CallArgs& args) {
  auto bound = args.bind("do_replace", {"s", "old", "new", "count"}, 3);
  bool all = !is_given(bound[3]) || bound[3].is_none();
  return replace_text(to_str(bound[0]), to_str(bound[1]), to_str(bound[2]), all ? -1 : expect_index(bound[3]));
}

Value filter_string(State&, CallArgs& args) {
  Value v = args.bind("soft_str", {"s"}, 1)[0];
  return soft_text(v);
}

Value filter_format(State&, CallArgs& args) {
  if (args.positional.empty()) args.bind("do_format", {"value"}, 1);
  std::vector<Value> rest(args.positional.begin() + 1, args.positional.end());
  if (!rest.empty() && !args.named.empty()) {
    filter_argument_error("can't handle positional and keyword arguments at the same time");
  }
  Value text = soft_text(args.positional[0]);
  if (args.named.empty()) return format_percent(text, Value::tuple(std::move(rest)));
  Value named = Value::dict();
  for (const auto& [key, value] : args.named) named.as_dict().set(key, value);
  return format_percent(text, named);
}

// ---- indent, truncate, wordwrap ------------------------------------------------------------------------------------

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  size_t begin = 0;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    uint32_t c = unicode::next(text, at);
    bool line_break = (c >= 10 && c <= 13) || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
    if (!line_break) continue;
    if (c == '\r' && at < text.size() && text[at] == '\n') ++at;
    lines.push_back(text.substr(begin, end - begin));
    begin = at;
  }
  if (begin < text.size()) lines.push_back(text.substr(begin));
  return lines;
}

Value filter_indent(State&, CallArgs& args) {
  auto bound = args.bind("do_indent", {"s", "width", "first", "blank"}, 1);
  const Value& subject = bound[0];
  if (subject.is_undefined()) throw_undefined(subject);
  if (subject.is_list()) type_error("'list' object has no attribute 'splitlines'");  // Python's += extended it
  if (subject.is_tuple()) binary(BinaryOp::add, subject, Value("\n"));               // throws
  if (!subject.is_string())
    type_error(fmt::format("unsupported operand type(s) for +=: '{}' and 'str'", type_name(subject)));
  Value width = or_default(bound[1], 4);
  std::string indention =
      width.is_string() ? width.as_string()
                        : std::string(static_cast<size_t>(std::clamp<int64_t>(expect_index(width), 0, 1 << 20)), ' ');
  bool blank = truth(bound[3]);
  std::string text = subject.as_string() + "\n";
  std::string out;
  bool first_line = true;
  for (std::string_view line : lines_of(text)) {
    if (!first_line) {
      out += '\n';
      if (blank || !line.empty()) out += indention;
    } else if (truth(bound[2])) {
      out += indention;
    }
    first_line = false;
    out += line;
    check_text_size(static_cast<double>(out.size()));
  }
  return same_kind(subject, std::move(out));
}

Value filter_truncate(State&, CallArgs& args) {
  auto bound = args.bind("do_truncate", {"s", "length", "killwords", "end", "leeway"}, 1);
  int64_t length = expect_index(or_default(bound[1], 255));
  Value end = or_default(bound[3], "...");
  int64_t leeway = is_given(bound[4]) && !bound[4].is_none() ? expect_index(bound[4]) : 5;
  auto end_length = static_cast<int64_t>(jinja::length(end).value_or(0));
  if (length < end_length) value_error(fmt::format("expected length >= {}, got {}", end_length, length));
  if (leeway < 0) value_error(fmt::format("expected leeway >= 0, got {}", leeway));
  const Value& subject = bound[0];
  auto size = jinja::length(subject);
  if (!size) type_error(fmt::format("object of type '{}' has no len()", type_name(subject)));
  if (static_cast<int64_t>(*size) <= length + leeway) return subject;
  if (!subject.is_string()) type_error(fmt::format("'{}' object is not a string", type_name(subject)));
  std::string_view cut = unicode::substring(subject.as_string(), 0, static_cast<size_t>(length - end_length));
  if (!truth(bound[2])) {
    size_t blank = cut.rfind(' ');
    if (blank != std::string_view::npos) cut = cut.substr(0, blank);
  }
  return binary(BinaryOp::add, same_kind(subject, std::string(cut)), end);
}

Value filter_wordwrap(State&, CallArgs& args) {
  auto bound = args.bind("do_wordwrap", {"s", "width", "break_long_words", "wrapstring", "break_on_hyphens"}, 1);
  if (bound[0].is_undefined()) throw_undefined(bound[0]);
  if (!bound[0].is_string()) type_error(fmt::format("'{}' object has no attribute 'splitlines'", type_name(bound[0])));
  int64_t width = expect_index(or_default(bound[1], 79));
  bool break_long = truth(or_default(bound[2], true));
  bool on_hyphens = truth(or_default(bound[4], true));
  std::string wrap = is_given(bound[3]) && !bound[3].is_none() ? to_str(bound[3]) : "\n";
  std::string out;
  bool first_line = true;
  for (std::string_view line : lines_of(bound[0].as_string())) {
    if (!first_line) out += wrap;
    first_line = false;
    bool first_part = true;
    for (const std::string& part : wrap_text(line, width, break_long, on_hyphens)) {
      if (!first_part) out += wrap;
      first_part = false;
      out += part;
    }
  }
  return out;
}

Value filter_wordcount(State&, CallArgs& args) {
  std::string text = to_str(args.bind("do_wordcount", {"s"}, 1)[0]);
  int64_t count = 0;
  bool inside = false;
  for (size_t at = 0; at < text.size();) {
    uint32_t c = unicode::next(text, at);
    bool word = unicode::is_alnum(c) || c == '_';
    if (word && !inside) ++count;
    inside = word;
  }
  return count;
}

Value filter_pprint(State&, CallArgs& args) { return pretty_format(args.bind("do_pprint", {"value"}, 1)[0]); }

// ---- dbt's hints for native values ----------------------------------------------------------------------------------

/// In a text they change nothing; where a native value is wanted they mark the text.
Value mark(State& state, CallArgs& args, std::string_view name, StringKind kind) {
  Value v = args.bind(name, {"value"}, 1)[0];
  return state.native() ? Value(to_str(v), kind) : v;
}

Value filter_as_text(State& state, CallArgs& args) { return mark(state, args, "as_text", StringKind::native_text); }
Value filter_as_native(State& state, CallArgs& args) {
  return mark(state, args, "as_native", StringKind::native_value);
}
Value filter_as_bool(State& state, CallArgs& args) { return mark(state, args, "as_bool", StringKind::native_bool); }
Value filter_as_number(State& state, CallArgs& args) {
  return mark(state, args, "as_number", StringKind::native_number);
}

constexpr FilterEntry kFilters[] = {
    {"as_bool", filter_as_bool},       {"as_native", filter_as_native},
    {"as_number", filter_as_number},   {"as_text", filter_as_text},
    {"capitalize", filter_capitalize}, {"center", filter_center},
    {"format", filter_format},         {"indent", filter_indent},
    {"lower", filter_lower},           {"pprint", filter_pprint},
    {"replace", filter_replace},       {"string", filter_string},
    {"title", filter_title},           {"trim", filter_trim},
    {"truncate", filter_truncate},     {"upper", filter_upper},
    {"wordcount", filter_wordcount},   {"wordwrap", filter_wordwrap},
};

// ---- textwrap -------------------------------------------------------------------------------------------------------

std::vector<std::string_view> wrap_chunks(std::string_view text, bool break_on_hyphens) {
  static const auto words = Regex::compile(
      "([\\t\\n\\x0b\\x0c\\r ]+|(?<=[\\w!\"'&.,?])-{2,}(?=\\w)|[^\\t\\n\\x0b\\x0c\\r "
      "]+?(?:-(?:(?<=[^\\d\\W]{2}-)|(?<=[^\\d\\W]-[^\\d\\W]-))"
      "(?=[^\\d\\W]-?[^\\d\\W])|(?=[\\t\\n\\x0b\\x0c\\r ]|\\Z)|(?<=[\\w!\"'&.,?])(?=-{2,}\\w)))");
  static const auto blanks = Regex::compile("([\\t\\n\\x0b\\x0c\\r ]+)");
  std::vector<std::string_view> chunks;
  size_t from = 0;
  auto add = [&](size_t begin, size_t end) {
    if (begin < end) chunks.push_back(text.substr(begin, end - begin));
  };
  for (const RegexMatch& match : (break_on_hyphens ? words : blanks)->find_all(text)) {
    add(from, match.begin());
    add(match.begin(), match.end());
    from = match.end();
  }
  add(from, text.size());
  return chunks;
}

bool is_blank(std::string_view text) { return strip_text(text, std::nullopt, true, false).empty(); }

/// How much of a chunk that is too long for any line still goes into this one.
size_t long_word_part(std::string_view chunk, size_t room, bool break_on_hyphens) {
  if (break_on_hyphens && unicode::length(chunk) > room) {
    std::string_view head = unicode::substring(chunk, 0, room);
    size_t hyphen = head.rfind('-');
    if (hyphen != std::string_view::npos && hyphen > 0 &&
        head.substr(0, hyphen).find_first_not_of('-') != std::string_view::npos) {
      return hyphen + 1;
    }
  }
  return unicode::offset_of(chunk, room);
}

}  // namespace

std::span<const FilterEntry> text_filters() { return kFilters; }

std::vector<std::string> wrap_text(std::string_view text, int64_t width_argument, bool break_long_words,
                                   bool break_on_hyphens) {
  if (width_argument <= 0) value_error(fmt::format("invalid width {} (must be > 0)", width_argument));
  auto width = static_cast<size_t>(width_argument);
  std::vector<std::string_view> chunks = wrap_chunks(text, break_on_hyphens);
  std::vector<std::string> lines;
  size_t next = 0;
  while (next < chunks.size()) {
    std::vector<std::string_view> line;
    size_t used = 0;
    if (!lines.empty() && is_blank(chunks[next])) ++next;
    while (next < chunks.size() && used + unicode::length(chunks[next]) <= width) {
      used += unicode::length(chunks[next]);
      line.push_back(chunks[next++]);
    }
    if (next < chunks.size() && unicode::length(chunks[next]) > width) {
      if (break_long_words) {
        size_t part = long_word_part(chunks[next], width - used, break_on_hyphens);
        line.push_back(chunks[next].substr(0, part));
        chunks[next].remove_prefix(part);
      } else if (line.empty()) {
        line.push_back(chunks[next++]);
      }
    }
    if (!line.empty() && is_blank(line.back())) line.pop_back();
    if (line.empty()) continue;
    std::string joined;
    for (std::string_view part : line) joined += part;
    lines.push_back(std::move(joined));
  }
  return lines;
}

}  // namespace modelc::jinja
