#include "parse/parse_adapter.h"

#include "context/relation_object.h"
#include "jinja/value_errors.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

enum class Answer : uint8_t { none, empty_list, no, empty_text, none_pair, result_pair, argument };

/// What dbt's adapters give instead of asking the database (@available.parse...).
const NameMap<Answer>& answers() {
  static const NameMap<Answer> table = {{"execute", Answer::result_pair},
                                        {"add_query", Answer::none_pair},
                                        {"get_column_schema_from_query", Answer::empty_list},
                                        {"get_partitions_metadata", Answer::result_pair},
                                        {"check_schema_exists", Answer::no},
                                        {"drop_relation", Answer::none},
                                        {"truncate_relation", Answer::none},
                                        {"rename_relation", Answer::none},
                                        {"get_columns_in_relation", Answer::empty_list},
                                        {"get_pseudocolumns_for_relation", Answer::empty_list},
                                        {"get_columns_in_table", Answer::empty_list},
                                        {"get_missing_columns", Answer::empty_list},
                                        {"valid_snapshot_target", Answer::none},
                                        {"assert_valid_snapshot_target_given_strategy", Answer::none},
                                        {"expand_target_column_types", Answer::none},
                                        {"get_relation", Answer::none},
                                        {"load_relation", Answer::none},
                                        {"already_exists", Answer::no},
                                        {"create_schema", Answer::none},
                                        {"drop_schema", Answer::none},
                                        {"get_incremental_strategy_macro", Answer::none},
                                        {"get_hard_deletes_behavior", Answer::none},
                                        {"cache_added", Answer::empty_text},
                                        {"cache_dropped", Answer::empty_text},
                                        {"cache_renamed", Answer::empty_text},
                                        {"standardize_grants_dict", Answer::none},
                                        {"convert_type", Answer::none},
                                        {"render_raw_columns_constraints", Answer::empty_list},
                                        {"render_raw_model_constraints", Answer::empty_list},
                                        {"build_catalog_relation", Answer::none},
                                        {"get_catalog_integration", Answer::none},
                                        {"commit", Answer::none},
                                        {"list_relations_without_caching", Answer::empty_list},
                                        {"list_relations", Answer::empty_list},
                                        {"list_schemas", Answer::empty_list},
                                        {"verify_database", Answer::none},
                                        {"validate_sql", Answer::none},
                                        {"transform_seed_row", Answer::argument},
                                        {"date_function", Answer::empty_text},
                                        {"nice_connection_name", Answer::empty_text},
                                        // engines other than SQLite
                                        {"parse_index", Answer::none},
                                        {"parse_partition_by", Answer::none},
                                        {"get_table_options", Answer::none},
                                        {"get_view_options", Answer::none},
                                        {"is_replaceable", Answer::none},
                                        {"grant_access_to", Answer::none},
                                        {"describe_relation", Answer::none},
                                        {"get_bq_table", Answer::none},
                                        {"copy_table", Answer::none},
                                        {"update_columns", Answer::none},
                                        {"update_table_description", Answer::none},
                                        {"alter_table_add_columns", Answer::none},
                                        {"load_dataframe", Answer::none},
                                        {"upload_file", Answer::none},
                                        {"get_dataset_location", Answer::none},
                                        {"submit_python_job", Answer::none},
                                        {"external_root", Answer::empty_text},
                                        {"is_motherduck", Answer::no},
                                        {"is_ducklake", Answer::no},
                                        {"disable_transactions", Answer::no},
                                        {"store_relation", Answer::none},
                                        {"get_binding_char", Answer::empty_text},
                                        {"post_model_hook", Answer::none},
                                        {"pre_model_hook", Answer::none},
                                        {"location_exists", Answer::no},
                                        {"get_persist_doc_columns", Answer::none},
                                        {"get_column_tags_from_model", Answer::none},
                                        {"is_uniform", Answer::no},
                                        {"get_relation_config", Answer::none},
                                        {"get_config_from_model", Answer::none},
                                        {"compare_dbr_version", Answer::none},
                                        {"is_cluster", Answer::no},
                                        {"warehouse_exists", Answer::no}};
  return table;
}

