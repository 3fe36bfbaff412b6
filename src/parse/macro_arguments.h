// What YAML says of a macro's arguments, compared with its definition (dbt's flag validate_macro_args).
#pragma once

#include <string_view>

#include "parse/state.h"

namespace modelc {

/// A type of dbt's notation: "str", "int", "relation", "list[str]", "dict[str, optional[int]]", ... Blanks do not
/// count.
bool is_macro_type(std::string_view text);

/// Warns (InvalidMacroAnnotation) of arguments in `given`, a list of dicts of name and type, that are not those of the
/// definition, and of types that are none.
void check_macro_arguments(const ParseState& state, const Macro& macro, const jinja::Value& given);

}  // namespace modelc
