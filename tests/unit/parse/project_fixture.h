// A project in memory, parsed as the binary would parse it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "parse/parse.h"

namespace modelc::test {

/// What came of it. `parsed` and all that it points to live as long as this.
struct ParsedText {
  std::shared_ptr<void> keeper;           ///< file system, texts, event bus
  std::shared_ptr<ParsedProject> parsed;  ///< null when parsing failed
  const Invocation* invocation = nullptr;
  jinja::Value manifest;              ///< manifest.json, read back; semantic_manifest.json under "semantic_manifest"
  std::vector<std::string> faults;    ///< render_brief of every fault, with its place in front
  std::vector<std::string> events;    ///< names of events fired, in order
  std::vector<std::string> messages;  ///< their texts
};

/// `files`: path below the project -> text. A missing dbt_project.yml is `name: p`; the target is SQLite, schema main.
ParsedText parse_text_project(std::map<std::string, std::string> files, const std::vector<std::string>& arguments = {});

}  // namespace modelc::test
