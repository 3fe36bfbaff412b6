// A connection in the hands of one node: query comment, log events, transactions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compile/compile.h"

namespace modelc {

class SharedCompilation;

/// All SQL of templates and tasks goes through a session. One thread. The connection is not owned.
class SqlSession {
 public:
  /// `connection` null: every query fails with dbt's words for a connection that was never acquired.
  SqlSession(SharedCompilation& shared, Connection* connection);

  /// From now on the session works for `node` (or for none) under `name` (dbt: connection_named).
  void use(std::string name, const Node* node);
  const std::string& name() const { return name_; }
  const Node* node() const { return node_; }

  bool connected() const { return connection_ != nullptr; }
  Connection& connection() const;

  /// Runs a statement with the query comment. With `auto_begin` a transaction is opened first unless the statement only
  /// reads. Errors carry the SQL without the comment.
  QueryResult execute(std::string_view sql, bool auto_begin, bool fetch, std::optional<int64_t> limit = {},
                      const std::vector<jinja::Value>& bindings = {}, bool abridge_log = false);
  void begin();
  /// begin() of a transaction that makes a table of a query, which the engine may compute before it.
  void begin_with_query(const TableQuery& query);
  void commit();
  /// Ends whatever is open; used after errors and when a node is done. Never throws.
  void rollback() noexcept;

  jinja::Value node_info;     ///< for events; may be undefined
  bool always_begin = false;  ///< run-operation: every statement that writes opens a transaction

 private:
  /// A comment of the user's may fail: then before anything is executed under it.
  void check_comment();
  std::string with_comment(std::string_view sql);
  void fire_query(std::string_view sql) const;
  void fire_status(const AdapterResponse& response, int64_t started) const;

  SharedCompilation& shared_;
  Connection* connection_;
  std::string name_ = "master";
  const Node* node_ = nullptr;
  std::optional<std::string> comment_;  ///< of the present name and node, once it is known; "" = none
};

/// Does the statement only read, judged by its first word?
bool is_read_only(std::string_view sql);

}  // namespace modelc
