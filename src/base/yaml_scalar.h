// PyYAML's reading of plain scalars (YAML 1.1, its resolver's regular expressions). Internal to the base folder.
#pragma once

#include <string>
#include <string_view>

#include "base/yaml.h"

namespace modelc::yaml_detail {

/// Tags of the YAML 1.1 repository, as far as SafeLoader knows a use for them.
enum class Tag : uint8_t { null, boolean, integer, floating, string, timestamp, merge, value, sequence, mapping };

/// The tag that PyYAML's resolver gives a plain scalar.
Tag resolve_plain(std::string_view text);

/// Fills kind and value of `node` from its text by `tag`. False when PyYAML would fail on it ("2020-13-01", "0x_").
bool construct(YamlNode& node, Tag tag);

}  // namespace modelc::yaml_detail
