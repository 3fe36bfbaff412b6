// Makes a Manifest of a manifest.json, so that tests of upper layers need no parser and can use what dbt wrote.
#pragma once

#include <memory>
#include <string>

#include "base/source.h"
#include "jinja/json.h"
#include "manifest/manifest.h"

namespace modelc::testing {

/// Stands for a compiled macro of which only the text matters.
class TextTemplate : public jinja::Template {
 public:
  explicit TextTemplate(const SourceFile* file) {
    file_ = file;
    jinja::MacroInfo info;
    info.span = {file, 0, static_cast<uint32_t>(file->text().size())};
    macros_.push_back(std::move(info));
  }
};

class ManifestLoader {
 public:
  ManifestLoader(Manifest& manifest, SourceMap& sources) : manifest_(manifest), sources_(sources) {}

  void load(const jinja::Value& root) {
    manifest_.project_name = root.get("metadata").get_string("project_name");
    manifest_.user_id = root.get("metadata").get_string("user_id");
    manifest_.adapter = &adapter_traits(root.get("metadata").get_string("adapter_type"));
    each(root.get("macros"), [&](const jinja::Value& entry) { add_macro(entry); });
    for (const char* section :
         {"nodes", "sources", "exposures", "metrics", "semantic_models", "saved_queries", "unit_tests", "functions"})
      each(root.get(section), [&](const jinja::Value& entry) { manifest_.nodes.push_back(make_node(entry)); });
    each(root.get("disabled"), [&](const jinja::Value& entries) {
      for (const auto& entry : entries.as_list()) manifest_.disabled.push_back(make_node(entry));
    });
    each(root.get("groups"), [&](const jinja::Value& entry) { add_group(entry); });
    each(root.get("docs"), [&](const jinja::Value& entry) {
      manifest_.docs.push_back({entry.get_string("unique_id"), entry.get_string("name"),
                                entry.get_string("package_name"), entry.get_string("path"),
                                entry.get_string("original_file_path"), entry.get_string("block_contents")});
    });
    each(root.get("selectors"), [&](const jinja::Value& entry) { add_selector(entry); });
    manifest_.index();
    for (const char* section :
         {"nodes", "sources", "exposures", "metrics", "semantic_models", "saved_queries", "unit_tests", "functions"})
      each(root.get(section), [&](const jinja::Value& entry) {
        link(manifest_.nodes[manifest_.find(entry.get_string("unique_id"))], entry);
      });
    size_t at = 0;
    each(root.get("disabled"), [&](const jinja::Value& entries) {
      for (const auto& entry : entries.as_list()) link(manifest_.disabled[at++], entry);
    });
    each(root.get("macros"), [&](const jinja::Value& entry) {
      manifest_.macros[manifest_.find_macro(entry.get_string("unique_id"))].depends_on =
          macro_ids(entry.get("depends_on"));
    });
    manifest_.freeze();
  }

 private:
  template <class Visit>
  static void each(const jinja::Value& dict, Visit visit) {
    if (!dict.is_dict()) return;
    for (const auto& entry : dict.as_dict().entries()) visit(entry.second);
  }
  static std::vector<std::string> texts(const jinja::Value& list) {
    std::vector<std::string> out;
    if (list.is_list())
      for (const auto& item : list.as_list()) out.push_back(jinja::to_str(item));
    return out;
  }
  static std::optional<std::string> nullable(const jinja::Value& value) {
    return value.is_string() ? std::optional(value.as_string()) : std::nullopt;
  }
  static std::vector<std::vector<std::string>> text_lists(const jinja::Value& list) {
    std::vector<std::vector<std::string>> out;
    if (list.is_list())
      for (const auto& item : list.as_list()) out.push_back(texts(item));
    return out;
  }
  std::vector<MacroId> macro_ids(const jinja::Value& depends_on) const {
    std::vector<MacroId> out;
    for (const auto& id : texts(depends_on.get("macros"))) out.push_back(manifest_.find_macro(id));
    return out;
  }

  static double number(const jinja::Value& value) { return value.is_number() ? value.as_float() : 0; }

