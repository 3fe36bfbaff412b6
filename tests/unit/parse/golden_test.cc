// Whole small projects as text (tests/golden/parse/*.txt), parsed for real. A case is files, each after a line "===
// path", then a line "---" and what must come out, a line each:
//   nodes/model.p.a/config/materialized: "table"     a path in manifest.json (parts divided by '/') and its JSON
//   semantic_manifest/metrics/0/name: "m"            the same in semantic_manifest.json
//   nodes/model.p.a: absent                          nothing there
//   warning: NoNodeForYamlKey                        an event of that name was fired
//   event: <text>                                    the whole text of an event that was fired; "\n" is a line break
//   error: <text>                                    part of a fault's text; every fault needs such a line
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "artifacts/artifacts.h"
#include "base/text.h"
#include "jinja/json.h"
#include "parse/parse.h"
#include "project_fixture.h"

using namespace modelc;
using jinja::Value;

namespace {

struct Case {
  std::map<std::string, std::string> files;
  std::vector<std::string> expected;
};

Case read_case(const std::string& path) {
  Case out;
  std::ifstream in(path);
  std::string line, *current = nullptr;
  bool expecting = false;
  while (std::getline(in, line)) {
    if (line == "---") {
      expecting = true;
    } else if (expecting) {
      if (!line.empty() && line[0] != '#') out.expected.push_back(line);
    } else if (line.starts_with("=== ")) {
      current = &out.files[line.substr(4)];
    } else if (current) {
      *current += line + "\n";
    }
  }
  return out;
}

/// The value at "a/b/c"; undefined when a part is missing. Numbers index lists.
Value find_path(Value value, std::string_view path) {
  for (std::string_view part : split(path, '/')) {
    if (value.is_list()) {
      size_t index = std::stoul(std::string(part));
      value = index < value.as_list().size() ? value.as_list()[index] : Value();
    } else {
      value = value.get(part);
    }
  }
  return value;
}

void check_line(const std::string& line, const test::ParsedText& parsed, std::vector<std::string>& faults) {
  CAPTURE(line);
  size_t colon = line.find(": ");
  REQUIRE(colon != std::string::npos);
  std::string key = line.substr(0, colon), text = line.substr(colon + 2);
  if (key == "error") {
    text = replace_all(text, "\\n", "\n");
    auto found = std::find_if(faults.begin(), faults.end(),
                              [&](const std::string& f) { return f.find(text) != std::string::npos; });
    if (found == faults.end()) {
      FAIL_CHECK("no such fault; there are: " << join(faults, " | "));
    } else {
      faults.erase(found);
    }
  } else if (key == "warning") {
    bool fired = std::find(parsed.events.begin(), parsed.events.end(), text) != parsed.events.end();
    CHECK_MESSAGE(fired, "fired: " << join(parsed.events, ", "));
  } else if (key == "event") {
    text = replace_all(text, "\\n", "\n");
    bool fired = std::find(parsed.messages.begin(), parsed.messages.end(), text) != parsed.messages.end();
    CHECK_MESSAGE(fired, "fired: " << join(parsed.messages, "\n"));
  } else {
    Value found = find_path(parsed.manifest, key);
    if (text == "absent") {
      CHECK(found.is_undefined());
    } else {
      REQUIRE_MESSAGE(!found.is_undefined(), "nothing at this path");
      CHECK(jinja::to_json(found) == jinja::to_json(jinja::parse_json(text)));
    }
  }
}

}  // namespace

TEST_CASE("projects in text") {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(MODELC_SOURCE_DIR "/tests/golden/parse"))
    if (entry.path().extension() == ".txt") paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  REQUIRE(paths.size() > 10);
  for (const std::string& path : paths) {
    SUBCASE(std::filesystem::path(path).filename().c_str()) {
      Case test_case = read_case(path);
      REQUIRE(!test_case.expected.empty());
      test::ParsedText parsed = test::parse_text_project(test_case.files);
      std::vector<std::string> faults = parsed.faults;
      for (const std::string& line : test_case.expected) check_line(line, parsed, faults);
      CHECK_MESSAGE(faults.empty(), "unexpected: " << join(faults, " | "));
    }
  }
}
