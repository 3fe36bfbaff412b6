#include "base/csv.h"

#include <doctest/doctest.h>

using namespace modelc;

namespace {

std::string read(const std::string& text, char delimiter = ',', CsvBlankLines blank = CsvBlankLines::skip) {
  const SourceFile file("s.csv", text);
  CsvReader reader(file, delimiter, blank);
  std::vector<CsvField> row;
  std::string out;
  while (reader.next(row)) {
    for (const CsvField& field : row) {
      out += field.quoted ? '"' : '<';
      out += field.text;
      out += '>';
    }
    out += ';';
  }
  return out;
}

}  // namespace

TEST_CASE("rows and fields") {
  CHECK(read("a,b\n1,2\n") == "<a><b>;<1><2>;");
  CHECK(read("a,b\n1,") == "<a><b>;<1><>;");
  CHECK(read("a|b", '|') == "<a><b>;");
  CHECK(read("") == "");
  CHECK(read("\xEF\xBB\xBF"
             "a\n") == "<a>;");
  CHECK(read("a,b\r\n1,2\r\n") == "<a><b>;<1><2>;");
  CHECK(read("a\r1\r") == "<a>;<1>;");
}

TEST_CASE("quotes count at the start of a field only") {
  CHECK(read("\"a,b\",c\n") == "\"a,b><c>;");
  CHECK(read("\"a \"\"b\"\"\",\"\"\n") == "\"a \"b\">\">;");
  CHECK(read("a\"b, \"c\"\n") == "<a\"b>< \"c\">;");
  CHECK(read("\"x\"y,z\n") == "\"xy><z>;");
  CHECK(read("\"x\r\ny\",\"p\"\"q\",\"r\"\n") == "\"x\ny>\"p\"q>\"r>;");
}

TEST_CASE("several unescaped fields of a row stay valid together") {
  std::string text, expected;
  for (int i = 0; i < 50; ++i) {
    text += (i ? ",\"" : "\"") + std::string(40, static_cast<char>('a' + i % 26)) + "\"\"\"";
    expected += "\"" + std::string(40, static_cast<char>('a' + i % 26)) + "\">";
  }
  CHECK(read(text) == expected + ";");
}

TEST_CASE("blank lines are skipped, or rows without fields") {
  CHECK(read("a\n\n\n1\n\n") == "<a>;<1>;");
  CHECK(read("a\n\r\n1\n\n", ',', CsvBlankLines::keep) == "<a>;;<1>;;");
  CHECK(read("a\n \n") == "<a>;< >;");
}

TEST_CASE("faults have a place") {
  const auto fault = [](const std::string& text) {
    const SourceFile file("s.csv", text);
    CsvReader reader(file);
    std::vector<CsvField> row;
    try {
      while (reader.next(row)) {
      }
    } catch (const Error& error) {
      return error.diagnostic().code + " " + format_place(error.diagnostic().span);
    }
    return std::string("none");
  };
  CHECK(fault("a,b\n1,\"x\n2,3\n") == "base/csv-unterminated-quote s.csv:2:3");
  CHECK(fault("a,b\nh\xC3\xA9,x\xFFy\n") == "base/csv-encoding s.csv:2:6");
  CHECK(fault("a\n\"ok\"\n") == "none");
}

TEST_CASE("the row's offset is where it begins") {
  const SourceFile file("s.csv", "a\n\n\"x\ny\"\nz\n");
  CsvReader reader(file);
  std::vector<CsvField> row;
  reader.next(row);
  CHECK(reader.row_offset() == 0);
  reader.next(row);
  CHECK(reader.row_offset() == 3);
  reader.next(row);
  CHECK(reader.row_offset() == 9);
}
