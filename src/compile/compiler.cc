// Rendering nodes and joining them with their ephemeral parents.
#include <fmt/format.h>

#include <algorithm>

#include "compile/compile.h"
#include "compile/inject_ctes.h"
#include "compile/relations.h"
#include "compile/runtime_context.h"
#include "compile/shared.h"
#include "context/relation_object.h"

namespace modelc {

using jinja::Value;

namespace {

/// An ephemeral model's own SQL, and the CTEs that it needs before it.
struct Ephemeral {
  std::mutex mutex;
  bool done = false;
  std::string sql;
  std::shared_ptr<const jinja::SpanMap> map;
  std::vector<Cte> parents;
};

/// Notes the macros that the text itself calls and that parsing did not see (dbt: MacroGenerator.track_call).
/// It is the context's observer for as long as it lives.
class FurtherMacros final : public jinja::CallObserver {
 public:
  FurtherMacros(RuntimeContext& context, std::vector<MacroId>& macros)
      : context_(context), known_(context.node()->depends_on_macros), macros_(macros) {
    context_.observer = this;
  }
  ~FurtherMacros() override { context_.observer = nullptr; }
  void enter(const void* tag, size_t depth) override {
    if (depth != 0 || !tag) return;
    const MacroId id = static_cast<const Macro*>(tag)->id;
    if (!contains(known_, id) && !contains(macros_, id)) macros_.push_back(id);
  }
  void leave(const void*) override {}

 private:
  static bool contains(const std::vector<MacroId>& ids, MacroId id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  }

  RuntimeContext& context_;
  const std::vector<MacroId>& known_;
  std::vector<MacroId>& macros_;
};

/// Snapshot blocks are macro-like: their text is what a call gives.
jinja::Rendered render_snapshot(const Node& node, RuntimeContext& context, const jinja::RenderOptions& options) {
  const Value body = jinja::bind_macro(node.tmpl, node.snapshot_macro, context, nullptr, node.name);
  const Value text = jinja::call_value(body, {}, context, options);
  return {jinja::to_str(text), text.provenance()};
}

/// A Python model is not rendered: dbt appends what its code needs to run. That it cannot run is the materialization's
/// matter.
jinja::Rendered add_python_postfix(const Node& node, RuntimeContext& context) {
  Value model;
  context.lookup("model", model);
  jinja::CallArgs args;
  args.positional.push_back(model);
  const Value postfix = context.call_macro("py_script_postfix", std::move(args));
  return {std::string(node.raw_code) + "\n\n" + jinja::to_str(postfix), nullptr};
}

jinja::Rendered render_node(const Node& node, RuntimeContext& context) {
  if (node.language == "python" && node.model) return add_python_postfix(node, context);
  if (!node.tmpl) return {std::string(node.raw_code), nullptr};
  jinja::RenderOptions options;
  options.trace = true;
  options.observer = context.observer;
  if (node.snapshot_macro != no_id) return render_snapshot(node, context, options);
  return jinja::render(*node.tmpl, context, options);
}

constexpr std::string_view undefined_advice =
    ". This can happen when calling a macro that does not exist. Check for typos and/or install package dependencies "
    "with \"dbt deps\".";

bool writes_compiled_file(const Node& node) {
  return node.resource_type != ResourceType::snapshot && node.resource_type != ResourceType::seed;
}

}  // namespace

struct Compiler::Impl {
  explicit Impl(const CompileEnvironment& environment) : shared(environment) {}

  std::shared_ptr<Ephemeral> entry(NodeId id) {
    std::lock_guard lock(mutex);
    auto& slot = ephemerals[id];
    if (!slot) slot = std::make_shared<Ephemeral>();
    return slot;
  }

  /// Compiles the ephemeral model unless somebody has. The graph has no cycle, so neither have the locks.
  std::shared_ptr<Ephemeral> ephemeral(NodeId id, SqlSession& session) {
    auto found = entry(id);
    std::lock_guard lock(found->mutex);
    if (!found->done) {
      const Node& node = shared.environment.parsed.manifest.node(id);
      RuntimeContext context(shared, session, node);
      compile(context, {}, found.get());
    }
    return found;
  }

  Cte input_cte(RuntimeContext& context, uint32_t index) {
    const UnitTestInput& input = (*context.inputs)[index];
    return make_cte(input.unique_id, "__dbt__cte__" + input.cte_name, input.compile(), nullptr);
  }

  std::vector<Cte> ctes_of(RuntimeContext& context) {
    std::vector<Cte> ctes;
    for (uint32_t id : context.used_ctes) {
      if (context.inputs) {
        add_cte(ctes, input_cte(context, id));
        continue;
      }
      const Node& parent = shared.environment.parsed.manifest.node(id);
      const auto compiled = ephemeral(id, context.session());
      for (const auto& cte : compiled->parents) add_cte(ctes, cte);
      add_cte(ctes, make_cte(parent.unique_id, "__dbt__cte__" + node_identifier(parent), compiled->sql, compiled->map));
    }
    return ctes;
  }

