// JSON and YAML texts to and from Values: Python's json.dumps, json.loads, yaml.safe_load, yaml.safe_dump.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/yaml.h"
#include "jinja/value.h"

namespace modelc::jinja {

/// Writes a value as JSON. Objects are written by str(); tuples as arrays; undefined as null.
void write_json(JsonWriter& writer, const Value& value, bool sort_keys = false);
/// Python's json.dumps(value): ASCII only, ", " and ": ".
std::string to_json(const Value& value, bool sort_keys = false, int indent = 0);
/// Throws Error{compilation, "jinja/bad-json"} with line and column.
Value parse_json(std::string_view text);

/// The tree as plain data; dates become datetime objects (see pymodules.h).
Value from_yaml(const YamlNode& node);
/// yaml.safe_dump(value, sort_keys=sort_keys).
std::string to_yaml(const Value& value, bool sort_keys = false);

}  // namespace modelc::jinja
