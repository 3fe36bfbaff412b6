#include "base/yaml.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "base/yaml_places.h"

using namespace modelc;

namespace {

void dump(std::string& out, const YamlNode& n) {
  switch (n.kind) {
    case YamlKind::null:
      out += "null";
      return;
    case YamlKind::boolean:
      out += n.integer ? "true" : "false";
      return;
    case YamlKind::integer:
      out += std::to_string(n.integer);
      return;
    case YamlKind::floating:
      out += format_double(n.floating);
      return;
    case YamlKind::date:
      out += "date(" + n.text + ")";
      return;
    case YamlKind::datetime:
      out += "datetime(" + n.text + ")";
      return;
    case YamlKind::string: {
      JsonWriter writer;
      writer.string(n.text);
      out += writer.text();
      return;
    }
    case YamlKind::sequence:
      out += '[';
      for (size_t i = 0; i < n.size(); ++i) {
        if (i) out += ", ";
        dump(out, n.children[i]);
      }
      out += ']';
      return;
    case YamlKind::mapping:
      out += '{';
      for (size_t i = 0; i < n.size(); ++i) {
        if (i) out += ", ";
        dump(out, n.key_at(i));
        out += ": ";
        dump(out, n.value_at(i));
      }
      out += '}';
  }
}

std::string load(const std::string& text) {
  const SourceFile file("t.yml", text);
  std::string out;
  dump(out, load_yaml(file).root);
  return out;
}

std::string failure(const std::string& text, const YamlLimits& limits = {}) {
  const SourceFile file("t.yml", text);
  try {
    load_yaml(file, limits);
  } catch (const Error& error) {
    CHECK(error.diagnostic().kind == ErrorKind::parsing);
    const std::string message = error.what();
    return format_place(error.diagnostic().span).substr(6) + " " + message.substr(message.find('\n') + 1);
  }
  return "accepted";
}

}  // namespace

TEST_CASE("scalars resolve by YAML 1.1 as in PyYAML") {
  CHECK(load("[yes, No, ON, off, y, n, true, False]") == "[true, false, true, false, \"y\", \"n\", true, false]");
  CHECK(load("[010, 08, 0x1F, 0b101, 1_000, -7, +7, 0]") == "[8, \"08\", 31, 5, 1000, -7, 7, 0]");
  CHECK(load("[12:30:45, 1:30, '12:30', 1:99]") == "[45045, 90, \"12:30\", \"1:99\"]");
  CHECK(load("[1.5, 1e5, 1.0e+5, .5, 1., .inf, -.INF, .nan, 1:30.5]") ==
        "[1.5, \"1e5\", 100000.0, 0.5, 1.0, inf, -inf, nan, 90.5]");
  CHECK(load("[~, null, NULL, nULL, '']") == "[null, null, null, \"nULL\", \"\"]");
  CHECK(load("[2020-01-31, 2020-1-1, 2020-01-01 10:00:00, 2020-01-01T10:00:00+02:00, 2020-1-1 1:00:00]") ==
        "[date(2020-01-31), \"2020-1-1\", datetime(2020-01-01 10:00:00), datetime(2020-01-01T10:00:00+02:00), "
        "datetime(2020-1-1 1:00:00)]");
  CHECK(load("['1', \"yes\", !!str 1, !!int '12', !!float 3.0, ! 12]") == "[\"1\", \"yes\", \"1\", 12, 3.0, 12]");
  CHECK(load("99999999999999999999") == "\"99999999999999999999\"");
}

TEST_CASE("what Python cannot construct is refused with its place") {
  CHECK(failure("a: 2020-13-01") == "1:4 '2020-13-01' cannot be read as what it looks like");
  CHECK(failure("a: 2021-02-29") == "1:4 '2021-02-29' cannot be read as what it looks like");
  CHECK(failure("a: 0x_") == "1:4 '0x_' cannot be read as what it looks like");
  CHECK(failure("a: =") == "1:4 could not determine a constructor for the tag 'tag:yaml.org,2002:value'");
  CHECK(failure("a: <<") == "1:4 could not determine a constructor for the tag 'tag:yaml.org,2002:merge'");
  CHECK(failure("a: !foo 1") == "1:4 could not determine a constructor for the tag '!foo'");
  CHECK(failure("? [a]\n: 1") == "1:3 found unhashable key");
}

