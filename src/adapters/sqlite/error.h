// SQLite's result codes as errors that name the file and say what to do.
#pragma once

#include <string>
#include <string_view>

#include "adapters/adapter.h"

struct sqlite3;

namespace modelc::sqlite {

/// Throws the DatabaseError for the last fault of `db`. `sql` is the whole text that ran and `statement_begin` where in
/// it the failing statement starts (SQLite's own offset counts from there). `path` is the main file.
[[noreturn]] void throw_error(sqlite3* db, int code, std::string_view sql, size_t statement_begin,
                              const std::string& path);

}  // namespace modelc::sqlite
