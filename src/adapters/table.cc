#include "adapters/table.h"

#include <algorithm>
#include <cmath>

#include "adapters/decimal_text.h"
#include "jinja/unicode.h"

namespace modelc {

using jinja::Value;
namespace unicode = jinja::unicode;

namespace {

constexpr std::string_view ellipsis = "...";
constexpr int64_t context_precision = 28;  // of Python's decimal module

std::string letter_name(size_t index) { return std::string(index / 26 + 1, static_cast<char>('a' + index % 26)); }

bool is_agate_number(CellType type) { return type == CellType::number || type == CellType::whole_number; }

/// How a column of numbers is printed.
struct NumberStyle {
  size_t places = 0;
  bool cut = false;  ///< more places than are shown: an ellipsis follows
};

NumberStyle number_style(const Table& table, size_t column, size_t rows, size_t max_precision) {
  int64_t whole = 1, places = 0;
  for (size_t i = 0; i < rows; ++i) {
    if (const auto number = decimal_of(table.rows[i][column])) {
      whole = std::max(whole, number->whole_places());
      places = std::max(places, number->decimal_places());
    }
  }
  if (whole + places > context_precision) places = std::max<int64_t>(0, context_precision - whole);
  if (max_precision != SIZE_MAX && places > static_cast<int64_t>(max_precision)) return {max_precision, true};
  return {static_cast<size_t>(places), false};
}

std::string cell_text(const Value& value, bool is_number, const NumberStyle& style) {
  if (value.is_none()) return "";
  if (is_number) {
    if (const auto number = decimal_of(value))
      return format_grouped(*number, style.places) + (style.cut ? "\u2026" : "");
  }
  return jinja::to_str(value);
}

std::string cut(std::string text, size_t width) {
  if (width == SIZE_MAX || unicode::length(text) <= width) return text;
  return std::string(unicode::substring(text, 0, width - ellipsis.size())) + std::string(ellipsis);
}

/// The cells of a table as agate lays them out: texts flush left, everything else flush right.
class Layout {
 public:
  explicit Layout(const Table& table) : table_(table) {}

  void add(std::vector<std::string> cells) {
    widths_.resize(std::max(widths_.size(), cells.size()));
    for (size_t i = 0; i < cells.size(); ++i) widths_[i] = std::max(widths_[i], unicode::length(cells[i]));
    lines_.push_back(std::move(cells));
  }

  std::string text() const {
    std::string out;
    for (size_t i = 0; i < lines_.size(); ++i) {
      append_line(out, lines_[i]);
      if (i == 0) append_rule(out);
    }
    return out;
  }

 private:
  void append_line(std::string& out, const std::vector<std::string>& cells) const {
    out += '|';
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) out += '|';
      const std::string padding(widths_[i] - unicode::length(cells[i]), ' ');
      const bool left = table_.column_types[i] == CellType::text;
      out += ' ';
      out += left ? cells[i] + padding : padding + cells[i];
      out += ' ';
    }
    out += "|\n";
  }

  void append_rule(std::string& out) const {
    out += "| ";
    for (size_t i = 0; i < widths_.size(); ++i) out += (i > 0 ? " | " : "") + std::string(widths_[i], '-');
    out += " |\n";
  }

  const Table& table_;
  std::vector<size_t> widths_;
  std::vector<std::vector<std::string>> lines_;
};

}  // namespace

std::string_view cell_type_name(CellType type) {
  switch (type) {
    case CellType::text:
      return "Text";
    case CellType::integer:
      return "Integer";
    case CellType::number:
    case CellType::whole_number:
      return "Number";
    case CellType::boolean:
      return "Boolean";
    case CellType::date:
      return "Date";
    case CellType::datetime:
      return "DateTime";
    case CellType::time:
      return "TimeDelta";
  }
  return "Text";
}

std::vector<std::string> unique_column_names(const std::vector<std::string>& names) {
  std::vector<std::string> unique;
  for (size_t i = 0; i < names.size(); ++i) {
    const std::string wanted = names[i].empty() ? letter_name(i) : names[i];
    std::string name = wanted;
    for (int n = 2; std::find(unique.begin(), unique.end(), name) != unique.end(); ++n)
      name = wanted + "_" + std::to_string(n);
    unique.push_back(std::move(name));
  }
  return unique;
}

std::string print_table(const Table& table, size_t max_rows, size_t max_column_width, size_t max_columns,
                        size_t max_precision) {
  const size_t columns = std::min(max_columns, table.column_names.size());
  const size_t rows = std::min(max_rows, table.rows.size());
  const bool more_columns = columns < table.column_names.size();
  Layout layout(table);

  std::vector<std::string> heads;
  for (size_t i = 0; i < columns; ++i) heads.push_back(cut(table.column_names[i], max_column_width));
  if (more_columns) heads.emplace_back(ellipsis);
  layout.add(heads);

  std::vector<NumberStyle> styles(columns);
  for (size_t i = 0; i < columns; ++i) {
    if (is_agate_number(table.column_types[i])) styles[i] = number_style(table, i, rows, max_precision);
  }
  for (size_t r = 0; r < rows; ++r) {
    std::vector<std::string> cells;
    for (size_t i = 0; i < columns; ++i) {
      cells.push_back(
          cut(cell_text(table.rows[r][i], is_agate_number(table.column_types[i]), styles[i]), max_column_width));
    }
    if (more_columns) cells.emplace_back(ellipsis);
    layout.add(std::move(cells));
  }
  if (rows < table.rows.size()) layout.add(std::vector<std::string>(heads.size(), std::string(ellipsis)));
  return layout.text();
}

}  // namespace modelc
