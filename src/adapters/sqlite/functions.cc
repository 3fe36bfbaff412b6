#include "adapters/sqlite/functions.h"

#include <fmt/format.h>

#include "adapters/adapter.h"
#include "adapters/sqlite/function_call.h"

namespace modelc::sqlite {

void check_registered(sqlite3* db, int code, const char* name) {
  if (code == SQLITE_OK) return;
  throw DatabaseError("sqlite/function",
                      fmt::format("cannot register the SQL function {}: {}", name, sqlite3_errmsg(db)), "");
}

void register_functions(sqlite3* db) {
  register_hash_functions(db);
  register_text_functions(db);
  register_regexp_functions(db);
  register_date_functions(db);
  register_calendar_functions(db);
  register_value_functions(db);
  register_statistics_functions(db);
  register_group_functions(db);
}

}  // namespace modelc::sqlite
