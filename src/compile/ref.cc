// ref(), source(), function() and metric() at run time (dbt: RuntimeRefResolver and its kin).
#include <fmt/format.h>

#include <algorithm>

#include "artifacts/artifacts.h"
#include "base/text.h"
#include "compile/event_time.h"
#include "compile/relation_lookup.h"
#include "compile/relations.h"
#include "compile/runtime_context.h"
#include "context/metric_reference.h"
#include "context/relation_object.h"
#include "manifest/find.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

bool absent(const Value& value) { return value.is_undefined() || value.is_none(); }
std::string python_type(const Value& value) { return fmt::format("<class '{}'>", jinja::type_name(value)); }

std::string title_case(std::string_view text) {
  std::string out(text);
  bool start = true;
  for (char& c : out) {
    if (start) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    start = std::isalpha(static_cast<unsigned char>(c)) == 0;
  }
  return out;
}

struct RefTarget {
  std::string name;
  std::optional<std::string> package;
  Value version;
};

RefTarget read_target(RuntimeContext& context, State& state, const CallArgs& args, std::string_view function) {
  const auto fail = [&](std::string message) {
    throw context_error(context, &state, ErrorKind::compilation, fmt::format("compile/{}-arguments", function),
                        std::move(message));
  };
  const auto& given = args.positional;
  if (given.empty() || given.size() > 2)
    fail(fmt::format("{}() takes at most two arguments ({} given)", function, given.size()));
  RefTarget target;
  if (!given.back().is_string())
    fail(fmt::format("The name argument to {}() must be a string, got {}", function, python_type(given.back())));
  target.name = given.back().as_string();
  if (given.size() == 2 && !absent(given[0])) {
    if (!given[0].is_string()) {
      fail(fmt::format("The package argument to {}() must be a string or None, got {}", function,
                       python_type(given[0])));
    }
    target.package = given[0].as_string();
  }
  const Value* version = args.find_named("version");
  if (!version || !jinja::truth(*version)) version = args.find_named("v");
  if (version && !absent(*version)) {
    if (!version->is_string() && !version->is_number()) {
      fail(fmt::format("The version argument to {}() must be a string, int, float, or None - got {}", function,
                       python_type(*version)));
    }
    target.version = *version;
  }
  return target;
}

std::string bad_context_message(const std::string& model, const RefTarget& target) {
  std::string arguments =
      target.package ? fmt::format("'{}', '{}'", *target.package, target.name) : fmt::format("'{}'", target.name);
  if (!absent(target.version)) arguments += fmt::format(",version='{}'", jinja::to_str(target.version));
  return fmt::format(
      "dbt was unable to infer all dependencies for the model \"{0}\".\n"
      "This typically happens when ref() is placed within a conditional block.\n\n"
      "To fix this, add the following hint to the top of the model \"{0}\":\n\n"
      "-- depends_on: {{{{ ref({1}) }}}}",
      model, arguments);
}

bool depends_on(const Node& node, NodeId id) {
  return std::find(node.depends_on.begin(), node.depends_on.end(), id) != node.depends_on.end();
}

/// The column that holds the event time, quoted when the column's YAML says so.
std::string event_time_column(const Node& target) {
  const std::string column = target.config.get_string("event_time");
  for (const auto& info : target.columns) {
    if (info.name != column || !info.quote) continue;
    return *info.quote ? "\"" + column + "\"" : column;
  }
  return column;
}

/// The window that a model's inputs are cut to, if any (dbt: resolve_event_time_filter).
std::optional<std::pair<Micros, Micros>> event_window(const RuntimeContext& context, const SharedCompilation& shared) {
  const auto& sample = shared.sample();
  if (!context.batch) return sample;
  if (!sample) return std::pair{context.batch->start, context.batch->end};
  return std::pair{std::max(sample->first, context.batch->start), std::min(sample->second, context.batch->end)};
}

