#include "run/external_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace modelc {

ExternalShape::ExternalShape(const ExternalDeclaration& declaration) : declaration_(declaration) {
  for (const ExternalColumn& column : declaration.columns) {
    Seen& seen = add(column.rule.name);
    seen.rule = column.rule;
    seen.data_type = column.data_type;
    seen.declared = true;
  }
}

ExternalShape::Seen& ExternalShape::add(std::string_view name) {
  const auto [place, is_new] = index_.try_emplace(to_lower(name), columns_.size());
  if (is_new) {
    columns_.emplace_back();
    columns_.back().rule.name = name;
  }
  return columns_[place->second];
}

/// Whole numbers beyond 64 bits are kept as texts, since nothing else holds all of their digits.
void ExternalShape::note_number(Seen& column, std::string_view text) {
  int64_t value = 0;
  if (text.find_first_of(".eE") != std::string_view::npos)
    column.reals = true;
  else if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc())
    column.integers = true;
  else
    column.texts = true;
}

void ExternalShape::note(Seen& column, const RawValue& value) {
  switch (value.kind) {
    case RawValue::Kind::null:
      break;
    case RawValue::Kind::boolean:
      column.integers = true;
      break;
    case RawValue::Kind::number:
      note_number(column, value.text);
      break;
    default:
      column.texts = true;
      break;
  }
}

void ExternalShape::look_at(std::string_view text) {
  const auto reader = read_records(text, declaration_.format);
  for (const std::string& name : reader->names()) {
    Seen& column = add(name);
    column.found = column.texts = looked_ = true;
  }
  if (declaration_.format.format == TableFormat::csv) return;
  Record record;
  while (reader->next(record)) {
    for (const RawField& field : record.fields) {
      Seen& column = add(field.name);
      column.found = looked_ = true;
      note(column, field.value);
    }
  }
}

void ExternalShape::finish() {
  if (!declaration_.metadata_columns) return;
  Seen& file = add(source_file_column);
  file.rule.kind = ColumnKind::text;
  file.data_type = "TEXT";
  file.found = true;
  Seen& line = add(source_line_column);
  line.rule.kind = ColumnKind::integer;
  line.data_type = "INTEGER";
  line.found = true;
}

bool ExternalShape::is_declared() const {
  return !columns_.empty() &&
         std::all_of(columns_.begin(), columns_.end(), [](const Seen& column) { return !column.data_type.empty(); });
}

void ExternalShape::note_found(size_t column) { columns_[column].found = looked_ = true; }

std::string ExternalShape::type_of(const Seen& column) const {
  if (!column.data_type.empty()) return column.data_type;
  if (column.texts) return column.integers || column.reals ? "" : "TEXT";
  if (column.reals) return "REAL";
  return column.integers ? "INTEGER" : "TEXT";
}

std::vector<Column> ExternalShape::columns() const {
  std::vector<Column> columns;
  for (const Seen& column : columns_) columns.push_back({column.rule.name, type_of(column), {}, {}, {}});
  return columns;
}

std::vector<ColumnRule> ExternalShape::rules() const {
  std::vector<ColumnRule> rules;
  for (const Seen& column : columns_) rules.push_back(column.rule);
  return rules;
}

std::optional<size_t> ExternalShape::find(std::string_view name) const {
  const auto found = index_.find(to_lower(name));
  return found == index_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> ExternalShape::missing() const {
  std::vector<std::string> names;
  for (const Seen& column : columns_)
    if (looked_ && column.declared && !column.found) names.push_back(column.rule.name);
  return names;
}

ExternalRows::ExternalRows(const ExternalDeclaration& declaration, ExternalShape& shape) : shape_(shape) {
  for (ColumnRule& rule : shape.rules()) casters_.emplace_back(std::move(rule), declaration.null_strings);
  row_.resize(casters_.size());
  if (declaration.metadata_columns) {
    file_column_ = shape.find(source_file_column);
    line_column_ = shape.find(source_line_column);
  }
}

std::optional<size_t> ExternalRows::column_of(size_t position, std::string_view name) {
  if (position < known_.size() && known_[position].name == name) return known_[position].column;
  const auto column = shape_.find(name);
  if (!column) return std::nullopt;
  shape_.note_found(*column);
  if (position >= known_.size()) known_.resize(position + 1);
  known_[position] = {std::string(name), *column};
  return column;
}

std::string ExternalRows::read(const Record& record, std::string_view path) {
  if (!record.fault.empty()) return record.fault;
  for (Cell& cell : row_) cell = Cell();
  std::string fault;
  for (size_t i = 0; i < record.fields.size(); ++i) {
    const auto column = column_of(i, record.fields[i].name);
    if (!column) {
      met_unknown_column_ = true;
      return {};
    }
    if (!fault.empty()) continue;
    fault = casters_[*column].cast(record.fields[i].value, row_[*column]);
    if (!fault.empty()) fault = fmt::format("column {}: {}", casters_[*column].rule().name, fault);
  }
  if (!fault.empty()) return fault;
  if (file_column_) row_[*file_column_] = Cell::of(path);
  if (line_column_) row_[*line_column_] = Cell::of(static_cast<int64_t>(record.line));
  return {};
}

}  // namespace modelc
