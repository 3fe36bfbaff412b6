// yaml.safe_dump: PyYAML's emitter for block style.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/yaml_scalar.h"
#include "jinja/bytes.h"
#include "jinja/json.h"
#include "jinja/methods.h"
#include "jinja/pymodules.h"
#include "jinja/set.h"
#include "jinja/unicode.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

using yaml_detail::Tag;

constexpr size_t kBestWidth = 80;
constexpr size_t kBestIndent = 2;
constexpr size_t kLongestSimpleKey = 128;

enum class Style { plain, single_quoted, double_quoted };

/// Which styles a text may be written in.
struct Analysis {
  bool empty = false;
  bool multiline = false;
  bool plain = true;
  bool single_quoted = true;
};

bool is_blank_or_end(std::string_view text, size_t at) {
  return at >= text.size() || text[at] == '\0' || text[at] == ' ' || text[at] == '\t' || text[at] == '\r' ||
         text[at] == '\n';
}

bool has_indicators(std::string_view text) {
  if (text.starts_with("---") || text.starts_with("...")) return true;
  if (std::string_view("#,[]{}&*!|>'\"%@`").find(text[0]) != std::string_view::npos) return true;
  if ((text[0] == '?' || text[0] == ':' || text[0] == '-') && is_blank_or_end(text, 1)) return true;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == ':' && is_blank_or_end(text, i + 1)) return true;
    if (text[i] == '#' && is_blank_or_end(text, i - 1)) return true;
  }
  return false;
}

Analysis analyze(std::string_view text) {
  Analysis a;
  if (text.empty()) {
    a.empty = true;
    return a;
  }
  bool special = false;
  bool break_space = false;
  bool space_break = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    special = special || (c != '\n' && (c < 0x20 || c > 0x7e));
    a.multiline = a.multiline || c == '\n';
    break_space = break_space || (c == ' ' && i > 0 && text[i - 1] == '\n');
    space_break = space_break || (c == '\n' && i > 0 && text[i - 1] == ' ');
  }
  bool blank_edge = text.front() == ' ' || text.front() == '\n' || text.back() == ' ' || text.back() == '\n';
  a.single_quoted = !(break_space || space_break || special);
  a.plain = a.single_quoted && !blank_edge && !a.multiline && !has_indicators(text);
  return a;
}

/// The text and the tag of a scalar; `resolves` when a plain reader gives it this tag by itself.
struct Scalar {
  std::string text;
  std::string_view tag;
  bool resolves = true;
};

class YamlWriter {
 public:
  explicit YamlWriter(bool sort_keys) : sort_keys_(sort_keys) {}

  std::string write(const Value& v) {
    count_uses(v);
    node(v, Context{.root = true});
    indent_ = 0;
    write_indent();
    if (open_ended_) {
      indicator("...", true);
      write_indent();
    }
    return std::move(out_);
  }

 private:
  struct Context {
    bool root = false;
    bool mapping = false;
    bool simple_key = false;
  };

  // ---- what is to be written --------------------------------------------------------------------------------------

  static bool can_be_aliased(const Value& v) {
    return v.is_list() || v.is_dict() || v.is_object() || (v.is_tuple() && !v.as_tuple().empty());
  }

  void count_uses(const Value& v) {
    if (!can_be_aliased(v)) return;
    DepthGuard guard("while writing YAML");
    if (++uses_[ValueAccess::counted(v)] > 1) return;
    if (v.is_sequence()) {
      for (const Value& item : v.as_items()) count_uses(item);
    } else if (v.is_dict()) {
      for (const auto& [key, value] : sorted_entries(v)) {
        count_uses(key);
        count_uses(value);
      }
    } else if (auto* set = v.as<SetObject>()) {
      for (const auto& entry : set->entries()) count_uses(entry.first);
    }
  }

  std::vector<DictData::Entry> sorted_entries(const Value& v) const {
    std::vector<DictData::Entry> entries;
    if (auto* set = v.as<SetObject>())
      entries = set->entries();
    else
      entries = v.as_dict().entries();
    if (!sort_keys_) return entries;
    std::vector<Value> keys;
    std::vector<Value> pairs;
    for (const auto& [key, value] : entries) {
      keys.push_back(key);
      pairs.push_back(Value::tuple({key, value}));
    }
    try {
      sort_values(pairs, &keys, false);
    } catch (const Error&) {
      return entries;  // keys without an order stay as they are
    }
    for (size_t i = 0; i < pairs.size(); ++i) entries[i] = {pairs[i].as_tuple()[0], pairs[i].as_tuple()[1]};
    return entries;
  }

  static std::string float_text(double d) {
    if (std::isnan(d)) return ".nan";
    if (std::isinf(d)) return d < 0 ? "-.inf" : ".inf";
    std::string text = format_double(d);
    size_t e = text.find('e');
    if (e != std::string::npos && text.find('.') == std::string::npos) text.insert(e, ".0");
    return text;
  }

