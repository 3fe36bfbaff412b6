// The methods of `adapter`, by dbt's names. Internal to the compile folder.
#pragma once

#include <string_view>

#include "compile/runtime_context.h"

namespace modelc {

using AdapterMethod = jinja::Value (*)(RuntimeContext&, jinja::State&, jinja::CallArgs&);

/// Null for a name that dbt does not offer.
AdapterMethod find_adapter_method(std::string_view name);

// adapter_methods_sql.cc
jinja::Value adapter_execute(RuntimeContext&, jinja::State&, jinja::CallArgs&);
jinja::Value adapter_add_query(RuntimeContext&, jinja::State&, jinja::CallArgs&);
jinja::Value adapter_commit(RuntimeContext&, jinja::State&, jinja::CallArgs&);
jinja::Value adapter_column_schema(RuntimeContext&, jinja::State&, jinja::CallArgs&);
jinja::Value adapter_begin_with_query(RuntimeContext&, jinja::State&, jinja::CallArgs&);
jinja::Value adapter_bulk_load(RuntimeContext&, jinja::State&, jinja::CallArgs&);
jinja::Value adapter_check_view(RuntimeContext&, jinja::State&, jinja::CallArgs&);

// adapter_methods_files.cc
jinja::Value adapter_external_root(RuntimeContext&, jinja::State&, jinja::CallArgs&);
jinja::Value adapter_stage_files(RuntimeContext&, jinja::State&, jinja::CallArgs&);
jinja::Value adapter_publish_files(RuntimeContext&, jinja::State&, jinja::CallArgs&);

// adapter_methods_snapshot.cc
jinja::Value adapter_valid_snapshot_target(RuntimeContext&, jinja::State&, jinja::CallArgs&);
jinja::Value adapter_assert_snapshot_target(RuntimeContext&, jinja::State&, jinja::CallArgs&);
jinja::Value adapter_hard_deletes(RuntimeContext&, jinja::State&, jinja::CallArgs&);
jinja::Value adapter_incremental_strategy(RuntimeContext&, jinja::State&, jinja::CallArgs&);

// adapter_methods_constraints.cc
jinja::Value adapter_column_constraints(RuntimeContext&, jinja::State&, jinja::CallArgs&);
jinja::Value adapter_model_constraints(RuntimeContext&, jinja::State&, jinja::CallArgs&);

/// The Relation of an argument, with dbt's words when it is none.
const Relation& relation_argument(RuntimeContext& context, jinja::State& state, const jinja::Value& value,
                                  std::string_view method, std::string_view argument);
jinja::Value columns_value(RuntimeContext& context, const std::vector<Column>& columns);
bool is_absent(const jinja::Value& value);

}  // namespace modelc