  Compiled compile(RuntimeContext& context, std::string_view split_suffix, Ephemeral* keep) {
    const Node& node = *context.node();
    try {
      Compiled compiled;
      FurtherMacros observer(context, compiled.further_macros);
      const jinja::Rendered own = render_node(node, context);
      const auto ctes = ctes_of(context);
      const bool injects = shared.environment.invocation.flags.inject_ephemeral_ctes;
      InjectedSql injected = inject_ctes(own.text, own.map, injects ? ctes : std::vector<Cte>());
      if (keep) {
        keep->sql = own.text;
        keep->map = own.map;
        keep->parents = ctes;
        keep->done = true;
      }
      compiled.sql = std::move(injected.text);
      compiled.map = std::move(injected.map);
      for (const auto& cte : ctes) compiled.extra_ctes.emplace_back(cte.unique_id, cte.text);
      if (context.mode() == ContextMode::model) compiled.foreign_keys = context.foreign_keys();
      note_written(context, node);
      finish(node, compiled, split_suffix);
      return compiled;
    } catch (Error& error) {
      Diagnostic& diagnostic = error.diagnostic();
      if (diagnostic.subject.empty()) diagnostic.subject = node_subject(node);
      const bool in_text = diagnostic.notes.empty();  // dbt says no more of names that are unknown inside of macros
      if (diagnostic.code == "jinja/undefined-name" && in_text) diagnostic.message += undefined_advice;
      throw;
    }
  }

  void note_written(RuntimeContext& context, const Node& node) const {
    EventBus* events = shared.environment.invocation.events;
    if (!events || node.id == no_id || !writes_compiled_file(node) || !events->wants(EventLevel::debug)) return;
    Event event{"WritingInjectedSQLForNode",
                "Q029",
                EventLevel::debug,
                fmt::format("Writing injected SQL for node \"{}\"", node.unique_id),
                Value::dict(),
                {}};
    event.node_info = context.session().node_info;
    events->fire(event);
  }

  /// Writes target/compiled and remembers the code for manifest.json. Inline nodes belong to the caller.
  void finish(const Node& node, Compiled& compiled, std::string_view split_suffix) {
    if (node.id == no_id && node.resource_type != ResourceType::unit_test) return;
    if (writes_compiled_file(node) && !compiled.sql.empty()) {
      compiled.path = target_file(shared.environment, node, "compiled", split_suffix);
      shared.environment.invocation.fs->write_generated(compiled.path, compiled.sql);
    }
    if (node.id == no_id) return;
    CompiledCode code;
    code.sql = compiled.sql;
    code.extra_ctes = compiled.extra_ctes;
    code.path = compiled.path;
    code.further_macros = compiled.further_macros;
    code.foreign_keys = compiled.foreign_keys;
    std::lock_guard lock(mutex);
    codes[node.id] = std::move(code);
  }

  SharedCompilation shared;
  mutable std::mutex mutex;  // guards the two below
  std::unordered_map<NodeId, std::shared_ptr<Ephemeral>> ephemerals;
  CompiledCodes codes;
};

Compiler::Compiler(const CompileEnvironment& environment) : impl_(std::make_unique<Impl>(environment)) {}
Compiler::~Compiler() = default;

const CompileEnvironment& Compiler::environment() const { return impl_->shared.environment; }
SharedCompilation& Compiler::shared() { return impl_->shared; }

CompiledCodes Compiler::codes() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->codes;
}

void Compiler::note_build_path(NodeId id, const std::string& path) {
  std::lock_guard lock(impl_->mutex);
  if (const auto found = impl_->codes.find(id); found != impl_->codes.end()) found->second.build_path = path;
}

Compiled Compiler::compile(const Node& node, Connection* connection) {
  SqlSession session(impl_->shared, connection);
  session.use(node.unique_id, &node);
  RuntimeContext context(impl_->shared, session, node);
  return compile(context);
}

Compiled Compiler::compile(RuntimeContext& context, std::string_view split_suffix) {
  const Node& node = *context.node();
  Compiled compiled;
  if (node.is_ephemeral() && node.id != no_id) {
    // Through the shared entry, so that a child that needs it finds it compiled.
    auto found = impl_->entry(node.id);
    std::lock_guard lock(found->mutex);
    compiled = impl_->compile(context, split_suffix, found.get());
  } else {
    compiled = impl_->compile(context, split_suffix, nullptr);
  }
  context.set_compiled(compiled);
  return compiled;
}

}  // namespace modelc
