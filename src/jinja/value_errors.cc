#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

constexpr unsigned kMaxDepth = 900;  // Python stops near 1000
thread_local unsigned depth = 0;

[[noreturn]] void fail(const char* code, std::string message, std::string hint = {}) {
  throw Error(ErrorKind::compilation, code, std::move(message), {}, std::move(hint));
}

}  // namespace

void type_error(std::string message) { fail("jinja/type-error", std::move(message)); }
void value_error(std::string message) { fail("jinja/value-error", std::move(message)); }
void key_error(const Value& key) { fail("jinja/key-error", to_repr(key)); }
void index_error(std::string message) { fail("jinja/index-error", std::move(message)); }
void zero_division_error(std::string message) { fail("jinja/zero-division", std::move(message)); }
void limit_error(std::string message) { fail("jinja/limit-size", std::move(message)); }
void filter_argument_error(std::string message) { fail("jinja/filter-argument", std::move(message)); }

void overflow_error() {
  fail("jinja/integer-overflow", "integer overflow: the result does not fit into 64 bits",
       "use a float, as in 1.0 * x, where an approximate value will do");
}

void check_text_size(double bytes) {
  if (bytes > static_cast<double>(kMaxText)) limit_error("the string would be longer than 512 MiB");
}

void check_item_count(double items) {
  if (items > static_cast<double>(kMaxItems)) limit_error("the list would have more than 67108864 items");
}

DepthGuard::DepthGuard(const char* what) {
  if (depth >= kMaxDepth) fail("jinja/limit-depth", std::string("maximum recursion depth exceeded ") + what);
  ++depth;
}

DepthGuard::~DepthGuard() { --depth; }

}  // namespace modelc::jinja
