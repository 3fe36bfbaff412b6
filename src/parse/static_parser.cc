#include "parse/static_parser.h"

#include <algorithm>

namespace modelc {

using jinja::Value;

namespace {

bool is_letter(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Every read function gives false (or nothing) for text outside of the grammar.
class StaticParser {
 public:
  explicit StaticParser(const SourceFile& file) : file_(file), text_(file.text()) {}

  bool parse() {
    while ((at_ = text_.find('{', at_)) != std::string_view::npos) {
      char next = at_ + 1 < text_.size() ? text_[at_ + 1] : 0;
      if (next == '%') return false;
      if (next == '#') {
        size_t close = text_.find("#}", at_ + 2);
        if (close == std::string_view::npos) return false;
        at_ = close + 2;
      } else if (next == '{') {
        at_ += 2;
        if (!expression()) return false;
      } else {
        ++at_;
      }
    }
    return true;
  }

  StaticModel out;

 private:
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
      ++at_;
  }
  bool take(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string_view word() {
    skip();
    size_t begin = at_;
    if (at_ < text_.size() && is_letter(text_[at_]))
      while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]))) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  bool close() {
    skip();
    if (text_.substr(at_, 2) != "}}") return false;
    at_ += 2;
    return true;
  }

  bool string(std::string& out) {
    skip();
    if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) return false;
    size_t end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) return false;
    std::string_view inner = text_.substr(at_ + 1, end - at_ - 1);
    if (inner.find('\\') != std::string_view::npos) return false;  // escapes are the engine's business
    out = std::string(inner);
    at_ = end + 1;
    return true;
  }

  bool number(Value& out) {
    skip();
    size_t begin = at_;
    bool fraction = false;
    while (at_ < text_.size() && (is_digit(text_[at_]) || (text_[at_] == '.' && !fraction && at_ > begin)))
      fraction |= text_[at_++] == '.';
    if (at_ == begin || at_ - begin > 15) return false;
    std::string digits(text_.substr(begin, at_ - begin));
    out = fraction ? Value(std::stod(digits)) : Value(static_cast<int64_t>(std::stoll(digits)));
    return true;
  }

  /// A config value: text, True, False, lists and dicts of these.
  bool literal(Value& out, int depth = 0) {
    skip();
    if (at_ >= text_.size() || depth > 20) return false;
    std::string text;
    if (string(text)) {
      out = Value(std::move(text));
      return true;
    }
    if (text_[at_] == '[') return list(out, depth);
    if (text_[at_] == '{') return dict(out, depth);
    std::string_view name = word();
    if (name != "True" && name != "False") return false;
    out = Value(name == "True");
    return true;
  }
  bool list(Value& out, int depth) {
    ++at_;
    std::vector<Value> items;
    while (!take(']')) {
      Value item;
      if (!literal(item, depth + 1)) return false;
      items.push_back(std::move(item));
      if (take(',')) continue;
      if (!take(']')) return false;
      break;
    }
    out = Value::list(std::move(items));
    return true;
  }
  bool dict(Value& out, int depth) {
    ++at_;
    out = Value::dict();
    while (!take('}')) {
      std::string key;
      Value item;
      if (!string(key) || !take(':') || !literal(item, depth + 1)) return false;
      out.as_dict().set(std::string_view(key), std::move(item));
      if (take(',')) continue;
      if (!take('}')) return false;
      break;
    }
    return true;
  }

  bool expression() {
    skip();
    size_t begin = at_;
    std::string text;
    Value value;
    if (string(text) || number(value)) return close();
    std::string_view name = word();
    if (name == "True" || name == "False") return close();
    if (name == "ref") return take('(') && ref(begin) && close();
    if (name == "source") return take('(') && source(begin) && close();
    if (name == "config") return take('(') && config() && close();
    return false;
  }

  Span span_from(size_t begin) const { return Span{&file_, static_cast<uint32_t>(begin), static_cast<uint32_t>(at_)}; }

  /// Reads "name =" if that is what comes; else stays.
  bool keyword(std::string_view& name) {
    size_t start = at_;
    name = word();
    if (!name.empty() && take('=')) return true;
    at_ = start;
    return false;
  }

  bool ref(size_t begin) {
    std::vector<std::string> names;
    RefArgs args;
    while (!take(')')) {
      std::string_view key;
      std::string text;
      if (keyword(key)) {
        if (key != "v" && key != "version") return false;
        if (string(text)) {
          args.version = Value(std::move(text));
        } else if (!number(args.version)) {
          return false;
        }
      } else if (args.version.is_undefined() && string(text)) {
        names.push_back(std::move(text));
      } else {
        return false;
      }
      if (take(',')) continue;
      if (!take(')')) return false;
      break;
    }
    if (names.empty() || names.size() > 2) return false;
    args.name = std::move(names.back());
    if (names.size() == 2) args.package = std::move(names[0]);
    args.span = span_from(begin);
    out.refs.push_back(std::move(args));
    return true;
  }

  bool source(size_t begin) {
    SourceRef args;
    std::string table;
    if (!string(args.source) || !take(',') || !string(args.table)) return false;
    take(',');
    if (!take(')')) return false;
    args.span = span_from(begin);
    bool seen = std::any_of(out.sources.begin(), out.sources.end(), [&](const SourceRef& other) {
      return other.source == args.source && other.table == args.table;
    });
    if (!seen) out.sources.push_back(std::move(args));
    return true;
  }

  bool config() {
    size_t count = 0;
    while (!take(')')) {
      std::string_view key;
      Value value;
      if (!keyword(key) || key == "pre_hook" || key == "post_hook" || !literal(value)) return false;
      out.configs.emplace_back(key, std::move(value));
      ++count;
      if (take(',')) continue;
      if (!take(')')) return false;
      break;
    }
    return count > 0;
  }

  const SourceFile& file_;
  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::optional<StaticModel> parse_static_model(const SourceFile& file) {
  StaticParser parser(file);
  if (!parser.parse()) return std::nullopt;
  return std::move(parser.out);
}

}  // namespace modelc
