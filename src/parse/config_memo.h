// Configs by all that goes into them: nodes that are told the same share one dict, which is built once. Most nodes of a
// project are tests and models that say nothing of their own, or what their neighbours say too.
#pragma once

#include <mutex>
#include <unordered_map>
#include <utility>

#include "jinja/value.h"
#include "manifest/node.h"
#include "project/project.h"

namespace modelc {

/// What a node's config is made from, besides the project as a whole.
struct ConfigInputs {
  ResourceType type = ResourceType::model;
  const Package* package = nullptr;
  const void* level = nullptr;       ///< the deepest dict of the package's project file that applies, or null
  const void* root_level = nullptr;  ///< the same of the root's project file, for nodes of other packages
  jinja::Value patch, calls;         ///< dicts or undefined
  bool operator==(const ConfigInputs& o) const;
};
struct ConfigInputsHash {
  size_t operator()(const ConfigInputs& inputs) const;
};

/// Any thread. What it gives out must never be changed.
template <class Result>
class ConfigMemo {
 public:
  /// What build(patch, calls) gave for equal inputs, or gives now. It is handed copies, which nobody changes later;
  /// what it throws passes through and is not remembered.
  template <class Build>
  Result get(ConfigInputs inputs, Build build) {
    {
      std::lock_guard lock(mutex_);
      if (auto found = results_.find(inputs); found != results_.end()) return found->second;
    }
    inputs.patch = jinja::deep_copy(inputs.patch);
    inputs.calls = jinja::deep_copy(inputs.calls);
    Result result = build(inputs.patch, inputs.calls);
    std::lock_guard lock(mutex_);
    return results_.try_emplace(std::move(inputs), std::move(result)).first->second;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<ConfigInputs, Result, ConfigInputsHash> results_;
};

}  // namespace modelc
