// A quick reader of the YAML that people write: block mappings and lists, plain and quoted scalars on one line or
// folded, block scalars, simple flow collections. Internal to the base folder.
#pragma once

#include <optional>
#include <string_view>

#include "base/yaml.h"

namespace modelc::yaml_detail {

/// The tree that load_yaml's full parser makes of `text`, node for node and place for place, or nothing when the text
/// holds anything outside of the plain subset: anchors, tags, merge and duplicate keys, escapes, tabs, empty values,
/// every fault. Never throws: what it does not know for certain it leaves to the full parser. `text` holds characters
/// that check_characters() lets pass and no byte order mark. Any thread.
std::optional<YamlNode> read_plain(std::string_view text, const YamlLimits& limits);

/// The full parser: fills `document`, whose file is set. Throws as load_yaml().
void parse_with_yaml_cpp(YamlDocument& document, const YamlLimits& limits);

}  // namespace modelc::yaml_detail
