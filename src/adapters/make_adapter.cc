#include <fmt/format.h>

#include "adapters/adapter.h"
#include "adapters/sqlite/adapter.h"

namespace modelc {

DatabaseError::DatabaseError(std::string code, std::string message, std::string sql, int64_t sql_offset)
    : Error(ErrorKind::database, std::move(code), std::move(message)), sql_(std::move(sql)), sql_offset_(sql_offset) {}

jinja::Value AdapterResponse::as_dict() const {
  jinja::Value dict = jinja::Value::dict({{"_message", jinja::Value(message)}});
  if (!code.empty()) dict.as_dict().set("code", jinja::Value(code));
  dict.as_dict().set("rows_affected", jinja::Value(rows_affected));
  return dict;
}

std::unique_ptr<Adapter> make_adapter(const Project& project) {
  const Target& target = project.target;
  if (target.type == "sqlite") return std::make_unique<sqlite::SqliteAdapter>(target);
  throw Error(ErrorKind::profile, "adapters/not-built-in",
              fmt::format("The target '{}' of profile '{}' has the type '{}', and this modelc runs on: sqlite",
                          target.name, target.profile_name, target.type),
              {},
              "parse, list and compile work with every type of profile; to run, choose a sqlite target "
              "with --target");
}

}  // namespace modelc
