#include "artifacts/fields.h"

#include "artifacts/sink.h"

namespace modelc {
namespace {

using jinja::Value;

// ---- small forms ------------------------------------------------------------------------------------------------

template <class Sink>
void text(Sink& sink, std::string_view key, std::string_view value) {
  sink.key(key);
  sink.string(value);
}

/// Empty = null.
template <class Sink>
void optional_text(Sink& sink, std::string_view key, std::string_view value) {
  sink.key(key);
  if (value.empty()) {
    sink.null();
  } else {
    sink.string(value);
  }
}

template <class Sink>
void nullable_text(Sink& sink, std::string_view key, const std::optional<std::string>& value) {
  sink.key(key);
  if (value) {
    sink.string(*value);
  } else {
    sink.null();
  }
}

/// Undefined = null.
template <class Sink>
void any(Sink& sink, std::string_view key, const Value& value) {
  sink.key(key);
  if (value.is_undefined()) {
    sink.null();
  } else {
    sink.value(value);
  }
}

/// Undefined or none = an empty dict.
template <class Sink>
void dict(Sink& sink, std::string_view key, const Value& value) {
  sink.key(key);
  if (value.is_dict()) {
    sink.value(value);
  } else {
    sink.begin_object();
    sink.end_object();
  }
}

template <class Sink>
void list(Sink& sink, std::string_view key, const Value& value) {
  sink.key(key);
  if (value.is_sequence()) {
    sink.value(value);
  } else {
    sink.begin_array();
    sink.end_array();
  }
}

template <class Sink>
void texts(Sink& sink, std::string_view key, const std::vector<std::string>& values) {
  sink.key(key);
  sink.begin_array();
  for (const std::string& value : values) sink.string(value);
  sink.end_array();
}

template <class Sink>
void text_lists(Sink& sink, std::string_view key, const std::vector<std::vector<std::string>>& rows) {
  sink.key(key);
  sink.begin_array();
  for (const auto& row : rows) {
    sink.begin_array();
    for (const std::string& value : row) sink.string(value);
    sink.end_array();
  }
  sink.end_array();
}

// ---- parts that several kinds share -----------------------------------------------------------------------------

template <class Sink>
void docs(Sink& sink, const Value& docs_config) {
  sink.key("docs");
  if (docs_config.is_dict()) {
    sink.value(docs_config);
    return;
  }
  sink.begin_object();
  sink.key("show");
  sink.boolean(true);
  sink.key("node_color");
  sink.null();
  sink.end_object();
}

/// Constraints with the relations that compiling put in the place of ref() and source().
Value with_foreign_keys(const Value& constraints, const CompiledCode* compiled) {
  if (!compiled || compiled->foreign_keys.empty() || !constraints.is_list()) return constraints;
  Value result = jinja::deep_copy(constraints);
  for (const Value& constraint : result.as_list()) {
    if (constraint.get_string("type") != "foreign_key") continue;
    for (const auto& [written, relation] : compiled->foreign_keys) {
      if (constraint.get_string("to") == written) {
        Value changed = constraint;
        changed.as_dict().set("to", Value(relation));
      }
    }
  }
  return result;
}

template <class Sink>
void column(Sink& sink, const ColumnInfo& info, const CompiledCode* compiled) {
  sink.begin_object();
  text(sink, "name", info.name);
  text(sink, "description", info.description);
  dict(sink, "meta", info.meta);
  nullable_text(sink, "data_type", info.data_type);
  list(sink, "constraints", with_foreign_keys(info.constraints, compiled));
  sink.key("quote");
  if (info.quote) {
    sink.boolean(*info.quote);
  } else {
    sink.null();
  }
  sink.key("config");
  if (info.config.is_dict()) {
    sink.value(info.config);
  } else {
    sink.begin_object();
    dict(sink, "meta", {});
    list(sink, "tags", {});
    sink.end_object();
  }
  texts(sink, "tags", info.tags);
  nullable_text(sink, "granularity", info.granularity);
  texts(sink, "doc_blocks", info.doc_blocks);
  if (info.extra.is_dict()) {
    for (const auto& [key, value] : info.extra.as_dict().entries())
      if (key.is_string()) any(sink, key.as_string(), value);
  }
  sink.end_object();
}

template <class Sink>
void columns(Sink& sink, const Node& node, const CompiledCode* compiled = nullptr) {
  sink.key("columns");
  sink.begin_object();
  for (const ColumnInfo& info : node.columns) {
    sink.key(info.name);
    column(sink, info, compiled);
  }
  sink.end_object();
}

template <class Sink>
void refs(Sink& sink, const std::vector<RefArgs>& refs) {
  sink.key("refs");
  sink.begin_array();
  for (const RefArgs& ref : refs) {
    sink.begin_object();
    text(sink, "name", ref.name);
    nullable_text(sink, "package", ref.package);
    any(sink, "version", ref.version);
    sink.end_object();
  }
  sink.end_array();
}

template <class Sink>
void source_refs(Sink& sink, const std::vector<SourceRef>& sources) {
  sink.key("sources");
  sink.begin_array();
  for (const SourceRef& ref : sources) {
    sink.begin_array();
    sink.string(ref.source);
    sink.string(ref.table);
    sink.end_array();
  }
  sink.end_array();
}

template <class Sink>
void function_refs(Sink& sink, const std::vector<RefArgs>& functions) {
  sink.key("functions");
  sink.begin_array();
  for (const RefArgs& ref : functions) {
    sink.begin_array();
    if (ref.package) sink.string(*ref.package);
    sink.string(ref.name);
    sink.end_array();
  }
  sink.end_array();
}

template <class Sink>
void depends_on(Sink& sink, const Manifest& manifest, const Node& node, const CompiledCode* compiled,
                bool with_nodes = true) {
  sink.key("depends_on");
  sink.begin_object();
  sink.key("macros");
  sink.begin_array();
  for (MacroId id : node.depends_on_macros) sink.string(manifest.macros[id].unique_id);
  if (compiled) {
    for (MacroId id : compiled->further_macros) sink.string(manifest.macros[id].unique_id);
  }
  sink.end_array();
  if (with_nodes) {
    sink.key("nodes");
    sink.begin_array();
    for (NodeId id : node.depends_on) sink.string(manifest.nodes[id].unique_id);
    sink.end_array();
  }
  sink.end_object();
}

template <class Sink>
void created_at(Sink& sink, double seconds) {
  sink.key("created_at");
  sink.floating(seconds);
}

template <class Sink>
void contract(Sink& sink, const Node& node) {
  const Value& settings = node.config.get("contract");
  sink.key("contract");
  sink.begin_object();
  sink.key("enforced");
  sink.boolean(settings.get_bool("enforced"));
  sink.key("alias_types");
  sink.boolean(settings.get_bool("alias_types", true));
  optional_text(sink, "checksum", node.model ? std::string_view(node.model->contract_checksum) : std::string_view());
  sink.end_object();
}

template <class Sink>
void extra(Sink& sink, const Node& node) {
  if (!node.extra.is_dict()) return;
  for (const auto& [key, value] : node.extra.as_dict().entries())
    if (key.is_string()) any(sink, key.as_string(), value);
}

template <class Sink>
void resource(Sink& sink, const Node& node) {
  text(sink, "name", node.name);
  text(sink, "resource_type", resource_type_name(node.resource_type));
  text(sink, "package_name", node.package_name);
  text(sink, "path", node.path);
  text(sink, "original_file_path", node.original_file_path);
  text(sink, "unique_id", node.unique_id);
  texts(sink, "fqn", node.fqn);
}

// ---- one kind each ----------------------------------------------------------------------------------------------

/// What everything with SQL or data of its own begins with (dbt: ParsedResource).
template <class Sink>
void parsed(Sink& sink, const Node& node, const CompiledCode* compiled) {
  optional_text(sink, "database", node.database);
  text(sink, "schema", node.schema);
  resource(sink, node);
  text(sink, "alias", node.alias);
  sink.key("checksum");
  sink.begin_object();
  text(sink, "name", node.checksum_name);
  text(sink, "checksum", node.checksum);
  sink.end_object();
  dict(sink, "config", node.config);
  texts(sink, "tags", node.tags);
  text(sink, "description", node.description);
  columns(sink, node, compiled);
  dict(sink, "meta", node.meta);
  nullable_text(sink, "group", node.group);
  docs(sink, node.config.get("docs"));
  optional_text(sink, "patch_path", node.patch_path);
  optional_text(sink, "build_path", compiled ? std::string_view(compiled->build_path) : std::string_view());
  dict(sink, "unrendered_config", node.unrendered_config);
  created_at(sink, node.created_at);
  optional_text(sink, "relation_name", node.relation_name);
  text(sink, "raw_code", node.raw_code);
  texts(sink, "doc_blocks", node.doc_blocks);
}

/// What everything with SQL has besides (dbt: CompiledResource).
template <class Sink>
void compilable(Sink& sink, const Manifest& manifest, const Node& node, const CompiledCode* compiled) {
  text(sink, "language", node.language);
  refs(sink, node.refs);
  source_refs(sink, node.sources);
  text_lists(sink, "metrics", node.metrics);
  function_refs(sink, node.functions);
  depends_on(sink, manifest, node, compiled);
  optional_text(sink, "compiled_path", compiled ? std::string_view(compiled->path) : std::string_view());
  if (compiled) {
    sink.key("compiled");
    sink.boolean(true);
    text(sink, "compiled_code", compiled->sql);
    sink.key("extra_ctes_injected");
    sink.boolean(true);
    sink.key("extra_ctes");
    sink.begin_array();
    for (const auto& [id, sql] : compiled->extra_ctes) {
      sink.begin_object();
      text(sink, "id", id);
      text(sink, "sql", sql);
      sink.end_object();
    }
    sink.end_array();
  }
  contract(sink, node);
}

template <class Sink>
void model_part(Sink& sink, const ModelPart& model, const CompiledCode* compiled) {
  text(sink, "access", model.access);
  list(sink, "constraints", with_foreign_keys(model.constraints, compiled));
  any(sink, "version", model.version);
  any(sink, "latest_version", model.latest_version);
  nullable_text(sink, "deprecation_date", model.deprecation_date);
  texts(sink, "primary_key", model.primary_key);
  any(sink, "time_spine", model.time_spine);
}

std::string_view attached_node(const Manifest& manifest, const TestPart& test) {
  if (test.attached_node != no_id) return manifest.nodes[test.attached_node].unique_id;
  if (test.attached_disabled != no_id) return manifest.disabled[test.attached_disabled].unique_id;
  return {};
}

template <class Sink>
void generic_test_part(Sink& sink, const Manifest& manifest, const TestPart& test) {
  nullable_text(sink, "column_name", test.column_name);
  text(sink, "file_key_name", test.file_key_name);
  optional_text(sink, "attached_node", attached_node(manifest, test));
  sink.key("test_metadata");
  sink.begin_object();
  text(sink, "name", test.test_name);
  dict(sink, "kwargs", test.kwargs);
  nullable_text(sink, "namespace", test.test_namespace);
  sink.end_object();
}

template <class Sink>
void sql_node(Sink& sink, const Manifest& manifest, const Node& node, const CompiledCode* compiled) {
  if (node.function) any(sink, "returns", node.function->returns);
  parsed(sink, node, compiled);
  if (node.resource_type == ResourceType::seed) {
    optional_text(sink, "root_path", node.seed ? std::string_view(node.seed->root_path) : std::string_view());
    depends_on(sink, manifest, node, compiled, false);
    return;
  }
  compilable(sink, manifest, node, compiled);
  if (node.model) model_part(sink, *node.model, compiled);
  if (node.test && node.test->generic) generic_test_part(sink, manifest, *node.test);
  if (node.function) list(sink, "arguments", node.function->arguments);
  if (node.resource_type == ResourceType::operation) {
    sink.key("index");
    sink.integer(node.hook_index);
  }
}

template <class Sink>
void source_node(Sink& sink, const Node& node) {
  const SourcePart& source = *node.source;
  optional_text(sink, "database", node.database);
  text(sink, "schema", node.schema);
  resource(sink, node);
  text(sink, "source_name", source.source_name);
  text(sink, "source_description", source.source_description);
  text(sink, "loader", source.loader);
  text(sink, "identifier", source.identifier);
  sink.key("quoting");
  sink.begin_object();
  for (std::string_view part : {"database", "schema", "identifier", "column"})
    any(sink, part, source.quoting.get(part));
  sink.end_object();
  nullable_text(sink, "loaded_at_field", source.loaded_at_field);
  nullable_text(sink, "loaded_at_query", source.loaded_at_query);
  any(sink, "freshness", source.freshness);
  any(sink, "external", source.external);
  text(sink, "description", node.description);
  columns(sink, node);
  dict(sink, "meta", node.meta);
  dict(sink, "source_meta", source.source_meta);
  texts(sink, "tags", node.tags);
  dict(sink, "config", node.config);
  optional_text(sink, "patch_path", node.patch_path);
  dict(sink, "unrendered_config", node.unrendered_config);
  optional_text(sink, "relation_name", node.relation_name);
  created_at(sink, node.created_at);
  any(sink, "unrendered_database", source.unrendered_database);
  any(sink, "unrendered_schema", source.unrendered_schema);
  texts(sink, "doc_blocks", node.doc_blocks);
}

template <class Sink>
void exposure_node(Sink& sink, const Manifest& manifest, const Node& node) {
  const ExposurePart& exposure = *node.exposure;
  resource(sink, node);
  text(sink, "type", exposure.type);
  dict(sink, "owner", exposure.owner);
  text(sink, "description", node.description);
  optional_text(sink, "label", exposure.label);
  optional_text(sink, "maturity", exposure.maturity);
  dict(sink, "meta", node.meta);
  texts(sink, "tags", node.tags);
  dict(sink, "config", node.config);
  dict(sink, "unrendered_config", node.unrendered_config);
  optional_text(sink, "url", exposure.url);
  depends_on(sink, manifest, node, nullptr);
  refs(sink, node.refs);
  source_refs(sink, node.sources);
  text_lists(sink, "metrics", node.metrics);
  created_at(sink, node.created_at);
}

template <class Sink>
void unit_test_node(Sink& sink, const Manifest& manifest, const Node& node) {
  const UnitTestPart& test = *node.unit_test;
  text(sink, "model", test.model_name);
  list(sink, "given", test.given);
  any(sink, "expect", test.expect);
  resource(sink, node);
  text(sink, "description", node.description);
  any(sink, "overrides", test.overrides);
  depends_on(sink, manifest, node, nullptr);
  dict(sink, "config", node.config);
  optional_text(sink, "checksum", test.checksum);
  optional_text(sink, "schema", node.schema);
  created_at(sink, node.created_at);
  any(sink, "versions", test.versions);
  any(sink, "version", test.version);
}

}  // namespace

template <class Sink>
void write_node(Sink& sink, const Manifest& manifest, const Node& node, const CompiledCode* compiled) {
  if (node.semantic) return sink.value(node.semantic->manifest_entry);
  sink.begin_object();
  if (node.source) {
    source_node(sink, node);
  } else if (node.exposure) {
    exposure_node(sink, manifest, node);
  } else if (node.unit_test) {
    unit_test_node(sink, manifest, node);
  } else {
    sql_node(sink, manifest, node, compiled);
  }
  extra(sink, node);
  sink.end_object();
}

template <class Sink>
void write_macro(Sink& sink, const Manifest& manifest, const Macro& macro) {
  sink.begin_object();
  text(sink, "name", macro.name);
  text(sink, "resource_type", "macro");
  text(sink, "package_name", macro.package_name);
  text(sink, "path", macro.path);
  text(sink, "original_file_path", macro.original_file_path);
  text(sink, "unique_id", macro.unique_id);
  text(sink, "macro_sql", macro.tmpl ? macro.macro_sql() : std::string_view());
  sink.key("depends_on");
  sink.begin_object();
  sink.key("macros");
  sink.begin_array();
  for (MacroId id : macro.depends_on) sink.string(manifest.macros[id].unique_id);
  sink.end_array();
  sink.end_object();
  text(sink, "description", macro.description);
  dict(sink, "meta", macro.meta);
  docs(sink, macro.docs);
  sink.key("config");
  if (macro.config.is_dict()) {
    sink.value(macro.config);
  } else {
    sink.begin_object();
    dict(sink, "meta", macro.meta);
    docs(sink, macro.docs);
    sink.end_object();
  }
  optional_text(sink, "patch_path", macro.patch_path);
  list(sink, "arguments", macro.arguments);
  created_at(sink, macro.created_at);
  if (macro.supported_languages.empty()) {
    any(sink, "supported_languages", {});
  } else {
    texts(sink, "supported_languages", macro.supported_languages);
  }
  sink.end_object();
}

template <class Sink>
void write_group(Sink& sink, const Group& group) {
  sink.begin_object();
  text(sink, "name", group.name);
  text(sink, "resource_type", "group");
  text(sink, "package_name", group.package_name);
  text(sink, "path", group.path);
  text(sink, "original_file_path", group.original_file_path);
  text(sink, "unique_id", group.unique_id);
  dict(sink, "owner", group.owner);
  nullable_text(sink, "description", group.description);
  sink.key("config");
  if (group.config.is_dict()) {
    sink.value(group.config);
  } else {
    sink.begin_object();
    dict(sink, "meta", {});
    sink.end_object();
  }
  sink.end_object();
}

template <class Sink>
void write_doc(Sink& sink, const DocBlock& doc) {
  sink.begin_object();
  text(sink, "name", doc.name);
  text(sink, "resource_type", "doc");
  text(sink, "package_name", doc.package_name);
  text(sink, "path", doc.path);
  text(sink, "original_file_path", doc.original_file_path);
  text(sink, "unique_id", doc.unique_id);
  text(sink, "block_contents", doc.contents);
  sink.end_object();
}

std::string_view manifest_section(ResourceType type) {
  switch (type) {
    case ResourceType::source:
      return "sources";
    case ResourceType::exposure:
      return "exposures";
    case ResourceType::metric:
      return "metrics";
    case ResourceType::semantic_model:
      return "semantic_models";
    case ResourceType::saved_query:
      return "saved_queries";
    case ResourceType::unit_test:
      return "unit_tests";
    case ResourceType::function:
      return "functions";
    default:
      return "nodes";
  }
}

template void write_node(JsonSink&, const Manifest&, const Node&, const CompiledCode*);
template void write_node(ValueSink&, const Manifest&, const Node&, const CompiledCode*);
template void write_macro(JsonSink&, const Manifest&, const Macro&);
template void write_macro(ValueSink&, const Manifest&, const Macro&);
template void write_group(JsonSink&, const Group&);
template void write_group(ValueSink&, const Group&);
template void write_doc(JsonSink&, const DocBlock&);
template void write_doc(ValueSink&, const DocBlock&);

}  // namespace modelc
