// str.format and str.format_map as Jinja2's sandbox runs them: fields reach attributes and items by the template's own
// rules, so that names with a leading underscore stay out of reach.
#include <fmt/format.h>

#include "jinja/format_spec.h"
#include "jinja/methods.h"
#include "jinja/unicode.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

/// {name!conversion:spec}
struct Field {
  std::string_view name;
  uint32_t conversion = 0;
  std::string_view spec;
};

class FormatParser {
 public:
  explicit FormatParser(std::string_view text) : text_(text) {}

  /// Appends literal text to `out`; true when a field follows.
  bool next(std::string& out, Field& field) {
    while (at_ < text_.size()) {
      size_t brace = text_.find_first_of("{}", at_);
      if (brace == std::string_view::npos) brace = text_.size();
      out += text_.substr(at_, brace - at_);
      at_ = brace;
      if (at_ >= text_.size()) return false;
      char c = text_[at_++];
      bool doubled = at_ < text_.size() && text_[at_] == c;
      if (doubled) {
        out += c;
        ++at_;
        continue;
      }
      if (c == '}') value_error("Single '}' encountered in format string");
      if (at_ >= text_.size()) value_error("Single '{' encountered in format string");
      field = parse_field();
      return true;
    }
    return false;
  }

 private:
  Field parse_field() {
    Field field;
    size_t begin = at_;
    char c = scan_name();
    field.name = text_.substr(begin, at_ - begin - (c ? 1 : 0));
    if (c == '!') {
      if (at_ >= text_.size()) value_error("end of string while looking for conversion specifier");
      field.conversion = unicode::next(text_, at_);
      if (at_ < text_.size()) {
        c = text_[at_++];
        if (c == '}') return field;
        if (c != ':') value_error("expected ':' after conversion specifier");
      }
    }
    if (c == '}') return field;
    if (c != ':' && c != '!') value_error("expected '}' before end of string");
    field.spec = scan_spec();
    return field;
  }

  /// Moves behind the character that ends the name and gives it; 0 at the end of the text.
  char scan_name() {
    while (at_ < text_.size()) {
      char c = text_[at_++];
      if (c == '{') value_error("unexpected '{' in field name");
      if (c == '[') {
        while (at_ < text_.size() && text_[at_] != ']') ++at_;
      } else if (c == '}' || c == ':' || c == '!') {
        return c;
      }
    }
    return 0;
  }

  std::string_view scan_spec() {
    size_t begin = at_;
    int open = 1;
    while (at_ < text_.size()) {
      char c = text_[at_++];
      if (c == '{') ++open;
      if (c == '}' && --open == 0) return text_.substr(begin, at_ - 1 - begin);
    }
    value_error("unmatched '{' in format spec");
  }

  std::string_view text_;
  size_t at_ = 0;
};

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

int64_t to_number(std::string_view text) {
  if (text.size() > 18) value_error("Too many decimal digits in format string");
  return std::stoll(std::string(text));
}

class Formatter {
 public:
  Formatter(State& state, bool markup, const std::vector<Value>& positional)
      : state_(state), markup_(markup), positional_(positional) {}
  const CallArgs* named = nullptr;
  const Value* mapping = nullptr;

  std::string format(std::string_view text, int depth = 2) {
    std::string out;
    FormatParser parser(text);
    Field field;
    while (parser.next(out, field)) {
      if (depth == 0) value_error("Max string recursion exceeded");
      Value value = convert(find(numbered(field.name)), field.conversion);
      std::string spec = field.spec.find_first_of("{}") == std::string_view::npos ? std::string(field.spec)
                                                                                  : format(field.spec, depth - 1);
      out += shown(value, spec);
      check_text_size(static_cast<double>(out.size()));
    }
    return out;
  }

 private:
  /// Gives "{}" its number.
  std::string numbered(std::string_view name) {
    if (name.empty()) {
      if (manual_) value_error("cannot switch from manual field specification to automatic field numbering");
      automatic_ = true;
      return std::to_string(next_++);
    }
    if (is_number(name)) {
      if (automatic_) value_error("cannot switch from manual field specification to automatic field numbering");
      manual_ = true;
    }
    return std::string(name);
  }

