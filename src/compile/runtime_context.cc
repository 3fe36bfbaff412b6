#include "compile/runtime_context.h"

#include <fmt/format.h>

#include <algorithm>

#include "compile/event_time.h"
#include "compile/relations.h"
#include "context/relation_object.h"
#include "jinja/pymodules.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

std::string context_subject(const Node* node) { return node ? node_subject(*node) : std::string(); }

/// Drops what dbt's to_dict(omit_none=True) drops: absent fields of the entry and of its dataclasses.
void omit_none(Value& dict, int depth) {
  if (!dict.is_dict()) return;
  std::vector<Value> absent;
  for (const auto& [key, value] : dict.as_dict().entries()) {
    if (value.is_none()) absent.push_back(key);
  }
  for (const auto& key : absent) dict.as_dict().erase(key);
  if (depth == 0) return;
  for (auto& [key, value] : dict.as_dict().entries()) {
    if (key.is_string() && (key.as_string() == "meta" || key.as_string() == "kwargs")) continue;
    Value inner = value;
    omit_none(inner, depth - 1);
  }
}

}  // namespace

Error context_error(RuntimeContext& context, State* state, ErrorKind kind, std::string code, std::string message,
                    std::string hint) {
  Error error(kind, std::move(code), std::move(message), state ? state->current_span() : Span{}, std::move(hint));
  error.diagnostic().subject = context_subject(context.node());
  return error;
}

RuntimeContext::RuntimeContext(SharedCompilation& shared, SqlSession& session, const Node& node, ContextMode mode)
    : SqlContext(shared.environment.invocation, shared.environment.parsed.project, *shared.environment.parsed.macros,
                 node.package_name,
                 var_scope(shared.environment.invocation, shared.environment.parsed.project, node.package_name)),
      shared_(shared),
      session_(session),
      node_(&node),
      mode_(mode) {
  vars_.subject = node.unique_id;
}

RuntimeContext::RuntimeContext(SharedCompilation& shared, SqlSession& session, std::string package, const Macro* macro)
    : SqlContext(shared.environment.invocation, shared.environment.parsed.project, *shared.environment.parsed.macros,
                 package, var_scope(shared.environment.invocation, shared.environment.parsed.project, package)),
      shared_(shared),
      session_(session),
      macro_(macro),
      mode_(ContextMode::operation) {
  if (macro) vars_.subject = macro->unique_id;
}

bool RuntimeContext::lookup(std::string_view name, Value& out) {
  if (!shadows_.empty()) {
    if (const auto found = shadows_.find(name); found != shadows_.end()) {
      out = found->second;
      return true;
    }
  }
  return SqlContext::lookup(name, out);
}

void RuntimeContext::override_vars(const Value& vars) {
  if (!vars.is_dict()) return;
  merged_vars_ = Value::dict();
  if (vars_.cli_vars && vars_.cli_vars->is_dict()) merged_vars_.as_dict().update(vars_.cli_vars->as_dict());
  merged_vars_.as_dict().update(vars.as_dict());
  vars_.cli_vars = &merged_vars_;
}

const Value& RuntimeContext::config() const {
  static const Value nothing;
  if (!config_.is_undefined()) return config_;
  return node_ ? node_->config : nothing;
}

void RuntimeContext::set_compiled(const Compiled& compiled) {
  compiled_sql_ = compiled.sql;
  extra_ctes_ = compiled.extra_ctes;
  model_ = {};
}

Relation RuntimeContext::this_relation() const { return node_relation(shared_.environment, *node_); }

std::vector<std::pair<std::string, std::string>> RuntimeContext::foreign_keys() {
  std::vector<std::pair<std::string, std::string>> result;
  if (!node_ || !node_->model) return result;
  const auto resolve = [&](const Value& constraints) {
    for (const Value& constraint : constraints.is_list() ? constraints.as_items() : std::vector<Value>()) {
      const std::string expression = constraint.get_string("to");
      if (constraint.get_string("type") != "foreign_key" || expression.find('(') == std::string::npos) continue;
      const SourceFile* file = invocation_.sources->add("<constraint>", expression);
      in_foreign_key_ = true;
      const Value target = jinja::evaluate(*jinja::compile_expression(*file), *this);
      in_foreign_key_ = false;
      if (const auto* relation = target.as<RelationObject>()) result.emplace_back(expression, relation->render());
    }
  };
  resolve(node_->model->constraints);
  for (const ColumnInfo& column : node_->columns) resolve(column.constraints);
  return result;
}

