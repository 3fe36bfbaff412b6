// The shape of an external source's table, and rows on their way into it. Internal to the run folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "context/relation_object.h"
#include "manifest/relation.h"
#include "run/external_declaration.h"

namespace modelc {

inline constexpr std::string_view source_file_column = "_source_file";
inline constexpr std::string_view source_line_column = "_source_line";

/// Collects the columns: the declared ones, then those of the files in order of appearance, then the metadata.
class ExternalShape {
 public:
  explicit ExternalShape(const ExternalDeclaration& declaration);

  /// Looks at one file's text: at the header of CSV, at all records of JSON. Throws what read_records throws.
  void look_at(std::string_view text);
  /// Adds the metadata columns; then there are no others.
  void finish();
  /// Are all columns declared, with types? Then records need not be looked at before they are read.
  bool is_declared() const;
  /// Notes that a file has the column.
  void note_found(size_t column);

  std::vector<Column> columns() const;  ///< names and types for the database
  std::vector<ColumnRule> rules() const;
  std::optional<size_t> find(std::string_view name) const;
  /// Declared columns that stand in none of the files. Empty when there was nothing to look at.
  std::vector<std::string> missing() const;

 private:
  struct Seen {
    ColumnRule rule;
    std::string data_type;
    bool declared = false, found = false;
    bool integers = false, reals = false, texts = false;  ///< kinds of JSON values under it
  };
  Seen& add(std::string_view name);
  static void note(Seen& column, const RawValue& value);
  static void note_number(Seen& column, std::string_view text);
  std::string type_of(const Seen& column) const;

  const ExternalDeclaration& declaration_;
  std::vector<Seen> columns_;
  std::unordered_map<std::string, size_t> index_;  // by lower-case name
  bool looked_ = false;
};

/// Turns records into rows of cells.
class ExternalRows {
 public:
  /// Tells the shape which of its columns it meets.
  ExternalRows(const ExternalDeclaration& declaration, ExternalShape& shape);
  /// "" and a filled row(), or why the record is none. `path` outlives the row.
  std::string read(const Record& record, std::string_view path);
  const std::vector<Cell>& row() const { return row_; }
  /// Has a record a field for which the shape has no column? Then the files must be looked at.
  bool met_unknown_column() const { return met_unknown_column_; }

 private:
  std::optional<size_t> column_of(size_t position, std::string_view name);

  ExternalShape& shape_;
  std::vector<ColumnCaster> casters_;
  std::vector<Cell> row_;
  std::optional<size_t> file_column_, line_column_;
  struct Known {
    std::string name;
    size_t column;
  };
  std::vector<Known> known_;  // what stood at each position of the last records
  bool met_unknown_column_ = false;
};

}  // namespace modelc
