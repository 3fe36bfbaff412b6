#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <thread>
#include <utility>

#include "adapters/sqlite/connection_parts.h"
#include "adapters/sqlite/error.h"
#include "adapters/sqlite/functions.h"
#include "adapters/sqlite/type_casts.h"
#include "adapters/sqlite/values.h"
#include "base/text.h"

namespace modelc::sqlite {

using jinja::Value;

namespace {

enum class Control { none, begin, commit, rollback };

/// Transaction statements are ours to run: they go with the writer lock. SAVEPOINT and ROLLBACK TO stay SQLite's.
Control control_of(std::string_view statement) {
  statement = skip_comments(statement);
  const auto words = split_whitespace(statement.substr(0, 64));
  if (words.empty()) return Control::none;
  std::string first = to_lower(words[0]);
  while (first.ends_with(';')) first.pop_back();
  if (first == "begin") return Control::begin;
  if (first == "commit" || first == "end") return Control::commit;
  const bool to_savepoint = words.size() > 1 && std::any_of(words.begin() + 1, words.end(),
                                                            [](auto w) { return equals_ignore_case(w, "to"); });
  return first == "rollback" && !to_savepoint ? Control::rollback : Control::none;
}

/// A literal or a function has no type in SQLite before it is run. Its value in the first row tells one, where that row
/// comes within so many steps of the engine (some milliseconds).
constexpr int first_row_steps = 200'000;

constexpr auto longest_busy_pause = std::chrono::milliseconds(20);

constexpr int max_attached = 125;  // what SQLite can be built for; Debian's build allows 10

/// False when the file keeps a journal of another kind.
bool turn_to_wal(sqlite3* db, std::string_view schema) {
  bool done = false;
  const auto take = [](void* result, int, char** values, char**) {
    *static_cast<bool*>(result) = values[0] && std::string_view(values[0]) == "wal";
    return 0;
  };
  sqlite3_exec(db, fmt::format("pragma {}.journal_mode = wal", quote_name(schema)).c_str(), take, &done, nullptr);
  return done;
}

std::string literal(std::string_view text) { return "'" + replace_all(text, "'", "''") + "'"; }

/// Runs `body` on the SQL as SQLite shall see it; errors name the place in the SQL that came in.
template <class Body>
auto with_own_places(std::string_view sql, Body&& body) {
  const TypeCasts casts(sql);
  try {
    return body(casts.text());
  } catch (const DatabaseError& error) {
    if (!casts.changed()) throw;
    const int64_t offset = error.sql_offset();
    DatabaseError own(error.diagnostic().code, error.diagnostic().message, std::string(sql),
                      offset < 0 ? offset : static_cast<int64_t>(casts.original_offset(static_cast<size_t>(offset))));
    own.diagnostic().hint = error.diagnostic().hint;
    throw own;
  }
}

}  // namespace

/// Sees what a statement is going to write while it is prepared.
struct SqliteConnection::WriteTargets {
  Beside* beside = nullptr;
  bool temporary = false, lasting = false;
  static int note(void* self, int action, const char* first, const char* second, const char* database, const char*) {
    auto* targets = static_cast<WriteTargets*>(self);
    if (targets->beside) targets->beside->note_change(action, first, second);
    if (action != SQLITE_INSERT && action != SQLITE_UPDATE && action != SQLITE_DELETE) return SQLITE_OK;
    (database && std::string_view(database) == "temp" ? targets->temporary : targets->lasting) = true;
    return SQLITE_OK;
  }
};

/// The writer lock for one statement outside of a transaction.
class SqliteConnection::StatementLock {
 public:
  StatementLock(SqliteConnection& session, bool wanted) : writer_(wanted ? &session.database_->writer() : nullptr) {
    if (writer_ && !writer_->acquire(session.cancelled_)) throw DatabaseError("sqlite/interrupted", "interrupted", "");
  }
  ~StatementLock() {
    if (writer_) writer_->release();
  }
  StatementLock(const StatementLock&) = delete;
  StatementLock& operator=(const StatementLock&) = delete;

