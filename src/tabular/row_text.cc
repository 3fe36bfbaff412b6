#include "tabular/row_text.h"

#include <fmt/format.h>

#include <cmath>

#include "base/json.h"

namespace modelc {

std::string cell_text(const Cell& cell) {
  switch (cell.kind) {
    case Cell::Kind::integer:
      return fmt::format("{}", cell.integer);
    case Cell::Kind::real:
      return format_double(cell.real);
    case Cell::Kind::text:
      return std::string(cell.text);
    default:
      return {};
  }
}

void RowText::csv_text(std::string_view text, std::string& out) const {
  const char special[] = {style_.delimiter, '"', '\n', '\r'};
  const bool quoted = text == style_.null_text || text.find_first_of(std::string_view(special, 4)) != text.npos;
  if (!quoted) {
    out += text;
    return;
  }
  out += '"';
  for (char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void RowText::csv_field(const Cell& cell, std::string& out) const {
  if (cell.kind == Cell::Kind::null)
    out += style_.null_text;
  else if (cell.kind == Cell::Kind::text)
    csv_text(cell.text, out);
  else
    out += cell_text(cell);
}

void RowText::begin(std::string& out) {
  if (style_.format == TableFormat::json) out += '[';
  if (style_.format != TableFormat::csv || !style_.header) return;
  for (size_t i = 0; i < names_.size(); ++i) {
    if (i > 0) out += style_.delimiter;
    csv_text(names_[i], out);
  }
  out += '\n';
}

void RowText::row(std::span<const Cell> cells, std::string& out) {
  if (style_.format == TableFormat::csv) {
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) out += style_.delimiter;
      csv_field(cells[i], out);
    }
    // One null alone would be a blank line, which readers skip.
    if (cells.size() == 1 && cells[0].kind == Cell::Kind::null && style_.null_text.empty()) out += "\"\"";
    out += '\n';
    return;
  }
  JsonWriter writer;
  writer.begin_object();
  for (size_t i = 0; i < cells.size(); ++i) {
    writer.key(names_[i]);
    if (cells[i].kind == Cell::Kind::integer)
      writer.integer(cells[i].integer);
    else if (cells[i].kind == Cell::Kind::real && std::isfinite(cells[i].real))
      writer.floating(cells[i].real);
    else if (cells[i].kind == Cell::Kind::text)
      writer.string(cells[i].text);
    else
      writer.null();
  }
  writer.end_object();
  if (style_.format == TableFormat::json) out += first_ ? "\n" : ",\n";
  first_ = false;
  out += writer.text();
  if (style_.format == TableFormat::json_lines) out += '\n';
}

void RowText::end(std::string& out) {
  if (style_.format == TableFormat::json) out += first_ ? "]\n" : "\n]\n";
}

}  // namespace modelc
