// Macros, and the block definitions that work like macros: tests, materializations, snapshots, docs.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "jinja/parser.h"

namespace modelc::jinja {

/// Parses "(a, b: type, c=1)". `arguments` describes them for MacroInfo and may be null.
void Parser::parse_signature(MacroStmt* macro, std::vector<MacroArgument>* arguments) {
  expect(Tok::lparen);
  std::vector<Parameter> parameters;
  bool has_defaults = false;
  while (current_.type != Tok::rparen) {
    if (!parameters.empty()) expect(Tok::comma);
    Parameter parameter{};
    parameter.name = parse_target_name(&parameter.at);
    MacroArgument argument;
    argument.name = template_.names[parameter.name].text;
    for (const Parameter& other : parameters) {
      if (other.name == parameter.name) {
        fail(fmt::format("duplicate argument '{}' in function definition", argument.name), parameter.at);
      }
    }
    if (syntax_.dbt_extensions && skip_if(Tok::colon)) {
      Range annotation = parse_annotation();
      argument.annotation = file_.text().substr(annotation.begin, annotation.end - annotation.begin);
    }
    if (skip_if(Tok::assign)) {
      parameter.fallback = parse_expression();
      has_defaults = true;
      argument.has_default = true;
      argument.default_span = {&file_, parameter.fallback->at.begin, parameter.fallback->at.end};
    } else if (has_defaults) {
      fail_here("non-default argument follows default argument");
    }
    parameters.push_back(parameter);
    if (arguments) arguments->push_back(std::move(argument));
  }
  expect(Tok::rparen);
  macro->parameters = arena_.take(parameters, 0);
}

/// A type: a name, and type parameters in brackets.
Range Parser::parse_annotation() {
  if (++depth_ > kMaxNesting) fail_here("expression is nested too deeply");
  Range at{current_.begin, current_.end};
  expect(Tok::name);
  if (skip_if(Tok::lbracket)) {
    bool first = true;
    while (current_.type != Tok::rbracket) {
      if (!first) expect(Tok::comma);
      first = false;
      parse_annotation();
    }
    expect(Tok::rbracket);
  }
  --depth_;
  at.end = last_end_;
  return at;
}

MacroStmt* Parser::begin_definition(MacroKind kind, MacroInfo& info) {
  auto* macro = arena_.make<MacroStmt>();
  macro->kind = StmtKind::macro;
  macro->macro_kind = kind;
  info.kind = kind;
  Token name = current_;
  macro->name_id = parse_target_name();
  macro->name = name.text;
  info.name = name.text;
  return macro;
}

/// The body up to the end tag. Then the current token closes the tag.
void Parser::parse_definition_body(MacroStmt* macro, MacroInfo& info, std::string_view end_tag) {
  macro->at.end = current_.end;
  uint32_t body_begin = current_.type == Tok::block_end ? current_.edge : current_.end;
  macro->body = parse_body_to(end_tag);
  info.body = {&file_, body_begin, std::max(body_begin, tag_edge_)};
  info.span.end = current_.end;
}

void Parser::end_definition(MacroStmt* macro, MacroInfo info, uint32_t begin, size_t first_call, bool top_level) {
  macro->at.begin = begin;
  if (!top_level) return;
  std::vector<MacroInfo>& macros = template_.mutable_macros();
  info.span.file = &file_;
  info.span.begin = begin;
  info.index = static_cast<uint32_t>(macros.size());
  info.calls.assign(std::make_move_iterator(calls_.begin() + static_cast<ptrdiff_t>(first_call)),
                    std::make_move_iterator(calls_.end()));
  calls_.resize(first_call);
  macros.push_back(std::move(info));
  macro->info = static_cast<uint32_t>(macros.size());
}

Stmt* Parser::parse_macro() {
  uint32_t begin = tag_begin_;
  size_t first_call = calls_.size();
  bool top_level = block_depth_ == 0;
  advance();
  MacroInfo info;
  MacroStmt* macro = begin_definition(MacroKind::macro, info);
  parse_signature(macro, &info.arguments);
  parse_definition_body(macro, info, "endmacro");
  end_definition(macro, std::move(info), begin, first_call, top_level);
  return macro;
}

Stmt* Parser::parse_test_definition() {
  uint32_t begin = tag_begin_;
  size_t first_call = calls_.size();
  bool top_level = block_depth_ == 0;
  bool data_test = advance().text == "data_test";
  MacroInfo info;
  MacroStmt* macro = begin_definition(MacroKind::test, info);
  parse_signature(macro, &info.arguments);
  parse_definition_body(macro, info, data_test ? "enddata_test" : "endtest");
  end_definition(macro, std::move(info), begin, first_call, top_level);
  return macro;
}

/// ['sql'], what a materialization supports unless it says otherwise.
Expr* Parser::default_languages() {
  std::vector<Expr*> items{constant(Value("sql"), {current_.begin, current_.end})};
  auto* list = expr<SequenceExpr>(ExprKind::list, current_.begin, 2);
  list->items = arena_.take(items, 0);
  return list;
}

Stmt* Parser::parse_materialization() {
  uint32_t begin = tag_begin_;
  size_t first_call = calls_.size();
  bool top_level = block_depth_ == 0;
  advance();
  MacroInfo info;
  MacroStmt* macro = begin_definition(MacroKind::materialization, info);
  info.adapter = "default";
  std::vector<Parameter> parameters;
  while (skip_if(Tok::comma)) {
    Token option = current_;
    uint32_t option_id = parse_target_name();
    if (option.text == "default") continue;
    if (option.text != "adapter" && option.text != "supported_languages") {
      fail(fmt::format("materialization '{}' received unknown argument '{}'.", macro->name, option.text),
           {option.begin, option.end}, "jinja/syntax-materialization");
    }
    expect(Tok::assign);
    Expr* value = parse_expression();
    std::optional<Value> known = literal(value);
    if (option.text == "adapter") {
      if (!known || !known->is_string())
        fail("the adapter of a materialization must be a string", value->at, "jinja/syntax-materialization");
      info.adapter = known->as_string();
    } else {
      if (known && known->is_list()) {
        for (const Value& language : known->as_list()) info.supported_languages.push_back(to_str(language));
      }
      parameters.assign(1, Parameter{option_id, value, {option.begin, option.end}});
    }
  }
  if (parameters.empty()) parameters.push_back({names_.intern("supported_languages"), default_languages(), macro->at});
  macro->parameters = arena_.take(parameters, 0);
  parse_definition_body(macro, info, "endmaterialization");
  end_definition(macro, std::move(info), begin, first_call, top_level);
  return macro;
}

Stmt* Parser::parse_snapshot() {
  uint32_t begin = tag_begin_;
  size_t first_call = calls_.size();
  bool top_level = block_depth_ == 0;
  advance();
  MacroInfo info;
  MacroStmt* macro = begin_definition(MacroKind::snapshot, info);
  parse_definition_body(macro, info, "endsnapshot");
  end_definition(macro, std::move(info), begin, first_call, top_level);
  return macro;
}

/// The body of docs is text for people: it is not read as a template here.
Stmt* Parser::parse_docs() {
  uint32_t begin = tag_begin_;
  bool top_level = block_depth_ == 0;
  advance();
  MacroInfo info;
  MacroStmt* macro = begin_definition(MacroKind::docs, info);
  if (current_.type != Tok::block_end) unexpected(describe(Tok::block_end));
  Range body;
  if (!lexer_.skip_raw("enddocs", body, info.span.end)) {
    static const EndTags tags{"enddocs"};
    end_tags_.push_back(&tags);
    fail_unclosed_or_unknown(nullptr);
  }
  info.body = {&file_, body.begin, body.end};
  macro->at = {begin, current_.end};
  end_definition(macro, std::move(info), begin, calls_.size(), top_level);
  return macro;
}

}  // namespace modelc::jinja