 private:
  WriterLock* writer_;
};

SqliteConnection::SqliteConnection(std::shared_ptr<Database> database) : database_(std::move(database)) {
  try {
    open();
  } catch (...) {
    sqlite3_close_v2(db_);
    throw;
  }
}

SqliteConnection::~SqliteConnection() {
  try {
    rollback();
  } catch (const Error&) {  // the handle goes away, and an unfinished transaction with it
  }
  sqlite3_close_v2(db_);
}

void SqliteConnection::open() {
  const Settings& settings = database_->settings();
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (const int code = sqlite3_open_v2(settings.main_path.c_str(), &db_, flags, nullptr); code != SQLITE_OK) {
    throw_error(db_, code, "", 0, settings.main_path);
  }
  sqlite3_extended_result_codes(db_, 1);
  sqlite3_busy_handler(db_, on_busy, this);
  sqlite3_limit(db_, SQLITE_LIMIT_ATTACHED, max_attached);
  // A misspelled column in double quotes must be an error, not a text.
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  register_functions(db_);
  if (!settings.extensions.empty()) {
    sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, nullptr);
    for (const auto& extension : settings.extensions) {
      char* message = nullptr;
      if (sqlite3_load_extension(db_, extension.c_str(), nullptr, &message) != SQLITE_OK) {
        const std::string reason = message ? message : "unknown reason";
        sqlite3_free(message);
        throw DatabaseError("sqlite/extension", fmt::format("cannot load the extension {}: {}", extension, reason), "");
      }
    }
  }
  // A file that cannot be turned to WAL (read-only, a network disk) keeps its journal.
  if (!turn_to_wal(db_, "main")) has_old_journal_ = true;
  run_simple("pragma synchronous = normal");
  run_simple("pragma secure_delete = fast");  // some builds would write every page of a dropped table once more
  run_simple(
      "pragma legacy_alter_table = on");  // renaming a table must not fail on, or rewrite, the views that name it
  sync_schemas();
}

void SqliteConnection::run_simple(const std::string& sql) {
  if (const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK) {
    throw_error(db_, code, sql, 0, database_->settings().main_path);
  }
}

void SqliteConnection::attach(const std::string& schema, const std::string& path) {
  const std::string sql = fmt::format("attach {} as {}", literal(path), quote_name(schema));
  if (const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK)
    throw_error(db_, code, sql, 0, path);
  attached_.emplace(schema, path);
  if (announced_) {  // the journal cannot change within a transaction; the next session of this file sets it
    has_old_journal_ = true;
  } else {
    if (!turn_to_wal(db_, schema)) has_old_journal_ = true;
    sqlite3_exec(db_, fmt::format("pragma {}.synchronous = normal", quote_name(schema)).c_str(), nullptr, nullptr,
                 nullptr);
  }
}

void SqliteConnection::sync_schemas() {
  if (seen_version_ == database_->version()) return;
  seen_version_ = database_->version();
  const auto wanted = database_->schemas();
  for (const auto& [schema, path] : wanted) {
    if (!attached_.contains(schema)) attach(schema, path);
  }
  for (auto it = attached_.begin(); it != attached_.end();) {
    const bool keep = std::any_of(wanted.begin(), wanted.end(), [&](const auto& s) { return s.first == it->first; });
    if (keep || writing_) {
      ++it;
      continue;
    }
    sqlite3_exec(db_, fmt::format("detach {}", quote_name(it->first)).c_str(), nullptr, nullptr, nullptr);
    it = attached_.erase(it);
  }
}

SqliteConnection::Statement SqliteConnection::prepare(std::string_view sql, size_t begin, size_t* end) {
  Statement statement;
  if (const size_t nul = sql.find('\0', begin); nul != std::string_view::npos)  // SQLite would stop reading there
    throw DatabaseError("sqlite/nul", "the query contains a null character", std::string(sql),
                        static_cast<int64_t>(nul));
  const char* tail = nullptr;
  const char* start = sql.data() + begin;
  WriteTargets targets{beside_ ? &*beside_ : nullptr};
  sqlite3_set_authorizer(db_, WriteTargets::note, &targets);
  const int code = sqlite3_prepare_v2(db_, start, static_cast<int>(sql.size() - begin), &statement.raw, &tail);
  sqlite3_set_authorizer(db_, nullptr, nullptr);
  statement.temporary_only = targets.temporary && !targets.lasting;
  if (code != SQLITE_OK) throw_error(db_, code, sql, begin, database_->settings().main_path);
  *end = static_cast<size_t>(tail - sql.data());
  return statement;
}

