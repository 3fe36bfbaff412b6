#include "compile/sql_session.h"

#include <fmt/format.h>

#include "base/text.h"
#include "compile/query_comment.h"
#include "compile/shared.h"

namespace modelc {

using jinja::Value;

namespace {

constexpr size_t abridged_log = 512;

/// Skips blanks, comments and opening brackets.
std::string_view skip_to_word(std::string_view sql) {
  for (;;) {
    while (!sql.empty() && (std::string_view(" \t\r\n\f\v(;").find(sql.front()) != std::string_view::npos))
      sql.remove_prefix(1);
    if (sql.starts_with("--")) {
      const size_t end = sql.find('\n');
      sql.remove_prefix(end == std::string_view::npos ? sql.size() : end);
    } else if (sql.starts_with("/*")) {
      const size_t end = sql.find("*/");
      sql.remove_prefix(end == std::string_view::npos ? sql.size() : end + 2);
    } else {
      return sql;
    }
  }
}

std::string first_word(std::string_view sql) {
  sql = skip_to_word(sql);
  size_t n = 0;
  while (n < sql.size() && (std::isalpha(static_cast<unsigned char>(sql[n])) || sql[n] == '_')) ++n;
  return to_lower(sql.substr(0, n));
}

/// Is the text nothing but this one word, with or without a semicolon?
bool is_only(std::string_view sql, std::string_view word) {
  sql = skip_to_word(sql);
  return sql.size() >= word.size() && equals_ignore_case(sql.substr(0, word.size()), word) &&
         skip_to_word(sql.substr(word.size())).empty();
}

/// The bus when somebody reads debug events, else null.
EventBus* debug_events(const SharedCompilation& shared) {
  EventBus* events = shared.environment.invocation.events;
  return events && events->wants(EventLevel::debug) ? events : nullptr;
}

/// A debug event. `fields` makes its data, where an output shows them.
template <class MakeFields>
void fire_debug(EventBus& events, std::string name, std::string code, std::string message, const Value& info,
                const MakeFields& fields) {
  events.fire({std::move(name), std::move(code), EventLevel::debug, std::move(message),
               events.wants_data() ? fields() : Value(), info});
}

/// Statements that must not be wrapped into a transaction, or make one themselves.
bool rules_transactions(const std::string& word) {
  for (std::string_view known : {"begin", "start", "commit", "end", "rollback", "savepoint", "release", "vacuum",
                                 "attach", "detach", "pragma"}) {
    if (word == known) return true;
  }
  return false;
}

}  // namespace

bool is_read_only(std::string_view sql) {
  const std::string word = first_word(sql);
  if (word == "with") {
    // `with x as (...) insert into ...` writes.
    const std::string lower = to_lower(sql);
    for (std::string_view verb : {"insert", "update", "delete", "merge"}) {
      if (lower.find(verb) != std::string::npos) return false;
    }
    return true;
  }
  return word == "select" || word == "values" || word == "explain" || word == "pragma" || word == "show" ||
         word == "describe";
}

SqlSession::SqlSession(SharedCompilation& shared, Connection* connection) : shared_(shared), connection_(connection) {
  if (!connection_) return;
  check_comment();
  const std::string& type = shared_.environment.parsed.project.target.type;
  if (EventBus* events = debug_events(shared_)) {
    fire_debug(*events, "NewConnection", "E005", fmt::format("Acquiring new {} connection '{}'", type, name_), {}, [&] {
      return Value::dict({{"conn_name", Value(name_)}, {"conn_type", Value(type)}});
    });
  }
}

void SqlSession::use(std::string name, const Node* node) {
  if (EventBus* events = debug_events(shared_); events && connection_ && name != name_) {
    fire_debug(*events, "ConnectionReused", "E006",
               fmt::format("Re-using an available connection from the pool (formerly {}, now {})", name_, name), {},
               [&] {
                 return Value::dict({{"orig_conn_name", Value(name_)}, {"conn_name", Value(name)}});
               });
  }
  name_ = std::move(name);
  node_ = node;
  node_info = {};
  comment_.reset();
  if (connection_) check_comment();
}

void SqlSession::check_comment() {
  const auto& own = shared_.environment.parsed.project.root().project.query_comment.comment;
  if (own && !own->empty()) comment_ = query_comment(shared_, name_, node_);
}

Connection& SqlSession::connection() const {
  if (!connection_) {
    throw Error(ErrorKind::runtime, "compile/no-connection", "connection never acquired for thread " + thread_name(),
                {},
                !shared_.environment.adapter ? "modelc has no connection to this engine: what needs no query compiles"
                : shared_.environment.invocation.flags.introspect
                    ? "this command has no database; guard the query with {% if execute %}"
                    : "--no-introspect forbids queries while compiling: guard the query, or compile without the flag");
  }
  return *connection_;
}

std::string SqlSession::with_comment(std::string_view sql) {
  if (!comment_) comment_ = query_comment(shared_, name_, node_);
  return add_query_comment(sql, *comment_, shared_.environment.parsed.project.root().project.query_comment.append);
}

void SqlSession::fire_query(std::string_view sql) const {
  EventBus* events = debug_events(shared_);
  if (!events) return;
  std::string message;
  message.reserve(name_.size() + sql.size() + 8);
  message.append("On ").append(name_).append(": ").append(sql);
  fire_debug(*events, "SQLQuery", "E016", std::move(message), node_info, [&] {
    return Value::dict({{"conn_name", Value(name_)}, {"sql", Value(sql)}});
  });
}

void SqlSession::fire_status(const AdapterResponse& response, int64_t started) const {
  EventBus* events = debug_events(shared_);
  if (!events) return;
  const double elapsed = static_cast<double>(monotonic_nanos() - started) / 1e9;
  fire_debug(*events, "SQLQueryStatus", "E017",
             fmt::format("SQL status: {} in {:.3f} seconds", response.message, elapsed), node_info, [&] {
               return Value::dict({{"status", Value(response.message)}, {"elapsed", Value(elapsed)}});
             });
}

QueryResult SqlSession::execute(std::string_view sql, bool auto_begin, bool fetch, std::optional<int64_t> limit,
                                const std::vector<Value>& bindings, bool abridge_log) {
  Connection& session = connection();
  // The connection knows who may write: bare transaction statements go its way, and are harmless where they are not
  // needed (run_hooks ends a transaction that may never have begun).
  if (is_only(sql, "commit")) {
    commit();
    return {AdapterResponse{}, std::make_shared<Table>()};
  }
  if (is_only(sql, "begin")) {
    begin();
    return {AdapterResponse{}, std::make_shared<Table>()};
  }
  if (is_only(sql, "begin immediate")) {  // begin() would wait for the first statement that writes
    if (!session.in_transaction()) fire_query("BEGIN");
    return session.execute("begin immediate");
  }
  if ((auto_begin || always_begin) && !session.in_transaction() && !is_read_only(sql) &&
      !rules_transactions(first_word(sql)))
    begin();
  const std::string text = with_comment(sql);
  fire_query(abridge_log && text.size() > abridged_log ? text.substr(0, abridged_log) + "..." : text);
  const int64_t started = monotonic_nanos();
  try {
    QueryResult result = session.execute(text, fetch, limit, bindings);
    fire_status(result.response, started);
    return result;
  } catch (DatabaseError& error) {
    // Offsets are to count from the statement itself.
    const size_t shift = text.size() >= sql.size() && text.ends_with(sql) ? text.size() - sql.size() : 0;
    const int64_t offset = error.sql() == text && error.sql_offset() >= static_cast<int64_t>(shift)
                               ? error.sql_offset() - static_cast<int64_t>(shift)
                               : -1;
    DatabaseError plain(error.diagnostic().code, error.diagnostic().message, std::string(sql), offset);
    plain.diagnostic() = error.diagnostic();
    throw plain;
  }
}

void SqlSession::begin() {
  if (!connection().in_transaction()) {
    fire_query("BEGIN");
    connection().begin();
  }
}

void SqlSession::begin_with_query(const TableQuery& query) {
  if (connection().in_transaction()) return;
  fire_query("BEGIN");
  connection().begin_with_query(query, shared_.nodes_at_once > 1);
}

void SqlSession::commit() {
  if (connection_ && connection_->in_transaction()) {
    fire_query("COMMIT");
    connection_->commit();
  }
}

void SqlSession::rollback() noexcept {
  try {
    if (connection_ && connection_->in_transaction()) connection_->rollback();
  } catch (const std::exception& error) {
    EventBus& events = *shared_.environment.invocation.events;
    events.fire(Event{"RollbackFailed", "E009", EventLevel::debug,
                      fmt::format("Failed to rollback '{}': {}", name_, error.what()),
                      Value::dict({{"conn_name", Value(name_)}}), node_info});
  }
}

}  // namespace modelc
