#include "adapters/sqlite/error.h"

#include <fmt/format.h>
#include <sqlite3.h>

namespace modelc::sqlite {
namespace {

struct Explanation {
  int primary_code;
  const char* slug;
  const char* hint;
};

constexpr Explanation explanations[] = {
    {SQLITE_BUSY, "locked",
     "another program is writing to this file; wait until it is done, or raise busy_timeout (milliseconds) in the "
     "profile"},
    {SQLITE_LOCKED, "locked", "another connection is writing to this file; wait until it is done"},
    {SQLITE_READONLY, "read-only", "the database file or its folder cannot be written by this user"},
    {SQLITE_FULL, "disk-full",
     "free some space on the disk that holds the file, then run again: what was there before still stands"},
    {SQLITE_IOERR, "io", "the disk or the file system reported a fault; what was there before still stands"},
    {SQLITE_CORRUPT, "corrupt",
     "the file is damaged; restore a copy, or save what is readable with the sqlite3 shell's .recover"},
    {SQLITE_NOTADB, "not-a-database",
     "the path names a file that is no SQLite database; check schemas_and_paths in the profile"},
    {SQLITE_CANTOPEN, "cannot-open", "check that the folder exists and that this user may write in it"},
    {SQLITE_INTERRUPT, "interrupted", ""},
    {SQLITE_NOMEM, "out-of-memory", ""},
};

/// These concern the file, not the statement: the message should name it.
bool concerns_file(int primary_code) {
  return primary_code != SQLITE_ERROR && primary_code != SQLITE_CONSTRAINT && primary_code != SQLITE_INTERRUPT &&
         primary_code != SQLITE_NOMEM && primary_code != SQLITE_MISMATCH;
}

}  // namespace

void throw_error(sqlite3* db, int code, std::string_view sql, size_t statement_begin, const std::string& path) {
  const int primary = code & 0xff;
  std::string message = db ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  if (concerns_file(primary)) message = fmt::format("{} ({})", message, path);
  const int offset = db && !sql.empty() ? sqlite3_error_offset(db) : -1;
  const auto* found = std::find_if(std::begin(explanations), std::end(explanations),
                                   [&](const Explanation& e) { return e.primary_code == primary; });
  const bool known = found != std::end(explanations);
  DatabaseError error(known ? fmt::format("sqlite/{}", found->slug) : "sqlite/sql", std::move(message),
                      std::string(sql), offset < 0 ? -1 : static_cast<int64_t>(statement_begin) + offset);
  if (known)
    error.diagnostic().hint = found->hint;
  else if (error.diagnostic().message.find(" already ") != std::string::npos)
    error.diagnostic().hint = "where nothing in the project makes it twice, another run has just made it: run again";
  throw error;
}

}  // namespace modelc::sqlite
