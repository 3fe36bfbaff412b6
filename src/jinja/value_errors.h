// Python's exceptions as Errors. All are of kind compilation; the VM adds the place. The code names Python's type.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "jinja/value.h"

namespace modelc::jinja {

[[noreturn]] void type_error(std::string message);             ///< "jinja/type-error"
[[noreturn]] void value_error(std::string message);            ///< "jinja/value-error"
[[noreturn]] void key_error(const Value& key);                 ///< "jinja/key-error"; the message is the key's repr
[[noreturn]] void index_error(std::string message);            ///< "jinja/index-error"
[[noreturn]] void zero_division_error(std::string message);    ///< "jinja/zero-division"
[[noreturn]] void overflow_error();                            ///< "jinja/integer-overflow": an int beyond 64 bits
[[noreturn]] void limit_error(std::string message);            ///< "jinja/limit-size": a value larger than we allow
[[noreturn]] void filter_argument_error(std::string message);  ///< "jinja/filter-argument"

/// Longest string, in bytes, and longest list, in items, that one operation may make.
inline constexpr size_t kMaxText = size_t{1} << 29;
inline constexpr size_t kMaxItems = size_t{1} << 26;
void check_text_size(double bytes);
void check_item_count(double items);

/// Stops runaway recursion through nested values (comparison, repr, copy, JSON) before the stack ends.
class DepthGuard {
 public:
  explicit DepthGuard(const char* what);  ///< throws "maximum recursion depth exceeded <what>"
  ~DepthGuard();
  DepthGuard(const DepthGuard&) = delete;
  DepthGuard& operator=(const DepthGuard&) = delete;
};

}  // namespace modelc::jinja
