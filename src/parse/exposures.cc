// Exposures and groups (dbt: parser/schema_yaml_readers.py).
#include <algorithm>

#include "base/text.h"
#include "jinja/value_errors.h"
#include "manifest/find.h"
#include "parse/config_builder.h"
#include "parse/patches.h"
#include "parse/yaml_nodes.h"

namespace modelc {

using jinja::Value;

namespace {

Value or_none(const Value& v) { return v.is_undefined() ? Value::none() : v; }

Value owner_value(const Value& owner) {
  Value out = Value::dict({{"email", or_none(owner.get("email"))}, {"name", or_none(owner.get("name"))}});
  out.as_dict().update(owner.as_dict());
  return out;
}

void check_owner(const YamlEntry& entry, std::string_view what) {
  Value owner = entry.data.get("owner");
  if (or_none(owner.get("name")).is_none() && or_none(owner.get("email")).is_none())
    fail_entry(entry, std::string(what) + " owner must have at least one of 'name' or 'email'.",
               yaml_place(entry, {"owner"}));
}

/// ref, source and metric in an exposure's depends_on.
class ExposureContext final : public jinja::Context {
 public:
  ExposureContext(Node& node, Span span) : node_(node), span_(span) {}

  bool lookup(std::string_view name, Value& out) override {
    if (name == "ref") {
      out = Value::function("ref", [this](jinja::State&, jinja::CallArgs& args) { return ref(args); });
    } else if (name == "source") {
      out = Value::function("source", [this](jinja::State&, jinja::CallArgs& args) { return source(args); });
    } else if (name == "metric") {
      out = Value::function("metric", [this](jinja::State&, jinja::CallArgs& args) { return metric(args); });
    } else {
      return false;
    }
    return true;
  }

 private:
  Value ref(jinja::CallArgs& args) {
    size_t count = args.positional.size();
    if (count != 1 && count != 2)
      fail_compilation("parse/ref-arguments", "ref() takes at most two arguments (" + std::to_string(count) + " given)",
                       {}, span_);
    RefArgs ref;
    ref.name = jinja::to_str(args.positional.back());
    if (count == 2) ref.package = jinja::to_str(args.positional[0]);
    for (std::string_view name : {"v", "version"})
      if (const Value* version = args.find_named(name); version && jinja::truth(*version)) ref.version = *version;
    ref.span = span_;
    node_.refs.push_back(std::move(ref));
    return Value("");
  }
  Value source(jinja::CallArgs& args) {
    if (args.positional.size() != 2)
      fail_compilation("parse/source-arguments",
                       "source() takes exactly two arguments (" + std::to_string(args.positional.size()) + " given)",
                       {}, span_);
    node_.sources.push_back({jinja::to_str(args.positional[0]), jinja::to_str(args.positional[1]), span_});
    return Value("");
  }
  Value metric(jinja::CallArgs& args) {
    size_t count = args.positional.size();
    if (count != 1 && count != 2)
      fail_compilation("parse/ref-arguments",
                       "metric() takes at most two arguments (" + std::to_string(count) + " given)", {}, span_);
    std::vector<std::string> parts;
    for (const Value& argument : args.positional) parts.push_back(jinja::to_str(argument));
    node_.metrics.push_back(std::move(parts));
    return Value("");
  }

  Node& node_;
  Span span_;
};

bool is_plain_name(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c == '_' || c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c & 0x80);
  });
}

Value sorted_union(const std::vector<Value>& lists) {
  std::vector<Value> out;
  for (const Value& list : lists)
    if (list.is_list())
      for (const Value& item : list.as_list())
        if (std::none_of(out.begin(), out.end(), [&](const Value& v) { return jinja::equals(v, item); }))
          out.push_back(item);
  std::sort(out.begin(), out.end(), [](const Value& x, const Value& y) { return jinja::to_str(x) < jinja::to_str(y); });
  return Value::list(std::move(out));
}

