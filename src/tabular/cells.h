// From what stands in a data file to what stands in a table: typed cells, or the reason why a value is none.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace modelc {

/// A value for the database. A text is a view: see who made it for how long it lives.
struct Cell {
  enum class Kind : uint8_t { null, integer, real, text };
  Kind kind = Kind::null;
  int64_t integer = 0;
  double real = 0;
  std::string_view text;

  static Cell of(int64_t value) { return {Kind::integer, value, 0, {}}; }
  static Cell of(double value) { return {Kind::real, 0, value, {}}; }
  static Cell of(std::string_view value) { return {Kind::text, 0, 0, value}; }
};

/// A value as a file has it. `text` is JSON's own text for numbers and nested values, else the unescaped one.
struct RawValue {
  enum class Kind : uint8_t { null, plain, quoted, number, boolean, nested };
  Kind kind = Kind::null;
  std::string_view text;
};

enum class ColumnKind : uint8_t {
  natural,  ///< nothing declared: texts stay texts, JSON's numbers and booleans become numbers
  text,
  integer,
  real,
  decimal,
  boolean,
  date,
  timestamp
};

/// What the name of an SQL type asks for: "BIGINT" -> integer, "varchar(20)" -> text, "timestamp" -> timestamp; names
/// that are not known are taken as natural.
ColumnKind column_kind(std::string_view data_type);

struct ColumnRule {
  std::string name;
  ColumnKind kind = ColumnKind::natural;
  std::vector<std::string> formats;  ///< strptime's, tried in order; of dates and timestamps. Empty = ISO 8601
};

/// Casts the values of one column. A Cell lives as long as the value's own text, and until the next cast.
class ColumnCaster {
 public:
  ColumnCaster(ColumnRule rule, std::vector<std::string> null_strings);
  const ColumnRule& rule() const { return rule_; }

  /// Fills `cell`; "" or why the value can't be cast: "'abc' is no integer". White space around values that are not
  /// texts does not count, and nothing but white space is null. Integers beyond 64 bits and days that do not exist are
  /// refused; decimals keep integers exact, other numbers become the nearest double.
  std::string cast(const RawValue& value, Cell& cell);

 private:
  bool is_null(const RawValue& value) const;
  bool cast_moment(std::string_view text, Cell& cell);

  ColumnRule rule_;
  std::vector<std::string> null_strings_;
  std::array<char, 40> moment_{};
};

}  // namespace modelc