int SqliteConnection::step(sqlite3_stmt* statement, std::string_view sql, size_t begin) {
  const int code = sqlite3_step(statement);
  if (code != SQLITE_ROW && code != SQLITE_DONE) throw_error(db_, code, sql, begin, database_->settings().main_path);
  return code;
}

void SqliteConnection::start_writing() {
  if (!announced_ || writing_) return;
  if (!database_->writer().acquire(cancelled_)) throw DatabaseError("sqlite/interrupted", "interrupted", "");
  writing_ = true;
  try {
    run_simple("begin immediate");
  } catch (...) {
    finish_writing();
    throw;
  }
}

int SqliteConnection::on_busy(void* self, int attempt) {
  auto* session = static_cast<SqliteConnection*>(self);
  const auto now = std::chrono::steady_clock::now();
  if (attempt == 0) session->busy_since_ = now;
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - session->busy_since_);
  if (session->cancelled_ || waited.count() >= session->database_->settings().busy_timeout_ms) return 0;
  std::this_thread::sleep_for(std::min(longest_busy_pause, std::chrono::milliseconds(1 + attempt)));
  return 1;
}

void SqliteConnection::begin_now() {
  announced_ = true;
  start_writing();
}

void SqliteConnection::finish_writing() {
  if (!writing_) return;
  writing_ = false;
  database_->writer().release();
}

void SqliteConnection::commit() {
  announced_ = false;
  if (!writing_) return drop_beside();
  if (const int code = sqlite3_exec(db_, "commit", nullptr, nullptr, nullptr); code != SQLITE_OK) {
    try {
      throw_error(db_, code, "", 0, database_->settings().main_path);
    } catch (...) {
      rollback();
      throw;
    }
  }
  finish_writing();
  drop_beside();
}

void SqliteConnection::rollback() {
  announced_ = false;
  if (!writing_) return drop_beside();
  // SQLite may have rolled back by itself (disk full); then there is nothing left to do.
  if (!sqlite3_get_autocommit(db_)) sqlite3_exec(db_, "rollback", nullptr, nullptr, nullptr);
  finish_writing();
  drop_beside();
}

void SqliteConnection::run_statement(Statement& statement, std::string_view sql, size_t begin, bool fetch,
                                     std::optional<int64_t> limit, QueryResult& result) {
  const int columns = sqlite3_column_count(statement.raw);
  const bool reads = sqlite3_stmt_readonly(statement.raw) != 0;
  const bool writes = !reads && !statement.temporary_only;
  if (writes) start_writing();
  const StatementLock lock(*this, writes && !writing_);
  const int64_t changes_before = sqlite3_total_changes64(db_);
  if (fetch && columns > 0) {
    result.table = std::make_shared<Table>();
    for (int i = 0; i < columns; ++i) result.table->column_names.emplace_back(sqlite3_column_name(statement.raw, i));
  }
  while (step(statement.raw, sql, begin) == SQLITE_ROW) {
    if (!fetch) continue;
    if (limit && static_cast<int64_t>(result.table->rows.size()) >= *limit) break;
    auto& row = result.table->rows.emplace_back();
    row.reserve(static_cast<size_t>(columns));
    for (int i = 0; i < columns; ++i) row.push_back(column_value(statement.raw, i));
  }
  if (fetch && columns > 0) infer_column_types(*result.table);
  // As Python's sqlite3: rows changed by insert, update, delete; -1 for everything else.
  const bool is_dml = !reads && changes_before != sqlite3_total_changes64(db_) && columns == 0;
  result.response.rows_affected = is_dml ? sqlite3_total_changes64(db_) - changes_before : -1;
}

