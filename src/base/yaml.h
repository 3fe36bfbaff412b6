// YAML texts as PyYAML's SafeLoader reads them, with the place of every node.
//
// Built on yaml-cpp's event parser. Scalars are resolved by PyYAML's YAML 1.1 rules: yes/no/on/off are booleans, 010 is
// octal, 1_000 an integer, 12:30:45 sexagesimal, 2020-01-01 a date; "<<" merges. Duplicate keys: the last one wins, as
// in PyYAML, and the loader records a warning for each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/source.h"

namespace modelc {

enum class YamlKind : uint8_t { null, boolean, integer, floating, string, date, datetime, sequence, mapping };

/// A node of a YAML tree. A plain value that owns its children; copying copies the whole subtree.
struct YamlNode {
  YamlKind kind = YamlKind::null;
  bool quoted = false;  ///< the scalar was written in quotes or as a block
  uint32_t begin = 0;   ///< byte offset in the file
  uint32_t end = 0;
  int64_t integer = 0;  ///< also 0/1 of a boolean
  double floating = 0;
  std::string text;                ///< the scalar as written (after unquoting); of a string its value
  std::vector<YamlNode> children;  ///< of a mapping: key, value, key, value, ... in the order of the file

  bool is_null() const { return kind == YamlKind::null; }
  bool is_mapping() const { return kind == YamlKind::mapping; }
  bool is_sequence() const { return kind == YamlKind::sequence; }
  bool is_string() const { return kind == YamlKind::string; }
  size_t size() const { return is_mapping() ? children.size() / 2 : children.size(); }
  const YamlNode& key_at(size_t i) const { return children[2 * i]; }
  const YamlNode& value_at(size_t i) const { return children[2 * i + 1]; }
  /// The value of `key` in a mapping, or null when absent or when this is no mapping.
  const YamlNode* find(std::string_view key) const;
  Span span(const SourceFile* file) const { return Span{file, begin, end}; }
};

/// A loaded document.
struct YamlDocument {
  const SourceFile* file = nullptr;
  YamlNode root;                     ///< null for an empty text
  std::vector<Diagnostic> warnings;  ///< duplicate keys
};

/// Bounds that keep hostile input from eating the machine.
struct YamlLimits {
  uint32_t max_depth = 200;
  uint64_t max_nodes = 20'000'000;  ///< after alias expansion
  uint64_t max_bytes = 256u << 20;
};

/// Loads the first document of a file. Throws Error{parsing, "base/yaml-..."} with the place of the fault for anything
/// that PyYAML refuses, a second document, or a bound exceeded. Any thread.
YamlDocument load_yaml(const SourceFile& file, const YamlLimits& limits = {});

/// "a mapping", "a list", "a string", ...: for messages about wrong types.
std::string_view yaml_kind_name(YamlKind kind);

}  // namespace modelc