  void add_macro(const jinja::Value& entry) {
    Macro macro;
    macro.unique_id = entry.get_string("unique_id");
    macro.name = entry.get_string("name");
    macro.package_name = entry.get_string("package_name");
    macro.path = entry.get_string("path");
    macro.original_file_path = entry.get_string("original_file_path");
    macro.tmpl = std::make_shared<TextTemplate>(sources_.add(macro.path, entry.get_string("macro_sql")));
    macro.description = entry.get_string("description");
    macro.meta = entry.get("meta");
    macro.docs = entry.get("docs");
    macro.arguments = entry.get("arguments");
    macro.config = entry.get("config");
    macro.patch_path = entry.get_string("patch_path");
    macro.supported_languages = texts(entry.get("supported_languages"));
    macro.created_at = number(entry.get("created_at"));
    manifest_.macros.push_back(std::move(macro));
  }

  void add_group(const jinja::Value& entry) {
    Group group;
    group.unique_id = entry.get_string("unique_id");
    group.name = entry.get_string("name");
    group.package_name = entry.get_string("package_name");
    group.path = entry.get_string("path");
    group.original_file_path = entry.get_string("original_file_path");
    group.owner = entry.get("owner");
    group.config = entry.get("config");
    group.description = nullable(entry.get("description"));
    manifest_.groups.push_back(std::move(group));
  }

  void add_selector(const jinja::Value& entry) {
    SelectorDefinition selector;
    selector.name = entry.get_string("name");
    selector.description = entry.get_string("description");
    selector.definition = entry.get("definition");
    selector.is_default = entry.get("default");
    selector.manifest_entry = entry;
    manifest_.selectors.push_back(std::move(selector));
  }

  static ResourceType type_of(std::string_view name) {
    for (int i = 0; i <= static_cast<int>(ResourceType::function); ++i)
      if (resource_type_name(static_cast<ResourceType>(i)) == name) return static_cast<ResourceType>(i);
    return ResourceType::model;
  }

  static ColumnInfo make_column(const jinja::Value& entry) {
    static constexpr std::string_view known[] = {"name",  "description", "meta", "data_type",   "constraints",
                                                 "quote", "config",      "tags", "granularity", "doc_blocks"};
    ColumnInfo column;
    column.name = entry.get_string("name");
    column.description = entry.get_string("description");
    column.meta = entry.get("meta");
    column.data_type = nullable(entry.get("data_type"));
    column.constraints = entry.get("constraints");
    if (entry.get("quote").is_bool()) column.quote = entry.get_bool("quote");
    column.tags = texts(entry.get("tags"));
    column.granularity = nullable(entry.get("granularity"));
    column.doc_blocks = texts(entry.get("doc_blocks"));
    column.config = entry.get("config");
    for (const auto& [key, value] : entry.as_dict().entries()) {
      if (std::find(std::begin(known), std::end(known), key.as_string()) != std::end(known)) continue;
      if (column.extra.is_undefined()) column.extra = jinja::Value::dict();
      column.extra.as_dict().set(key, value);
    }
    return column;
  }

  Node make_node(const jinja::Value& entry) {
    Node node;
    node.resource_type = type_of(entry.get_string("resource_type"));
    node.unique_id = entry.get_string("unique_id");
    node.name = entry.get_string("name");
    node.package_name = entry.get_string("package_name");
    node.path = entry.get_string("path");
    node.original_file_path = entry.get_string("original_file_path");
    node.fqn = texts(entry.get("fqn"));
    node.patch_path = entry.get_string("patch_path");
    node.raw_code = sources_.add("raw_code", entry.get_string("raw_code"))->text();
    node.language = entry.get_string("language", "sql");
    node.checksum_name = entry.get("checksum").get_string("name");
    node.checksum = entry.get("checksum").get_string("checksum");
    node.config = entry.get("config");
    node.unrendered_config = entry.get("unrendered_config");
    node.tags = texts(entry.get("tags"));
    node.meta = entry.get("meta");
    node.group = nullable(entry.get("group"));
    node.description = entry.get_string("description");
    node.doc_blocks = texts(entry.get("doc_blocks"));
    each(entry.get("columns"), [&](const jinja::Value& column) { node.columns.push_back(make_column(column)); });
    node.database = entry.get_string("database");
    node.schema = entry.get_string("schema");
    node.alias = entry.get_string("alias");
    node.relation_name = entry.get_string("relation_name");
    node.created_at = number(entry.get("created_at"));
    add_references(node, entry);
    add_part(node, entry);
    return node;
  }

