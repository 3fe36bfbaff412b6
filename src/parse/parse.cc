// The stages of parsing, in order. Each collects the faults of all files before the next one starts.
#include "parse/parse.h"

#include <algorithm>

#include "base/timings.h"
#include "parse/capture_context.h"
#include "parse/config_builder.h"
#include "parse/files.h"
#include "parse/generic_tests.h"
#include "parse/link.h"
#include "parse/macro_parser.h"
#include "parse/patches.h"
#include "parse/schema_yaml.h"
#include "parse/sql_nodes.h"
#include "parse/state.h"
#include "parse/yaml_nodes.h"
#include "select/select.h"

namespace modelc {
namespace {

void collect(ParseState& state, std::vector<DraftPtr>& drafts) {
  for (DraftPtr& draft : drafts) {
    for (Diagnostic& d : draft->errors) state.errors.push_back(std::move(d));
    draft->errors.clear();
  }
}

void capture_all(ParseState& state, std::vector<DraftPtr>& drafts) {
  parse_in_parallel(
      drafts.size(), [&](size_t i) { capture(state, *drafts[i]); },
      [&](size_t i) -> std::vector<Diagnostic>& { return drafts[i]->errors; });
  collect(state, drafts);
}

void finish_all(ParseState& state, std::vector<DraftPtr>& drafts) {
  parse_in_parallel(
      drafts.size(),
      [&](size_t i) {
        Draft& draft = *drafts[i];
        try {
          apply_properties(state, draft);
          finish_config(state, draft);
          finish_properties(state, draft);
          if (draft.enabled) render_descriptions(state, draft);
          draft.forget_inputs();
        } catch (Error& error) {
          if (!error.diagnostic().span)
            error.diagnostic().span = draft.entry ? draft.entry->span() : draft.node.declared_at;
          throw;
        }
      },
      [&](size_t i) -> std::vector<Diagnostic>& { return drafts[i]->errors; });
  collect(state, drafts);
}

/// Builds the tests of all models, seeds and snapshots. Their entries have then served; in a large project they would
/// hold as much memory as all the tests.
std::vector<DraftPtr> build_tests(ParseState& state, const std::vector<SchemaFile>& files) {
  struct Job {
    YamlEntry* entry;
    std::vector<DraftPtr> drafts;
    std::vector<Diagnostic> errors;
  };
  std::vector<Job> jobs;
  for (const SchemaFile& file : files)
    for (std::string_view section : {"models", "seeds", "snapshots"})
      for (const auto& entry : file.entries)
        if (entry->key == section) jobs.push_back({entry.get(), {}, {}});
  parse_in_parallel(
      jobs.size(),
      [&](size_t i) {
        jobs[i].drafts = build_entry_tests(state, *jobs[i].entry, jobs[i].errors);
        jobs[i].entry->release();
      },
      [&](size_t i) -> std::vector<Diagnostic>& { return jobs[i].errors; });
  std::vector<DraftPtr> out;
  for (Job& job : jobs) {
    for (DraftPtr& draft : job.drafts) out.push_back(std::move(draft));
    for (Diagnostic& d : job.errors) state.errors.push_back(std::move(d));
  }
  return out;
}

bool shared_file_failed(const ParseState& state) {
  return std::any_of(state.files.begin(), state.files.end(), [](const LoadedFile& file) {
    const FileKind kind = file.source->kind;
    const bool shared = kind == FileKind::macro || kind == FileKind::generic_test_sql || kind == FileKind::docs_md ||
                        kind == FileKind::schema_yaml;
    return file.failed && shared;
  });
}

void append(std::vector<DraftPtr>& all, std::vector<DraftPtr> more) {
  for (DraftPtr& draft : more) all.push_back(std::move(draft));
}

}  // namespace

std::unique_ptr<ParsedProject> parse_project(const Invocation& invocation, Project project) {
  auto parsed = std::make_unique<ParsedProject>();
  parsed->project = std::move(project);
  append_embedded_packages(invocation, parsed->project);
  ParseState state(invocation, *parsed);

  load_files(state);
  // A model that does not compile is still a name that others may refer to: go on, and report what else is wrong.
  // Without a macro, a docs or a YAML file, though, everything that needs it would seem wrong too.
  if (shared_file_failed(state)) state.throw_if_errors();
  state.stop_on_errors_of([&] {
    collect_macros(state);
    collect_docs(state);
  });
  find_name_macros(state);

  std::vector<DraftPtr> drafts = create_sql_drafts(state);
  capture_all(state, drafts);
  std::vector<SchemaFile> files = state.stop_on_errors_of([&] { return read_schema_files(state); });

  link_patches(state, drafts, files);
  patch_macros(state, files);
  build_groups(state, files);
  finish_all(state, drafts);
  append(drafts, build_tests(state, files));
  append(drafts, build_sources(state, files));
  append(drafts, build_exposures(state, files));
  append(drafts, build_unit_tests(state, files, drafts));
  append(drafts, build_semantic(state, files));

  parsed->manifest.selectors = load_selectors(invocation, parsed->project);
  files.clear();
  link_manifest(state, std::move(drafts));
  return parsed;
}

std::unique_ptr<Node> parse_inline(const Invocation& invocation, const ParsedProject& parsed, std::string name,
                                   std::string sql, ResourceType type) {
  // The state only reads the finished project; it needs the non-const reference for the stages above.
  ParseState state(invocation, const_cast<ParsedProject&>(parsed));
  find_name_macros(state);
  Draft draft;
  draft.package = &parsed.project.root();
  Node& node = draft.node;
  node.resource_type = type;
  node.name = name;
  node.package_name = state.root_name;
  node.unique_id =
      (type == ResourceType::sql_operation ? "sql operation." : std::string(resource_type_name(type)) + ".") +
      state.root_name + "." + name;
  node.path = type == ResourceType::sql_operation ? "sql/" + name : name + ".sql";
  node.original_file_path = "from remote system.sql";
  node.fqn = {state.root_name, "sql", name};
  node.alias = name;
  node.schema = state.project.target.schema;
  node.database = state.project.target.database;
  node.quoting = state.quoting;
  node.created_at = state.created_at;
  node.checksum_name = "sha256";
  node.file = invocation.sources->add("inline query", std::move(sql));
  node.declared_at = Span{node.file, 0, 0};
  node.raw_code = node.file->text();
  try {
    node.tmpl = jinja::compile(*node.file);
  } catch (Error& error) {
    error.diagnostic().subject = draft_subject(node);
    throw;
  }
  capture(state, draft);
  finish_config(state, draft);
  resolve_dependencies(state, parsed.manifest, node);
  return std::move(draft.owned);
}

}  // namespace modelc
