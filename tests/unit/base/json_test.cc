#include "base/json.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace modelc;

namespace {
std::string quoted(std::string_view text, bool ascii) {
  JsonWriter writer({.ascii = ascii});
  writer.string(text);
  return writer.take();
}
}  // namespace

TEST_CASE("strings are escaped as Python's json does") {
  CHECK(quoted("a\"\\/\n\t\x01", false) == "\"a\\\"\\\\/\\n\\t\\u0001\"");
  CHECK(quoted("h\xC3\xA9", false) == "\"h\xC3\xA9\"");
  CHECK(quoted("h\xC3\xA9\xF0\x9F\x98\x80\x7f", true) == "\"h\\u00e9\\ud83d\\ude00\\u007f\"");
  CHECK(quoted("a\xFF"
               "b",
               false) ==
        "\"a\xEF\xBF\xBD"
        "b\"");
  CHECK(quoted("\xED\xA0\x80", true) == "\"\\ufffd\\ufffd\\ufffd\"");
}

TEST_CASE("a character that needs an escape is found wherever it stands") {
  const std::pair<std::string, std::string> cases[] = {
      {"\"", "\\\""}, {"\\", "\\\\"}, {"\n", "\\n"}, {"\x1f", "\\u001f"}, {"\x7f", "\\u007f"}, {"\xC3\xA9", "\\u00e9"}};
  for (size_t length = 0; length < 20; ++length) {
    const std::string plain(length, '~');
    CHECK(quoted(plain, true) == '"' + plain + '"');
    for (size_t at = 0; at <= length; ++at) {
      const std::string before = plain.substr(0, at), after = plain.substr(at);
      for (const auto& [raw, escaped] : cases) {
        CAPTURE(length);
        CAPTURE(at);
        CHECK(quoted(before + raw + after, true) == '"' + before + escaped + after + '"');
      }
    }
  }
}

TEST_CASE("a writer grows over a buffer that is written over") {
  JsonWriter writer({}, std::string(10, 'x'));
  writer.begin_array();
  for (int i = 0; i < 1000; ++i) writer.string(std::string(static_cast<size_t>(i), 'a'));
  writer.end_array();
  CHECK(writer.text().size() == 2 + 1000 * 2 + 999 + 999 * 1000 / 2);
  CHECK(writer.take().ends_with("a\"]"));
}

TEST_CASE("commas, colons and indentation") {
  const auto write = [](JsonWriter::Style style) {
    JsonWriter w(style);
    w.begin_object();
    w.key("a");
    w.begin_array();
    w.integer(-1);
    w.boolean(true);
    w.null();
    w.end_array();
    w.key("b");
    w.begin_object();
    w.end_object();
    w.key("c");
    w.raw("[1]");
    w.end_object();
    return w.take();
  };
  CHECK(write({}) == "{\"a\":[-1,true,null],\"b\":{},\"c\":[1]}");
  CHECK(write({.spaced = true}) == "{\"a\": [-1, true, null], \"b\": {}, \"c\": [1]}");
  CHECK(write({.indent = 2}) == "{\n  \"a\": [\n    -1,\n    true,\n    null\n  ],\n  \"b\": {},\n  \"c\": [1]\n}");
}

TEST_CASE("floats read as Python's repr") {
  CHECK(format_double(1.0) == "1.0");
  CHECK(format_double(0.1) == "0.1");
  CHECK(format_double(-0.0) == "-0.0");
  CHECK(format_double(1e-5) == "1e-05");
  CHECK(format_double(0.0001) == "0.0001");
  CHECK(format_double(1e16) == "1e+16");
  CHECK(format_double(123456789012345.0) == "123456789012345.0");
  CHECK(format_double(1.5e300) == "1.5e+300");
  CHECK(format_double(std::numeric_limits<double>::infinity()) == "inf");
  CHECK(format_double(std::nan("")) == "nan");
  JsonWriter w;
  w.floating(-std::numeric_limits<double>::infinity());
  CHECK(w.text() == "-Infinity");
}
