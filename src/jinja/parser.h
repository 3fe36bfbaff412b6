// Tokens to a syntax tree: Jinja2's grammar and its error messages.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/ast.h"
#include "jinja/bytecode.h"
#include "jinja/lexer.h"

namespace modelc::jinja {

/// Deepest nesting of brackets and of blocks, and the greatest height of an expression's tree.
inline constexpr int kMaxNesting = 100;
inline constexpr int kMaxHeight = 500;

/// The names of a template, numbered in order of appearance.
class NameTable {
 public:
  explicit NameTable(std::vector<NameRecord>& records) : records_(records), buckets_(64, 0) {}
  uint32_t intern(std::string_view text);
  /// The number of a name, or 0xffffffff when the template does not mention it.
  uint32_t find(std::string_view text) const;

 private:
  size_t bucket(std::string_view text) const;
  void grow();
  std::vector<NameRecord>& records_;
  std::vector<uint32_t> buckets_;  // 1 + number, 0: free
};
inline constexpr uint32_t kNoName = 0xffffffff;

class Parser {
 public:
  Parser(const SourceFile& file, const Syntax& syntax, Arena& arena, CompiledTemplate& tmpl, NameTable& names,
         bool expression = false);

  StmtList parse_template();
  /// The whole text as one expression.
  Expr* parse_whole_expression();
  /// Every block of the template in order of appearance, nested ones included.
  const std::vector<BlockStmt*>& blocks() const { return blocks_; }
  bool has_extends() const { return has_extends_; }

 private:
  /// Tags that end a list of statements.
  using EndTags = std::vector<std::string_view>;

  // parser.cc: tokens, statements
  StmtList parse_body(const EndTags& end_tags);      // current: the end tag's name
  StmtList parse_body_to(std::string_view end_tag);  // current: behind the end tag's name
  StmtList parse_statements_until(const EndTags* end_tags);
  Stmt* parse_statement();
  Stmt* parse_for();
  Stmt* parse_if();
  Stmt* parse_set();
  Stmt* parse_with();
  Stmt* parse_autoescape();
  Stmt* parse_block();
  Stmt* parse_extends();
  Stmt* parse_include();
  Stmt* parse_import();
  Stmt* parse_from();
  Stmt* parse_call_block();
  Stmt* parse_filter_block();
  Stmt* parse_print();
  Stmt* parse_do();
  Stmt* parse_loop_control();
  bool parse_context_choice(bool& with_context);

  // parser_definitions.cc: macros and their kin
  Stmt* parse_macro();
  Stmt* parse_test_definition();
  Stmt* parse_materialization();
  Stmt* parse_snapshot();
  Stmt* parse_docs();
  void parse_signature(MacroStmt* macro, std::vector<MacroArgument>* arguments);
  Range parse_annotation();
  MacroStmt* begin_definition(MacroKind kind, MacroInfo& info);
  void end_definition(MacroStmt* macro, MacroInfo info, uint32_t begin, size_t first_call, bool top_level);
  Expr* default_languages();
  void parse_definition_body(MacroStmt* macro, MacroInfo& info, std::string_view end_tag);

  // parser_expression.cc
  Expr* parse_expression(bool with_condition = true);
  Expr* parse_conditional();
  Expr* parse_binary(int least);
  Expr* parse_compare_rest(Expr* first);
  Expr* parse_unary(bool with_filter = true);
  Expr* parse_primary(bool with_namespace = false);
  Expr* parse_name(bool with_namespace);
  Expr* parse_string();
  Expr* parse_list();
  Expr* parse_dict();
  Expr* parse_postfix(Expr* expr);
  Expr* parse_filters_and_tests(Expr* expr);
  Expr* parse_subscript(Expr* subject);
  Expr* parse_subscribed();
  Expr* parse_call(Expr* callee);
  Arguments parse_arguments();
  Expr* parse_filter(Expr* subject, bool start_inline = false);
  Expr* parse_test(Expr* subject);
  struct TupleOptions {
    bool simplified = false, with_condition = true, parenthesised = false, with_namespace = false;
  };
  Expr* parse_tuple(const TupleOptions& options);
  Expr* parse_target(bool with_namespace = false);
  uint32_t parse_target_name(Range* at = nullptr);
  void check_target(const Expr* target);
  std::string_view dotted_name();

  Expr* constant(Value value, Range at);
  template <class T>
  T* expr(ExprKind kind, uint32_t begin, int height) {
    T* e = arena_.make<T>();
    e->kind = kind;
    e->at = {begin, last_end_};
    e->height = checked_height(height, e->at);
    return e;
  }
  template <class T>
  T* stmt(StmtKind kind, uint32_t begin) {
    T* s = arena_.make<T>();
    s->kind = kind;
    s->at = {begin, last_end_};
    return s;
  }
  uint16_t checked_height(int height, Range at);

  // static calls
  bool static_path(const Expr* callee, std::string& path) const;
  std::optional<Value> literal(const Expr* e) const;
  void fill_static_call(StaticCall& call, const CallExpr* expr) const;

  // the stream
  Token advance();
  const Token& look();
  bool skip_if(Tok type);
  bool skip_if_name(std::string_view name);
  Token expect(Tok type);
  void expect_name(std::string_view name);
  [[noreturn]] void unexpected(std::string_view wanted);
  [[noreturn]] void fail(std::string message, Range at, const char* code = "jinja/syntax-error");
  [[noreturn]] void fail_here(std::string message) { fail(std::move(message), {current_.begin, current_.end}); }
  [[noreturn]] void fail_unclosed_or_unknown(const Token* unknown);
  bool at_end_tag(const EndTags& end_tags) const;

  const SourceFile& file_;
  const Syntax& syntax_;
  Arena& arena_;
  CompiledTemplate& template_;
  NameTable& names_;
  Lexer lexer_;
  Token current_;
  Token ahead_;
  bool has_ahead_ = false;
  uint32_t last_end_ = 0;   // of the token before current_
  uint32_t tag_begin_ = 0;  // of the statement's "{%"
  uint32_t tag_edge_ = 0;   // where the text before it ends
  int depth_ = 0;
  int block_depth_ = 0;
  std::vector<std::string_view> open_tags_;
  std::vector<const EndTags*> end_tags_;
  std::vector<ForStmt*> open_loops_;
  std::vector<BlockStmt*> blocks_;
  bool has_extends_ = false;
  std::vector<StaticCall> calls_;  // of the whole template, in order
  // Scratch for lists under construction; each function works behind what it finds.
  std::vector<Stmt*> stmts_;
  std::vector<OutputItem> items_;
  std::vector<Expr*> exprs_;
  std::vector<Expr*> values_;
  std::vector<std::string_view> keywords_;

  friend class NestingGuard;
};

}  // namespace modelc::jinja
