// Seeds: a CSV file as a typed table. The types are guessed as agate does: every type that fits all values of a column
// stays possible, and the first of them in dbt's order wins.
#include <fmt/format.h>

#include <array>
#include <deque>

#include "adapters/seed_types.h"
#include "adapters/table.h"

namespace modelc {

using jinja::Value;

namespace {

enum Guess : uint8_t {
  integer = 1,
  number = 2,
  date = 4,
  datetime = 8,
  iso_datetime = 16,
  boolean = 32,
  text = 64,
  every = 127
};

struct Cell {
  std::string_view text;
  bool present = false;
};

/// All cells of a file, row by row; missing ones at the end of short rows are filled in.
struct Cells {
  std::vector<std::string> names;
  std::vector<Cell> cells;
  std::deque<std::string> unescaped;  ///< texts that do not stand in the file as they are

  size_t rows() const { return names.empty() ? 0 : cells.size() / names.size(); }
  const Cell& at(size_t row, size_t column) const { return cells[row * names.size() + column]; }
};

[[noreturn]] void too_long(const SourceFile& file, const CsvReader& reader, size_t row, size_t values, size_t columns) {
  const auto begin = static_cast<uint32_t>(reader.row_offset());
  const auto end = static_cast<uint32_t>(std::min(file.text().size(), file.text().find('\n', begin)));
  throw Error(ErrorKind::compilation, "adapters/seed-row-too-long",
              fmt::format("Row {} has {} values, but Table only has {} columns.", row, values, columns),
              Span{&file, begin, end},
              "a comma within a value needs quotes around the value; is the seed's `delimiter` the right one?");
}

void read_header(CsvReader& reader, const SourceFile& file, Cells& cells) {
  std::vector<CsvField> row;
  if (!reader.next(row)) {
    throw Error(ErrorKind::compilation, "adapters/seed-empty", "the seed has no header row", Span{&file, 0, 0},
                "its first line must name the columns");
  }
  for (const auto& field : row) cells.names.emplace_back(field.text);
  cells.names = unique_column_names(cells.names);
}

Cells read_cells(const SourceFile& file, char delimiter) {
  CsvReader reader(file, delimiter, CsvBlankLines::keep);
  Cells cells;
  read_header(reader, file, cells);
  const char* file_begin = file.text().data();
  const char* file_end = file_begin + file.text().size();
  std::vector<CsvField> row;
  for (size_t index = 0; reader.next(row); ++index) {
    if (row.size() > cells.names.size()) too_long(file, reader, index, row.size(), cells.names.size());
    for (const auto& field : row) {
      const bool in_file = field.text.empty() || (field.text.data() >= file_begin && field.text.data() < file_end);
      cells.cells.push_back({in_file ? field.text : std::string_view(cells.unescaped.emplace_back(field.text)), true});
    }
    cells.cells.resize((index + 1) * cells.names.size());
  }
  return cells;
}

/// The guesses among `open` that the text allows.
uint8_t narrow(uint8_t open, std::string_view value) {
  open &= static_cast<uint8_t>(~integer);  // dbt's Integer takes ints only, and a file holds texts
  if (open == text || is_seed_null(value)) return open;
  if (open & number && !read_seed_number(value)) open &= static_cast<uint8_t>(~number);
  if (open & date && !read_seed_date(value)) open &= static_cast<uint8_t>(~date);
  if (open & datetime && !read_seed_datetime(value)) open &= static_cast<uint8_t>(~datetime);
  if (open & iso_datetime && !read_seed_iso_datetime(value)) open &= static_cast<uint8_t>(~iso_datetime);
  if (open & boolean && !read_seed_boolean(value)) open &= static_cast<uint8_t>(~boolean);
  return open;
}

Guess guess_type(const Cells& cells, size_t column) {
  uint8_t open = every;
  for (size_t row = 0; row < cells.rows() && open != text; ++row) {
    if (const Cell& cell = cells.at(row, column); cell.present) open = narrow(open, cell.text);
  }
  for (const Guess guess : {integer, number, date, datetime, iso_datetime, boolean}) {
    if (open & guess) return guess;
  }
  return text;
}

Value convert(Guess type, const Cell& cell) {
  if (!cell.present || is_seed_null(cell.text)) return Value::none();
  std::optional<Value> value;
  switch (type) {
    case date:
      value = read_seed_date(cell.text);
      break;
    case datetime:
      value = read_seed_datetime(cell.text);
      break;
    case iso_datetime:
      value = read_seed_iso_datetime(cell.text);
      break;
    case boolean:
      value = read_seed_boolean(cell.text);
      break;
    default:
      break;
  }
  return value ? *std::move(value) : Value(cell.text);
}

CellType fill_numbers(const Cells& cells, size_t column, Table& table) {
  constexpr int64_t precision = 28;  // of Python's decimal module, which bounds agate's MaxPrecision
  int64_t decimals = 0, whole = 1;
  for (size_t row = 0; row < cells.rows(); ++row) {
    const Cell& cell = cells.at(row, column);
    if (!cell.present || is_seed_null(cell.text)) {
      table.rows[row].push_back(Value::none());
      continue;
    }
    SeedNumber read = *read_seed_number(cell.text);
    decimals = std::max(decimals, read.decimals);
    whole = std::max(whole, read.whole_digits);
    table.rows[row].push_back(std::move(read.value));
  }
  if (whole + decimals > precision) decimals = precision - whole;
  return decimals == 0 ? CellType::whole_number : CellType::number;
}

CellType cell_type(Guess guess) {
  switch (guess) {
    case integer:
      return CellType::integer;
    case date:
      return CellType::date;
    case datetime:
    case iso_datetime:
      return CellType::datetime;
    case boolean:
      return CellType::boolean;
    default:
      return CellType::text;
  }
}

}  // namespace

Table read_seed(const SourceFile& file, char delimiter, const Value& column_types) {
  const Cells cells = read_cells(file, delimiter);
  Table table;
  table.column_names = cells.names;
  table.rows.resize(cells.rows());
  for (auto& row : table.rows) row.reserve(cells.names.size());
  for (size_t column = 0; column < cells.names.size(); ++column) {
    const bool forced = !column_types.get(cells.names[column]).is_undefined();
    const Guess guess = forced ? text : guess_type(cells, column);
    if (guess == number) {
      table.column_types.push_back(fill_numbers(cells, column, table));
      continue;
    }
    table.column_types.push_back(cell_type(guess));
    for (size_t row = 0; row < cells.rows(); ++row) table.rows[row].push_back(convert(guess, cells.at(row, column)));
  }
  return table;
}

}  // namespace modelc