  Value find(std::string_view name) {
    size_t end = std::min(name.find_first_of(".["), name.size());
    Value value = start(name.substr(0, end));
    while (end < name.size()) {
      char c = name[end++];
      if (c == '.') {
        size_t next = std::min(name.find_first_of(".[", end), name.size());
        if (next == end) value_error("Empty attribute in format string");
        value = get_attribute(state_, value, name.substr(end, next - end));
        end = next;
      } else if (c == '[') {
        size_t close = name.find(']', end);
        if (close == std::string_view::npos) value_error("Missing ']' in format string");
        std::string_view key = name.substr(end, close - end);
        if (key.empty()) value_error("Empty attribute in format string");
        value = get_item(state_, value, is_number(key) ? Value(to_number(key)) : Value(key));
        end = close + 1;
      } else {
        value_error("Only '.' or '[' may follow ']' in format field specifier");
      }
    }
    return value;
  }

  Value start(std::string_view name) {
    if (is_number(name)) {
      int64_t index = to_number(name);
      if (index >= static_cast<int64_t>(positional_.size())) {
        index_error("tuple index out of range");
      }
      return positional_[static_cast<size_t>(index)];
    }
    if (mapping) {
      if (mapping->is_dict()) {
        if (const Value* found = mapping->as_dict().find(name)) return *found;
        key_error(Value(name));
      }
      Value found = get_item(state_, *mapping, Value(name));
      if (found.is_undefined()) key_error(Value(name));
      return found;
    }
    if (const Value* found = named ? named->find_named(name) : nullptr) return *found;
    key_error(Value(name));
  }

  static Value convert(const Value& value, uint32_t conversion) {
    switch (conversion) {
      case 0:
        return value;
      case 's':
        return to_str(value);
      case 'r':
        return to_repr(value);
      case 'a':
        return ascii_repr(value);
      default:
        break;
    }
    std::string letter;
    unicode::append(letter, conversion);
    value_error(fmt::format("Unknown conversion specifier {}", letter));
  }

  std::string shown(const Value& value, const std::string& spec) const {
    if (!markup_) return format_value(value, spec);
    if (value.is_string() && value.string_kind() == StringKind::markup) {
      if (!spec.empty()) value_error("Unsupported format specification for Markup.");
      return value.as_string();
    }
    return escape_html(format_value(value, spec));
  }

  State& state_;
  bool markup_;
  const std::vector<Value>& positional_;
  int64_t next_ = 0;
  bool manual_ = false;
  bool automatic_ = false;
};

bool is_markup(const Value& v) { return v.string_kind() == StringKind::markup; }

}  // namespace

std::string ascii_repr(const Value& value) {
  std::string text = to_repr(value);
  std::string out;
  for (size_t at = 0; at < text.size();) {
    uint32_t c = unicode::next(text, at);
    if (c < 0x80)
      out += static_cast<char>(c);
    else
      out += c < 0x100     ? fmt::format("\\x{:02x}", c)
             : c < 0x10000 ? fmt::format("\\u{:04x}", c)
                           : fmt::format("\\U{:08x}", c);
  }
  return out;
}

Value str_format(State& state, const Value& self, CallArgs& args) {
  Formatter formatter(state, is_markup(self), args.positional);
  formatter.named = &args;
  return same_kind(self, formatter.format(self.as_string()));
}

Value str_format_map(State& state, const Value& self, CallArgs& args) {
  if (!args.named.empty()) type_error("format_map() takes no keyword arguments");
  if (args.positional.size() != 1)
    type_error(fmt::format("format_map() takes exactly one argument ({} given)", args.positional.size()));
  static const std::vector<Value> none;
  Formatter formatter(state, is_markup(self), none);
  formatter.mapping = &args.positional[0];
  return same_kind(self, formatter.format(self.as_string()));
}

}  // namespace modelc::jinja
