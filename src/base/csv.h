// CSV as dbt reads it, which is Python's csv module on a text with translated line breaks: quotes count at the start of
// a field only, doubled quotes stand for one, "\r\n" and "\r" are "\n" even in quotes, a byte order mark is skipped.
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

/// What to do with an empty line: unit-test fixtures skip it (csv.DictReader), seeds read it as a row of nulls (agate).
enum class CsvBlankLines : uint8_t { skip, keep };

/// Reads one row at a time from a text that must outlive it. One thread.
class CsvReader {
 public:
  explicit CsvReader(const SourceFile& file, char delimiter = ',', CsvBlankLines blank_lines = CsvBlankLines::skip);
  /// A reader that never throws: a row that cannot be read comes with a fault(), and reading goes on behind it. Blank
  /// lines are skipped.
  explicit CsvReader(std::string_view text, char delimiter = ',');

  /// The next row into `row`; false at the end. A kept blank line is a row without fields. Throws Error{runtime,
  /// "base/csv-..."} with its place for a quote that is never closed (Python would take the rest of the file for one
  /// field) and for invalid UTF-8.
  bool next(std::vector<CsvField>& row);
  size_t row_offset() const { return row_offset_; }  ///< byte offset of the row last read
  size_t row_line() const { return row_line_; }      ///< its first line, counted from 1
  std::string_view row_text() const;                 ///< as it stands in the text, without its line break
  /// Why the row last read is none, or "": a quote is never closed (then the row is its first line alone), or it is not
  /// UTF-8.
  std::string_view fault() const { return fault_; }

 private:
  struct ScratchField {
    size_t index, offset, length;
  };
  void start();
  CsvField read_plain();
  CsvField read_quoted(size_t index);
  bool unclosed_quote(size_t open);
  bool at_line_end() const;
  void skip_line_end();
  void keep_scratch(std::vector<CsvField>& row);

  const SourceFile* file_ = nullptr;  // null: faults are reported, not thrown
  std::string_view text_;
  char delimiter_;
  CsvBlankLines blank_lines_;
  size_t position_ = 0;
  size_t line_ = 1;
  size_t row_offset_ = 0, row_end_ = 0, row_line_ = 1;
  bool started_ = false;
  bool check_encoding_ = false;  // of each row: the text has bytes that are not UTF-8
  std::string_view fault_;
  std::string scratch_;                       // unescaped fields of the row
  std::vector<ScratchField> scratch_fields_;  // their views are made when the row is complete: scratch_ may move
};

}  // namespace modelc