DraftPtr build_exposure(ParseState& state, const YamlEntry& entry) {
  check_owner(entry, "Exposure");
  if (!is_plain_name(entry.name))
    warn_deprecation(
        state, "ExposureNameDeprecation", "D007",
        "[WARNING]: Deprecated functionality\nStarting in v1.3, the 'name' of an exposure should contain only letters, "
        "numbers, and underscores. Exposures support a new property, 'label', which may contain spaces, capital "
        "letters, "
        "and special characters. " +
            entry.name +
            " does not follow this pattern. Please update the 'name', and use the 'label' property for a "
            "human-friendly "
            "title. This will raise an error in a future version of dbt-core.",
        Value::dict({{"exposure", Value(entry.name)}}), entry.span());
  auto draft = std::make_unique<Draft>();
  draft->package = entry.file->package;
  draft->entry = &entry;
  Node& node = draft->node;
  const Value& data = entry.data;
  node.resource_type = ResourceType::exposure;
  node.exposure = std::make_unique<ExposurePart>();
  node.name = entry.name;
  node.package_name = entry.file->package->project.name;
  node.unique_id = "exposure." + node.package_name + "." + node.name;
  node.path = entry.file->source->relative_path;
  node.original_file_path = entry.file->source->path;
  node.fqn = {node.package_name};
  std::vector<std::string_view> folders = split(node.path, '/');
  for (size_t i = 0; i + 1 < folders.size(); ++i) node.fqn.emplace_back(folders[i]);
  node.fqn.push_back(node.name);
  node.declared_at = entry.span();
  node.created_at = state.created_at;
  node.exposure->type = data.get_string("type");
  node.exposure->label = data.get_string("label");
  node.exposure->maturity = data.get_string("maturity");
  node.exposure->url = data.get_string("url");
  node.exposure->owner = owner_value(data.get("owner"));

  node.config = build_config(state, *draft->package, ResourceType::exposure, node.fqn, data.get("config"), Value());
  node.unrendered_config =
      build_unrendered_config(state, *draft->package, ResourceType::exposure, node.fqn, data.get("config"), Value());
  // dbt adds the project file's outermost tags and meta, those written without '+', where the config replaces them.
  auto tree = draft->package->project.configs.find("exposures");
  const Value outermost = tree == draft->package->project.configs.end() ? Value() : tree->second;
  Value tags = sorted_union({outermost.get("tags"), data.get("tags"), node.config.get("tags")});
  Value meta = Value::dict();
  for (const Value& level : {outermost.get("meta"), data.get("meta"), node.config.get("meta")})
    if (level.is_dict()) meta.as_dict().update(level.as_dict());
  Value config = Value::dict();
  config.as_dict().update(node.config.as_dict());
  config.as_dict().set("tags", tags);
  config.as_dict().set("meta", meta);
  node.config = config;
  draft->enabled = node.config.get_bool("enabled", true);
  node.meta = node.config.get("meta");
  for (const Value& tag : tags.as_list()) node.tags.push_back(jinja::to_str(tag));

  if (Value depends = data.get("depends_on"); depends.is_list()) {
    for (size_t i = 0; i < depends.as_list().size(); ++i) {
      Span span = yaml_place(entry, {"depends_on", std::to_string(i)});
      std::string text = jinja::to_str(depends.as_list()[i]);
      const SourceFile* file = state.invocation.sources->add("<depends_on>", "{{ " + text + " }}");
      ExposureContext context(node, span);
      try {
        jinja::render(*jinja::compile(*file), context);
      } catch (Error& error) {
        error.diagnostic().span = span;
        error.diagnostic().subject = draft_subject(node);
        throw;
      }
    }
  }
  node.description =
      render_description(state, data.get_string("description"), node, nullptr, yaml_place(entry, {"description"}));
  return draft;
}

}  // namespace

std::vector<DraftPtr> build_exposures(ParseState& state, const std::vector<SchemaFile>& files) {
  std::vector<DraftPtr> out;
  for (const SchemaFile& file : files) {
    for (const auto& entry : file.entries) {
      if (entry->key != "exposures") continue;
      try {
        out.push_back(build_exposure(state, *entry));
      } catch (Error& error) {
        if (!error.diagnostic().span) error.diagnostic().span = entry->span();
        state.errors.push_back(error.diagnostic());
      }
    }
  }
  return out;
}

void build_groups(ParseState& state, const std::vector<SchemaFile>& files) {
  for (const SchemaFile& file : files) {
    for (const auto& entry : file.entries) {
      if (entry->key != "groups") continue;
      try {
        check_owner(*entry, "Group");
        Group group;
        group.name = entry->name;
        group.package_name = file.file->package->project.name;
        group.unique_id = "group." + group.package_name + "." + group.name;
        group.path = file.file->source->relative_path;
        group.original_file_path = file.file->source->path;
        group.owner = owner_value(entry->data.get("owner"));
        if (Value text = entry->data.get("description"); text.is_string()) group.description = text.as_string();
        std::vector<std::string> fqn = {group.package_name};
        std::vector<std::string_view> folders = split(group.path, '/');
        for (size_t i = 0; i + 1 < folders.size(); ++i) fqn.emplace_back(folders[i]);
        fqn.push_back(group.name);
        group.config = build_group_config(state, *file.file->package, fqn, entry->data.get("config"));
        for (const Group& other : state.manifest.groups)
          if (other.unique_id == group.unique_id)
            throw duplicate_thing_error("groups",
                                        {group.unique_id, group.name, group.original_file_path, entry->span()},
                                        {other.unique_id, other.name, other.original_file_path, {}});
        state.manifest.groups.push_back(std::move(group));
      } catch (const Error& error) {
        state.errors.push_back(error.diagnostic());
      }
    }
  }
}

}  // namespace modelc
