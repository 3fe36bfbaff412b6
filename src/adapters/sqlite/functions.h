// The SQL functions that analytics needs and SQLite lacks. The table of all of them is in README.md beside this file.
#pragma once

struct sqlite3;

namespace modelc::sqlite {

/// Registers every function on one session. Throws DatabaseError when SQLite refuses (out of memory).
void register_functions(sqlite3* db);

// By subject; register_functions calls them.
void register_hash_functions(sqlite3* db);
void register_text_functions(sqlite3* db);
void register_regexp_functions(sqlite3* db);
void register_date_functions(sqlite3* db);
void register_calendar_functions(sqlite3* db);
void register_value_functions(sqlite3* db);
void register_statistics_functions(sqlite3* db);
void register_group_functions(sqlite3* db);

}  // namespace modelc::sqlite
