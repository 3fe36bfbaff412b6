// The token stream and the statements; expressions are in parser_expression.cc, macros in parser_definitions.cc.
#include "jinja/parser.h"

#include <fmt/format.h>

#include <algorithm>

#include "jinja/parser_guard.h"
#include "jinja/unicode.h"

namespace modelc::jinja {

// ---- names --------------------------------------------------------------------------------------------------------

size_t NameTable::bucket(std::string_view text) const {
  size_t hash = 14695981039346656037ull;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  size_t i = (hash ^ hash >> 29) & (buckets_.size() - 1);
  while (buckets_[i] != 0 && records_[buckets_[i] - 1].text != text) i = (i + 1) & (buckets_.size() - 1);
  return i;
}

uint32_t NameTable::find(std::string_view text) const {
  uint32_t number = buckets_[bucket(text)];
  return number == 0 ? kNoName : number - 1;
}

uint32_t NameTable::intern(std::string_view text) {
  size_t i = bucket(text);
  if (buckets_[i] != 0) return buckets_[i] - 1;
  if (records_.size() * 2 >= buckets_.size()) {
    grow();
    i = bucket(text);
  }
  records_.push_back({text, find_global(text)});
  buckets_[i] = static_cast<uint32_t>(records_.size());
  return buckets_[i] - 1;
}

void NameTable::grow() {
  buckets_.assign(buckets_.size() * 4, 0);
  for (uint32_t i = 0; i < records_.size(); ++i) buckets_[bucket(records_[i].text)] = i + 1;
}

// ---- the stream ---------------------------------------------------------------------------------------------------

Parser::Parser(const SourceFile& file, const Syntax& syntax, Arena& arena, CompiledTemplate& tmpl, NameTable& names,
               bool expression)
    : file_(file),
      syntax_(syntax),
      arena_(arena),
      template_(tmpl),
      names_(names),
      lexer_(file, syntax, arena, expression) {}

Token Parser::advance() {
  Token token = current_;
  last_end_ = token.end;
  if (has_ahead_) {
    current_ = ahead_;
    has_ahead_ = false;
  } else {
    current_ = lexer_.next();
  }
  return token;
}

const Token& Parser::look() {
  if (!has_ahead_) {
    ahead_ = lexer_.next();
    has_ahead_ = true;
  }
  return ahead_;
}

bool Parser::skip_if(Tok type) {
  if (current_.type != type) return false;
  advance();
  return true;
}

bool Parser::skip_if_name(std::string_view name) {
  if (!current_.is_name(name)) return false;
  advance();
  return true;
}

void Parser::fail(std::string message, Range at, const char* code) {
  throw Error(ErrorKind::compilation, code, std::move(message), Span{&file_, at.begin, at.end});
}

void Parser::unexpected(std::string_view wanted) {
  std::string expected = to_repr(Value(wanted));
  Range at{current_.begin, current_.end};
  if (current_.type == Tok::eof) {
    fail(fmt::format("unexpected end of template, expected {}.", expected), at, "jinja/syntax-unclosed");
  }
  fail(fmt::format("expected token {}, got {}", expected, to_repr(Value(describe(current_)))), at);
}

Token Parser::expect(Tok type) {
  if (current_.type != type) unexpected(describe(type));
  return advance();
}

void Parser::expect_name(std::string_view name) {
  if (!current_.is_name(name)) unexpected(name);
  advance();
}

/// "Unexpected end of template." or, with a tag, "Encountered unknown tag 'x'."; says which tags are awaited.
void Parser::fail_unclosed_or_unknown(const Token* unknown) {
  std::string message = unknown ? fmt::format("Encountered unknown tag {}.", to_repr(Value(unknown->text)))
                                : std::string("Unexpected end of template.");
  if (!end_tags_.empty()) {
    std::string looking_for;
    for (std::string_view tag : *end_tags_.back()) {
      if (!looking_for.empty()) looking_for += " or ";
      looking_for += fmt::format("'{}'", tag);
    }
    bool expected = unknown && std::any_of(end_tags_.begin(), end_tags_.end(), [&](const EndTags* tags) {
                      return std::find(tags->begin(), tags->end(), unknown->text) != tags->end();
                    });
    message += expected ? fmt::format(
                              " You probably made a nesting mistake. Jinja is expecting this tag, but currently"
                              " looking for {}.",
                              looking_for)
                        : fmt::format(" Jinja was looking for the following tags: {}.", looking_for);
  }
  if (!open_tags_.empty()) {
    message += fmt::format(" The innermost block that needs to be closed is '{}'.", open_tags_.back());
  }
  const Token& place = unknown ? *unknown : current_;
  fail(std::move(message), {place.begin, place.end}, unknown ? "jinja/syntax-unknown-tag" : "jinja/syntax-unclosed");
}

bool Parser::at_end_tag(const EndTags& end_tags) const {
  if (current_.type != Tok::name) return false;
  return std::find(end_tags.begin(), end_tags.end(), current_.text) != end_tags.end();
}

// ---- lists of statements ------------------------------------------------------------------------------------------

StmtList Parser::parse_template() {
  current_ = lexer_.next();
  StmtList body = parse_statements_until(nullptr);
  template_.mutable_calls() = std::move(calls_);
  return body;
}

/// Up to the end of the text or, with end tags, up to one of them: its name is then the current token.
StmtList Parser::parse_statements_until(const EndTags* end_tags) {
  size_t from = stmts_.size();
  size_t items_from = items_.size();
  uint32_t output_begin = 0;
  auto flush = [&] {
    if (items_.size() == items_from) return;
    auto* output = stmt<OutputStmt>(StmtKind::output, output_begin);
    output->items = arena_.take(items_, items_from);
    stmts_.push_back(output);
  };
  if (end_tags) end_tags_.push_back(end_tags);
  while (current_.type != Tok::eof) {
    if (items_.size() == items_from) output_begin = current_.begin;
    if (current_.type == Tok::data) {
      Token data = advance();
      items_.push_back({nullptr, {data.begin, data.end}});
    } else if (current_.type == Tok::variable_begin) {
      advance();
      Expr* e = parse_tuple({});
      items_.push_back({e, {}});
      expect(Tok::variable_end);
    } else {
      flush();
      tag_begin_ = current_.begin;
      tag_edge_ = current_.edge;
      advance();
      if (end_tags && at_end_tag(*end_tags)) {
        end_tags_.pop_back();
        return arena_.take(stmts_, from);
      }
      Stmt* statement = parse_statement();
      stmts_.push_back(statement);
      expect(Tok::block_end);
    }
  }
  flush();
  if (end_tags) end_tags_.pop_back();
  return arena_.take(stmts_, from);
}

StmtList Parser::parse_body(const EndTags& end_tags) {
  skip_if(Tok::colon);
  expect(Tok::block_end);
  ++block_depth_;
  StmtList body = parse_statements_until(&end_tags);
  --block_depth_;
  if (current_.type == Tok::eof) {
    end_tags_.push_back(&end_tags);
    fail_unclosed_or_unknown(nullptr);
  }
  return body;
}

StmtList Parser::parse_body_to(std::string_view end_tag) {
  EndTags end_tags{end_tag};
  StmtList body = parse_body(end_tags);
  advance();
  return body;
}

Stmt* Parser::parse_statement() {
  using Handler = Stmt* (Parser::*)();
  struct Entry {
    std::string_view tag;
    Handler handler;
    bool extension;
  };
  static constexpr Entry entries[] = {
      {"set", &Parser::parse_set, false},
      {"if", &Parser::parse_if, false},
      {"for", &Parser::parse_for, false},
      {"do", &Parser::parse_do, true},
      {"macro", &Parser::parse_macro, false},
      {"call", &Parser::parse_call_block, false},
      {"materialization", &Parser::parse_materialization, true},
      {"test", &Parser::parse_test_definition, true},
      {"data_test", &Parser::parse_test_definition, true},
      {"snapshot", &Parser::parse_snapshot, true},
      {"docs", &Parser::parse_docs, true},
      {"filter", &Parser::parse_filter_block, false},
      {"with", &Parser::parse_with, false},
      {"break", &Parser::parse_loop_control, true},
      {"continue", &Parser::parse_loop_control, true},
      {"block", &Parser::parse_block, false},
      {"extends", &Parser::parse_extends, false},
      {"include", &Parser::parse_include, false},
      {"import", &Parser::parse_import, false},
      {"from", &Parser::parse_from, false},
      {"print", &Parser::parse_print, false},
      {"autoescape", &Parser::parse_autoescape, false},
  };
  if (current_.type != Tok::name) fail_here("tag name expected");
  NestingGuard guard(*this);
  for (const Entry& entry : entries) {
    if (entry.tag != current_.text || (entry.extension && !syntax_.dbt_extensions)) continue;
    open_tags_.push_back(current_.text);
    Stmt* statement = (this->*entry.handler)();
    open_tags_.pop_back();
    return statement;
  }
  fail_unclosed_or_unknown(&current_);
}

// ---- control flow -------------------------------------------------------------------------------------------------

Stmt* Parser::parse_for() {
  uint32_t begin = tag_begin_;
  advance();
  auto* loop = arena_.make<ForStmt>();
  loop->kind = StmtKind::for_loop;
  open_loops_.push_back(loop);
  loop->target = parse_target();
  expect_name("in");
  TupleOptions options;
  options.with_condition = false;
  loop->iterable = parse_tuple(options);
  if (skip_if_name("if")) loop->test = parse_expression();
  loop->recursive = skip_if_name("recursive");
  loop->at = {begin, last_end_};
  static const EndTags end_or_else{"endfor", "else"};
  loop->body = parse_body(end_or_else);
  if (advance().text == "else") loop->otherwise = parse_body_to("endfor");
  open_loops_.pop_back();
  return loop;
}

Stmt* Parser::parse_if() {
  uint32_t begin = tag_begin_;
  advance();
  static const EndTags tags{"elif", "else", "endif"};
  std::vector<Branch> branches;
  auto* condition = stmt<ConditionStmt>(StmtKind::condition, begin);
  TupleOptions options;
  options.with_condition = false;
  for (;;) {
    Branch branch{};
    branch.at.begin = tag_begin_;
    branch.test = parse_tuple(options);
    branch.at.end = last_end_;
    branch.body = parse_body(tags);
    branches.push_back(branch);
    Token tag = advance();
    if (tag.text == "elif") continue;
    if (tag.text == "else") condition->otherwise = parse_body_to("endif");
    break;
  }
  condition->branches = arena_.take(branches, 0);
  return condition;
}

Stmt* Parser::parse_loop_control() {
  Token tag = advance();
  return stmt<Stmt>(tag.text == "break" ? StmtKind::break_loop : StmtKind::continue_loop, tag_begin_);
}

// ---- variables ----------------------------------------------------------------------------------------------------

Stmt* Parser::parse_set() {
  uint32_t begin = tag_begin_;
  advance();
  Expr* target = parse_target(true);
  if (skip_if(Tok::assign)) {
    Expr* value = parse_tuple({});
    auto* assign = stmt<AssignStmt>(StmtKind::assign, begin);
    assign->target = target;
    assign->value = value;
    return assign;
  }
  Expr* filter = parse_filter(nullptr);
  auto* assign = stmt<AssignBlockStmt>(StmtKind::assign_block, begin);
  assign->target = target;
  assign->filter = static_cast<FilterExpr*>(filter);
  assign->body = parse_body_to("endset");
  return assign;
}

Stmt* Parser::parse_with() {
  uint32_t begin = tag_begin_;
  advance();
  std::vector<Expr*> targets, values;
  std::vector<ForStmt*> open_loops;
  open_loops.swap(open_loops_);  // `with loop = ..` is no assignment to the loop's variable
  while (current_.type != Tok::block_end) {
    if (!targets.empty()) expect(Tok::comma);
    targets.push_back(parse_target());
    expect(Tok::assign);
    values.push_back(parse_expression());
  }
  open_loops.swap(open_loops_);
  auto* with = stmt<WithStmt>(StmtKind::with, begin);
  with->targets = arena_.take(targets, 0);
  with->values = arena_.take(values, 0);
  with->body = parse_body_to("endwith");
  return with;
}

Stmt* Parser::parse_autoescape() {
  uint32_t begin = tag_begin_;
  advance();
  Expr* option = parse_expression();
  auto* scope = stmt<ScopeStmt>(StmtKind::scope, begin);
  scope->option = option;
  scope->body = parse_body_to("endautoescape");
  return scope;
}

// ---- output -------------------------------------------------------------------------------------------------------

Stmt* Parser::parse_print() {
  uint32_t begin = tag_begin_;
  advance();
  size_t from = items_.size();
  while (current_.type != Tok::block_end) {
    if (items_.size() > from) expect(Tok::comma);
    Expr* e = parse_expression();
    items_.push_back({e, {}});
  }
  auto* output = stmt<OutputStmt>(StmtKind::output, begin);
  output->items = arena_.take(items_, from);
  return output;
}

Stmt* Parser::parse_do() {
  uint32_t begin = tag_begin_;
  advance();
  Expr* e = parse_tuple({});
  auto* statement = stmt<ExpressionStmt>(StmtKind::expression, begin);
  statement->expr = e;
  return statement;
}

Stmt* Parser::parse_filter_block() {
  uint32_t begin = tag_begin_;
  advance();
  Expr* filter = parse_filter(nullptr, true);
  auto* block = stmt<FilterBlockStmt>(StmtKind::filter_block, begin);
  block->filter = static_cast<FilterExpr*>(filter);
  block->body = parse_body_to("endfilter");
  return block;
}

Stmt* Parser::parse_call_block() {
  uint32_t begin = tag_begin_;
  advance();
  auto* caller = arena_.make<MacroStmt>();
  caller->kind = StmtKind::call_block;
  if (current_.type == Tok::lparen) parse_signature(caller, nullptr);
  Expr* call = parse_expression();
  if (call->kind != ExprKind::call) fail("expected call", call->at);
  auto* block = stmt<CallBlockStmt>(StmtKind::call_block, begin);
  caller->at = block->at;
  block->call = static_cast<CallExpr*>(call);
  block->caller = caller;
  caller->body = parse_body_to("endcall");
  return block;
}

// ---- other templates ----------------------------------------------------------------------------------------------

namespace {

bool is_blank(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    if (!unicode::is_space(unicode::next(text, i))) return false;
  }
  return true;
}

}  // namespace

