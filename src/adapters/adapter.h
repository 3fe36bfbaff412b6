// A database engine as modelc uses it. Everything that differs between engines is behind these two classes and the
// engine's own macros; no code above this layer asks which engine runs.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/table.h"
#include "base/diagnostic.h"
#include "context/relation_object.h"
#include "manifest/relation.h"
#include "project/project.h"
#include "tabular/cells.h"

namespace modelc {

/// An error that the engine reported. The offset lets the compile layer show the model's own line.
class DatabaseError : public Error {
 public:
  DatabaseError(std::string code, std::string message, std::string sql, int64_t sql_offset = -1);
  const std::string& sql() const { return sql_; }
  int64_t sql_offset() const { return sql_offset_; }  ///< byte in sql(), or -1 when the engine does not say

 private:
  std::string sql_;
  int64_t sql_offset_;
};

struct AdapterResponse {
  std::string message = "OK";  ///< "OK", "SELECT 5": what stands behind "[OK in 0.1s]" is derived from it
  int64_t rows_affected = -1;
  std::string code;              ///< empty on engines without one
  jinja::Value as_dict() const;  ///< {_message, rows_affected?, code?}
};

struct QueryResult {
  AdapterResponse response;
  std::shared_ptr<Table> table;  ///< empty table when fetch was off
};

/// What a transaction is going to make a table of.
struct TableQuery {
  std::string_view sql;
  const Relation& target;  ///< whose content it will be
  bool own_types = false;  ///< the table declares types of its own, and `insert ... select ... from (sql)` fills it
};

struct RelationEntry {
  Relation relation;
};

/// Writes rows into a table, one prepared statement for all of them. Lives no longer than its connection, and within
/// one transaction of it.
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  /// One cell a column, in the order that the writer was made for. Throws DatabaseError.
  virtual void write(std::span<const Cell> cells) = 0;
};

/// One session with the database. One thread at a time, except cancel().
class Connection {
 public:
  virtual ~Connection() = default;

  /// Runs one or several statements; with `fetch`, the rows of the last one that gives rows, at most `limit` of them.
  /// `bindings` (positional) belong to the single statement. Throws DatabaseError.
  virtual QueryResult execute(std::string_view sql, bool fetch = false, std::optional<int64_t> limit = {},
                              const std::vector<jinja::Value>& bindings = {}) = 0;
  virtual void begin() = 0;  ///< no-op inside a transaction; waits for other writers of this process
  /// begin() of a transaction that is going to make a table of what a query gives. With `others_work`, an engine of one
  /// writer may compute the query before it becomes that writer. What fails then fails once more where the table is
  /// made.
  virtual void begin_with_query(const TableQuery& /*query*/, bool /*others_work*/) { begin(); }
  virtual void commit() = 0;    ///< no-op outside of one
  virtual void rollback() = 0;  ///< no-op outside of one
  virtual bool in_transaction() const = 0;

  virtual std::vector<std::string> list_schemas() = 0;
  virtual std::vector<RelationEntry> list_relations(const std::string& schema) = 0;
  virtual std::vector<Column> columns(const Relation& relation) = 0;  ///< empty when absent
  /// Names and types that `sql` would give, without running it.
  virtual std::vector<Column> describe_query(std::string_view sql) = 0;
  virtual void create_schema(const std::string& schema) = 0;
  virtual void drop_schema(const std::string& schema) = 0;
  /// Fast insert of a whole table into an existing relation in the order of its columns; returns the rows written.
  virtual int64_t bulk_insert(const Relation& relation, const Table& table) = 0;
  /// Drops the table or view of that name and makes an empty table. A column without a data type has none.
  virtual void replace_table(const Relation& relation, const std::vector<Column>& columns) = 0;
  virtual std::unique_ptr<RowWriter> write_rows(const Relation& relation, const std::vector<std::string>& columns) = 0;
  /// Runs one query and gives each row to `take`, whose cells live until it returns. Gives the names of the columns to
  /// `name` first.
  virtual void read_rows(std::string_view sql, const std::function<void(const std::vector<std::string>&)>& name,
                         const std::function<void(std::span<const Cell>)>& take) = 0;
  /// Prepares a select on a view so that a view over a missing column fails now. No-op where the engine checks views.
  virtual void check_view(const Relation& relation) = 0;
  /// Interrupts the running statement; any thread.
  virtual void cancel() = 0;
};

/// A database. Thread-safe.
class Adapter {
 public:
  virtual ~Adapter() = default;
  virtual const AdapterTraits& traits() const = 0;
  /// Opens a session. Throws DatabaseError or Error{profile} that names the file or host.
  virtual std::unique_ptr<Connection> connect(std::string_view name) = 0;
  /// May several connections of this process run models at once?
  virtual bool supports_parallel_writes() const { return true; }
  /// How long one thread goes on by itself with nodes that write before another one joins in. Where each change of the
  /// catalog makes all other sessions read it anew, one thread is done first with nodes that are shorter than that.
  virtual std::chrono::milliseconds head_start() const { return {}; }
  /// dbt's Column.translate_type and agate type -> SQL type for seeds ("TEXT", "INTEGER", ...).
  virtual std::string seed_column_type(CellType type) const = 0;
  virtual std::string quote(std::string_view identifier) const = 0;
  /// dbt's date_function(), "current timestamp" text and the like come from macros; only what C++ needs is here.
  virtual std::vector<std::string> connection_info(const Target& target) const = 0;  ///< "key: value" lines for `debug`
};

/// The adapter of the target. Throws Error{profile, "adapters/not-built-in"} with the list of those that are.
std::unique_ptr<Adapter> make_adapter(const Project& project);

}  // namespace modelc
