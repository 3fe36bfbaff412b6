// Constraints of contracts as DDL text (dbt: render_column_constraint, render_model_constraint).
#include <fmt/format.h>

#include "base/text.h"
#include "compile/adapter_methods.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

std::string text_under(const Value& dict, std::string_view key) {
  const Value value = dict.get(key);
  return is_absent(value) ? std::string() : jinja::to_str(value);
}

std::string list_under(const Value& dict, std::string_view key) {
  const Value value = dict.get(key);
  if (!value.is_sequence()) return {};
  std::vector<std::string> items;
  for (const auto& item : value.as_items()) items.push_back(jinja::to_str(item));
  return join(items, ", ");
}

void require_type(RuntimeContext& context, State& state, const Value& constraint) {
  static constexpr std::string_view types[] = {"check", "not_null", "unique", "primary_key", "foreign_key", "custom"};
  const std::string type = text_under(constraint, "type");
  for (std::string_view known : types) {
    if (known == type) return;
  }
  throw context_error(context, &state, ErrorKind::runtime, "compile/bad-constraint",
                      fmt::format("Could not parse constraint: {}", jinja::to_str(constraint)));
}

/// "" when there is nothing to write.
std::string column_constraint(const Value& constraint) {
  const std::string type = text_under(constraint, "type"), expression = text_under(constraint, "expression");
  if (type == "check") return expression.empty() ? "" : fmt::format("check ({})", expression);
  if (type == "not_null") return fmt::format("not null {}", expression);
  if (type == "unique") return fmt::format("unique {}", expression);
  if (type == "primary_key") return fmt::format("primary key {}", expression);
  if (type == "custom") return expression;
  const std::string to = text_under(constraint, "to"), columns = list_under(constraint, "to_columns");
  if (!to.empty() && !columns.empty()) return fmt::format("references {} ({})", to, columns);
  return expression.empty() ? "" : fmt::format("references {}", expression);
}

std::string model_constraint(const Value& constraint) {
  const std::string type = text_under(constraint, "type"), expression = text_under(constraint, "expression");
  const std::string name = text_under(constraint, "name"), columns = list_under(constraint, "columns");
  const std::string prefix = name.empty() ? "" : fmt::format("constraint {} ", name);
  const std::string spaced = expression.empty() ? "" : " " + expression;
  if (type == "check") return expression.empty() ? "" : fmt::format("{}check ({})", prefix, expression);
  if (type == "unique") return fmt::format("{}unique{} ({})", prefix, spaced, columns);
  if (type == "primary_key") return fmt::format("{}primary key{} ({})", prefix, spaced, columns);
  if (type == "custom") return expression.empty() ? "" : prefix + expression;
  if (type != "foreign_key") return {};
  const std::string to = text_under(constraint, "to"), to_columns = list_under(constraint, "to_columns");
  if (!to.empty() && !to_columns.empty())
    return fmt::format("{}foreign key ({}) references {} ({})", prefix, columns, to, to_columns);
  return expression.empty() ? "" : fmt::format("{}foreign key ({}) references {}", prefix, columns, expression);
}

}  // namespace

Value adapter_column_constraints(RuntimeContext& context, State& state, CallArgs& args) {
  const Value columns = args.bind("render_raw_columns_constraints", {"raw_columns"}, 1)[0];
  Value out = Value::list();
  if (!columns.is_dict()) return out;
  for (const auto& [key, column] : columns.as_dict().entries()) {
    std::string name = text_under(column, "name");
    if (column.get_bool("quote")) {
      CallArgs call;
      call.positional.push_back(Value(name));
      name = jinja::to_str(find_adapter_method("quote")(context, state, call));
    }
    std::string text = name + " " + text_under(column, "data_type");
    const Value constraints = column.get("constraints");
    for (const auto& constraint : constraints.is_sequence() ? constraints.as_items() : std::vector<Value>()) {
      require_type(context, state, constraint);
      const std::string rendered(trim(column_constraint(constraint)));
      if (!rendered.empty()) text += " " + rendered;
    }
    out.as_list().push_back(Value(text));
  }
  return out;
}

Value adapter_model_constraints(RuntimeContext& context, State& state, CallArgs& args) {
  const Value constraints = args.bind("render_raw_model_constraints", {"raw_constraints"}, 1)[0];
  Value out = Value::list();
  if (!constraints.is_sequence()) return out;
  for (const auto& constraint : constraints.as_items()) {
    require_type(context, state, constraint);
    if (std::string text = model_constraint(constraint); !text.empty()) out.as_list().push_back(Value(std::move(text)));
  }
  return out;
}

}  // namespace modelc
