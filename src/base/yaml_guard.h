// What yaml-cpp lets pass and PyYAML refuses. Internal to the base folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/yaml.h"

namespace modelc::yaml_detail {

struct Problem {
  std::string message;
  size_t begin = 0, end = 0;
};

/// PyYAML's reader: UTF-8 of printable characters only.
std::optional<Problem> check_characters(std::string_view text);

/// What stands between the nodes of a parsed text must be white space, comments and indicators that fit their place.
std::optional<Problem> check_structure(std::string_view text, const YamlNode& root);

}  // namespace modelc::yaml_detail
