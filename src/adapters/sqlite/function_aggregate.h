// Aggregate and window functions as C++ classes.
//
// A class A has `void step(Call&)` and `void finish(sqlite3_context*)`, which gives the result and may be called
// several times (once a row in a window); a window function also has `void inverse(Call&)` for rows that leave the
// window.
#pragma once

#include <memory>

#include "adapters/sqlite/function_call.h"

namespace modelc::sqlite {

/// SQLite keeps one zeroed pointer a group for us; it owns the object behind it until the end of the group.
template <class A>
A** state_of(sqlite3_context* context, bool make) {
  auto** state = static_cast<A**>(sqlite3_aggregate_context(context, make ? static_cast<int>(sizeof(A*)) : 0));
  if (make && !state) throw std::bad_alloc();
  if (make && !*state) *state = new A;
  return state;
}

template <class A>
void aggregate_step(sqlite3_context* context, int count, sqlite3_value** values) {
  guarded(context, [&] {
    Call call(context, count, values);
    (*state_of<A>(context, true))->step(call);
  });
}

template <class A>
void aggregate_inverse(sqlite3_context* context, int count, sqlite3_value** values) {
  guarded(context, [&] {
    Call call(context, count, values);
    (*state_of<A>(context, true))->inverse(call);
  });
}

template <class A>
void aggregate_value(sqlite3_context* context) {
  guarded(context, [&] { (*state_of<A>(context, true))->finish(context); });
}

template <class A>
void aggregate_final(sqlite3_context* context) {
  A** state = state_of<A>(context, false);
  std::unique_ptr<A> owned(state ? *state : nullptr);
  if (state) *state = nullptr;
  guarded(context, [&] {
    if (!owned) owned = std::make_unique<A>();
    owned->finish(context);
  });
}

template <class A>
void register_aggregate(sqlite3* db, const char* name, int arguments) {
  check_registered(db,
                   sqlite3_create_function_v2(db, name, arguments, function_flags, nullptr, nullptr, aggregate_step<A>,
                                              aggregate_final<A>, nullptr),
                   name);
}

template <class A>
void register_window(sqlite3* db, const char* name, int arguments) {
  check_registered(
      db,
      sqlite3_create_window_function(db, name, arguments, function_flags, nullptr, aggregate_step<A>,
                                     aggregate_final<A>, aggregate_value<A>, aggregate_inverse<A>, nullptr),
      name);
}

}  // namespace modelc::sqlite