  static Scalar to_scalar(const Value& v) {
    switch (v.type()) {
      case Type::none:
        return {"null", "!!null"};
      case Type::boolean:
        return {v.as_bool() ? "true" : "false", "!!bool"};
      case Type::integer:
        return {to_repr(v), "!!int"};
      case Type::floating: {
        std::string text = float_text(v.as_float());
        bool resolves = yaml_detail::resolve_plain(text) == Tag::floating;
        return {text, "!!float", resolves};
      }
      case Type::string:
        if (v.string_kind() == StringKind::plain) {
          return {v.as_string(), "!!str", yaml_detail::resolve_plain(v.as_string()) == Tag::string};
        }
        break;
      case Type::object:
        if (is_datetime(v) || is_date(v)) return {v.as_object().str(), "!!timestamp"};
        break;
      default:
        break;
    }
    throw Error(ErrorKind::compilation, "jinja/bad-yaml-value",
                fmt::format("('cannot represent an object', {})", to_repr(v)));
  }

  // ---- nodes ------------------------------------------------------------------------------------------------------

  void node(const Value& v, Context context) {
    DepthGuard guard("while writing YAML");
    if (can_be_aliased(v) && uses_[ValueAccess::counted(v)] > 1) {
      auto [it, fresh] = anchors_.emplace(ValueAccess::counted(v), anchors_.size() + 1);
      indicator(fmt::format("{}id{:03}", fresh ? '&' : '*', it->second), true);
      if (!fresh) return;
    }
    bool is_set = v.as<SetObject>() != nullptr;
    if (v.is_sequence()) {
      sequence(v.as_items(), context);
    } else if (v.is_dict() || is_set) {
      if (is_set) indicator("!!set", true);
      mapping(sorted_entries(v), context);
    } else {
      scalar(to_scalar(v), context);
    }
  }

  void sequence(const std::vector<Value>& items, Context context) {
    if (items.empty()) {
      indicator("[", true, true);
      indicator("]", false);
      return;
    }
    size_t outer = indent_;
    bool had_indent = has_indent_;
    increase_indent(context.mapping && !indention_);
    for (const Value& item : items) {
      write_indent();
      indicator("-", true, false, true);
      node(item, Context{});
    }
    indent_ = outer;
    has_indent_ = had_indent;
  }

  void mapping(const std::vector<DictData::Entry>& entries, Context) {
    if (entries.empty()) {
      indicator("{", true, true);
      indicator("}", false);
      return;
    }
    size_t outer = indent_;
    bool had_indent = has_indent_;
    increase_indent(false);
    for (const auto& [key, value] : entries) {
      write_indent();
      if (is_simple_key(key)) {
        node(key, Context{.mapping = true, .simple_key = true});
        indicator(":", false);
      } else {
        indicator("?", true, false, true);
        node(key, Context{.mapping = true});
        write_indent();
        indicator(":", true, false, true);
      }
      node(value, Context{.mapping = true});
    }
    indent_ = outer;
    has_indent_ = had_indent;
  }

  bool is_simple_key(const Value& key) {
    if (key.is_tuple()) return key.as_tuple().empty() || anchors_.contains(ValueAccess::counted(key));
    Scalar text = to_scalar(key);
    Analysis analysis = analyze(text.text);
    size_t length = unicode::length(text.text) + text.tag.size();
    return length < kLongestSimpleKey && !analysis.empty && !analysis.multiline;
  }

  void scalar(const Scalar& scalar, Context context) {
    Analysis analysis = analyze(scalar.text);
    bool refused_as_key = context.simple_key && (analysis.empty || analysis.multiline);
    Style style = Style::double_quoted;
    if (scalar.resolves && !refused_as_key && analysis.plain)
      style = Style::plain;
    else if (analysis.single_quoted && !(context.simple_key && analysis.multiline))
      style = Style::single_quoted;
    if (scalar.tag != "!!str" && (style != Style::plain || !scalar.resolves)) indicator(scalar.tag, true);
    size_t outer = indent_;
    bool had_indent = has_indent_;
    if (has_indent_)
      indent_ += kBestIndent;
    else
      indent_ = kBestIndent;
    has_indent_ = true;
    bool split = !context.simple_key;
    if (style == Style::plain)
      plain(scalar.text, split, context.root);
    else if (style == Style::single_quoted)
      single_quoted(scalar.text, split);
    else
      double_quoted(scalar.text, split);
    indent_ = outer;
    has_indent_ = had_indent;
  }

  // ---- the three styles -------------------------------------------------------------------------------------------

  void put(std::string_view data) {
    out_ += data;
    column_ += data.size();
  }