QueryResult SqliteConnection::execute(std::string_view sql, bool fetch, std::optional<int64_t> limit,
                                      const std::vector<Value>& bindings) {
  return with_own_places(sql, [&](std::string_view text) { return execute_text(text, fetch, limit, bindings); });
}

QueryResult SqliteConnection::execute_text(std::string_view sql, bool fetch, std::optional<int64_t> limit,
                                           const std::vector<Value>& bindings) {
  if (cancelled_) throw DatabaseError("sqlite/interrupted", "interrupted", std::string(sql));
  sync_schemas();
  QueryResult result;
  result.table = std::make_shared<Table>();
  for (size_t begin = 0; begin < sql.size();) {
    size_t end = begin;
    Statement statement = prepare(sql, begin, &end);
    if (!statement.raw) {  // only blanks and comments were left
      begin = end > begin ? end : sql.size();
      continue;
    }
    const Control control = control_of(sql.substr(begin, end - begin));
    if (control != Control::none) {
      if (control == Control::begin)
        begin_now();
      else if (control == Control::commit)
        commit();
      else
        rollback();
      begin = end;
      continue;
    }
    bind_values(statement.raw, bindings);
    if (!beside_ || !use_beside(sql, begin, end, result)) run_statement(statement, sql, begin, fetch, limit, result);
    begin = end;
  }
  return result;
}

bool SqliteConnection::has_schema(const std::string& schema) {
  if (equals_ignore_case(schema, "main") || equals_ignore_case(schema, "temp")) return true;
  return std::any_of(attached_.begin(), attached_.end(),
                     [&](const auto& s) { return equals_ignore_case(s.first, schema); });
}

std::vector<std::string> SqliteConnection::list_schemas() {
  sync_schemas();
  std::vector<std::string> names{"main"};
  for (const auto& [schema, path] : attached_) names.push_back(schema);
  return names;
}

std::vector<RelationEntry> SqliteConnection::list_relations(const std::string& schema) {
  sync_schemas();
  std::vector<RelationEntry> entries;
  if (!has_schema(schema)) return entries;
  const std::string sql = fmt::format(
      "select name, type from {}.sqlite_master where type in ('table', 'view') and name not like 'sqlite\\_%' escape "
      "'\\'",
      quote_name(schema));
  const QueryResult result = execute(sql, true, {}, {});
  for (const auto& row : result.table->rows) {
    entries.push_back({make_relation(adapter_traits("sqlite"), std::nullopt, schema, row[0].as_string(),
                                     parse_relation_type(row[1].as_string()))});
  }
  return entries;
}

std::vector<Column> SqliteConnection::columns(const Relation& relation) {
  sync_schemas();
  const std::string schema = relation.schema.value_or("main");
  if (!has_schema(schema)) return {};
  const std::string sql =
      fmt::format("pragma {}.table_info({})", quote_name(schema), quote_name(relation.identifier.value_or("")));
  std::vector<Column> columns;
  const QueryResult result = execute(sql, true, {}, {});
  for (const auto& row : result.table->rows) {
    const std::string type = row[2].is_string() ? row[2].as_string() : "";
    columns.push_back({row[1].as_string(), type.empty() ? "UNKNOWN" : type, {}, {}, {}});
  }
  return columns;
}

std::vector<Column> SqliteConnection::describe_query(std::string_view sql) {
  return with_own_places(sql, [&](std::string_view text) { return describe_text(text); });
}

std::vector<Column> SqliteConnection::describe_text(std::string_view sql) {
  sync_schemas();
  std::vector<Column> columns;
  for (size_t begin = 0; begin < sql.size();) {
    size_t end = begin;
    Statement statement = prepare(sql, begin, &end);
    if (!statement.raw) break;
    if (!skip_comments(sql.substr(end)).empty()) {  // a header before the query
      QueryResult ignored;
      run_statement(statement, sql, begin, false, {}, ignored);
      begin = end;
      continue;
    }
    columns = described_columns(statement, sql.substr(begin, end - begin));
    break;
  }
  return columns;
}

