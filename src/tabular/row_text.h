// Rows as the text of a data file. The same rows give the same bytes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tabular/cells.h"
#include "tabular/records.h"

namespace modelc {

struct RowTextStyle {
  TableFormat format = TableFormat::csv;  ///< json_lines: one object a line; json: one array of objects
  char delimiter = ',';
  bool header = true;
  std::string null_text;  ///< of CSV; a text that reads the same is quoted
};

/// Appends the parts of one file to a text that the caller owns. One writer a file.
class RowText {
 public:
  RowText(RowTextStyle style, std::vector<std::string> names) : style_(std::move(style)), names_(std::move(names)) {}

  void begin(std::string& out);  ///< once, before the rows
  void row(std::span<const Cell> cells, std::string& out);
  void end(std::string& out);  ///< once, behind them

 private:
  void csv_field(const Cell& cell, std::string& out) const;
  void csv_text(std::string_view text, std::string& out) const;

  RowTextStyle style_;
  std::vector<std::string> names_;
  bool first_ = true;
};

/// A cell as CSV and folder names show it: integers and texts as they are, other numbers with the fewest digits that
/// read back the same; null is "".
std::string cell_text(const Cell& cell);

}  // namespace modelc