  void plain(std::string_view text, bool split, bool root) {
    if (root) open_ended_ = true;
    if (text.empty()) return;
    if (!whitespace_) put(" ");
    whitespace_ = false;
    indention_ = false;
    for (size_t at = 0; at < text.size();) {
      size_t blanks = std::min(text.find_first_not_of(' ', at), text.size()) - at;
      if (blanks == 1 && column_ > kBestWidth && split) {
        write_indent();
        whitespace_ = false;
        indention_ = false;
      } else {
        put(text.substr(at, blanks));
      }
      at += blanks;
      size_t end = std::min(text.find(' ', at), text.size());
      put(text.substr(at, end - at));
      at = end;
    }
  }

  void single_quoted(std::string_view text, bool split) {
    indicator("'", true);
    for (size_t at = 0; at < text.size();) {
      char c = text[at];
      size_t end = at;
      if (c == ' ') {
        end = std::min(text.find_first_not_of(' ', at), text.size());
        if (end - at == 1 && column_ > kBestWidth && split && at != 0 && end != text.size())
          write_indent();
        else
          put(text.substr(at, end - at));
      } else if (c == '\n') {
        end = std::min(text.find_first_not_of('\n', at), text.size());
        line_break();
        for (size_t i = at; i < end; ++i) line_break();
        write_indent();
      } else if (c == '\'') {
        end = at + 1;
        put("''");
      } else {
        end = std::min(text.find_first_of(" \n'", at), text.size());
        put(text.substr(at, end - at));
      }
      at = end;
    }
    indicator("'", false);
  }

  static std::string escape(char32_t c) {
    switch (c) {
      case 0:
        return "\\0";
      case 7:
        return "\\a";
      case 8:
        return "\\b";
      case 9:
        return "\\t";
      case 10:
        return "\\n";
      case 11:
        return "\\v";
      case 12:
        return "\\f";
      case 13:
        return "\\r";
      case 27:
        return "\\e";
      case '"':
        return "\\\"";
      case '\\':
        return "\\\\";
      case 0x85:
        return "\\N";
      case 0xa0:
        return "\\_";
      case 0x2028:
        return "\\L";
      case 0x2029:
        return "\\P";
      default:
        break;
    }
    auto code = static_cast<uint32_t>(c);
    return code <= 0xff     ? fmt::format("\\x{:02X}", code)
           : code <= 0xffff ? fmt::format("\\u{:04X}", code)
                            : fmt::format("\\U{:08X}", code);
  }

  void double_quoted(std::string_view utf8, bool split) {
    std::u32string text = unicode::decode(utf8);
    indicator("\"", true);
    size_t start = 0;
    for (size_t end = 0; end <= text.size(); ++end) {
      bool last = end == text.size();
      char32_t c = last ? 0 : text[end];
      if (last || c == '"' || c == '\\' || c < 0x20 || c > 0x7e) {
        put(unicode::encode(std::u32string_view(text).substr(start, end - start)));
        start = end;
        if (!last) {
          put(escape(c));
          start = end + 1;
        }
      }
      bool may_split = end > 0 && end + 1 < text.size() && (c == ' ' || start >= end) && split;
      size_t pending = end > start ? end - start : 0;
      if (!may_split || column_ + end <= kBestWidth + start) continue;
      put(unicode::encode(std::u32string_view(text).substr(start, pending)) + "\\");
      start = std::max(start, end);
      write_indent();
      whitespace_ = false;
      indention_ = false;
      if (text[start] == ' ') put("\\");
    }
    indicator("\"", false);
  }

  // ---- the page ---------------------------------------------------------------------------------------------------

  void increase_indent(bool indentless) {
    if (!has_indent_)
      indent_ = 0;
    else if (!indentless)
      indent_ += kBestIndent;
    has_indent_ = true;
  }

  void indicator(std::string_view text, bool need_whitespace, bool whitespace = false, bool indention = false) {
    if (!whitespace_ && need_whitespace) put(" ");
    put(text);
    whitespace_ = whitespace;
    indention_ = indention_ && indention;
    open_ended_ = false;
  }

  void write_indent() {
    if (!indention_ || column_ > indent_ || (column_ == indent_ && !whitespace_)) line_break();
    if (column_ < indent_) {
      whitespace_ = true;
      put(std::string(indent_ - column_, ' '));
    }
  }

  void line_break() {
    out_ += '\n';
    whitespace_ = true;
    indention_ = true;
    column_ = 0;
  }

  bool sort_keys_;
  std::unordered_map<const RefCounted*, size_t> uses_;
  std::unordered_map<const RefCounted*, size_t> anchors_;
  std::string out_;
  size_t indent_ = 0;
  bool has_indent_ = false;
  size_t column_ = 0;
  bool whitespace_ = true;
  bool indention_ = true;
  bool open_ended_ = false;
};

}  // namespace

std::string to_yaml(const Value& value, bool sort_keys) { return YamlWriter(sort_keys).write(value); }

}  // namespace modelc::jinja
