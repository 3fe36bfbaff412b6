// What was asked for, as a tree of criteria and set operations. Internal to the select folder.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "select/select.h"

namespace modelc {

/// Which tests come along with the nodes that they test (dbt: IndirectSelection).
enum class Indirect : uint8_t { eager, cautious, buildable, empty };
/// Throws Error{runtime, "select/bad-spec"} for an unknown name.
Indirect parse_indirect(std::string_view name);

struct Spec {
  enum class Kind : uint8_t { criteria, any_of, all_of, difference };
  Kind kind = Kind::criteria;
  SelectionCriteria criteria;
  std::vector<Spec> parts;  ///< of a set operation; of a difference the first minus the others
  Indirect indirect = Indirect::eager;
  bool expect_exists = false;  ///< warn when nothing is selected
  std::string raw;             ///< for that warning
};

using NamedSpecs = std::map<std::string, Spec, std::less<>>;

/// --select and --exclude. Empty `select` means everything.
Spec spec_from_arguments(const std::vector<std::string>& select, const std::vector<std::string>& exclude,
                         Indirect indirect);

/// The `definition:` of a selector; `earlier` are the selectors above it in the file, `indirect` is the flag's. Errors
/// are dbt's, without its "Could not read selector file data".
Spec spec_from_definition(const jinja::Value& definition, const NamedSpecs& earlier, Indirect indirect);

/// All selectors by name.
NamedSpecs specs_of(const std::vector<SelectorDefinition>& selectors, Indirect indirect);

/// The definition as manifest.json has it; `earlier` are such definitions by name.
jinja::Value manifest_definition(const jinja::Value& definition, const jinja::Value& earlier);

}  // namespace modelc
