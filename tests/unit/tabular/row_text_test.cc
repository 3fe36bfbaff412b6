#include "tabular/row_text.h"

#include <doctest/doctest.h>

#include <limits>

using namespace modelc;

namespace {

using Row = std::vector<Cell>;

std::string write(RowTextStyle style, std::vector<std::string> names, const std::vector<Row>& rows) {
  RowText writer(std::move(style), std::move(names));
  std::string text;
  writer.begin(text);
  for (const Row& row : rows) writer.row(row, text);
  writer.end(text);
  return text;
}

Cell text(std::string_view value) { return Cell::of(value); }

}  // namespace

TEST_CASE("rows as CSV: quotes where they are needed, nulls and empty texts apart") {
  const std::vector<Row> rows = {{Cell::of(int64_t{2053013555631882655}), text("a,b"), Cell::of(0.1)},
                                 {Cell(), text(""), Cell::of(10.0)},
                                 {Cell::of(int64_t{-1}), text("\"x\"\ny"), Cell::of(1e300)}};
  CHECK(write({}, {"id", "a \"name\"", "n"}, rows) ==
        "id,\"a \"\"name\"\"\",n\n2053013555631882655,\"a,b\",0.1\n,\"\",10.0\n-1,\"\"\"x\"\"\ny\",1e+300\n");
  CHECK(write({TableFormat::csv, ';', false, "NULL"}, {"a", "b"}, {{Cell(), text("NULL")}, {text(""), text("a,b")}}) ==
        "NULL;\"NULL\"\n;a,b\n");
  CHECK(write({}, {"a"}, {{Cell()}}) == "a\n\"\"\n");
}

TEST_CASE("rows as JSON: one object a line, or one array") {
  const std::vector<Row> rows = {{Cell::of(int64_t{1}), text("caf\xC3\xA9 \"q\"")},
                                 {Cell::of(std::numeric_limits<double>::infinity()), Cell()}};
  CHECK(write({TableFormat::json_lines}, {"a", "b"}, rows) ==
        "{\"a\":1,\"b\":\"caf\xC3\xA9 \\\"q\\\"\"}\n{\"a\":null,\"b\":null}\n");
  CHECK(write({TableFormat::json}, {"a"}, {{Cell::of(int64_t{1})}, {Cell::of(2.5)}}) ==
        "[\n{\"a\":1},\n{\"a\":2.5}\n]\n");
  CHECK(write({TableFormat::json}, {"a"}, {}) == "[]\n");
}