Value give(Answer answer, const CallArgs& args) {
  switch (answer) {
    case Answer::none:
      return Value::none();
    case Answer::empty_list:
      return Value::list();
    case Answer::no:
      return Value(false);
    case Answer::empty_text:
      return Value("");
    case Answer::none_pair:
      return Value::tuple({Value::none(), Value::none()});
    case Answer::result_pair:
      return Value::tuple({Value::none(), Value::dict({{"columns", Value::list()}, {"rows", Value::list()}})});
    case Answer::argument:
      return args.positional.empty() ? Value::none() : args.positional[0];
  }
  return Value::none();
}

class ParseAdapter : public jinja::Object {
 public:
  ParseAdapter(SqlContext& context, const QuotingOverride& quoting, bool sees_all_packages)
      : context_(context), quoting_(quoting), sees_all_packages_(sees_all_packages) {}

  std::string_view type_name() const override { return "ParseDatabaseWrapper"; }

  std::optional<Value> get_attribute(State&, std::string_view name) override {
    const AdapterTraits& traits = context_.macros().traits();
    if (name == "Relation") return relation_maker(traits, quoting_);
    if (name == "Column") return column_maker(traits);
    if (name == "behavior" || name == "config") return Value::dict();
    jinja::Ref<ParseAdapter> self(this);
    if (name == "dispatch" || name == "type" || name.starts_with("quote") || answers().contains(name))
      return Value::function(std::string(name), [self, method = std::string(name)](State& state, CallArgs& args) {
        return *self->call_method(state, method, args);
      });
    return std::nullopt;
  }

  std::optional<Value> call_method(State&, std::string_view name, CallArgs& args) override {
    const AdapterTraits& traits = context_.macros().traits();
    if (name == "dispatch") return dispatch(args);
    if (name == "type") return Value(traits.type);
    if (name == "quote") return quote(jinja::to_str(args.bind(name, {"identifier"}, 1)[0]));
    if (name == "quote_as_configured") {
      std::vector<Value> b = args.bind(name, {"identifier", "quote_key"}, 2);
      std::string key = jinja::to_str(b[1]);
      bool on = key == "database"     ? quoting_.database.value_or(traits.default_quote.database)
                : key == "schema"     ? quoting_.schema.value_or(traits.default_quote.schema)
                : key == "identifier" ? quoting_.identifier.value_or(traits.default_quote.identifier)
                                      : true;
      return on ? quote(jinja::to_str(b[0])) : b[0];
    }
    if (name == "quote_seed_column") {
      std::vector<Value> b = args.bind(name, {"column", "quote_config"}, 2);
      return b[1].is_bool() && !b[1].as_bool() ? b[0] : quote(jinja::to_str(b[0]));
    }
    auto found = answers().find(name);
    if (found != answers().end()) return give(found->second, args);
    return std::nullopt;
  }

 private:
  /// Without a namespace, what a generic test dispatches to may stand in any package while it is parsed.
  Value dispatch(CallArgs& args) {
    CallArgs again = args;
    try {
      return context_.dispatch(args);
    } catch (const Error& error) {
      std::vector<Value> b = again.bind("dispatch", {"macro_name", "macro_namespace", "packages"}, 1);
      bool plain = b[0].is_string() && (b[1].is_undefined() || b[1].is_none());
      if (!sees_all_packages_ || !plain || error.diagnostic().code != "context/dispatch") throw;
      for (const Package& package : context_.project().packages)
        if (MacroId id = context_.macros().dispatch(b[0].as_string(), package.project.name, context_.package());
            id != no_id)
          return context_.bind(id);
      throw;
    }
  }

  Value quote(const std::string& identifier) const {
    std::string q(1, context_.macros().traits().quote_character);
    return Value(q + identifier + q);
  }

  SqlContext& context_;
  QuotingOverride quoting_;
  bool sees_all_packages_;
};

}  // namespace

Value parse_adapter(SqlContext& context, const QuotingOverride& quoting, bool sees_all_packages) {
  return Value(jinja::make_ref<ParseAdapter>(context, quoting, sees_all_packages));
}

}  // namespace modelc
