#include "parse/macro_parser.h"

#include <algorithm>

#include "base/text.h"
#include "jinja/render.h"
#include "parse/files.h"
#include "parse/macro_blocks.h"

namespace modelc {

using jinja::Value;

namespace {

std::string callable_name(const jinja::MacroInfo& info) {
  switch (info.kind) {
    case jinja::MacroKind::test:
      return "test_" + info.name;
    case jinja::MacroKind::materialization:
      return "materialization_" + info.name + "_" + (info.adapter.empty() ? "default" : info.adapter);
    default:
      return info.name;
  }
}

bool is_wanted(FileKind file, jinja::MacroKind kind) {
  if (kind == jinja::MacroKind::test) return true;
  if (file == FileKind::generic_test_sql) return false;
  return kind == jinja::MacroKind::macro || kind == jinja::MacroKind::materialization;
}

/// Shared by all macros without a YAML entry.
struct MacroDefaults {
  Value meta = Value::dict();
  Value docs = Value::dict({{"show", Value(true)}, {"node_color", Value::none()}});
  Value arguments = Value::list();
  Value config = Value::dict({{"meta", meta}, {"docs", docs}});
};

void add_macros(ParseState& state, const LoadedFile& file, const MacroDefaults& defaults, bool list_arguments,
                NameMap<MacroId>& seen) {
  for (const jinja::MacroInfo& info : file.tmpl->macros()) {
    if (!is_wanted(file.source->kind, info.kind)) continue;
    Macro macro;
    macro.id = static_cast<MacroId>(state.manifest.macros.size());
    macro.name = callable_name(info);
    macro.package_name = file.package->project.name;
    macro.unique_id = "macro." + macro.package_name + "." + macro.name;
    macro.path = macro.original_file_path = file.source->path;
    macro.kind = info.kind;
    macro.tmpl = file.tmpl;
    macro.index = info.index;
    macro.meta = defaults.meta;
    macro.docs = defaults.docs;
    macro.config = defaults.config;
    macro.arguments = defaults.arguments;
    macro.created_at = state.created_at;
    macro.embedded = file.package->embedded;
    if (info.kind == jinja::MacroKind::materialization)
      macro.supported_languages =
          info.supported_languages.empty() ? std::vector<std::string>{"sql"} : info.supported_languages;
    if (list_arguments) {
      macro.arguments = Value::list();
      for (const jinja::MacroArgument& argument : info.arguments)
        macro.arguments.as_list().push_back(
            Value::dict({{"name", Value(argument.name)}, {"type", Value::none()}, {"description", Value("")}}));
    }
    auto [other, fresh] = seen.emplace(macro.unique_id, macro.id);
    if (!fresh) {
      Diagnostic d;
      d.kind = ErrorKind::compilation;
      d.code = "parse/duplicate-macro";
      d.message = "dbt found two macros named \"" + macro.name + "\" in the project\n\"" + macro.package_name +
                  "\".\n\n\nTo fix this error, rename or remove one of the following\nmacros:\n\n    - " +
                  macro.original_file_path + "\n\n    - " + state.manifest.macros[other->second].original_file_path;
      d.span = info.span;
      const Macro& first = state.manifest.macros[other->second];
      d.notes.push_back({"first defined here", first.tmpl->macros()[first.index].span});
      state.errors.push_back(std::move(d));
      continue;
    }
    state.manifest.macros.push_back(std::move(macro));
  }
}

bool is_snapshot_block(const jinja::MacroInfo& info) { return info.kind == jinja::MacroKind::snapshot; }

/// May a tag stand between the blocks of the file? Quick, and right where it says no.
bool has_tags_between(const LoadedFile& file, bool of_snapshots) {
  const std::string_view text = file.text->text();
  size_t at = 0;
  for (const jinja::MacroInfo& info : file.tmpl->macros()) {
    if (is_snapshot_block(info) != of_snapshots || info.span.begin < at) continue;
    if (text.substr(at, info.span.begin - at).find("{%") != std::string_view::npos) return true;
    at = info.span.end;
  }
  return text.substr(at).find("{%") != std::string_view::npos;
}

void warn_of_stray_tags(const ParseState& state, const LoadedFile& file) {
  const bool of_snapshots = file.source->kind == FileKind::snapshot_sql;
  if (file.package->embedded || !file.tmpl || !has_tags_between(file, of_snapshots)) return;
  const std::string& path = of_snapshots ? file.source->relative_path : file.source->path;  // as in dbt
  for (const std::string& word : tags_between_blocks(file.text->text(), of_snapshots)) {
    const std::string what = "Found unexpected '" + word + "' block tag.";
    warn_deprecation(
        state, "UnexpectedJinjaBlockDeprecation", "D023",
        "[WARNING][UnexpectedJinjaBlockDeprecation]: Deprecated functionality\n" + what + " in file `" + path + "`",
        Value::dict({{"msg", Value(what)}, {"file", Value(path)}}));
  }
}

/// Names that dbt's macro context has; calls of them are no dependencies.
bool is_context_name(std::string_view name) {
  static const NameMap<bool> names = [] {
    NameMap<bool> out;
    for (std::string_view n : {"var",
                               "env_var",
                               "return",
                               "fromjson",
                               "tojson",
                               "fromyaml",
                               "toyaml",
                               "set",
                               "set_strict",
                               "zip",
                               "zip_strict",
                               "log",
                               "print",
                               "diff_of_two_dicts",
                               "local_md5",
                               "dbt_version",
                               "run_started_at",
                               "invocation_id",
                               "thread_id",
                               "flags",
                               "modules",
                               "builtins",
                               "context",
                               "target",
                               "project_name",
                               "source",
                               "ref",
                               "config"})
      out.emplace(n, true);
    return out;
  }();
  return names.contains(name);
}

std::optional<std::string> literal_text(const jinja::StaticCall& call, size_t position, std::string_view name) {
  if (call.positional.size() > position && call.positional[position] && call.positional[position]->is_string())
    return call.positional[position]->as_string();
  for (const auto& [key, value] : call.named)
    if (key == name && value && value->is_string()) return value->as_string();
  return std::nullopt;
}

/// dbt: statically_extract_macro_calls and ManifestLoader.macro_depends_on.
void resolve_dependencies(const MacroNamespace& macros, const std::string& root, Macro& macro) {
  auto add = [&](std::string_view name) {
    if (name == macro.name) return;
    std::string_view package = macro.package_name;
    if (size_t dot = name.find('.'); dot != std::string_view::npos) {
      package = name.substr(0, dot);
      name = name.substr(dot + 1);
      if (name.find('.') != std::string_view::npos) return;
    }
    MacroId id = macros.resolve(name, package);
    if (id != no_id && std::find(macro.depends_on.begin(), macro.depends_on.end(), id) == macro.depends_on.end())
      macro.depends_on.push_back(id);
  };
  for (const jinja::StaticCall& call : macro.tmpl->macros()[macro.index].calls) {
    if (call.path == "adapter.dispatch") {
      std::optional<std::string> name = literal_text(call, 0, "macro_name");
      if (!name) continue;
      add(*name);
      // Like dbt's own manifest: what the adapter complements is no macro of the project.
      MacroId id = macros.dispatch(*name, literal_text(call, 1, "macro_namespace"), root, nullptr, false);
      if (id != no_id) add(macros.macro(id).package_name + "." + macros.macro(id).name);
    } else if (!call.path.starts_with("adapter.") && !is_context_name(call.path)) {
      add(call.path);
    }
  }
}

struct DocsBlock {
  std::string name;
  size_t begin, end;  // of the contents
};

/// Reads a block tag at `at` ("{%"): its first word and the rest; `after` gets the place behind "%}".
bool read_tag(std::string_view text, size_t at, std::string_view& word, std::string_view& rest, size_t& after) {
  size_t close = text.find("%}", at + 2);
  if (close == std::string_view::npos) return false;
  std::string_view inner = text.substr(at + 2, close - at - 2);
  if (inner.starts_with('-') || inner.starts_with('+')) inner.remove_prefix(1);
  if (inner.ends_with('-') || inner.ends_with('+')) inner.remove_suffix(1);
  inner = trim(inner);
  size_t end = inner.find_first_of(" \t\r\n");
  word = inner.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : trim(inner.substr(end));
  after = close + 2;
  return true;
}

/// The docs blocks of a Markdown file. Nothing else in it is looked at: prose may hold braces of its own.
std::vector<DocsBlock> find_docs_blocks(const SourceFile& file) {
  std::vector<DocsBlock> blocks;
  std::string_view text = file.text(), word, rest;
  size_t at = 0, after = 0;
  bool raw = false;
  std::optional<DocsBlock> open;
  size_t open_at = 0;
  while ((at = text.find('{', at)) != std::string_view::npos) {
    if (at + 1 < text.size() && text[at + 1] == '#' && !raw) {
      size_t close = text.find("#}", at + 2);
      at = close == std::string_view::npos ? text.size() : close + 2;
      continue;
    }
    if (at + 1 >= text.size() || text[at + 1] != '%' || !read_tag(text, at, word, rest, after)) {
      ++at;
      continue;
    }
    if (word == "raw")
      raw = true;
    else if (word == "endraw")
      raw = false;
    else if (raw) {
    } else if (word == "docs" && !open) {
      open = DocsBlock{std::string(rest), after, after};
      open_at = at;
    } else if (word == "enddocs" && open) {
      open->end = at;
      blocks.push_back(*open);
      open.reset();
    }
    at = after;
  }
  if (open)
    fail_compilation("parse/docs-block",
                     "Reached EOF without finding a close tag for docs (searched from line " +
                         std::to_string(file.line_column(static_cast<uint32_t>(open_at)).line) + ")",
                     {}, Span{&file, static_cast<uint32_t>(open_at), static_cast<uint32_t>(open->begin)});
  return blocks;
}

std::string doc_contents(ParseState& state, const LoadedFile& file, const DocsBlock& block) {
  std::string_view text = file.text->text().substr(block.begin, block.end - block.begin);
  if (!jinja::has_markup(text)) return std::string(strip_text(text));
  const SourceFile* part = state.invocation.sources->add(
      file.source->path, std::string(text), file.text->line_column(static_cast<uint32_t>(block.begin)).line - 1);
  jinja::DictContext context(Value::dict());
  return std::string(strip_text(jinja::render(*jinja::compile(*part), context).text));
}

}  // namespace

void collect_macros(ParseState& state) {
  MacroDefaults defaults;
  NameMap<MacroId> seen;
  bool list_arguments = state.behavior("validate_macro_args");
  size_t count = 0;
  for (const LoadedFile& file : state.files)
    if (file.tmpl) count += file.tmpl->macros().size();
  state.manifest.macros.reserve(count);
  for (FileKind kind : {FileKind::macro, FileKind::generic_test_sql})
    for (const LoadedFile& file : state.files)
      if (file.source->kind == kind && file.tmpl) add_macros(state, file, defaults, list_arguments, seen);
  for (const LoadedFile& file : state.files)
    if (file.source->kind == FileKind::macro || file.source->kind == FileKind::snapshot_sql)
      warn_of_stray_tags(state, file);
  state.out.macros = std::make_unique<MacroNamespace>(state.manifest.macros, state.project, state.traits);
  for (Macro& macro : state.manifest.macros) resolve_dependencies(*state.out.macros, state.root_name, macro);
}

void collect_docs(ParseState& state) {
  NameMap<uint32_t> seen;
  for (LoadedFile& file : state.files) {
    if (file.source->kind != FileKind::docs_md || !file.text ||
        file.text->text().find("docs") == std::string_view::npos)
      continue;
    try {
      for (const DocsBlock& block : find_docs_blocks(*file.text)) {
        DocBlock doc;
        doc.name = block.name;
        doc.package_name = file.package->project.name;
        doc.unique_id = "doc." + doc.package_name + "." + doc.name;
        doc.path = file.source->relative_path;
        doc.original_file_path = file.source->path;
        doc.contents = doc_contents(state, file, block);
        uint32_t index = static_cast<uint32_t>(state.manifest.docs.size());
        auto [first, fresh] = seen.emplace(doc.unique_id, index);
        if (!fresh) {
          const DocBlock& other = state.manifest.docs[first->second];
          fail_compilation(
              "parse/duplicate-doc",
              "dbt found two docs with the name \"" + doc.name +
                  "\".\n\nSince these resources have the same name, dbt will be unable to find the correct resource\n"
                  "when looking for doc(\"" +
                  doc.name +
                  "\").\n\nTo fix this, change the name of one of these "
                  "resources:\n- " +
                  doc.unique_id + " (" + doc.original_file_path + ")\n- " + other.unique_id + " (" +
                  other.original_file_path + ")",
              {}, Span{file.text, static_cast<uint32_t>(block.begin), static_cast<uint32_t>(block.end)});
        }
        state.docs[doc.name].push_back(index);
        state.manifest.docs.push_back(std::move(doc));
      }
    } catch (const Error& error) {
      state.errors.push_back(error.diagnostic());
    }
  }
}

}  // namespace modelc