TEST_CASE("merge keys, aliases and duplicate keys") {
  CHECK(load("base: &b {x: 1, y: 2}\nuse:\n  y: 3\n  <<: *b\n  z: 4") ==
        "{\"base\": {\"x\": 1, \"y\": 2}, \"use\": {\"x\": 1, \"y\": 3, \"z\": 4}}");
  CHECK(load("a: &a {k: 1}\nb: &b {k: 2}\nc: {<<: [*a, *b]}") ==
        "{\"a\": {\"k\": 1}, \"b\": {\"k\": 2}, \"c\": {\"k\": 1}}");
  CHECK(load("'<<': 1") == "{\"<<\": 1}");
  CHECK(failure("<<: 1") == "1:5 expected a mapping or list of mappings for merging, but found scalar");
  CHECK(failure("a: &x 1\nb: &x 2") == "2:4 found duplicate anchor 'x'");
  CHECK(failure("a: &x [*x]") == "1:8 an alias inside of the node that it stands for");
  CHECK(failure("a: *nope").find("1:4") == 0);

  const SourceFile file("t.yml", "a: 1\nb: 2\na: 3\n1: x\n1.0: y\n");
  const YamlDocument document = load_yaml(file);
  std::string text;
  dump(text, document.root);
  CHECK(text == "{\"a\": 3, \"b\": 2, 1: \"y\"}");
  REQUIRE(document.warnings.size() == 2);
  CHECK(document.warnings[0].message == "Duplicate key 'a' in \"<unicode string>\", line 3, column 1");
  CHECK(format_place(document.warnings[0].notes[0].span) == "t.yml:1:1");
}

TEST_CASE("many keys keep their order and are found") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "k" + std::to_string(i % 60) + ": " + std::to_string(i) + "\n";
  const SourceFile file("t.yml", text);
  const YamlDocument document = load_yaml(file);
  CHECK(document.root.size() == 60);
  CHECK(document.warnings.size() == 40);
  CHECK(document.root.key_at(39).text == "k39");
  CHECK(document.root.find("k39")->integer == 99);
  CHECK(document.root.find("k59")->integer == 59);
  CHECK(document.root.find("nope") == nullptr);
}

TEST_CASE("what libyaml refuses is refused") {
  CHECK(failure(",") == "1:1 did not find expected node content");
  CHECK(failure(",a: 1") == "1:1 did not find expected node content");
  CHECK(failure("a: b: c") == "1:5 mapping values are not allowed in this context");
  CHECK(failure("a: 1\n\tb: 2").find("2:1 ") == 0);
  CHECK(failure("\ta: 1") == "1:1 found character that cannot start any token");
  CHECK(failure("a:\n\tb: 1") == "2:1 found character that cannot start any token");
  CHECK(failure("a: 'x") == "1:6 found unexpected end of stream");
  CHECK(failure("a: 'x\nb: y\n").find("found unexpected end of stream") != std::string::npos);
  CHECK(failure("a: \"x\\'y\"") == "1:6 found unknown escape character");
  CHECK(failure("a: [1, 2").find("did not find expected ',' or ']'") != std::string::npos);
  CHECK(failure("a: [1, 2]]") == "1:10 did not find expected key");
  CHECK(failure("a: [, 2]") == "1:5 did not find expected node content");
  CHECK(failure("a: {b:}") == "1:6 found unexpected ':'");
  CHECK(failure("a: 1\nb\n") == "2:1 could not find expected ':'");
  CHECK(failure("a: 1\n: 2\n") == "2:1 did not find expected key");
  CHECK(failure("a: @x") == "1:4 found character that cannot start any token");
  CHECK(failure("a: 1\n---\nb: 2") == "2:1 expected a single document in the stream but found another document");
  CHECK(failure("%FOO\n---\na: 1") == "1:1 found unknown directive name");
  CHECK(failure("%YAML 1.1\na: 1") == "2:1 did not find expected <document start>");
  CHECK(failure("a: |\n \tb") == "2:2 found a tab character where an indentation space is expected");
  CHECK(failure("a: \x01") == "1:4 unacceptable character #x0001: control characters are not allowed");
  CHECK(failure("a: h\xC3\xA9\xFFllo") == "1:7 invalid UTF-8");
}