  static void add_references(Node& node, const jinja::Value& entry) {
    if (const jinja::Value refs = entry.get("refs"); refs.is_list()) {
      for (const auto& ref : refs.as_list()) {
        RefArgs args;
        args.name = ref.get_string("name");
        args.package = nullable(ref.get("package"));
        if (!ref.get("version").is_none()) args.version = ref.get("version");
        node.refs.push_back(std::move(args));
      }
    }
    for (const auto& pair : text_lists(entry.get("sources"))) node.sources.push_back({pair.at(0), pair.at(1), {}});
    node.metrics = text_lists(entry.get("metrics"));
    for (const auto& names : text_lists(entry.get("functions"))) {
      RefArgs args;
      args.name = names.back();
      if (names.size() > 1) args.package = names.front();
      node.functions.push_back(std::move(args));
    }
  }

  static void add_part(Node& node, const jinja::Value& entry) {
    switch (node.resource_type) {
      case ResourceType::model: {
        node.model = std::make_unique<ModelPart>();
        node.model->access = entry.get_string("access");
        node.model->version = entry.get("version");
        node.model->latest_version = entry.get("latest_version");
        node.model->deprecation_date = nullable(entry.get("deprecation_date"));
        node.model->constraints = entry.get("constraints");
        node.model->primary_key = texts(entry.get("primary_key"));
        node.model->time_spine = entry.get("time_spine");
        node.model->contract_checksum = entry.get("contract").get_string("checksum");
        break;
      }
      case ResourceType::seed:
        node.seed = std::make_unique<SeedPart>();
        node.seed->root_path = entry.get_string("root_path");
        break;
      case ResourceType::test: {
        node.test = std::make_unique<TestPart>();
        const jinja::Value metadata = entry.get("test_metadata");
        node.test->generic = metadata.is_dict();
        node.test->test_name = metadata.get_string("name");
        node.test->test_namespace = nullable(metadata.get("namespace"));
        node.test->kwargs = metadata.get("kwargs");
        node.test->column_name = nullable(entry.get("column_name"));
        node.test->file_key_name = entry.get_string("file_key_name");
        break;
      }
      case ResourceType::source: {
        node.source = std::make_unique<SourcePart>();
        SourcePart& source = *node.source;
        source.source_name = entry.get_string("source_name");
        source.source_description = entry.get_string("source_description");
        source.loader = entry.get_string("loader");
        source.identifier = entry.get_string("identifier");
        source.source_meta = entry.get("source_meta");
        source.external = entry.get("external");
        source.quoting = entry.get("quoting");
        source.loaded_at_field = nullable(entry.get("loaded_at_field"));
        source.loaded_at_query = nullable(entry.get("loaded_at_query"));
        source.freshness = entry.get("freshness");
        source.unrendered_database = entry.get("unrendered_database");
        source.unrendered_schema = entry.get("unrendered_schema");
        break;
      }
      case ResourceType::exposure:
        node.exposure = std::make_unique<ExposurePart>();
        node.exposure->type = entry.get_string("type");
        node.exposure->label = entry.get_string("label");
        node.exposure->maturity = entry.get_string("maturity");
        node.exposure->url = entry.get_string("url");
        node.exposure->owner = entry.get("owner");
        break;
      case ResourceType::unit_test: {
        node.unit_test = std::make_unique<UnitTestPart>();
        UnitTestPart& test = *node.unit_test;
        test.model_name = entry.get_string("model");
        test.given = entry.get("given");
        test.expect = entry.get("expect");
        test.overrides = entry.get("overrides");
        test.versions = entry.get("versions");
        test.version = entry.get("version");
        test.checksum = entry.get_string("checksum");
        break;
      }
      case ResourceType::function:
        node.function = std::make_unique<FunctionPart>();
        node.function->returns = entry.get("returns");
        node.function->arguments = entry.get("arguments");
        break;
      case ResourceType::metric:
      case ResourceType::semantic_model:
      case ResourceType::saved_query:
        node.semantic = std::make_unique<SemanticPart>();
        node.semantic->manifest_entry = entry;
        break;
      default:
        break;
    }
  }

  void link(Node& node, const jinja::Value& entry) const {
    node.depends_on_macros = macro_ids(entry.get("depends_on"));
    for (const auto& id : texts(entry.get("depends_on").get("nodes"))) node.depends_on.push_back(manifest_.find(id));
    if (node.test && node.test->generic && entry.get("attached_node").is_string())
      node.test->attached_node = manifest_.find(entry.get_string("attached_node"));
  }

  Manifest& manifest_;
  SourceMap& sources_;
};

}  // namespace modelc::testing
