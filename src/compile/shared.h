// What all contexts of an invocation share: compiled hook texts, this thread's graph, decisions that never change.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "compile/compile.h"

namespace modelc {

/// Thread-safe.
class SharedCompilation {
 public:
  explicit SharedCompilation(const CompileEnvironment& environment);

  const CompileEnvironment& environment;

  /// A text that is no file (hook, test argument, comment), compiled once.
  jinja::TemplatePtr inline_template(const std::string& text);
  /// Jinja's `graph`. Each thread has its own copy, because templates may change it.
  jinja::Value graph();
  /// Jinja's `target`; copy it before a template can change it.
  const jinja::Value& target() const { return target_; }
  RelationCache& cache() const { return *cache_; }
  /// How many nodes of the run have a thread and all their parents, at most: with 1, none waits for another.
  std::atomic<size_t> nodes_at_once{1};
  std::mutex& cache_fill_mutex() {
    return cache_fill_mutex_;
  }  ///< held while a schema is listed, so that it is listed once
  bool is_selected(NodeId id) const;
  /// A behaviour flag of the project's `flags:`.
  bool behavior(std::string_view name, bool fallback = false) const;

  /// May the engine's C++ do what the macro of that name does? Not when a project or package overrides the macro.
  bool is_native(std::string_view macro_name) const;
  /// Is the text one of the product's own macros?
  bool is_embedded(const SourceFile* file) const;
  /// The macro that dbt's execute_macro would call, or no_id.
  MacroId find_macro(std::string_view name) const;

  /// --sample as a pair of instants; empty when the flag is absent.
  const std::optional<std::pair<Micros, Micros>>& sample() const { return sample_; }

 private:
  RelationCache own_cache_;  // for callers without one
  RelationCache* cache_;
  jinja::Value target_;
  std::string root_;
  std::map<std::string, bool, std::less<>> native_;
  std::optional<std::pair<Micros, Micros>> sample_;
  std::mutex template_mutex_, graph_mutex_, cache_fill_mutex_;
  std::unordered_map<std::string, jinja::TemplatePtr> templates_;
  std::map<std::thread::id, jinja::Value> graphs_;
};

}  // namespace modelc