/// dbt's notice that a ref without a version will mean another model once the newest version is marked `latest`.
void note_newer_version(RuntimeContext& context, EventBus& events, const Manifest& manifest, const Node& target) {
  const Value newest = greatest_version(manifest, target.name);
  if (newest.is_undefined() || compare_model_versions(newest, target.model->latest_version) <= 0) return;
  const std::string version = jinja::to_str(target.model->version), later = jinja::to_str(newest);
  Event event;
  event.name = "UnpinnedRefNewVersionAvailable";
  event.code = "I064";
  event.message = fmt::format(
      "While compiling '{0}':\nFound an unpinned reference to versioned model '{1}' in project '{2}'.\n"
      "Resolving to latest version: {1}.v{3}\nA prerelease version {4} is available: once it is marked 'latest', this "
      "reference will resolve to {1}.v{4} instead.\n\n  Try out v{4}: {{{{ ref('{2}', '{1}', v='{4}') }}}}\n"
      "  Pin to  v{3}: {{{{ ref('{2}', '{1}', v='{3}') }}}}\n",
      context.node() ? context.node()->name : "", target.name, target.package_name, version, later);
  event.data = Value::dict({{"ref_node_name", Value(target.name)},
                            {"ref_node_package", Value(target.package_name)},
                            {"ref_node_version", Value(version)},
                            {"ref_max_version", Value(later)}});
  event.node_info = context.session().node_info;
  events.fire(event);
}

bool takes_window(const Node* node) {
  return node && (node->resource_type == ResourceType::model || node->resource_type == ResourceType::snapshot);
}

}  // namespace

void RuntimeContext::target_not_found(State& state, std::string_view kind, const std::string& name,
                                      const std::optional<std::string>& package, const Value& version,
                                      std::optional<bool> disabled) {
  const std::string_view reason = !disabled   ? "was not found or is disabled"
                                  : *disabled ? "is disabled"
                                              : "was not found";
  const std::string subject = node_ ? fmt::format("{} '{}' ({})", title_case(resource_type_name(node_->resource_type)),
                                                  node_->unique_id, node_->original_file_path)
                              : macro_ ? fmt::format("Macro '{}' ({})", macro_->unique_id, macro_->original_file_path)
                                       : std::string("Operation");
  std::string message = fmt::format("{} depends on a {} named '{}' ", subject, kind, name);
  if (!absent(version)) message += fmt::format("with version '{}' ", jinja::to_str(version));
  if (package) message += fmt::format("in package or project '{}' ", *package);
  throw context_error(*this, &state, ErrorKind::compilation,
                      fmt::format("compile/{}-not-found", kind == "node" ? "ref" : kind),
                      message + "which " + std::string(reason));
}

Value RuntimeContext::limited(Relation relation, const Node& target) {
  const Flags& flags = invocation_.flags;
  const auto window =
      takes_window(node_) && mode_ != ContextMode::unit_test ? event_window(*this, shared_) : std::nullopt;
  const std::string column = window ? event_time_column(target) : std::string();
  if (!flags.empty && column.empty()) return relation_value(std::move(relation));
  auto object = jinja::make_ref<RelationObject>(std::move(relation));
  object->require_alias = macros_.traits().subquery_needs_alias;
  if (flags.empty && mode_ != ContextMode::unit_test) object->limit = 0;
  if (!column.empty()) {
    object->event_time_column = column;
    object->event_time_start = format_event_time(window->first);
    object->event_time_end = format_event_time(window->second);
    if (const auto function = macros_.traits().event_time_function; !function.empty()) {
      object->event_time_column = fmt::format("{}({})", function, column);
      for (std::string* bound : {&object->event_time_start, &object->event_time_end})
        *bound = bound->substr(0, bound->find('+'));
    }
  }
  return Value(object);
}

Value RuntimeContext::input_relation(uint32_t index) {
  use_cte(index);
  Relation relation = make_relation(macros_.traits(), std::nullopt, std::nullopt,
                                    "__dbt__cte__" + (*inputs)[index].cte_name, RelationType::cte);
  relation.quote.identifier = false;
  return relation_value(std::move(relation));
}

Value RuntimeContext::relation_of_target(const Node& target) {
  const CompileEnvironment& environment = shared_.environment;
  if (target.is_ephemeral()) {
    use_cte(target.id);
    Relation relation = make_relation(macros_.traits(), std::nullopt, std::nullopt,
                                      "__dbt__cte__" + node_identifier(target), RelationType::cte);
    relation.quote.identifier = false;
    return limited(std::move(relation), target);
  }
  if (invocation_.flags.defer) {
    if (const Value entry = defer_entry(environment, target); entry.is_dict()) {
      const bool favored = in_foreign_key_ || (invocation_.flags.favor_state && !shared_.is_selected(target.id));
      if (favored || !find_relation(*this, node_relation(environment, target)))
        return limited(state_relation(environment, entry), target);
    }
  }
  Relation relation = node_relation(environment, target);
  if (target.resource_type == ResourceType::function) relation.type = RelationType::function;
  return limited(std::move(relation), target);
}