Stmt* Parser::parse_block() {
  uint32_t begin = tag_begin_;
  advance();
  Token name = expect(Tok::name);
  bool scoped = skip_if_name("scoped");
  bool required = skip_if_name("required");
  if (current_.type == Tok::sub) {
    fail_here(
        "Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore "
        "instead.");
  }
  auto* block = stmt<BlockStmt>(StmtKind::block, begin);
  block->name = name.text;
  block->scoped = scoped;
  block->required = required;
  blocks_.push_back(block);
  if (scoped) {
    for (ForStmt* loop : open_loops_) loop->has_scoped_block = true;
  }
  block->body = parse_body_to("endblock");
  if (required) {
    for (const Stmt* statement : block->body) {
      bool blank = statement->kind == StmtKind::output;
      if (blank) {
        for (const OutputItem& item : static_cast<const OutputStmt*>(statement)->items) {
          blank =
              blank && !item.expr && is_blank(file_.text().substr(item.text.begin, item.text.end - item.text.begin));
        }
      }
      if (!blank) fail("Required blocks can only contain comments or whitespace", statement->at);
    }
  }
  skip_if_name(name.text);
  return block;
}

Stmt* Parser::parse_extends() {
  uint32_t begin = tag_begin_;
  advance();
  Expr* name = parse_expression();
  auto* extends = stmt<ExtendsStmt>(StmtKind::extends, begin);
  extends->name = name;
  has_extends_ = true;
  return extends;
}

