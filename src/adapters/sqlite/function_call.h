// A call of an SQL function as C++ code sees it, and the registration of functions.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/diagnostic.h"

namespace modelc::sqlite {

/// The arguments and the result of one call. Texts and blobs are valid until the function returns.
class Call {
 public:
  Call(sqlite3_context* context, int count, sqlite3_value** values)
      : context_(context), count_(count), values_(values) {}

  int count() const { return count_; }
  int type(int i) const { return sqlite3_value_type(values_[i]); }
  bool is_null(int i) const { return type(i) == SQLITE_NULL; }
  bool any_null() const {
    for (int i = 0; i < count_; ++i) {
      if (is_null(i)) return true;
    }
    return false;
  }
  bool is_number(int i) const { return type(i) == SQLITE_INTEGER || type(i) == SQLITE_FLOAT; }
  /// Of any value; numbers as SQLite writes them; "" for null.
  std::string_view text(int i) const {
    const auto* data = reinterpret_cast<const char*>(sqlite3_value_text(values_[i]));
    return data ? std::string_view(data, static_cast<size_t>(sqlite3_value_bytes(values_[i]))) : std::string_view();
  }
  std::string_view blob(int i) const {
    const auto* data = static_cast<const char*>(sqlite3_value_blob(values_[i]));
    return data ? std::string_view(data, static_cast<size_t>(sqlite3_value_bytes(values_[i]))) : std::string_view();
  }
  int64_t integer(int i) const { return sqlite3_value_int64(values_[i]); }
  double real(int i) const { return sqlite3_value_double(values_[i]); }
  sqlite3_value* value(int i) const { return values_[i]; }
  sqlite3_context* context() const { return context_; }

  void null() { sqlite3_result_null(context_); }
  void result(std::string_view text) {  // a null pointer would mean null
    sqlite3_result_text64(context_, text.data() ? text.data() : "", text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  void result_blob(std::string_view bytes) {
    sqlite3_result_blob64(context_, bytes.data() ? bytes.data() : "", bytes.size(), SQLITE_TRANSIENT);
  }
  void result(int64_t number) { sqlite3_result_int64(context_, number); }
  void result(double number) { sqlite3_result_double(context_, number); }
  void result(bool truth) { sqlite3_result_int(context_, truth); }
  void result_value(int i) { sqlite3_result_value(context_, values_[i]); }

 private:
  sqlite3_context* context_;
  int count_;
  sqlite3_value** values_;
};

/// Thrown by a function for wrong arguments; becomes the SQL error "<function>(): <what>" or just <what>.
struct FunctionError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Runs `body`; no exception may reach SQLite.
template <class Body>
void guarded(sqlite3_context* context, Body&& body) {
  try {
    body();
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
  } catch (const std::exception& e) {
    sqlite3_result_error(context, e.what(), -1);
  }
}

using ScalarFunction = void (*)(Call&);

template <ScalarFunction F>
void scalar_entry(sqlite3_context* context, int count, sqlite3_value** values) {
  guarded(context, [&] {
    Call call(context, count, values);
    F(call);
  });
}

/// One row of a table of scalar functions. `arguments` -1: any number.
struct ScalarEntry {
  const char* name;
  int arguments;
  void (*entry)(sqlite3_context*, int, sqlite3_value**);
};

/// Results depend on the arguments alone, and views may use the functions.
inline constexpr int function_flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;

/// Throws DatabaseError when `code` is not SQLITE_OK.
void check_registered(sqlite3* db, int code, const char* name);

template <size_t N>
void register_scalars(sqlite3* db, const ScalarEntry (&entries)[N]) {
  for (const auto& e : entries) {
    check_registered(db,
                     sqlite3_create_function_v2(db, e.name, e.arguments, function_flags, nullptr, e.entry, nullptr,
                                                nullptr, nullptr),
                     e.name);
  }
}

}  // namespace modelc::sqlite
