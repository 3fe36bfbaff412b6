// str() and repr() of values, exactly as Python writes them.
#include <algorithm>
#include <charconv>

#include "base/json.h"
#include "jinja/unicode.h"
#include "jinja/value.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

thread_local std::vector<const RefCounted*> open_containers;  // those being written, outermost first

/// Marks a container as being written; `repeated` when it already is, so that cycles print as [...].
class OpenContainer {
 public:
  explicit OpenContainer(const Value& v) : guard_("while getting the repr of an object") {
    const RefCounted* data = ValueAccess::counted(v);
    repeated = std::find(open_containers.begin(), open_containers.end(), data) != open_containers.end();
    open_containers.push_back(data);
  }
  ~OpenContainer() { open_containers.pop_back(); }
  OpenContainer(const OpenContainer&) = delete;
  OpenContainer& operator=(const OpenContainer&) = delete;
  bool repeated;

 private:
  DepthGuard guard_;
};

void append_integer(std::string& out, int64_t number) {
  char buffer[24];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
  out.append(buffer, end);
}

void append_hex(std::string& out, uint32_t c, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out += "0123456789abcdef"[c >> shift & 15];
}

void append_escaped(std::string& out, uint32_t c, char quote) {
  if (c == static_cast<unsigned char>(quote) || c == '\\') {
    out += '\\';
    out += static_cast<char>(c);
  } else if (c == '\n') {
    out += "\\n";
  } else if (c == '\r') {
    out += "\\r";
  } else if (c == '\t') {
    out += "\\t";
  } else if (unicode::is_printable(c)) {
    unicode::append(out, c);
  } else if (c < 0x100) {
    out += "\\x";
    append_hex(out, c, 2);
  } else if (c < 0x10000) {
    out += "\\u";
    append_hex(out, c, 4);
  } else {
    out += "\\U";
    append_hex(out, c, 8);
  }
}

void append_text_repr(std::string& out, std::string_view text) {
  char quote = text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos ? '"' : '\'';
  out += quote;
  size_t plain_from = 0;
  for (size_t at = 0; at < text.size();) {
    auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 32 && byte < 127 && byte != '\\' && byte != static_cast<unsigned char>(quote)) {
      ++at;
      continue;
    }
    out.append(text, plain_from, at - plain_from);
    append_escaped(out, unicode::next(text, at), quote);
    plain_from = at;
  }
  out.append(text, plain_from, std::string_view::npos);
  out += quote;
}

void append_items(std::string& out, const std::vector<Value>& items) {
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ", ";
    append_repr(out, items[i]);
  }
}

void append_list(std::string& out, const Value& v) {
  OpenContainer open(v);
  if (open.repeated) {
    out += "[...]";
    return;
  }
  out += '[';
  append_items(out, v.as_list());
  out += ']';
}

void append_tuple(std::string& out, const Value& v) {
  OpenContainer open(v);
  if (open.repeated) {
    out += "(...)";
    return;
  }
  out += '(';
  append_items(out, v.as_tuple());
  if (v.as_tuple().size() == 1) out += ',';
  out += ')';
}

void append_dict(std::string& out, const Value& v) {
  OpenContainer open(v);
  if (open.repeated) {
    out += "{...}";
    return;
  }
  out += '{';
  bool first = true;
  for (const auto& [key, value] : v.as_dict().entries()) {
    if (!first) out += ", ";
    first = false;
    append_repr(out, key);
    out += ": ";
    append_repr(out, value);
  }
  out += '}';
}

void append_object(std::string& out, const Value& v) {
  OpenContainer open(v);
  if (open.repeated)
    out += "...";
  else
    out += v.as_object().repr();
}

}  // namespace

void append_str(std::string& out, const Value& v) {
  switch (v.type()) {
    case Type::undefined:
      break;
    case Type::string:
      out += v.as_string();
      break;
    case Type::object:
      out += v.as_object().str();
      break;
    default:
      append_repr(out, v);
  }
}

void append_repr(std::string& out, const Value& v) {
  switch (v.type()) {
    case Type::undefined:
      out += "Undefined";
      break;
    case Type::none:
      out += "None";
      break;
    case Type::boolean:
      out += v.as_bool() ? "True" : "False";
      break;
    case Type::integer:
      append_integer(out, v.as_int());
      break;
    case Type::floating:
      out += format_double(v.as_float());
      break;
    case Type::string:
      if (v.string_kind() == StringKind::markup) {
        out += "Markup(";
        append_text_repr(out, v.as_string());
        out += ')';
      } else {
        append_text_repr(out, v.as_string());
      }
      break;
    case Type::list:
      append_list(out, v);
      break;
    case Type::tuple:
      append_tuple(out, v);
      break;
    case Type::dict:
      append_dict(out, v);
      break;
    case Type::object:
      append_object(out, v);
      break;
  }
}

std::string to_str(const Value& v) {
  if (v.is_string()) return v.as_string();
  std::string out;
  append_str(out, v);
  return out;
}

std::string to_repr(const Value& v) {
  std::string out;
  append_repr(out, v);
  return out;
}

}  // namespace modelc::jinja
