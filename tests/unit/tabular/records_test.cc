#include "tabular/records.h"

#include <doctest/doctest.h>

#include "base/diagnostic.h"

using namespace modelc;

namespace {

/// Each record as "line: name=value|..." with ~ for null; what can't be read as "line! reason".
std::vector<std::string> read(std::string_view text, const RecordFormat& format) {
  const auto reader = read_records(text, format);
  std::vector<std::string> lines;
  Record record;
  while (reader->next(record)) {
    std::string line = std::to_string(record.line) + (record.fault.empty() ? ":" : "! " + record.fault);
    for (const RawField& field : record.fields) {
      line += " " + std::string(field.name) + "=";
      line += field.value.kind == RawValue::Kind::null ? "~" : std::string(field.value.text);
    }
    lines.push_back(line);
  }
  return lines;
}

using Lines = std::vector<std::string>;

RecordFormat json(std::vector<std::string> path = {}, TableFormat format = TableFormat::json) {
  RecordFormat out;
  out.format = format;
  out.records = std::move(path);
  return out;
}

}  // namespace

TEST_CASE("CSV rows with their lines") {
  CHECK(read("a,b\r\n1,x\r\n\r\n2,\"y\r\nz\"\r\n3,\"q\"\"\"", {}) ==
        Lines{"2: a=1 b=x", "4: a=2 b=y\nz", "6: a=3 b=q\""});
  CHECK(read("\xEF\xBB\xBF"
             "a;b\n1;2\n",
             {TableFormat::csv, ';'}) == Lines{"2: a=1 b=2"});
  CHECK(read("1,2\n", {TableFormat::csv, ',', false, {"x", "y"}}) == Lines{"1: x=1 y=2"});
  CHECK(read("", {}).empty());
  CHECK(read("a,,b\n1,2,3\n", {}) == Lines{"2: a=1 column_2=2 b=3"});
}

TEST_CASE("CSV rows that are none do not stop the reading") {
  CHECK(read("a,b\n1\n2,3,4\n5,6", {}) ==
        Lines{"2! 1 fields where there are 2 columns", "3! 3 fields where there are 2 columns", "4: a=5 b=6"});
  CHECK(read("a,b\n1,\"x\n2,3\n", {}) == Lines{"2! a quote is opened and never closed", "3: a=2 b=3"});
  CHECK(read("a,b\n1,\xff\n2,3\n", {}) == Lines{"2! the text is not valid UTF-8", "3: a=2 b=3"});
}

TEST_CASE("a CSV header that names a column twice can't be loaded") {
  CHECK_THROWS_AS(read("id,ID\n1,2\n", {}), Error);
  CHECK_THROWS_AS(read("\"id\n1,2\n", {}), Error);
}

TEST_CASE("JSON arrays, objects and lines") {
  CHECK(read(R"([{"a": 1, "b": null},
 {"b": {"c": [1, 2]}, "a": "x\n"}])",
             json()) == Lines{"1: a=1 b=~", R"(2: b={"c": [1, 2]} a=x)"
                                            "\n"});
  CHECK(read("[]", json()).empty());
  CHECK(read(" ", json()).empty());
  CHECK(read(R"({"a": 12345678901234567890.10})", json()) == Lines{"1: a=12345678901234567890.10"});
  CHECK(read("{\"a\": true}\n{\"a\": []}\n", json()) == Lines{"1: a=true", "2: a=[]"});
  CHECK(read("{\"a\": 1}\n\nnope\n{\"a\": }\n{\"a\": 2}", json({}, TableFormat::json_lines)) ==
        Lines{"1: a=1", "3! no JSON object", "4! broken JSON at character 7: Invalid value.", "5: a=2"});
  CHECK(read("{\"a\": 1} {\"a\": 2}\n", json({}, TableFormat::json_lines)) ==
        Lines{"1! broken JSON at character 10: The document root must not be followed by other values."});
  CHECK(read(R"({"a": 1, "a": 2})", json()) == Lines{"1: a=2"});
}

TEST_CASE("records inside a document") {
  CHECK(read(R"({"page": 1, "data": [{"a": 1}, {"a": 2}], "total": 2})", json({"data"})) == Lines{"1: a=1", "1: a=2"});
  CHECK(read(R"({"x": {"y": []}})", json({"x", "y"})).empty());
  CHECK(read(R"({"x": {"y": {"a": 1}}})", json({"x", "y"})) == Lines{"1: a=1"});
  CHECK(read(R"({"error": "busy"})", json({"data"})) == Lines{"1! there is no 'data' in the document"});
  CHECK(read("{\"data\": [{\"a\": 1}]}\n{\"data\": [{\"a\": 2}]}\n", json({"data"}, TableFormat::json_lines)) ==
        Lines{"1: a=1", "2: a=2"});
}

TEST_CASE("one broken element of a JSON list does not spoil the others") {
  CHECK(read("[{\"a\": 1},\n{\"a\" 2},\n7,\n{\"a\": 3}]", json()) ==
        Lines{"1: a=1", "2! broken JSON at character 6: Missing a colon after a name of object member.",
              "3! no JSON object", "4: a=3"});
  CHECK(read("[{\"a\": 1},\n{\"a\": 2", json()) == Lines{"1: a=1", "2! the list of records is cut off"});
  CHECK(read("{\"data\": [{\"a\": 1},\n{\"a\": 2", json({"data"})) ==
        Lines{"1: a=1", "2! the list of records is cut off"});
  CHECK(read("[{\"a\": 1} {\"a\": 2}]", json()) == Lines{"1: a=1", "1! the list of records is broken here"});
}

TEST_CASE("JSON that is not UTF-8 is refused record by record") {
  CHECK(read("{\"a\": \"\xff\"}\n{\"a\": \"\xC3\xA9\"}\n", json({}, TableFormat::json_lines)) ==
        Lines{"1! broken JSON at character 8: Invalid encoding in string.", "2: a=\xC3\xA9"});
  CHECK(read("{\"a\": \"\\ud800\"}", json()) ==
        Lines{"1! broken JSON at character 8: The surrogate pair in string is invalid."});
}
