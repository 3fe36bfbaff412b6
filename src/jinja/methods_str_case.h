// Methods of str that change case or ask for the class of characters; see methods_str.cc for the table.
#pragma once

#include "jinja/methods.h"

namespace modelc::jinja {

Value str_upper(State&, const Value& self, CallArgs& args);
Value str_lower(State&, const Value& self, CallArgs& args);
Value str_title(State&, const Value& self, CallArgs& args);
Value str_capitalize(State&, const Value& self, CallArgs& args);
Value str_swapcase(State&, const Value& self, CallArgs& args);
Value str_casefold(State&, const Value& self, CallArgs& args);
Value str_isalpha(State&, const Value& self, CallArgs& args);
Value str_isalnum(State&, const Value& self, CallArgs& args);
Value str_isdecimal(State&, const Value& self, CallArgs& args);
Value str_isdigit(State&, const Value& self, CallArgs& args);
Value str_isnumeric(State&, const Value& self, CallArgs& args);
Value str_isspace(State&, const Value& self, CallArgs& args);
Value str_isprintable(State&, const Value& self, CallArgs& args);
Value str_isascii(State&, const Value& self, CallArgs& args);
Value str_isidentifier(State&, const Value& self, CallArgs& args);
Value str_istitle(State&, const Value& self, CallArgs& args);
Value str_islower(State&, const Value& self, CallArgs& args);
Value str_isupper(State&, const Value& self, CallArgs& args);

}  // namespace modelc::jinja
