// JSON and YAML texts to and from Values: Python's json.dumps, json.loads, yaml.safe_load, yaml.safe_dump.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/yaml.h"
#include "jinja/value.h"

namespace modelc::jinja {

/// Writes a value as JSON, whatever it holds: objects are written by str(), tuples as arrays, undefined as null, other
/// keys than Python's by str().
void write_json(JsonWriter& writer, const Value& value, bool sort_keys = false);
/// Python's json.dumps(value): ASCII only, ", " and ": ". Throws Error{compilation, "jinja/type-error"} for what Python
/// refuses ("Object of type date is not JSON serializable"), and "jinja/value-error" for a value within itself.
std::string to_json(const Value& value, bool sort_keys = false, int indent = 0);
/// Python's json.loads. Throws Error{compilation, "jinja/bad-json"} with line and column, also for an integer beyond 64
/// bits: to read it as a float would change it silently.
Value parse_json(std::string_view text);

/// The tree as plain data; dates become datetime objects (see pymodules.h).
Value from_yaml(const YamlNode& node);
/// yaml.safe_dump(value, sort_keys=sort_keys): block style, 80 columns, ASCII, anchors for containers that occur twice.
/// Throws Error{compilation, "jinja/bad-yaml-value"} for what PyYAML cannot represent.
std::string to_yaml(const Value& value, bool sort_keys = false);

}  // namespace modelc::jinja
