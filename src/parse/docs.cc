// Descriptions: doc() and the docs blocks that they name.
#include "base/text.h"
#include "jinja/render.h"
#include "parse/patches.h"

namespace modelc {

using jinja::Value;

namespace {

/// dbt: DocsRuntimeContext: the schema file's names and doc().
class DocContext final : public BaseContext {
 public:
  DocContext(const ParseState& state, std::string subject_id, std::string package)
      : BaseContext(state.invocation, var_scope(state.invocation, state.project, state.root_name)),
        state_(state),
        subject_(std::move(subject_id)),
        package_(std::move(package)) {
    add("project_name", Value(state.root_name));
  }

  bool lookup(std::string_view name, Value& out) override {
    if (name == "target") {
      out = jinja::deep_copy(state_.target);
      return true;
    }
    if (name != "doc") return BaseContext::lookup(name, out);
    out = Value::function("doc", [this](jinja::State& state, jinja::CallArgs& args) { return doc(state, args); });
    return true;
  }

 private:
  Value doc(jinja::State& state, jinja::CallArgs& args) {
    size_t count = args.positional.size();
    if (count != 1 && count != 2)
      fail_compilation("parse/doc-arguments", "doc() takes at most two arguments (" + std::to_string(count) + " given)",
                       {}, state.current_span());
    std::optional<std::string> package;
    if (count == 2) package = jinja::to_str(args.positional[0]);
    std::string name = jinja::to_str(args.positional.back());
    if (const DocBlock* found = state_.find_doc(package, name, package_)) return Value(found->contents);
    std::vector<std::string> known;
    for (const DocBlock& block : state_.manifest.docs) known.push_back(block.name);
    std::string close = closest_match(name, known);
    fail_compilation("parse/missing-doc",
                     "Documentation for '" + subject_ + "' depends on doc '" + name + "' " +
                         (package ? "in package '" + *package + "' " : std::string()) + " which was not found",
                     {}, {}, close.empty() ? std::string() : "Did you mean doc('" + close + "')?");
  }

  const ParseState& state_;
  std::string subject_, package_;
};

/// dbt lists a docs block when doc(...) is all that a {{ }} holds: not below a filter, a method or an operator.
bool is_whole_output(const SourceFile& file, Span call) {
  std::string_view before = trim(file.text().substr(0, call.begin)), after = trim(file.text().substr(call.end));
  auto is_sign = [](char c) { return c == '-' || c == '+'; };
  if (!before.empty() && is_sign(before.back())) before.remove_suffix(1);
  if (!after.empty() && is_sign(after.front())) after.remove_prefix(1);
  return before.ends_with("{{") && after.starts_with("}}");
}

/// dbt: _get_doc_blocks.
void list_doc_blocks(const ParseState& state, const jinja::Template& tmpl, const SourceFile& file,
                     const std::string& package, std::vector<std::string>& doc_blocks) {
  for (const jinja::StaticCall& call : tmpl.calls()) {
    if (call.path != "doc" || call.positional.empty() || call.positional.size() > 2) continue;
    if (!is_whole_output(file, call.span)) continue;
    std::optional<std::string> doc_package;
    bool literal = true;
    for (const auto& argument : call.positional) literal &= argument && argument->is_string();
    if (!literal) continue;
    if (call.positional.size() == 2) doc_package = call.positional[0]->as_string();
    if (const DocBlock* block = state.find_doc(doc_package, call.positional.back()->as_string(), package))
      doc_blocks.push_back(block->unique_id);
  }
}

}  // namespace

std::string render_text_with_docs(const ParseState& state, const std::string& text, const std::string& unique_id,
                                  const std::string& package, std::vector<std::string>* doc_blocks, Span span) {
  if (!jinja::has_markup(text)) return text;
  const SourceFile* file = state.invocation.sources->add("<description>", text);
  try {
    jinja::TemplatePtr tmpl = jinja::compile(*file);
    if (doc_blocks) list_doc_blocks(state, *tmpl, *file, package, *doc_blocks);
    DocContext context(state, unique_id, package);
    return jinja::render(*tmpl, context).text;
  } catch (Error& error) {
    error.diagnostic().span = span;
    throw;
  }
}

std::string render_description(const ParseState& state, const std::string& text, const Node& node,
                               std::vector<std::string>* doc_blocks, Span span) {
  try {
    return render_text_with_docs(state, text, node.unique_id, node.package_name, doc_blocks, span);
  } catch (Error& error) {
    if (error.diagnostic().subject.empty()) error.diagnostic().subject = draft_subject(node);
    throw;
  }
}

void render_descriptions(const ParseState& state, Draft& draft) {
  Node& node = draft.node;
  auto place = [&](std::vector<std::string> path) {
    if (!draft.entry) return node.declared_at;
    return yaml_place(*draft.entry, path);
  };
  if (jinja::has_markup(node.description))
    node.description = render_description(state, node.description, node, &node.doc_blocks, place({"description"}));
  for (size_t i = 0; i < node.columns.size(); ++i) {
    ColumnInfo& column = node.columns[i];
    if (jinja::has_markup(column.description))
      column.description = render_description(state, column.description, node, &column.doc_blocks,
                                              place({"columns", std::to_string(i), "description"}));
  }
}

}  // namespace modelc
