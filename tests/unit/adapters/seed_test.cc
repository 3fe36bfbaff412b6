// Seeds against what dbt's own reader makes of them: tests/golden/seeds/agate.txt, written by make.py beside it.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "adapters/table.h"
#include "base/json.h"
#include "base/text.h"
#include "jinja/json.h"

using modelc::CellType;
using modelc::Table;
using modelc::jinja::Value;

namespace {

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> split_blocks(const std::string& text, const std::string& separator) {
  std::vector<std::string> blocks;
  size_t begin = 0;
  for (size_t at; (at = text.find(separator, begin)) != std::string::npos; begin = at + separator.size())
    blocks.push_back(text.substr(begin, at - begin));
  blocks.push_back(text.substr(begin));
  return blocks;
}

/// As make.py spells the cells.
Value spelled(const Value& cell) {
  if (cell.is_none()) return cell;
  if (cell.is_float() && cell.as_float() == static_cast<double>(static_cast<int64_t>(cell.as_float())) &&
      std::abs(cell.as_float()) < 1e15) {
    return Value(std::to_string(static_cast<int64_t>(cell.as_float())));
  }
  return Value(modelc::jinja::to_str(cell));
}

std::string type_text(CellType type) {
  std::string name(modelc::cell_type_name(type));
  if (type == CellType::number) name += " REAL";
  if (type == CellType::whole_number) name += " INT";
  return name;
}

std::string json_line(const Value& value) {
  modelc::JsonWriter writer(modelc::JsonWriter::Style{.ascii = false, .spaced = true});
  modelc::jinja::write_json(writer, value);
  return writer.take() + "\n";
}

std::string describe(const std::string& csv, char delimiter, const Value& text_columns) {
  const modelc::SourceFile file("seed.csv", csv);
  Table table;
  try {
    table = modelc::read_seed(file, delimiter, text_columns);
  } catch (const modelc::Error& error) {
    return json_line(Value::dict({{"error", Value(error.diagnostic().message)}}));
  }
  Value names = Value::list(), types = Value::list(), rows = Value::list();
  for (const auto& name : table.column_names) names.as_list().emplace_back(name);
  for (const CellType type : table.column_types) types.as_list().emplace_back(type_text(type));
  for (const auto& row : table.rows) {
    std::vector<Value> cells;
    for (const auto& cell : row) cells.push_back(spelled(cell));
    rows.as_list().push_back(Value::list(cells));
  }
  return json_line(names) + json_line(types) + json_line(rows) + "print\n" + modelc::print_table(table);
}

}  // namespace

TEST_CASE("seeds are read and printed as agate does") {
  const auto cases = split_blocks(read_file(MODELC_SOURCE_DIR "/tests/golden/seeds/agate.txt"), "=====\n");
  REQUIRE(cases.size() > 300);
  for (const auto& block : cases) {
    // The last rule that stands on a line of its own ends the CSV; printed tables have "| --- |".
    const auto parts = split_blocks(block, "---\n[");
    const auto error_parts = split_blocks(block, "---\n{");
    const bool fails = error_parts.size() > 1;
    std::string csv = fails ? error_parts[0] : parts[0];
    std::string expected = (fails ? "{" : "[") + block.substr(csv.size() + 5);
    Value columns = Value::none();
    char delimiter = ',';
    if (csv.starts_with("types: ")) {
      const size_t end = csv.find('\n');
      columns = Value::dict();
      const std::string names = csv.substr(7, end - 7);
      for (const auto name : modelc::split(names, ',')) columns.as_dict().set(name, Value("text"));
      csv = csv.substr(end + 1);
    } else if (csv.starts_with("delimiter: |\n")) {
      delimiter = '|';
      csv = csv.substr(13);
    }
    CAPTURE(csv);
    std::string found = describe(csv, delimiter, columns);
    if (expected.ends_with("print\nunprintable\n")) {
      expected = expected.substr(0, expected.find("print\n"));
      found = found.substr(0, found.find("print\n"));
    }
    CHECK(found == expected);
  }
}

TEST_CASE("a seed's faults have a place") {
  const modelc::SourceFile file("seeds/x.csv", "a,b\n1,2\n1,2,3\n");
  try {
    modelc::read_seed(file, ',', Value::none());
    FAIL("read a row that is too long");
  } catch (const modelc::Error& error) {
    CHECK(error.diagnostic().code == "adapters/seed-row-too-long");
    CHECK(modelc::format_place(error.diagnostic().span) == "seeds/x.csv:3:1");
    CHECK(error.diagnostic().message == "Row 1 has 3 values, but Table only has 2 columns.");
  }
  const modelc::SourceFile empty("seeds/empty.csv", "");
  CHECK_THROWS_WITH_AS(modelc::read_seed(empty, ',', Value::none()), "the seed has no header row", modelc::Error);
}