Value RuntimeContext::ref(State& state, CallArgs& args) {
  const RefTarget target = read_target(*this, state, args, "ref");
  const Manifest& manifest = shared_.environment.parsed.manifest;
  const auto found = manifest.resolve_ref(target.name, target.package, target.version, package_,
                                          shared_.behavior("require_ref_searches_node_package_before_root"));
  if (found.status != Manifest::Lookup::found) {
    target_not_found(state, "node", target.name, target.package, target.version,
                     found.status == Manifest::Lookup::disabled);
  }
  if (mode_ == ContextMode::unit_test) {
    for (uint32_t i = 0; inputs && i < inputs->size(); ++i) {
      if ((*inputs)[i].original == found.id) return input_relation(i);
    }
    target_not_found(state, "node", target.name, target.package, target.version, false);
  }
  const Node& resolved = manifest.node(found.id);
  if (mode_ == ContextMode::operation) {
    if (resolved.is_ephemeral()) {
      throw context_error(*this, &state, ErrorKind::compilation, "compile/operation-ephemeral",
                          fmt::format("Operations can not ref() ephemeral nodes, but {} is ephemeral", resolved.name));
    }
  } else if (node_ && !depends_on(*node_, found.id)) {
    throw context_error(*this, &state, ErrorKind::compilation, "compile/undeclared-ref",
                        bad_context_message(node_->name, target));
  }
  if (node_ && resolved.is_versioned() && absent(target.version) && invocation_.events)
    note_newer_version(*this, *invocation_.events, manifest, resolved);
  return relation_of_target(resolved);
}

Value RuntimeContext::source(State& state, CallArgs& args) {
  const auto& given = args.positional;
  const auto fail = [&](std::string message) {
    throw context_error(*this, &state, ErrorKind::compilation, "compile/source-arguments", std::move(message));
  };
  if (given.size() != 2) fail(fmt::format("source() takes exactly two arguments ({} given)", given.size()));
  if (!given[0].is_string())
    fail("The source name (first) argument to source() must be a string, got " + python_type(given[0]));
  if (!given[1].is_string())
    fail("The table name (second) argument to source() must be a string, got " + python_type(given[1]));
  const Manifest& manifest = shared_.environment.parsed.manifest;
  const auto found = manifest.resolve_source(given[0].as_string(), given[1].as_string(), package_);
  const std::string name = given[0].as_string() + "." + given[1].as_string();
  if (found.status != Manifest::Lookup::found)
    target_not_found(state, "source", name, {}, {}, found.status == Manifest::Lookup::disabled);
  if (mode_ == ContextMode::unit_test) {
    for (uint32_t i = 0; inputs && i < inputs->size(); ++i) {
      if ((*inputs)[i].original == found.id) return input_relation(i);
    }
    target_not_found(state, "source", name, {}, {}, false);
  }
  return limited(node_relation(shared_.environment, manifest.node(found.id)), manifest.node(found.id));
}

Value RuntimeContext::function(State& state, CallArgs& args) {
  const RefTarget target = read_target(*this, state, args, "function");
  const Manifest& manifest = shared_.environment.parsed.manifest;
  const auto found = manifest.resolve_function(target.name, target.package, package_);
  if (found.status != Manifest::Lookup::found) {
    target_not_found(state, "function", target.name, {}, {}, found.status == Manifest::Lookup::disabled);
  }
  return relation_of_target(manifest.node(found.id));
}

Value RuntimeContext::metric(State& state, CallArgs& args) {
  const RefTarget target = read_target(*this, state, args, "metric");
  const Manifest& manifest = shared_.environment.parsed.manifest;
  const auto found = resolve_metric(manifest, target.name, target.package, package_);
  if (found.status == Manifest::Lookup::found)
    return Value(jinja::make_ref<MetricReference>(target.name, node_value(manifest, manifest.node(found.id))));
  target_not_found(state, "metric", target.name, target.package, {}, std::nullopt);
}

}  // namespace modelc
