// Filters that make or undo HTML, URLs and JSON.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "jinja/filters.h"
#include "jinja/html.h"
#include "jinja/json.h"
#include "jinja/methods.h"
#include "jinja/regex.h"
#include "jinja/unicode.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

Value filter_escape(State&, CallArgs& args) { return escape_value(args.bind("escape", {"s"}, 1)[0]); }

Value filter_forceescape(State&, CallArgs& args) {
  return Value(escape_html(to_str(args.bind("do_forceescape", {"value"}, 1)[0])), StringKind::markup);
}

Value filter_safe(State&, CallArgs& args) {
  return Value(to_str(args.bind("do_mark_safe", {"value"}, 1)[0]), StringKind::markup);
}

Value filter_striptags(State&, CallArgs& args) {
  return strip_tags(to_str(args.bind("do_striptags", {"value"}, 1)[0]));
}

// ---- URLs -----------------------------------------------------------------------------------------------------------

std::string quote_url(const Value& v, bool in_query) {
  std::string out;
  for (char c : to_str(v)) {
    bool alnum = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
    bool safe = alnum || c == '_' || c == '.' || c == '-' || c == '~' || (c == '/' && !in_query);
    if (safe)
      out += c;
    else if (c == ' ' && in_query)
      out += '+';
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

bool is_walkable(const Value& v) { return v.is_sequence() || v.is_dict() || v.is_object() || v.is_undefined(); }

Value filter_urlencode(State& state, CallArgs& args) {
  Value v = args.bind("do_urlencode", {"value"}, 1)[0];
  if (!is_walkable(v)) return quote_url(v, false);
  std::string out;
  auto add = [&](const Value& key, const Value& value) {
    if (!out.empty()) out += '&';
    out += quote_url(key, true) + "=" + quote_url(value, true);
  };
  if (v.is_dict()) {
    for (const auto& [key, value] : v.as_dict().entries()) add(key, value);
    return out;
  }
  for (const Value& pair : iterate(state, v)) {
    bool walkable = pair.is_string() || is_walkable(pair);
    if (!walkable) type_error(fmt::format("cannot unpack non-iterable {} object", type_name(pair)));
    std::vector<Value> parts = iterate(state, pair);
    if (parts.size() > 2) value_error("too many values to unpack (expected 2)");
    if (parts.size() < 2) value_error(fmt::format("not enough values to unpack (expected 2, got {})", parts.size()));
    add(parts[0], parts[1]);
  }
  return out;
}

// ---- urlize ---------------------------------------------------------------------------------------------------------

struct LinkStyle {
  std::optional<int64_t> limit;
  std::string rel;
  std::string target;
  std::vector<std::string> schemes;
};

bool is_url(std::string_view text) {
  static const auto pattern = Regex::compile(
      R"(^((https?://|www\.)(([\w%-]+\.)+)?([a-z]{2,63}|xn--[\w%]{2,59})|([\w%-]{2,63}\.)+(com|net|int|edu|gov|org|info|mil))"
      R"(|(https?://)((([\d]{1,3})(\.[\d]{1,3}){3})|(\[([\da-f]{0,4}:){2}([\da-f]{0,4}:?){1,6}])))(?::[\d]{1,5})?(?:[/?#]\S*)?$)",
      kRegexIgnoreCase);
  RegexMatch match;
  return pattern->match(text, 0, RegexAnchor::start, false, match);
}

bool is_email(std::string_view text) {
  static const auto pattern = Regex::compile(R"(^\S+@\w[\w.-]*\.\w+$)");
  RegexMatch match;
  return pattern->match(text, 0, RegexAnchor::start, false, match);
}

size_t count_of(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

/// A word without the brackets and stops around it.
struct TrimmedWord {
  std::string head, middle, tail;
};

TrimmedWord trim_word(std::string_view word) {
  static const auto leading = Regex::compile("^([(<]|&lt;)+");
  static const auto trailing = Regex::compile("([)>.,\\n]|&gt;)+$");
  TrimmedWord out{"", std::string(word), ""};
  RegexMatch match;
  if (leading->match(out.middle, 0, RegexAnchor::start, false, match)) {
    out.head = out.middle.substr(0, match.end());
    out.middle.erase(0, match.end());
  }
  if (trailing->match(out.middle, 0, RegexAnchor::none, false, match)) {
    out.tail = out.middle.substr(match.begin());
    out.middle.erase(match.begin());
  }
  constexpr std::pair<std::string_view, std::string_view> brackets[] = {{"(", ")"}, {"<", ">"}, {"&lt;", "&gt;"}};
  for (auto [open, close] : brackets) {
    size_t opened = count_of(out.middle, open);
    if (opened <= count_of(out.middle, close)) continue;
    for (size_t i = std::min(opened, count_of(out.tail, close)); i > 0; --i) {
      size_t end = out.tail.find(close) + close.size();
      out.middle += out.tail.substr(0, end);
      out.tail.erase(0, end);
    }
  }
  return out;
}

std::string link_word(const std::string& word, const LinkStyle& style) {
  std::string shown = word;
  if (style.limit && static_cast<int64_t>(unicode::length(word)) > *style.limit) {
    auto count = *style.limit < 0 ? std::max<int64_t>(static_cast<int64_t>(unicode::length(word)) + *style.limit, 0)
                                  : *style.limit;
    shown = std::string(unicode::substring(word, 0, static_cast<size_t>(count))) + "...";
  }
  if (is_url(word)) {
    bool scheme = word.starts_with("https://") || word.starts_with("http://");
    return fmt::format("<a href=\"{}{}\"{}{}>{}</a>", scheme ? "" : "https://", word, style.rel, style.target, shown);
  }
  if (word.starts_with("mailto:") && is_email(word.substr(7)))
    return fmt::format("<a href=\"{}\">{}</a>", word, word.substr(7));
  bool address = word.find('@') != std::string::npos && !word.starts_with("www.") && !word.starts_with("@") &&
                 word.find(':') == std::string::npos;
  if (address && is_email(word)) return fmt::format("<a href=\"mailto:{0}\">{0}</a>", word);
  std::string out = word;
  if (address) return out;
  for (const std::string& scheme : style.schemes) {
    if (out != scheme && out.starts_with(scheme))
      out = fmt::format("<a href=\"{0}\"{1}{2}>{0}</a>", out, style.rel, style.target);
  }
  return out;
}

LinkStyle read_link_style(State& state, const std::vector<Value>& bound) {
  LinkStyle style;
  if (is_given(bound[1]) && !bound[1].is_none()) style.limit = expect_index(bound[1]);
  std::vector<std::string> rel = {"noopener"};
  if (truth(bound[2])) rel.push_back("nofollow");
  if (truth(bound[4])) {
    for (const Value& part : split_text(Value(to_str(bound[4])), std::nullopt, -1)) rel.push_back(part.as_string());
  }
  std::sort(rel.begin(), rel.end());
  rel.erase(std::unique(rel.begin(), rel.end()), rel.end());
  style.rel = fmt::format(" rel=\"{}\"", escape_html(join(rel, " ")));
  if (is_given(bound[3]) && truth(bound[3]))
    style.target = fmt::format(" target=\"{}\"", escape_html(to_str(bound[3])));
  if (is_given(bound[5]) && !bound[5].is_none()) {
    static const auto valid = Regex::compile("^([\\w.+-]{2,}:(/){0,2})$");
    for (const Value& scheme : iterate(state, bound[5])) {
      RegexMatch match;
      if (!valid->match(to_str(scheme), 0, RegexAnchor::both, false, match)) {
        filter_argument_error(fmt::format("{} is not a valid URI scheme prefix.", to_repr(scheme)));
      }
      style.schemes.push_back(to_str(scheme));
    }
  }
  return style;
}

Value filter_urlize(State& state, CallArgs& args) {
  auto bound = args.bind("do_urlize", {"value", "trim_url_limit", "nofollow", "target", "rel", "extra_schemes"}, 1);
  LinkStyle style = read_link_style(state, bound);
  std::string text = escape_value(bound[0]).as_string();
  std::string out;
  size_t word_begin = 0;
  auto finish = [&](size_t end) {
    if (word_begin == end) return;
    TrimmedWord word = trim_word(std::string_view(text).substr(word_begin, end - word_begin));
    out += word.head + link_word(word.middle, style) + word.tail;
  };
  for (size_t at = 0; at < text.size();) {
    size_t begin = at;
    if (!unicode::is_space(unicode::next(text, at))) continue;
    finish(begin);
    out += text.substr(begin, at - begin);
    word_begin = at;
  }
  finish(text.size());
  return out;
}

// ---- attributes and JSON --------------------------------------------------------------------------------------------

Value filter_xmlattr(State&, CallArgs& args) {
  auto bound = args.bind("do_xmlattr", {"d", "autospace"}, 1);
  if (bound[0].is_undefined()) throw_undefined(bound[0]);
  if (!bound[0].is_dict()) type_error(fmt::format("'{}' object has no attribute 'items'", type_name(bound[0])));
  std::string out;
  for (const auto& [key, value] : bound[0].as_dict().entries()) {
    if (value.is_none() || value.is_undefined()) continue;
    if (!key.is_string()) type_error(fmt::format("expected string or bytes-like object, got '{}'", type_name(key)));
    if (key.as_string().find_first_of(" \t\n\r\f\v/>=") != std::string::npos) {
      value_error(fmt::format("Invalid character in attribute name: {}", to_repr(key)));
    }
    if (!out.empty()) out += ' ';
    out += fmt::format("{}=\"{}\"", escape_value(key).as_string(), escape_value(value).as_string());
  }
  if (!out.empty() && truth(or_default(bound[1], true))) out.insert(0, 1, ' ');
  return out;
}

Value filter_tojson(State&, CallArgs& args) {
  auto bound = args.bind("do_tojson", {"value", "indent"}, 1);
  int indent = is_given(bound[1]) && !bound[1].is_none()
                   ? static_cast<int>(std::clamp<int64_t>(expect_index(bound[1]), 0, 1000))
                   : 0;
  std::string json = to_json(bound[0], true, indent);
  std::string out;
  out.reserve(json.size());
  for (char c : json) {
    switch (c) {
      case '<':
        out += "\\u003c";
        break;
      case '>':
        out += "\\u003e";
        break;
      case '&':
        out += "\\u0026";
        break;
      case '\'':
        out += "\\u0027";
        break;
      default:
        out += c;
    }
  }
  return Value(std::move(out), StringKind::markup);
}

constexpr FilterEntry kFilters[] = {
    {"e", filter_escape},
    {"escape", filter_escape},
    {"forceescape", filter_forceescape},
    {"safe", filter_safe},
    {"striptags", filter_striptags},
    {"tojson", filter_tojson},
    {"urlencode", filter_urlencode},
    {"urlize", filter_urlize},
    {"xmlattr", filter_xmlattr},
};

}  // namespace

std::span<const FilterEntry> html_filters() { return kFilters; }

}  // namespace modelc::jinja
