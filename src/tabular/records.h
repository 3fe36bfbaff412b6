// Data files as records: named raw values, one row after another, whatever the format.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tabular/cells.h"

namespace modelc {

enum class TableFormat : uint8_t { csv, json, json_lines };

struct RecordFormat {
  TableFormat format = TableFormat::csv;
  char delimiter = ',';
  bool header = true;                ///< CSV: the first row names the columns
  std::vector<std::string> columns;  ///< CSV without a header: their names in order
  std::vector<std::string> records;  ///< JSON: the keys that lead to the list of records; empty = the document is it
};

struct RawField {
  std::string_view name;
  RawValue value;
};

/// One record. Views live until the next record is read.
struct Record {
  size_t line = 0;       ///< its first line in the file, counted from 1
  std::string_view raw;  ///< as it stands there
  std::string fault;     ///< why it can't be read, or ""; then there are no fields
  std::vector<RawField> fields;
};

/// Reads the records of one text. One thread.
class RecordReader {
 public:
  virtual ~RecordReader() = default;
  /// The next record; false at the end. Never throws: what can't be read is a record with a fault, and reading goes on
  /// behind it (of CSV at the next line; of JSON behind the record, or, where brackets do not match, at the end).
  virtual bool next(Record& record) = 0;
  /// CSV: the columns that the header (or the format) names. JSON: empty.
  virtual const std::vector<std::string>& names() const = 0;
};

/// `text` is UTF-8 and outlives the reader. Throws Error{runtime, "tabular/csv-header"} for a header that can't be read
/// or names a column twice; a text without any row has no names.
std::unique_ptr<RecordReader> read_records(std::string_view text, const RecordFormat& format);

}  // namespace modelc
