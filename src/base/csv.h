// RFC 4180 CSV as Python's csv module reads it: quotes, doubled quotes, line breaks inside quotes, CRLF, a BOM.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"

namespace modelc {

struct CsvField {
  std::string_view text;  ///< into the reader's text, or into its scratch buffer until the next row is read
  bool quoted = false;
};

/// Reads one row at a time from a text that must outlive it. One thread.
class CsvReader {
 public:
  CsvReader(const SourceFile& file, char delimiter = ',');
  /// The next row into `row`; false at the end. Blank lines are skipped. Throws Error{runtime, "base/csv-..."} with line
  /// and column for an unterminated quote, text after a closing quote, or invalid UTF-8.
  bool next(std::vector<CsvField>& row);
  uint32_t row_offset() const { return row_offset_; }  ///< byte offset of the row last read

 private:
  const SourceFile& file_;
  std::string_view text_;
  char delimiter_;
  size_t position_ = 0;
  uint32_t row_offset_ = 0;
  std::string scratch_;
};

}  // namespace modelc
