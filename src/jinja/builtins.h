// Filters, tests and global functions of Jinja2 3.1, as tables that the code generator resolves once at compile time.
#pragma once

#include <string_view>
#include <vector>

#include "jinja/render.h"
#include "jinja/value.h"

namespace modelc::jinja {

/// A filter gets its subject as args.positional[0].
using FilterFunction = Value (*)(State&, CallArgs&);
using TestFunction = bool (*)(State&, CallArgs&);

/// Null when there is no such filter: the compiler then reports "No filter named 'x'." where Jinja2 does.
FilterFunction find_filter(std::string_view name);
TestFunction find_test(std::string_view name);
/// range, dict, lipsum, cycler, joiner, namespace; undefined when there is no such global.
Value find_global(std::string_view name);

/// Names of all filters, tests and globals, sorted: for "did you mean" and for the documentation.
std::vector<std::string_view> filter_names();
std::vector<std::string_view> test_names();

}  // namespace modelc::jinja
