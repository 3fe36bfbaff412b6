#include "parse/sql_nodes.h"

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "parse/capture_context.h"
#include "parse/static_parser.h"

namespace modelc {

using jinja::Value;

namespace {

std::vector<std::string> fqn_prefix(const std::string& package, std::string_view path) {
  std::vector<std::string_view> parts = split(path, '/');
  std::vector<std::string> fqn;
  fqn.reserve(parts.size() + 1);
  fqn.push_back(package);
  for (size_t i = 0; i + 1 < parts.size(); ++i) fqn.emplace_back(parts[i]);
  return fqn;
}

DraftPtr make_draft(const ParseState& state, const Package& package, ResourceType type, std::string name,
                    std::string path, std::string original_file_path) {
  auto draft = std::make_unique<Draft>();
  draft->package = &package;
  Node& node = draft->node;
  node.resource_type = type;
  node.package_name = package.project.name;
  node.unique_id = std::string(resource_type_name(type)) + "." + node.package_name + "." + name;
  node.fqn = fqn_prefix(node.package_name, path);
  node.fqn.push_back(name);
  node.alias = name;
  node.name = std::move(name);
  node.path = std::move(path);
  node.original_file_path = std::move(original_file_path);
  node.schema = state.project.target.schema;
  node.database = state.project.target.database;
  node.quoting = state.quoting;
  node.created_at = state.created_at;
  if (type == ResourceType::model) node.model = std::make_unique<ModelPart>();
  if (type == ResourceType::test) node.test = std::make_unique<TestPart>();
  if (type == ResourceType::seed) node.seed = std::make_unique<SeedPart>();
  if (type == ResourceType::function) node.function = std::make_unique<FunctionPart>();
  return draft;
}

void set_text(Node& node, const LoadedFile& file) {
  node.file = file.text;
  node.tmpl = file.tmpl;
  node.checksum = file.checksum;
  if (!file.text) return;
  node.raw_code = file.text->text();
  node.declared_at = Span{file.text, 0, 0};
}

void add_snapshot_blocks(ParseState& state, const LoadedFile& file, std::vector<DraftPtr>& drafts) {
  for (const jinja::MacroInfo& info : file.tmpl->macros()) {
    if (info.kind != jinja::MacroKind::snapshot) continue;
    DraftPtr draft = make_draft(state, *file.package, ResourceType::snapshot, info.name, file.source->relative_path,
                                file.source->path);
    Node& node = draft->node;
    node.fqn.insert(node.fqn.end() - 1, path_stem(file.source->path));  // a snapshot's fqn names its file too
    node.checksum = file.checksum;
    node.raw_code = info.body.text();
    // The block is a text of its own, as in dbt: macros that it calls are called by the node itself.
    uint32_t line = file.text->line_column(info.body.begin).line - 1;
    node.file = state.invocation.sources->add(file.source->path, std::string(node.raw_code), line);
    node.declared_at = info.span;
    try {
      node.tmpl = jinja::compile(*node.file);
    } catch (Error& error) {
      error.diagnostic().subject = draft_subject(node);
      state.errors.push_back(error.diagnostic());
      continue;
    }
    drafts.push_back(std::move(draft));
  }
}

void add_file(ParseState& state, const LoadedFile& file, std::vector<DraftPtr>& drafts) {
  const ProjectSourceFile& source = *file.source;
  std::string name = path_stem(source.path);
  auto add = [&](ResourceType type, std::string path) -> Node& {
    drafts.push_back(make_draft(state, *file.package, type, name, std::move(path), source.path));
    set_text(drafts.back()->node, file);
    return drafts.back()->node;
  };
  switch (source.kind) {
    case FileKind::model_sql:
      add(ResourceType::model, source.relative_path);
      break;
    case FileKind::model_python:
      add(ResourceType::model, source.relative_path).language = "python";
      break;
    case FileKind::analysis_sql:
      add(ResourceType::analysis, "analysis/" + source.relative_path);
      break;
    case FileKind::singular_test_sql:
      add(ResourceType::test, source.relative_path);
      break;
    case FileKind::function_sql: {
      Node& node = add(ResourceType::function, source.relative_path);
      if (source.path.ends_with(".py")) node.language = "python";
      break;
    }
    case FileKind::seed_csv: {
      Node& node = add(ResourceType::seed, source.relative_path);
      node.seed->root_path = path_absolute(file.package->project.root);
      node.seed->path_checksum = file.checksum_is_path;
      if (file.checksum_is_path) node.checksum_name = "path";
      break;
    }
    default:
      break;
  }
}

void add_hooks(ParseState& state, const Package& package, std::vector<DraftPtr>& drafts) {
  std::string file_name = package.project.file ? path_filename(package.project.file->path()) : "dbt_project.yml";
  auto add_all = [&](const std::vector<std::string>& hooks, std::string_view kind) {
    for (size_t i = 0; i < hooks.size(); ++i) {
      std::string name = package.project.name + "-" + std::string(kind) + "-" + std::to_string(i);
      DraftPtr draft =
          make_draft(state, package, ResourceType::operation, name, "hooks/" + name + ".sql", "./" + file_name);
      Node& node = draft->node;
      node.tags = {std::string(kind)};
      node.hook_index = static_cast<int>(i);
      node.checksum = package.project.file ? sha256_hex(trim(package.project.file->text())) : std::string();
      node.file = state.invocation.sources->add(file_name + " (" + std::string(kind) + ")", hooks[i]);
      node.raw_code = node.file->text();
      node.declared_at = Span{node.file, 0, 0};
      try {
        node.tmpl = jinja::compile(*node.file);
      } catch (Error& error) {
        error.diagnostic().subject = draft_subject(node);
        state.errors.push_back(error.diagnostic());
        continue;
      }
      drafts.push_back(std::move(draft));
    }
  };
  add_all(package.project.on_run_start, "on-run-start");
  add_all(package.project.on_run_end, "on-run-end");
}

/// dbt renders after all when the project or the package has a macro named ref, source or config.
bool may_parse_statically(const ParseState& state, const Node& node) {
  if (node.resource_type != ResourceType::model || !state.invocation.flags.static_parser) return false;
  for (std::string_view name : {"ref", "source", "config"})
    for (const std::string& package : {state.root_name, node.package_name})
      if (state.macros().find_in_package(package, name) != no_id) return false;
  return true;
}

bool capture_statically(const ParseState& state, Draft& draft) {
  Node& node = draft.node;
  if (!may_parse_statically(state, node)) return false;
  std::optional<StaticModel> model = parse_static_model(*node.file);
  if (!model) return false;
  node.refs = std::move(model->refs);
  node.sources = std::move(model->sources);
  for (auto& [key, value] : model->configs) {
    Value call = Value::dict();
    call.as_dict().set(std::string_view(key), std::move(value));
    merge_config_call(draft.calls, call);
  }
  return true;
}

}  // namespace

std::vector<DraftPtr> create_sql_drafts(ParseState& state) {
  static constexpr FileKind order[] = {FileKind::model_sql,    FileKind::model_python,      FileKind::snapshot_sql,
                                       FileKind::analysis_sql, FileKind::singular_test_sql, FileKind::seed_csv,
                                       FileKind::function_sql};
  std::vector<DraftPtr> drafts;
  drafts.reserve(state.files.size());
  for (const Package& package : state.project.packages) {
    for (FileKind kind : order) {
      for (const LoadedFile& file : state.files) {
        if (file.package != &package || file.source->kind != kind) continue;
        if (kind == FileKind::snapshot_sql) {
          if (file.tmpl) add_snapshot_blocks(state, file, drafts);
        } else if (file.tmpl || file.failed || kind == FileKind::seed_csv || file.source->path.ends_with(".py")) {
          add_file(state, file, drafts);
        }
      }
      if (kind == FileKind::seed_csv) add_hooks(state, package, drafts);
    }
  }
  return drafts;
}

void capture(const ParseState& state, Draft& draft) {
  Node& node = draft.node;
  if (node.resource_type == ResourceType::seed) return;
  if (node.language == "python" && node.model) {
    capture_python(state, draft);
    return;
  }
  if (!node.tmpl || !jinja::has_markup(node.raw_code)) return;
  if (capture_statically(state, draft)) return;
  CaptureContext context(state, draft);
  context.run(*node.tmpl);
}

DraftPtr create_yaml_snapshot(ParseState& state, const LoadedFile& file, const std::string& name,
                              const std::string& relation, Span span) {
  DraftPtr draft = make_draft(state, *file.package, ResourceType::snapshot, name,
                              file.source->relative_path + "/" + name + ".sql", file.source->path);
  Node& node = draft->node;
  node.fqn = fqn_prefix(node.package_name, file.source->relative_path);
  node.fqn.push_back(name);
  node.checksum = sha256_hex(trim(file.text->text()));
  node.file =
      state.invocation.sources->add(file.source->path + " (" + name + ")", "select * from {{ " + relation + " }}");
  node.raw_code = node.file->text();
  node.tmpl = jinja::compile(*node.file);
  node.declared_at = span;
  RefOrSource target = parse_ref_or_source(state.invocation, relation, span);
  if (target.ref) node.refs.push_back(*target.ref);
  if (target.source) node.sources.push_back(*target.source);
  return draft;
}

RefOrSource parse_ref_or_source(const Invocation& invocation, const std::string& expression, Span span) {
  RefOrSource out;
  jinja::TemplatePtr tmpl;
  const SourceFile* file = invocation.sources->add("<expression>", "{{ " + expression + " }}");
  try {
    tmpl = jinja::compile(*file);
  } catch (const Error&) {
    fail_parsing("parse/bad-ref", "Invalid jinja expression: " + expression, {}, span);
  }
  auto literal = [&](const std::optional<Value>& v) {
    if (!v || !v->is_string()) fail_parsing("parse/bad-ref", "Invalid jinja expression: " + expression, {}, span);
    return v->as_string();
  };
  for (const jinja::StaticCall& call : tmpl->calls()) {
    size_t count = call.positional.size();
    if (call.path == "ref" && (count == 1 || count == 2)) {
      RefArgs ref;
      ref.name = literal(call.positional.back());
      if (count == 2) ref.package = literal(call.positional[0]);
      for (const auto& [name, value] : call.named)
        if ((name == "v" || name == "version") && value) ref.version = *value;
      ref.span = span;
      out.ref = std::move(ref);
      return out;
    }
    if (call.path == "source" && count == 2) {
      out.source = SourceRef{literal(call.positional[0]), literal(call.positional[1]), span};
      return out;
    }
  }
  fail_parsing("parse/bad-ref", "Invalid ref or source expression: " + expression, {}, span);
}

}  // namespace modelc
