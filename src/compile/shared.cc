#include "compile/shared.h"

#include <algorithm>

#include "compile/event_time.h"
#include "context/sql_context.h"

namespace modelc {

SharedCompilation::SharedCompilation(const CompileEnvironment& environment_in)
    : environment(environment_in),
      cache_(environment.cache ? environment.cache : &own_cache_),
      target_(target_value(environment.parsed.project.target)),
      root_(environment.parsed.project.root().project.name) {
  for (const char* name : {"get_columns_in_relation", "list_relations_without_caching", "list_schemas",
                           "check_schema_exists", "create_schema", "drop_schema"}) {
    const MacroNamespace& macros = *environment.parsed.macros;
    const MacroId direct = macros.find(name, root_);
    const MacroId dispatched = macros.dispatch(name, "dbt", root_);
    native_[name] = (direct == no_id || macros.macro(direct).embedded) &&
                    (dispatched == no_id || macros.macro(dispatched).embedded);
  }
  if (const auto& text = environment.invocation.flags.sample)
    sample_ = parse_sample(*text, environment.invocation.started_at);
}

jinja::TemplatePtr SharedCompilation::inline_template(const std::string& text) {
  std::lock_guard lock(template_mutex_);
  auto& slot = templates_[text];
  if (!slot) slot = jinja::compile(*environment.invocation.sources->add("<inline>", text));
  return slot;
}

jinja::Value SharedCompilation::graph() {
  {
    std::lock_guard lock(graph_mutex_);
    if (const auto found = graphs_.find(std::this_thread::get_id()); found != graphs_.end()) return found->second;
  }
  jinja::Value graph = graph_value(environment.parsed.manifest);
  std::lock_guard lock(graph_mutex_);
  return graphs_[std::this_thread::get_id()] = graph;
}

bool SharedCompilation::is_selected(NodeId id) const {
  return std::binary_search(environment.selected.begin(), environment.selected.end(), id);
}

bool SharedCompilation::behavior(std::string_view name, bool fallback) const {
  const auto& flags = environment.invocation.flags.behavior;
  const auto found = flags.find(std::string(name));
  return found == flags.end() ? fallback : found->second;
}

bool SharedCompilation::is_native(std::string_view macro_name) const {
  const auto found = native_.find(macro_name);
  return found != native_.end() && found->second;
}

bool SharedCompilation::is_embedded(const SourceFile* file) const {
  const auto& macros = environment.parsed.manifest.macros;
  return std::any_of(macros.begin(), macros.end(),
                     [file](const Macro& macro) { return macro.embedded && &macro.tmpl->file() == file; });
}

MacroId SharedCompilation::find_macro(std::string_view name) const {
  return environment.parsed.macros->resolve(name, root_);
}

}  // namespace modelc