bool Parser::parse_context_choice(bool& with_context) {
  bool with = current_.is_name("with");
  if ((!with && !current_.is_name("without")) || !look().is_name("context")) return false;
  advance();
  advance();
  with_context = with;
  return true;
}

Stmt* Parser::parse_include() {
  uint32_t begin = tag_begin_;
  advance();
  Expr* name = parse_expression();
  bool ignore_missing = false;
  if (current_.is_name("ignore") && look().is_name("missing")) {
    advance();
    advance();
    ignore_missing = true;
  }
  bool with_context = true;
  parse_context_choice(with_context);
  auto* include = stmt<IncludeStmt>(StmtKind::include, begin);
  include->name = name;
  include->ignore_missing = ignore_missing;
  include->with_context = with_context;
  return include;
}

Stmt* Parser::parse_import() {
  uint32_t begin = tag_begin_;
  advance();
  Expr* name = parse_expression();
  expect_name("as");
  uint32_t target = parse_target_name();
  bool with_context = false;
  parse_context_choice(with_context);
  auto* import = stmt<ImportStmt>(StmtKind::import, begin);
  import->name = name;
  import->target = target;
  import->with_context = with_context;
  return import;
}

Stmt* Parser::parse_from() {
  uint32_t begin = tag_begin_;
  advance();
  Expr* name = parse_expression();
  expect_name("import");
  std::vector<ImportedName> imported;
  bool with_context = false;
  for (;;) {
    if (!imported.empty()) expect(Tok::comma);
    if (current_.type != Tok::name) unexpected("name");
    if (parse_context_choice(with_context)) break;
    ImportedName each{};
    each.name = current_.text;
    each.alias = parse_target_name(&each.at);
    if (each.name.starts_with('_')) fail("names starting with an underline can not be imported", each.at);
    if (skip_if_name("as")) each.alias = parse_target_name();
    imported.push_back(each);
    if (parse_context_choice(with_context) || current_.type != Tok::comma) break;
  }
  auto* import = stmt<FromImportStmt>(StmtKind::from_import, begin);
  import->name = name;
  import->names = arena_.take(imported, 0);
  import->with_context = with_context;
  return import;
}

}  // namespace modelc::jinja
