// A session with SQLite: one sqlite3 handle, its attached files, its transaction.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "adapters/sqlite/database.h"

struct sqlite3;
struct sqlite3_stmt;

namespace modelc::sqlite {

/// begin() only announces a transaction: it starts, with the writer lock of the process, at the first statement that
/// writes. Reading statements before it run by themselves, so tests and lookups of many sessions go on side by side.
class SqliteConnection : public Connection {
 public:
  explicit SqliteConnection(std::shared_ptr<Database> database);
  ~SqliteConnection() override;

  QueryResult execute(std::string_view sql, bool fetch, std::optional<int64_t> limit,
                      const std::vector<jinja::Value>& bindings) override;
  void begin() override { announced_ = true; }
  void begin_with_query(const TableQuery& query, bool others_work) override;
  void commit() override;
  void rollback() override;
  bool in_transaction() const override { return announced_; }
  std::vector<std::string> list_schemas() override;
  std::vector<RelationEntry> list_relations(const std::string& schema) override;
  std::vector<Column> columns(const Relation& relation) override;
  std::vector<Column> describe_query(std::string_view sql) override;
  void create_schema(const std::string& schema) override;
  void drop_schema(const std::string& schema) override;
  int64_t bulk_insert(const Relation& relation, const Table& table) override;
  void replace_table(const Relation& relation, const std::vector<Column>& columns) override;
  std::unique_ptr<RowWriter> write_rows(const Relation& relation, const std::vector<std::string>& columns) override;
  void read_rows(std::string_view sql, const std::function<void(const std::vector<std::string>&)>& name,
                 const std::function<void(std::span<const Cell>)>& take) override;
  void check_view(const Relation& relation) override;
  void cancel() override;

 private:
  QueryResult execute_text(std::string_view sql, bool fetch, std::optional<int64_t> limit,
                           const std::vector<jinja::Value>& bindings);
  std::vector<Column> describe_text(std::string_view sql);
  struct Statement;  // finalizes a sqlite3_stmt
  struct WriteTargets;
  /// The rows of a query, computed into a temporary table before the transaction that makes a table of them.
  struct Beside {
    std::string query;            ///< as SQLite sees it, without blanks around it
    bool own_types = false;       ///< as TableQuery: the temporary table has none, so that values stay as they are
    std::set<std::string> reads;  ///< tables and views it depends on, in lower case
    bool stale = false;           ///< used, or no longer what the query would give
    /// What SQLite's authorizer says of a statement of the transaction: does it change what the query reads?
    void note_change(int action, const char* first, const char* second);
  };
  class Writer;
  class StatementLock;
  void open();
  void attach(const std::string& schema, const std::string& path);
  void sync_schemas();
  void run_simple(const std::string& sql);
  bool has_schema(const std::string& schema);
  /// Takes the writer lock and starts the transaction when one is announced and has not started.
  void start_writing();
  void begin_now();
  void finish_writing();
  std::optional<Beside> compute_beside(const TableQuery& query);
  /// Does the work of the statement in [begin, end) of `sql` with the rows that were computed beside. False when it is
  /// not what they are for.
  bool use_beside(std::string_view sql, size_t begin, size_t end, QueryResult& result);
  /// What does that work; empty when nothing can.
  std::string work_with_beside(std::string_view statement);
  void drop_beside();
  /// SQLite asks this whether to try once more for another program's lock: not after a cancel, nor past the timeout.
  static int on_busy(void* self, int attempt);
  void type_by_first_row(sqlite3_stmt* query, std::vector<Column>& columns);
  std::vector<Column> described_columns(const Statement& statement, std::string_view query);
  Statement prepare(std::string_view sql, size_t begin, size_t* end);
  int step(sqlite3_stmt* statement, std::string_view sql, size_t begin);
  void run_statement(Statement& statement, std::string_view sql, size_t begin, bool fetch, std::optional<int64_t> limit,
                     QueryResult& result);

  std::shared_ptr<Database> database_;
  sqlite3* db_ = nullptr;
  std::map<std::string, std::string> attached_;
  bool has_old_journal_ = false;  ///< a file is not in WAL mode: its readers block the writer
  std::optional<Beside> beside_;
  uint64_t seen_version_ = 0;
  bool announced_ = false;  ///< begin() was called
  std::chrono::steady_clock::time_point busy_since_;
  bool writing_ = false;  ///< BEGIN IMMEDIATE has run and we hold the writer lock
  std::atomic<bool> cancelled_{false};
};

}  // namespace modelc::sqlite
