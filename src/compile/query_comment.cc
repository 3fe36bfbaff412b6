#include "compile/query_comment.h"

#include "base/text.h"
#include "base/version.h"
#include "compile/shared.h"
#include "context/sql_context.h"
#include "jinja/json.h"

namespace modelc {
namespace {

using jinja::Value;

/// What dbt's own comment macro gives.
std::string default_comment(const SharedCompilation& shared, const std::string& connection_name, const Node* node) {
  const Target& target = shared.environment.parsed.project.target;
  Value comment = Value::dict({{"app", Value("dbt")},
                               {"dbt_version", Value(dbt_version)},
                               {"profile_name", Value(target.profile_name)},
                               {"target_name", Value(target.name)}});
  if (node) {
    comment.as_dict().set("node_id", Value(node->unique_id));
  } else {
    comment.as_dict().set("connection_name", Value(connection_name));
  }
  return jinja::to_json(comment);
}

/// `node` in a comment: a missing attribute is "" (dbt: QueryHeaderContextWrapper).
class CommentNode final : public jinja::Object {
 public:
  CommentNode(const Manifest& manifest, const Node& node) : dict_(node_value(manifest, node)) {}
  std::string_view type_name() const override { return "QueryHeaderContextWrapper"; }
  std::optional<Value> get_attribute(jinja::State&, std::string_view name) override {
    const Value* found = dict_.as_dict().find(name);
    return found ? *found : Value("");
  }

 private:
  Value dict_;
};

/// The names of a comment: those of every file, and `target`.
class CommentContext final : public SqlContext {
 public:
  CommentContext(SharedCompilation& shared, const std::string& root)
      : SqlContext(shared.environment.invocation, shared.environment.parsed.project, *shared.environment.parsed.macros,
                   root, var_scope(shared.environment.invocation, shared.environment.parsed.project, root)),
        shared_(shared) {}

 protected:
  bool own(std::string_view name, Value& out) override {
    if (name != "target" && name != "env") return false;
    out = jinja::deep_copy(shared_.target());
    return true;
  }

 private:
  SharedCompilation& shared_;
};

std::string custom_comment(SharedCompilation& shared, const std::string& text, const std::string& connection_name,
                           const Node* node) {
  const auto tmpl =
      shared.inline_template("{%- macro query_comment_macro(connection_name, node) -%}\n" + text + "\n{% endmacro %}");
  CommentContext context(shared, shared.environment.parsed.project.root().project.name);
  const Value macro = jinja::bind_macro(tmpl, 0, context, nullptr, "query_comment_macro");
  jinja::CallArgs args;
  args.positional.push_back(Value(connection_name));
  args.positional.push_back(node ? Value(jinja::make_ref<CommentNode>(shared.environment.parsed.manifest, *node))
                                 : Value::none());
  return jinja::to_str(jinja::call_value(macro, std::move(args), context));
}

}  // namespace

std::string query_comment(SharedCompilation& shared, const std::string& connection_name, const Node* node) {
  const QueryComment& setting = shared.environment.parsed.project.root().project.query_comment;
  std::string text;
  if (!setting.comment) {
    text = default_comment(shared, connection_name, node);
  } else if (!setting.comment->empty()) {
    text = custom_comment(shared, *setting.comment, connection_name, node);
  }
  text = std::string(trim(text));
  if (text.find("*/") != std::string::npos) {
    throw Error(ErrorKind::runtime, "compile/query-comment", "query comment contains illegal value \"*/\": " + text);
  }
  return text;
}

std::string add_query_comment(std::string_view sql, std::string_view comment, bool append) {
  if (comment.empty()) return std::string(sql);
  std::string out;
  out.reserve(sql.size() + comment.size() + 8);
  if (!append) return out.append("/* ").append(comment).append(" */\n").append(sql);
  while (!sql.empty() && std::string_view(" \t\r\n\f\v").find(sql.back()) != std::string_view::npos)
    sql.remove_suffix(1);
  const bool semicolon = !sql.empty() && sql.back() == ';';
  if (semicolon) sql.remove_suffix(1);
  return out.append(sql).append("\n/* ").append(comment).append(semicolon ? " */;" : " */");
}

}  // namespace modelc
