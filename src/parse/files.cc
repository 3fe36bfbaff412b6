#include "parse/files.h"

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "parse/embedded_macros.h"
#include "parse/macro_blocks.h"

namespace modelc {
namespace {

/// dbt reads no contents of seeds above this size: their checksum is their path.
constexpr uint64_t kMaxSeedSize = 1u << 20;

/// Length in bytes of the white space character that `text` begins with, by Python's str.isspace; 0 = none.
size_t space_at(std::string_view text) {
  auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  unsigned c = byte(0);
  if ((c >= 9 && c <= 13) || (c >= 0x1c && c <= 0x20)) return 1;
  if (c == 0xC2 && (byte(1) == 0x85 || byte(1) == 0xA0)) return 2;
  if (c == 0xE1 && byte(1) == 0x9A && byte(2) == 0x80) return 3;
  if (c == 0xE2 && byte(1) == 0x80 &&
      ((byte(2) >= 0x80 && byte(2) <= 0x8A) || byte(2) == 0xA8 || byte(2) == 0xA9 || byte(2) == 0xAF))
    return 3;
  if (c == 0xE2 && byte(1) == 0x81 && byte(2) == 0x9F) return 3;
  if (c == 0xE3 && byte(1) == 0x80 && byte(2) == 0x80) return 3;
  return 0;
}

bool is_compiled(FileKind kind) {
  switch (kind) {
    case FileKind::macro:
    case FileKind::model_sql:
    case FileKind::snapshot_sql:
    case FileKind::analysis_sql:
    case FileKind::singular_test_sql:
    case FileKind::generic_test_sql:
    case FileKind::function_sql:
      return true;
    default:
      return false;
  }
}

std::string subject_of(const LoadedFile& file) {
  std::string_view kind;
  switch (file.source->kind) {
    case FileKind::model_sql:
      kind = "model";
      break;
    case FileKind::snapshot_sql:
      kind = "snapshot";
      break;
    case FileKind::analysis_sql:
      kind = "analysis";
      break;
    case FileKind::singular_test_sql:
      kind = "test";
      break;
    case FileKind::function_sql:
      kind = "function";
      break;
    case FileKind::schema_yaml:
      kind = "file";
      break;
    default:
      kind = "macro";
      break;
  }
  return std::string(kind) + " " + path_stem(file.source->path) + " (" + file.source->path + ")";
}

void load_seed(LoadedFile& file, const FileSystem& fs) {
  if (file.source->size > kMaxSeedSize) {
    file.checksum = file.source->path;
    file.checksum_is_path = true;
    return;
  }
  file.checksum = sha256_hex(strip_text(fs.read(path_join(file.package->project.root, file.source->path))));
}

[[noreturn]] void fail_encoding(const Invocation& invocation, const LoadedFile& file, std::string_view text) {
  size_t line = 0, end = 0;
  while ((end = text.find('\n', line)) != std::string_view::npos && is_valid_utf8(text.substr(line, end - line)))
    line = end + 1;
  const SourceFile* source = invocation.sources->add(file.source->path, std::string(text));
  const auto at = static_cast<uint32_t>(line);
  fail_parsing("parse/encoding", "The file " + file.source->path + " is not valid UTF-8.", subject_of(file),
               {source, at, at + 1}, "Save the file with the encoding UTF-8.");
}

/// The file once more without what stands between its macros; null when that is not at fault.
jinja::TemplatePtr compile_blocks(const Invocation& invocation, const LoadedFile& file) {
  std::optional<std::string> blocks = blocks_alone(file.text->text());
  if (!blocks) return nullptr;
  const uint32_t lines = file.text->line_column(0).line - 1;
  try {
    return jinja::compile(*invocation.sources->add(file.source->path, std::move(*blocks), lines));
  } catch (const Error&) {
    return nullptr;
  }
}

void load_one(const Invocation& invocation, LoadedFile& file) {
  if (file.source->kind == FileKind::seed_csv) {
    load_seed(file, *invocation.fs);
    return;
  }
  if (!file.text) {  // not embedded
    std::string text = invocation.fs->read(path_join(file.package->project.root, file.source->path));
    if (file.source->kind != FileKind::schema_yaml && !is_valid_utf8(text)) fail_encoding(invocation, file, text);
    uint32_t lines = 0;
    const std::string_view stripped = strip_text(text, &lines);
    if (file.source->kind == FileKind::schema_yaml) {
      // Blanks in front may be indentation. Those behind go as in dbt: a `|` text that ends the file ends without a
      // break.
      text.resize(stripped.empty() ? 0 : static_cast<size_t>(stripped.data() + stripped.size() - text.data()));
      lines = 0;
    } else if (stripped.size() != text.size()) {
      text = std::string(stripped);
    }
    file.text = invocation.sources->add(file.source->path, std::move(text), lines);
  }
  if (file.source->kind == FileKind::schema_yaml) {
    try {
      file.yaml = load_yaml(*file.text);
    } catch (Error& error) {
      Diagnostic& d = error.diagnostic();
      d.message = "Error reading " + file.package->project.name + ": " + file.source->relative_path + " - " + d.message;
      throw;
    }
    return;
  }
  if (!file.package->embedded && file.source->kind != FileKind::macro && file.source->kind != FileKind::docs_md)
    file.checksum = sha256_hex(file.text->text());
  if (is_compiled(file.source->kind)) {
    try {
      file.tmpl = jinja::compile(*file.text);
    } catch (Error& error) {
      if (file.source->kind == FileKind::macro || file.source->kind == FileKind::generic_test_sql) {
        file.tmpl = compile_blocks(invocation, file);
        if (file.tmpl) return;
      }
      if (error.diagnostic().subject.empty()) error.diagnostic().subject = subject_of(file);
      throw;
    }
  }
}

}  // namespace

std::string_view strip_text(std::string_view text, uint32_t* lines) {
  uint32_t count = 0;
  while (!text.empty()) {
    size_t n = space_at(text);
    if (n == 0) break;
    if (text[0] == '\n') ++count;
    text.remove_prefix(n);
  }
  while (!text.empty()) {
    size_t n = space_at(text.substr(text.size() - 1));
    for (size_t back = 2; n == 0 && back <= 3 && back <= text.size(); ++back)
      if (space_at(text.substr(text.size() - back)) == back) n = back;
    if (n == 0) break;
    text.remove_suffix(n);
  }
  if (lines) *lines = count;
  return text;
}

void append_embedded_packages(const Invocation& invocation, Project& project) {
  (void)invocation;
  std::vector<Package> packages;
  auto package_named = [&](const std::string& name) -> Package& {
    for (Package& package : packages)
      if (package.project.name == name) return package;
    Package& package = packages.emplace_back();
    package.project.name = name;
    package.project.vars = jinja::Value::dict();
    package.project.quoting = jinja::Value::dict();
    package.embedded = true;
    return package;
  };
  const AdapterTraits& traits = adapter_traits(project.target.type);
  auto is_used = [&](std::string_view engine) {
    return engine == traits.type ||
           std::find(traits.parents.begin(), traits.parents.end(), engine) != traits.parents.end();
  };
  for (const EmbeddedFile& file : embedded_files()) {
    std::vector<std::string_view> parts = split(file.path, '/');
    std::string name = "dbt";
    size_t skip = 1;
    std::string_view folder = "macros";
    if (parts.size() > 3 && parts[0] == "adapters") {
      if (!is_used(parts[1])) continue;
      const bool complement = parts.size() > 5 && parts[3] == "packages";
      if (complement && !project.find(parts[4])) continue;
      name = "dbt_" + std::string(parts[1]);
      skip = 3;
    } else if (parts.size() > 2 && (parts[1] == "macros" || parts[1] == "docs" || parts[1] == "tests")) {
      folder = parts[1];
      skip = 2;
    }
    ProjectSourceFile source;
    source.relative_path = std::string(file.path.substr(static_cast<size_t>(parts[skip].data() - file.path.data())));
    source.search_path = std::string(folder);
    source.path = source.search_path + "/" + source.relative_path;
    source.kind = file.path.ends_with(".md")    ? FileKind::docs_md
                  : file.path.ends_with(".yml") ? FileKind::schema_yaml
                  : folder == "tests"           ? FileKind::generic_test_sql
                                                : FileKind::macro;
    source.size = file.text.size();
    package_named(name).files.push_back(std::move(source));
  }
  for (Package& package : packages) project.packages.push_back(std::move(package));
}

void load_files(ParseState& state) {
  NameMap<std::string_view> embedded;
  for (const EmbeddedFile& file : embedded_files()) embedded.emplace(file.path, file.text);
  auto embedded_text = [&](const Package& package, const ProjectSourceFile& source) {
    std::vector<std::string> candidates;
    if (package.project.name == "dbt") {
      candidates = {"global_project/" + source.relative_path, "global_project/" + source.path};
    } else {
      candidates = {"adapters/" + package.project.name.substr(4) + "/macros/" + source.relative_path};
    }
    for (const std::string& path : candidates)
      if (auto found = embedded.find(path); found != embedded.end()) return found->second;
    return std::string_view();
  };
  for (const Package& package : state.project.packages) {
    for (const ProjectSourceFile& source : package.files) {
      LoadedFile& file = state.files.emplace_back();
      file.package = &package;
      file.source = &source;
      if (package.embedded)
        file.text = state.invocation.sources->add(package.project.name + "/" + source.path,
                                                  std::string(embedded_text(package, source)));
    }
  }
  parse_in_parallel(
      state.files.size(), [&](size_t i) { load_one(state.invocation, state.files[i]); },
      [&](size_t i) -> std::vector<Diagnostic>& { return state.files[i].errors; });
  for (LoadedFile& file : state.files) {
    file.failed = !file.errors.empty();
    for (Diagnostic& d : file.errors) state.errors.push_back(std::move(d));
  }
}

}  // namespace modelc
