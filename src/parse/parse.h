// From files to a frozen manifest. Needs no adapter and no database: any profile type parses offline.
//
// Stages: read files (all cores) -> compile templates -> macros with static dependencies -> SQL nodes rendered once in
// capture mode -> YAML properties, generic tests, unit tests, exposures, ... -> configs merged, names generated -> refs
// resolved -> freeze.
#pragma once

#include <memory>
#include <vector>

#include "context/macro_namespace.h"
#include "manifest/manifest.h"
#include "project/project.h"

namespace modelc {

/// What parsing produced. The namespace points into the manifest: both live and move together behind the pointer.
struct ParsedProject {
  Project project;  ///< with the embedded packages appended
  Manifest manifest;
  std::unique_ptr<MacroNamespace> macros;
};

/// Runs the whole stage. All errors of all files are collected and thrown together as ParseErrors, sorted by place, in
/// dbt's wording; warnings go to invocation.events.
std::unique_ptr<ParsedProject> parse_project(const Invocation& invocation, Project project);

/// Several errors at once. what() is the first one's message.
class ParseErrors : public Error {
 public:
  explicit ParseErrors(std::vector<Diagnostic> all);
  const std::vector<Diagnostic>& all() const { return all_; }

 private:
  std::vector<Diagnostic> all_;
};

/// An ad-hoc model made of inline SQL (compile --inline, show --inline) or a hook: parsed against a finished manifest,
/// with its refs resolved. Its id is no_id; it belongs to the caller.
std::unique_ptr<Node> parse_inline(const Invocation& invocation, const ParsedProject& parsed, std::string name,
                                   std::string sql, ResourceType type = ResourceType::sql_operation);

}  // namespace modelc
