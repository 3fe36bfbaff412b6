#include "jinja/methods_str_case.h"

#include "jinja/unicode.h"

namespace modelc::jinja {
namespace {

template <std::string (*Map)(std::string_view)>
Value map_case(std::string_view name, const Value& self, const CallArgs& args) {
  expect_no_arguments(name, args);
  return same_kind(self, Map(self.as_string()));
}

/// True when the text is not empty and all of its code points belong to the class.
template <bool (*Member)(uint32_t)>
bool all_in_class(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (!Member(unicode::next(text, at))) return false;
  }
  return !text.empty();
}

template <bool (*Member)(uint32_t)>
Value test_class(std::string_view name, const Value& self, const CallArgs& args) {
  expect_no_arguments(name, args);
  return all_in_class<Member>(self.as_string());
}

}  // namespace

bool is_lower_text(std::string_view text) {
  bool any = false;
  for (size_t at = 0; at < text.size();) {
    uint32_t c = unicode::next(text, at);
    if (unicode::is_upper(c) || unicode::is_titlecase(c)) return false;
    any = any || unicode::is_lower(c);
  }
  return any;
}

bool is_upper_text(std::string_view text) {
  bool any = false;
  for (size_t at = 0; at < text.size();) {
    uint32_t c = unicode::next(text, at);
    if (unicode::is_lower(c) || unicode::is_titlecase(c)) return false;
    any = any || unicode::is_upper(c);
  }
  return any;
}

Value str_upper(State&, const Value& self, CallArgs& args) { return map_case<unicode::upper>("str.upper", self, args); }
Value str_lower(State&, const Value& self, CallArgs& args) { return map_case<unicode::lower>("str.lower", self, args); }
Value str_title(State&, const Value& self, CallArgs& args) { return map_case<unicode::title>("str.title", self, args); }
Value str_capitalize(State&, const Value& self, CallArgs& args) {
  return map_case<unicode::capitalize>("str.capitalize", self, args);
}
Value str_swapcase(State&, const Value& self, CallArgs& args) {
  return map_case<unicode::swapcase>("str.swapcase", self, args);
}
Value str_casefold(State&, const Value& self, CallArgs& args) {
  return map_case<unicode::casefold>("str.casefold", self, args);
}

Value str_isalpha(State&, const Value& self, CallArgs& args) {
  return test_class<unicode::is_alpha>("str.isalpha", self, args);
}
Value str_isalnum(State&, const Value& self, CallArgs& args) {
  return test_class<unicode::is_alnum>("str.isalnum", self, args);
}
Value str_isdecimal(State&, const Value& self, CallArgs& args) {
  return test_class<unicode::is_decimal>("str.isdecimal", self, args);
}
Value str_isdigit(State&, const Value& self, CallArgs& args) {
  return test_class<unicode::is_digit>("str.isdigit", self, args);
}
Value str_isnumeric(State&, const Value& self, CallArgs& args) {
  return test_class<unicode::is_numeric>("str.isnumeric", self, args);
}
Value str_isspace(State&, const Value& self, CallArgs& args) {
  return test_class<unicode::is_space>("str.isspace", self, args);
}

Value str_isprintable(State&, const Value& self, CallArgs& args) {
  expect_no_arguments("str.isprintable", args);
  return self.as_string().empty() || all_in_class<unicode::is_printable>(self.as_string());
}

Value str_isascii(State&, const Value& self, CallArgs& args) {
  expect_no_arguments("str.isascii", args);
  return unicode::is_ascii(self.as_string());
}

Value str_isidentifier(State&, const Value& self, CallArgs& args) {
  expect_no_arguments("str.isidentifier", args);
  std::string_view text = self.as_string();
  if (text.empty()) return false;
  size_t at = 0;
  if (!unicode::is_identifier_start(unicode::next(text, at))) return false;
  while (at < text.size()) {
    if (!unicode::is_identifier_part(unicode::next(text, at))) return false;
  }
  return true;
}

Value str_istitle(State&, const Value& self, CallArgs& args) {
  expect_no_arguments("str.istitle", args);
  bool any = false;
  bool after_cased = false;
  std::string_view text = self.as_string();
  for (size_t at = 0; at < text.size();) {
    uint32_t c = unicode::next(text, at);
    bool upper = unicode::is_upper(c) || unicode::is_titlecase(c);
    bool lower = unicode::is_lower(c);
    if ((upper && after_cased) || (lower && !after_cased)) return false;
    after_cased = upper || lower;
    any = any || after_cased;
  }
  return any;
}

Value str_islower(State&, const Value& self, CallArgs& args) {
  expect_no_arguments("str.islower", args);
  return is_lower_text(self.as_string());
}

Value str_isupper(State&, const Value& self, CallArgs& args) {
  expect_no_arguments("str.isupper", args);
  return is_upper_text(self.as_string());
}

}  // namespace modelc::jinja