std::vector<Column> SqliteConnection::described_columns(const Statement& statement, std::string_view query) {
  std::vector<Column> columns;
  bool complete = true;
  for (int i = 0; i < sqlite3_column_count(statement.raw); ++i) {
    const char* type = sqlite3_column_decltype(statement.raw, i);
    complete = complete && type && *type;
    columns.push_back({sqlite3_column_name(statement.raw, i), type && *type ? type : "UNKNOWN", {}, {}, {}});
  }
  if (complete || !sqlite3_stmt_readonly(statement.raw)) return columns;
  // SQLite tells the type of an expression (of a cast, say) only by the table that it makes of it.
  while (!query.empty() &&
         (query.back() == ';' || std::string_view(" \t\r\n").find(query.back()) != std::string_view::npos))
    query.remove_suffix(1);
  const std::string make =
      fmt::format("create temporary table __modelc_types as select * from (\n{}\n) limit 0", query);
  if (sqlite3_exec(db_, make.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return columns;
  const QueryResult types = execute("pragma temp.table_info(__modelc_types)", true, {}, {});
  run_simple("drop table temp.__modelc_types");
  for (size_t i = 0; i < columns.size() && i < types.table->rows.size(); ++i) {
    const std::string type = jinja::to_str(types.table->rows[i][2]);
    if (columns[i].data_type == "UNKNOWN" && !type.empty()) columns[i].data_type = type;
  }
  type_by_first_row(statement.raw, columns);
  return columns;
}

void SqliteConnection::type_by_first_row(sqlite3_stmt* query, std::vector<Column>& columns) {
  const auto is_unknown = [](const Column& column) { return column.data_type == "UNKNOWN"; };
  if (std::none_of(columns.begin(), columns.end(), is_unknown)) return;
  sqlite3_progress_handler(
      db_, first_row_steps, [](void*) { return 1; }, nullptr);
  const bool has_row = sqlite3_step(query) == SQLITE_ROW;
  sqlite3_progress_handler(db_, 0, nullptr, nullptr);
  for (size_t i = 0; has_row && i < columns.size(); ++i) {
    if (!is_unknown(columns[i])) continue;
    const int kind = sqlite3_column_type(query, static_cast<int>(i));
    if (kind != SQLITE_NULL) {
      columns[i].data_type = kind == SQLITE_INTEGER ? "INT"
                             : kind == SQLITE_FLOAT ? "REAL"
                             : kind == SQLITE_TEXT  ? "TEXT"
                                                    : "BLOB";
    }
  }
  sqlite3_reset(query);
}

void SqliteConnection::create_schema(const std::string& schema) {
  sync_schemas();
  if (has_schema(schema)) return;
  database_->add_schema(schema);
  sync_schemas();
}

void SqliteConnection::drop_schema(const std::string& schema) {
  sync_schemas();
  const auto found = std::find_if(attached_.begin(), attached_.end(),
                                  [&](const auto& s) { return equals_ignore_case(s.first, schema); });
  const bool is_main = equals_ignore_case(schema, "main");
  if (!is_main && found == attached_.end()) return;
  for (const auto& entry : list_relations(schema)) {
    execute(fmt::format("drop {} if exists {}", entry.relation.type == RelationType::view ? "view" : "table",
                        qualified(entry.relation)),
            false, {}, {});
  }
  if (is_main) return;
  const std::string path = found->second;
  commit();  // a file can't be detached within a transaction
  database_->remove_schema(found->first);
  sync_schemas();
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(path + suffix, ignored);
}

void SqliteConnection::check_view(const Relation& relation) {
  size_t end = 0;
  const std::string sql = fmt::format("select * from {}", qualified(relation));
  try {
    prepare(sql, 0, &end);
  } catch (const Error& error) {
    // Functions belong to a connection: whoever reads the view may have it.
    if (error.diagnostic().message.find("no such function: ") == std::string::npos) throw;
  }
}

void SqliteConnection::cancel() {
  cancelled_ = true;
  sqlite3_interrupt(db_);
  database_->writer().wake();
}

}  // namespace modelc::sqlite