TEST_CASE("what libyaml accepts is accepted") {
  CHECK(load("") == "null");
  CHECK(load("# only a comment\n") == "null");
  CHECK(load("\xEF\xBB\xBF"
             "a: 1") == "{\"a\": 1}");
  CHECK(load("%YAML 1.1\n---\na: 1\n...\n") == "{\"a\": 1}");
  CHECK(load("a:\t1\nb: 'it''s' # c\nc: x#y\nd: {k, l: m}") ==
        "{\"a\": 1, \"b\": \"it's\", \"c\": \"x#y\", \"d\": {\"k\": null, \"l\": \"m\"}}");
  CHECK(load("? a\n: b\n? c\n") == "{\"a\": \"b\", \"c\": null}");
  CHECK(load("a: |\n  x\n   y\nb: >-\n  p\n  q\n  ") == "{\"a\": \"x\\n y\\n\", \"b\": \"p q\"}");
  CHECK(load("a:\r\n  - b\r\n  - |\r\n    x\r\n") == "{\"a\": [\"b\", \"x\\n\"]}");
  CHECK(load("a: 1\rb: 2\r") == "{\"a\": 1, \"b\": 2}");
  CHECK(load("a: [\n\tx,\n\ty\n]") == "{\"a\": [\"x\", \"y\"]}");
}

TEST_CASE("every node knows its place") {
  const std::string text =
      "\xEF\xBB\xBFname: h\xC3\xA9  # c\nlist: [ 'a b', x ]\nblock: |\n  one\n  two\n\nnext: !!str 5\nlong: a\n  "
      "b\nempty:\nref: &r {k: v}\nuse: *r\n";
  const SourceFile file("t.yml", text);
  const YamlNode root = load_yaml(file).root;
  const auto at = [&](std::string_view key) { return std::string(root.find(key)->span(&file).text()); };
  CHECK(at("name") == "h\xC3\xA9");
  CHECK(at("list") == "[ 'a b', x ]");
  CHECK(root.find("list")->children[0].span(&file).text() == "'a b'");
  CHECK(at("block") == "|\n  one\n  two");
  CHECK(at("next") == "!!str 5");
  CHECK(at("long") == "a\n  b");
  CHECK(at("empty") == "");
  CHECK(at("ref") == "&r {k: v}");
  CHECK(at("use") == "*r");
  CHECK(root.key_at(1).span(&file).text() == "list");
  CHECK(root.span(&file).text().substr(0, 5) == "name:");
}

TEST_CASE("hostile input meets a bound") {
  CHECK(failure(std::string(1000, '[')).find("levels deep") != std::string::npos);
  YamlLimits limits;
  limits.max_nodes = 1000;
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) laughs += "*a" + std::to_string(i - 1) + ", ";
    laughs += "x]\n";
  }
  CHECK(failure(laughs, limits).find("too many nodes") != std::string::npos);
  limits = {};
  limits.max_bytes = 10;
  CHECK(failure("a: 123456789", limits).find("too large") != std::string::npos);
}

TEST_CASE("the places of a tree outlive it") {
  SourceFile file("a.yml", "name: x\ncolumns:\n  - id\n  - {name: b, tests: [unique, not_null]}\n");
  YamlPlaces places;
  {
    YamlDocument document = load_yaml(file);
    places = YamlPlaces(document.root);
  }
  auto at = [&](std::vector<std::string> path) { return places.find(&file, path).text(); };
  CHECK(at({"name"}) == "x");
  CHECK(at({"columns", "0"}) == "id");
  CHECK(at({"columns", "1", "tests", "1"}) == "not_null");
  CHECK(at({"columns", "1", "tests", "7"}) == "[unique, not_null]");
  CHECK(at({"columns", "1", "absent", "1"}).starts_with("{name: b"));
  CHECK(at({}) == places.find(&file, {"absent"}).text());
  CHECK(!YamlPlaces().find(&file, {"name"}));
}
