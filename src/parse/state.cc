#include "parse/state.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "base/thread_pool.h"

namespace modelc {

using jinja::Value;

ParseState::ParseState(const Invocation& i, ParsedProject& o)
    : invocation(i),
      out(o),
      project(o.project),
      manifest(o.manifest),
      traits(adapter_traits(o.project.target.type)),
      root_name(o.project.root().project.name),
      quoting(project_quoting(o.project)),
      target(target_value(o.project.target)),
      created_at(static_cast<double>(i.started_at) / 1e6) {
  unrendered_flag = behavior("state_modified_compare_more_unrendered_values");
}

bool ParseState::behavior(std::string_view name, bool fallback) const {
  auto found = invocation.flags.behavior.find(std::string(name));
  return found == invocation.flags.behavior.end() ? fallback : found->second;
}

void ParseState::throw_if_errors() {
  if (!errors.empty()) throw ParseErrors(std::move(errors));
}

const DocBlock* ParseState::find_doc(const std::optional<std::string>& package, std::string_view name,
                                     std::string_view node_package) const {
  auto found = docs.find(name);
  if (found == docs.end()) return nullptr;
  auto in_package = [&](std::string_view wanted) -> const DocBlock* {
    for (uint32_t index : found->second)
      if (manifest.docs[index].package_name == wanted) return &manifest.docs[index];
    return nullptr;
  };
  if (package) return in_package(*package);
  if (const DocBlock* doc = in_package(root_name)) return doc;
  if (const DocBlock* doc = in_package(node_package)) return doc;
  return &manifest.docs[found->second.front()];
}

void parse_in_parallel(size_t count, const std::function<void(size_t)>& job,
                       const std::function<std::vector<Diagnostic>&(size_t)>& sink) {
  parallel_for(count, [&](size_t i) {
    auto internal = [&](std::string message) {
      Diagnostic d;
      d.code = "parse/internal";
      d.message = std::move(message);
      sink(i).push_back(std::move(d));
    };
    try {
      job(i);
    } catch (const ParseErrors& errors) {
      for (const Diagnostic& d : errors.all()) sink(i).push_back(d);
    } catch (const Error& error) {
      sink(i).push_back(error.diagnostic());
    } catch (const jinja::ReturnSignal&) {
      // return() outside of a macro ends the render; dbt ignores the value while parsing.
    } catch (const std::exception& error) {
      internal(error.what());
    }
  });
}

void warn(const Invocation& invocation, std::string name, std::string code, std::string message, Value data,
          Span span) {
  Event event;
  event.name = std::move(name);
  event.code = std::move(code);
  event.level = EventLevel::warn;
  event.message = std::move(message);
  event.data = data.is_undefined() ? Value::dict({{"msg", Value(event.message)}}) : std::move(data);
  invocation.events->warn_or_error(event, span);
}

void warn_deprecation(const ParseState& state, std::string name, std::string code, std::string message, Value data,
                      Span span) {
  warn(state.invocation, std::move(name), std::move(code), std::move(message), std::move(data), span);
}

namespace {

[[noreturn]] void fail(ErrorKind kind, std::string code, std::string message, std::string subject, Span span,
                       std::string hint) {
  Diagnostic d;
  d.kind = kind;
  d.code = std::move(code);
  d.message = std::move(message);
  d.subject = std::move(subject);
  d.span = span;
  d.hint = std::move(hint);
  throw Error(std::move(d));
}

}  // namespace

void fail_parsing(std::string code, std::string message, std::string subject, Span span, std::string hint) {
  fail(ErrorKind::parsing, std::move(code), std::move(message), std::move(subject), span, std::move(hint));
}

void fail_compilation(std::string code, std::string message, std::string subject, Span span, std::string hint) {
  fail(ErrorKind::compilation, std::move(code), std::move(message), std::move(subject), span, std::move(hint));
}

std::string draft_subject(const Node& node) {
  return std::string(resource_type_name(node.resource_type)) + " " + node.name + " (" + node.original_file_path + ")";
}

namespace {

bool by_place(const Diagnostic& a, const Diagnostic& b) {
  std::string_view path_a = a.span.file ? std::string_view(a.span.file->path()) : std::string_view();
  std::string_view path_b = b.span.file ? std::string_view(b.span.file->path()) : std::string_view();
  if (path_a != path_b) return path_a < path_b;
  return a.span.begin < b.span.begin;
}

Diagnostic first_of(std::vector<Diagnostic>& all) {
  std::stable_sort(all.begin(), all.end(), by_place);
  return all.empty() ? Diagnostic() : all.front();
}

}  // namespace

ParseErrors::ParseErrors(std::vector<Diagnostic> all) : Error(first_of(all)), all_(std::move(all)) {}

}  // namespace modelc
