// Python's modules, sets, JSON and YAML in templates, against what Python made of them: tests/golden/jinja_modules
// (written by tests/golden/jinja_values/record.py). MODELC_GOLDEN=<word> runs only the cases whose name contains the
// word.
#include "jinja/pymodules.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/yaml.h"
#include "jinja/json.h"
#include "jinja/render.h"

namespace modelc::jinja {
namespace {

SourceMap& sources() {
  static SourceMap map;
  return map;
}

Value extended_context() {
  Value context = Value::dict();
  DictData& names = context.as_dict();
  names.set("modules", python_modules());
  names.set("set", Value::function("set", [](State& state, CallArgs& args) {
              return Value::set(args.positional.empty() ? std::vector<Value>() : iterate(state, args.positional[0]));
            }));
  names.set("tojson", Value::function("tojson", [](State&, CallArgs& args) {
              auto bound = args.bind("tojson", {"value", "sort_keys"}, 1);
              return Value(to_json(bound[0], truth(bound[1])));
            }));
  names.set("fromjson", Value::function("fromjson", [](State&, CallArgs& args) {
              return parse_json(args.positional.at(0).as_string());
            }));
  names.set("toyaml", Value::function("toyaml", [](State&, CallArgs& args) {
              auto bound = args.bind("toyaml", {"value", "sort_keys"}, 1);
              return Value(to_yaml(bound[0], truth(bound[1])));
            }));
  names.set("fromyaml", Value::function("fromyaml", [](State&, CallArgs& args) {
              return from_yaml(load_yaml(*sources().add("<yaml>", args.positional.at(0).as_string())).root);
            }));
  names.set("is_yaml", Value::function("is_yaml", [](State&, CallArgs& args) {
              try {
                load_yaml(*sources().add("<yaml>", args.positional.at(0).as_string()));
                return Value(true);
              } catch (const Error&) {
                return Value(false);
              }
            }));
  return context;
}

std::string outcome(const std::string& text, const Value& context) {
  try {
    TemplatePtr tmpl = compile(*sources().add("<template>", text));
    DictContext names(context);
    return render(*tmpl, names).text;
  } catch (const Error& error) {
    return "error: " + error.diagnostic().message;
  }
}

void check_block(const std::string& file, std::string_view block) {
  size_t line = block.find('\n');
  std::string name(block.substr(0, line));
  const char* only = std::getenv("MODELC_GOLDEN");
  if (only && name.find(only) == std::string::npos) return;
  std::string_view rest = block.substr(line + 1);
  Value context = extended_context();
  if (rest.starts_with("context: ")) {
    size_t end = rest.find('\n');
    context.as_dict().update(parse_json(rest.substr(9, end - 9)).as_dict());
    rest.remove_prefix(end + 1);
  }
  size_t separator = rest.find("\n---\n");
  REQUIRE(separator != std::string_view::npos);
  std::string text(rest.substr(0, separator));
  std::string expected(rest.substr(separator + 5));
  if (expected.ends_with('\n')) expected.pop_back();
  std::string got = outcome(text, context);
  bool same = got == expected;
  CHECK_MESSAGE(same, file, " === ", name, "\n", text, "\n--- expected\n", expected, "\n--- got\n", got);
}

void check_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::stringstream buffer;
  buffer << stream.rdbuf();
  std::string all = buffer.str();
  REQUIRE(all.starts_with("=== "));
  for (size_t at = 4; at != std::string::npos;) {
    size_t next = all.find("\n=== ", at);
    check_block(path.filename().string(),
                std::string_view(all).substr(at, next == std::string::npos ? next : next + 1 - at));
    at = next == std::string::npos ? next : next + 5;
  }
}

TEST_CASE("modules work as Python's") {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(MODELC_SOURCE_DIR) / "tests/golden/jinja_modules")) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  REQUIRE(files.size() >= 9);
  std::sort(files.begin(), files.end());
  for (const auto& file : files) check_file(file);
}

}  // namespace
}  // namespace modelc::jinja
