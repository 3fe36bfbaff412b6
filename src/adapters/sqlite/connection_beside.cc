// A query computed beside the writer: its rows wait in a temporary table until this session may write, and are then
// copied page by page, which takes a fraction of the time of a query that is worth it.
#include <fmt/format.h>

#include <algorithm>

#include "adapters/sqlite/connection_parts.h"
#include "adapters/sqlite/error.h"
#include "adapters/sqlite/type_casts.h"

namespace modelc::sqlite {
namespace {

constexpr std::string_view beside_name = "__modelc_beside";
constexpr std::string_view blanks = " \t\r\n\f\v";

/// A text without the blanks and semicolons around it.
std::string_view bare(std::string_view sql) {
  sql = trim(sql);
  while (!sql.empty() && (sql.back() == ';' || blanks.find(sql.back()) != std::string_view::npos)) sql.remove_suffix(1);
  return sql;
}

bool take_word(std::string_view& text, std::string_view word) {
  if (text.size() <= word.size() || !equals_ignore_case(text.substr(0, word.size()), word) ||
      blanks.find(text[word.size()]) == std::string_view::npos)
    return false;
  text = trim(text.substr(word.size()));
  return true;
}

bool is_one_name(std::string_view text) {
  char quote = 0;
  for (const char c : text) {
    if (quote)
      quote = c == quote ? '\0' : quote;
    else if (c == '"' || c == '`')
      quote = c;
    else if (blanks.find(c) != std::string_view::npos || c == '(' || c == '[' || c == '-' || c == '/')
      return false;
  }
  return !text.empty() && !quote;
}

/// `create [temporary] table NAME as QUERY`.
struct TableMaker {
  bool temporary = false;
  std::string_view name;
};

std::optional<TableMaker> parse_maker(std::string_view statement, std::string_view query) {
  statement = bare(skip_comments(statement));
  if (!statement.ends_with(query)) return std::nullopt;
  std::string_view head = statement.substr(0, statement.size() - query.size());
  if (head.empty() || blanks.find(head.back()) == std::string_view::npos) return std::nullopt;
  head = trim(head);
  TableMaker maker;
  if (!take_word(head, "create")) return std::nullopt;
  maker.temporary = take_word(head, "temporary") || take_word(head, "temp");
  if (!take_word(head, "table") || head.size() < 4 || !equals_ignore_case(head.substr(head.size() - 2), "as"))
    return std::nullopt;
  head.remove_suffix(2);
  if (blanks.find(head.back()) == std::string_view::npos) return std::nullopt;
  maker.name = trim(head);
  if (!is_one_name(maker.name)) return std::nullopt;
  return maker;
}

/// `insert into X (...) select ... from (QUERY)` with other text for the query; empty when it is another statement.
std::string with_other_query(std::string_view statement, std::string_view query, std::string_view other) {
  const size_t at = statement.find(query);
  std::string_view start = skip_comments(statement);
  if (at == std::string_view::npos || statement.find(query, at + 1) != std::string_view::npos ||
      !take_word(start, "insert"))
    return {};
  const std::string_view before = statement.substr(0, at), after = statement.substr(at + query.size());
  if (!trim(before).ends_with('(') || !trim(after).starts_with(')')) return {};
  return fmt::format("{}{}{}", before, other, after);
}

/// Collects the names of all that a query depends on, while it is prepared.
int note_read(void* names, int action, const char* first, const char*, const char*, const char* view) {
  auto& reads = *static_cast<std::set<std::string>*>(names);
  if (action == SQLITE_READ && first) reads.insert(to_lower(first));
  if (view) reads.insert(to_lower(view));
  return SQLITE_OK;
}

/// The session's own tables are its own; what the catalog says changes with the transaction itself.
bool reads_catalog(const std::set<std::string>& reads) {
  return std::any_of(reads.begin(), reads.end(),
                     [](const auto& name) { return name.starts_with("sqlite_") || name.starts_with("pragma_"); });
}

/// Pragmas that take a name and change nothing.
bool only_asks(std::string_view pragma) {
  for (std::string_view known : {"table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo",
                                 "foreign_key_list", "foreign_key_check"}) {
    if (equals_ignore_case(pragma, known)) return true;
  }
  return false;
}

}  // namespace

void SqliteConnection::Beside::note_change(int action, const char* first, const char* second) {
  const auto changed = [&](const char* name) { stale = stale || (name && reads.contains(to_lower(name))); };
  switch (action) {
    case SQLITE_PRAGMA:
      stale = stale || (second && first && !only_asks(first));
      return;
    case SQLITE_ALTER_TABLE:
      return changed(second);
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
    case SQLITE_CREATE_TABLE:
    case SQLITE_CREATE_TEMP_TABLE:
    case SQLITE_CREATE_VIEW:
    case SQLITE_CREATE_TEMP_VIEW:
    case SQLITE_CREATE_VTABLE:
    case SQLITE_DROP_TABLE:
    case SQLITE_DROP_TEMP_TABLE:
    case SQLITE_DROP_VIEW:
    case SQLITE_DROP_TEMP_VIEW:
    case SQLITE_DROP_VTABLE:
      return changed(first);
    default:
      return;
  }
}

void SqliteConnection::begin_with_query(const TableQuery& query, bool others_work) {
  if (announced_) return;
  sync_schemas();
  if (others_work && !has_old_journal_ && sqlite3_get_autocommit(db_)) beside_ = compute_beside(query);
  begin();
}

std::optional<SqliteConnection::Beside> SqliteConnection::compute_beside(const TableQuery& query) {
  const TypeCasts casts(query.sql);
  Beside beside{std::string(bare(casts.text())), query.own_types, {}, false};
  Statement select;
  const char* tail = nullptr;
  sqlite3_set_authorizer(db_, note_read, &beside.reads);
  const int code = sqlite3_prepare_v2(db_, beside.query.c_str(), -1, &select.raw, &tail);
  sqlite3_set_authorizer(db_, nullptr, nullptr);
  if (code != SQLITE_OK || !select.raw || sqlite3_column_count(select.raw) == 0 || !sqlite3_stmt_readonly(select.raw) ||
      !skip_comments(tail).empty() || reads_catalog(beside.reads) ||
      beside.reads.contains(to_lower(query.target.identifier.value_or(""))))
    return std::nullopt;
  // Debian's SQLite overwrites what is deleted; the file behind temporary tables has no name and goes with the session.
  std::string make = fmt::format("pragma temp.secure_delete = off; create temporary table {}", beside_name);
  if (query.own_types) {
    std::vector<std::string> names;
    for (int i = 0; i < sqlite3_column_count(select.raw); ++i)
      names.push_back(quote_name(sqlite3_column_name(select.raw, i)));
    make += fmt::format(" ({}); insert into temp.{}\n{}", join(names, ", "), beside_name, beside.query);
  } else {
    make += " as\n" + beside.query;
  }
  // An error is told where the table is made, in the words and at the place of that statement.
  if (sqlite3_exec(db_, make.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return beside;
  beside_ = std::move(beside);
  drop_beside();
  return std::nullopt;
}

std::string SqliteConnection::work_with_beside(std::string_view statement) {
  const Beside& beside = *beside_;
  if (beside.own_types)
    return with_other_query(statement, beside.query, fmt::format("select * from temp.{}", beside_name));
  const auto maker = parse_maker(statement, beside.query);
  if (!maker) return {};
  if (maker->temporary) {
    std::string_view name = maker->name;
    if (name.size() > 5 && equals_ignore_case(name.substr(0, 5), "temp.")) name.remove_prefix(5);
    return fmt::format("alter table temp.{} rename to {}", beside_name, name);
  }
  // The empty table gets the columns that SQLite declares for the query; equal tables are then copied as they are.
  return fmt::format(
      "create table {0} as select * from temp.{1} limit 0;"
      "insert into {0} select * from temp.{1}",
      maker->name, beside_name);
}

bool SqliteConnection::use_beside(std::string_view sql, size_t begin, size_t end, QueryResult& result) {
  if (beside_->stale) return false;
  const std::string work = work_with_beside(sql.substr(begin, end - begin));
  if (work.empty()) return false;
  start_writing();
  if (!writing_) return false;  // two statements need a transaction around them
  beside_->stale = true;
  const int64_t changes_before = sqlite3_total_changes64(db_);
  if (const int code = sqlite3_exec(db_, work.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK)
    throw_error(db_, code, sql, begin, database_->settings().main_path);
  const bool counts = beside_->own_types;  // `create table as` tells no number of rows
  result.response.rows_affected = counts ? sqlite3_total_changes64(db_) - changes_before : -1;
  return true;
}

void SqliteConnection::drop_beside() {
  if (!beside_) return;
  beside_.reset();
  const std::string drop = fmt::format("drop table if exists temp.{}", beside_name);
  sqlite3_exec(db_, drop.c_str(), nullptr, nullptr, nullptr);
}

}  // namespace modelc::sqlite