Value RuntimeContext::node_model() {
  const Manifest& manifest = shared_.environment.parsed.manifest;
  Value model;
  if (compiled_sql_) {
    CompiledCode code;
    code.sql = *compiled_sql_;
    code.extra_ctes = extra_ctes_;
    code.foreign_keys = foreign_keys();
    model = node_value(manifest, *node_, &code);
    model.as_dict().set("compiled_sql", Value(*compiled_sql_));
  } else {
    model = node_value(manifest, *node_);
  }
  omit_none(model, 3);
  if (!config_.is_undefined()) model.as_dict().set("config", jinja::deep_copy(config_));
  if (batch) {
    model.as_dict().set("batch", Value::dict({{"id", Value(batch->id)},
                                              {"event_time_start", jinja::make_datetime(batch->start)},
                                              {"event_time_end", jinja::make_datetime(batch->end)}}));
  }
  return model;
}

Value RuntimeContext::model() {
  if (model_.is_undefined()) {
    if (node_)
      model_ = node_model();
    else if (macro_)
      model_ = macro_value(shared_.environment.parsed.manifest, *macro_);
    else
      model_ = Value::dict();
  }
  return model_;
}

Value RuntimeContext::model_unique_id() const {
  if (!model_.is_undefined()) return model_.get("unique_id");
  return node_ ? Value(node_->unique_id) : macro_ ? Value(macro_->unique_id) : Value();
}

Value RuntimeContext::hooks(std::string_view key) {
  if (!node_ || mode_ == ContextMode::operation) return Value::none();
  const Value found = config().get(key);
  if (!found.is_sequence()) return Value::list();
  Value list = Value::list();
  for (const auto& hook : found.as_items()) {
    Value copy = jinja::deep_copy(hook);
    omit_none(copy, 0);
    list.as_list().push_back(std::move(copy));
  }
  return list;
}

Value RuntimeContext::this_value() {
  if (!node_ || node_->resource_type == ResourceType::operation) return Value::none();
  if (mode_ != ContextMode::unit_test) return relation_value(this_relation());
  for (uint32_t i = 0; inputs && i < inputs->size(); ++i) {
    if ((*inputs)[i].is_this) {
      use_cte(i);
      return Value("__dbt__cte__" + (*inputs)[i].cte_name);
    }
  }
  return Value::none();
}

Value RuntimeContext::defer_relation() {
  if (!node_) return Value::none();
  const Value entry = defer_entry(shared_.environment, *node_);
  return entry.is_dict() ? relation_value(state_relation(shared_.environment, entry)) : Value::none();
}

bool RuntimeContext::own(std::string_view name, Value& out) { return own_data(name, out) || own_function(name, out); }

Value RuntimeContext::call_macro(std::string_view name, CallArgs args) {
  const MacroId id = shared_.find_macro(name);
  if (id == no_id) {
    throw Error(ErrorKind::runtime, "compile/no-macro",
                fmt::format("dbt could not find a macro with the name \"{}\" in any package", name));
  }
  return jinja::call_value(bind(id), std::move(args), *this);
}

void RuntimeContext::use_cte(uint32_t id) {
  if (std::find(used_ctes.begin(), used_ctes.end(), id) == used_ctes.end()) used_ctes.push_back(id);
}

Value RuntimeContext::render_text(const std::string& text) {
  if (!jinja::has_markup(text)) return Value(text);
  return Value(jinja::render(*shared_.inline_template(text), *this).text);
}

void RuntimeContext::write(const std::string& payload) {
  if (!node_ || node_->resource_type == ResourceType::source) {
    throw Error(ErrorKind::compilation, "compile/write", "cannot \"write\" macros or sources");
  }
  std::string suffix;
  if (batch) {
    if (const auto size = parse_batch_size(config().get_string("batch_size")))
      suffix = format_batch_start(batch->start, *size);
  }
  build_path = target_file(shared_.environment, *node_, "run", suffix);
  invocation_.fs->write_generated(build_path, payload);
}

}  // namespace modelc
