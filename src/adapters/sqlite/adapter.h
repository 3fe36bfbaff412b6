// The SQLite engine behind the Adapter interface.
#pragma once

#include <memory>

#include "adapters/sqlite/database.h"

namespace modelc::sqlite {

class SqliteAdapter : public Adapter {
 public:
  explicit SqliteAdapter(const Target& target);
  const AdapterTraits& traits() const override;
  std::unique_ptr<Connection> connect(std::string_view name) override;
  bool supports_parallel_writes() const override { return false; }
  std::chrono::milliseconds head_start() const override { return std::chrono::milliseconds(20); }
  std::string seed_column_type(CellType type) const override;
  std::string quote(std::string_view identifier) const override;
  std::vector<std::string> connection_info(const Target& target) const override;

 private:
  std::shared_ptr<Database> database_;
};

}  // namespace modelc::sqlite
