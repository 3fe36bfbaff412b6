// Loading external sources: files that a source declares become its table when they changed. Internal to the run
// folder, but for load_external_sources.
#pragma once

#include <map>
#include <vector>

#include "compile/compile.h"

namespace modelc {

class SqlSession;
class SharedCompilation;

/// Why sources could not be loaded, by the node that reads them. Const once the nodes run.
class ExternalFaults {
 public:
  const Diagnostic* find(NodeId node) const {
    const auto found = faults_.find(node);
    return found == faults_.end() ? nullptr : &found->second;
  }
  void add(NodeId node, const Diagnostic& fault) { faults_.emplace(node, fault); }

 private:
  std::map<NodeId, Diagnostic> faults_;
};

/// The external sources that must be in the database before these nodes run: those that they read themselves, or
/// through views and ephemeral models that are not among the nodes, or are themselves. Sorted.
std::vector<NodeId> external_sources_of(const Manifest& manifest, const std::vector<NodeId>& nodes);

/// Brings those sources up to date, each in one transaction, and logs what was loaded. A source that can't be loaded is
/// a fault of every node that needs it.
ExternalFaults load_external_sources(SharedCompilation& shared, SqlSession& session, const std::vector<NodeId>& nodes);

/// The same for a node that is not in the manifest; throws the first fault.
void load_external_sources_of(SharedCompilation& shared, SqlSession& session, const Node& node);

}  // namespace modelc
