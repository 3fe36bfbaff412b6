// Templates against what Python's Jinja2 made of them: tests/golden/jinja and tests/golden/jinja_values (see record.py
// there for the format). MODELC_GOLDEN=<word> runs only the cases whose name contains the word.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "jinja/json.h"
#include "jinja/render.h"

namespace modelc::jinja {
namespace {

struct Case {
  std::string name;
  std::string text;
  std::string expected;
  Value context = Value::dict();
  Value templates;
  Value options = Value::dict();
};

bool take_header(std::string_view& text, std::string_view key, Value& value) {
  if (!text.starts_with(key)) return false;
  size_t end = text.find('\n');
  value = parse_json(text.substr(key.size(), end - key.size()));
  text.remove_prefix(end + 1);
  return true;
}

Case parse_case(std::string_view block) {
  Case c;
  size_t line = block.find('\n');
  c.name = block.substr(0, line);
  std::string_view rest = block.substr(line + 1);
  take_header(rest, "context: ", c.context);
  take_header(rest, "templates: ", c.templates);
  take_header(rest, "options: ", c.options);
  size_t separator = rest.starts_with("---\n") ? 0 : rest.find("\n---\n");
  REQUIRE_MESSAGE(separator != std::string_view::npos, c.name);
  c.text = rest.substr(0, separator);
  c.expected = rest.substr(separator + (rest.starts_with("---\n") ? 4 : 5));
  if (c.expected.ends_with('\n')) c.expected.pop_back();
  if (c.options.get_bool("escaped")) {
    c.text = parse_json(c.text).as_string();
    c.expected = parse_json(c.expected).as_string();
  }
  return c;
}

std::vector<Case> read_cases(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::stringstream buffer;
  buffer << stream.rdbuf();
  std::string all = buffer.str();
  std::vector<Case> cases;
  size_t at = all.starts_with("=== ") ? 4 : std::string::npos;
  while (at != std::string::npos) {
    size_t next = all.find("\n=== ", at);
    std::string_view block = std::string_view(all).substr(at, next == std::string::npos ? next : next + 1 - at);
    cases.push_back(parse_case(block));
    at = next == std::string::npos ? next : next + 5;
  }
  return cases;
}

std::string outcome(const Case& c) {
  SourceMap sources;
  Syntax syntax;
  syntax.trim_blocks = c.options.get_bool("trim_blocks");
  syntax.lstrip_blocks = c.options.get_bool("lstrip_blocks");
  syntax.keep_trailing_newline = c.options.get_bool("keep_trailing_newline");
  RenderOptions options;
  options.limits.max_steps = 100'000'000;
  if (c.templates.is_dict()) {
    options.loader = [&](std::string_view name) -> TemplatePtr {
      Value text = c.templates.get(name);
      return text.is_string() ? compile(*sources.add(std::string(name), text.as_string()), syntax) : nullptr;
    };
  }
  try {
    TemplatePtr tmpl = compile(*sources.add("<template>", c.text), syntax);
    DictContext context(deep_copy(c.context));
    std::string text = render(*tmpl, context, options).text;
    // Tracing must not change what is printed, and its segments must cover it.
    DictContext again(deep_copy(c.context));
    options.trace = true;
    Rendered traced = render(*tmpl, again, options);
    if (traced.text != text) return "traced: " + traced.text;
    uint32_t last = 0;
    for (const auto& segment : traced.map->segments) {
      if (segment.out_begin < last || segment.out_begin >= traced.text.size()) return "bad segments";
      last = segment.out_begin;
    }
    return text;
  } catch (const Error& error) {
    return "error: " + error.diagnostic().message;
  }
}

void check_folder(const char* folder) {
  std::filesystem::path path = std::filesystem::path(MODELC_SOURCE_DIR) / "tests/golden" / folder;
  if (!std::filesystem::exists(path)) return;
  const char* only = std::getenv("MODELC_GOLDEN");
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    for (const Case& c : read_cases(file)) {
      if (only && c.name.find(only) == std::string::npos) continue;
      std::string got = outcome(c);
      bool same = got == c.expected;
      CHECK_MESSAGE(same, file.filename().string(), " === ", c.name, "\n", c.text, "\n--- expected\n", c.expected,
                    "\n--- got\n", got);
    }
  }
}

TEST_CASE("templates render as Jinja2 renders them") { check_folder("jinja"); }
TEST_CASE("values, filters, tests and methods work as Jinja2's") { check_folder("jinja_values"); }

}  // namespace
}  // namespace modelc::jinja
