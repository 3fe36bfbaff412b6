// Syntax tree to bytecode.
#pragma once

#include <string_view>
#include <vector>

#include "jinja/ast.h"
#include "jinja/bytecode.h"
#include "jinja/parser.h"
#include "jinja/scope.h"

namespace modelc::jinja {

class CodeGenerator {
 public:
  CodeGenerator(const SourceFile& file, Arena& arena, CompiledTemplate& tmpl, NameTable& names)
      : file_(file), arena_(arena), template_(tmpl), names_(names) {}

  void generate(const StmtList& body, const std::vector<BlockStmt*>& blocks, bool has_extends);
  void generate_expression(const Expr* e);

 private:
  /// What a statement's surroundings say (Jinja2's Frame).
  struct Frame {
    Scope* scope = nullptr;
    bool toplevel = false;      // of the root, conditions included
    bool rootlevel = false;     // of the root, conditions excluded
    bool soft = false;          // within a condition: unknown filters fail when they run
    bool check_parent = false;  // print nothing once the template has extended another
  };

  // codegen.cc: functions, scopes, variables
  FunctionBuilder& begin_function(Function::Kind kind, FunctionBuilder* parent);
  void end_function(FunctionBuilder& builder, Op finish, Range at);
  uint32_t function_index(const FunctionBuilder& builder) const;
  Scope* make_scope(Scope* parent, FunctionBuilder& function);
  void enter_scope(const Scope& scope, bool function_level, Range at);
  void leave_scope(const Scope& scope, Range at);
  void load_variable(const Frame& frame, uint32_t name, Range at);
  void store_variable(const Frame& frame, uint32_t name, Range at);
  void store_target(const Frame& frame, const Expr* target, bool block);
  void export_target(const Frame& frame, const Expr* target);
  void export_variable(const Frame& frame, uint32_t name, Op op, Range at);
  int functions_up(const FunctionBuilder* owner) const;
  uint32_t locals_of(const Frame& frame);
  uint32_t compile_macro(const MacroStmt* macro, const Frame& frame, Function::Kind kind);
  void compile_block(const BlockStmt* block, size_t index);
  [[noreturn]] void fail(std::string message, Range at, const char* code = "jinja/syntax-error");

  // codegen_statement.cc
  bool body(const StmtList& statements, const Frame& frame);
  bool statement(const Stmt* s, const Frame& frame);
  void output(const OutputStmt* s, const Frame& frame);
  void template_text(Range text);
  void for_loop(const ForStmt* s, const Frame& frame);
  void loop_code(const ForStmt* s, const Frame& frame, Scope* loop_scope, bool extended);
  uint32_t compile_loop_test(const ForStmt* s, const Frame& frame);
  void condition(const ConditionStmt* s, const Frame& frame);
  void loop_control(const Stmt* s);
  void check_namespaces(const Expr* target, const Frame& frame);
  void assign(const AssignStmt* s, const Frame& frame);
  void assign_block(const AssignBlockStmt* s, const Frame& frame);
  void with(const WithStmt* s, const Frame& frame);
  void scope_block(const ScopeStmt* s, const Frame& frame);
  void macro(const MacroStmt* s, const Frame& frame);
  void call_block(const CallBlockStmt* s, const Frame& frame);
  void filter_block(const FilterBlockStmt* s, const Frame& frame);
  void block(const BlockStmt* s, const Frame& frame);
  bool extends(const ExtendsStmt* s, const Frame& frame);
  void include(const IncludeStmt* s, const Frame& frame);
  void import(const ImportStmt* s, const Frame& frame);
  void from_import(const FromImportStmt* s, const Frame& frame);

  // codegen_expression.cc
  void expression(const Expr* e, const Frame& frame);
  void sequence(const ExprList& items, Op make, Op extend, const Frame& frame, Range at);
  void dict(const DictExpr* e, const Frame& frame);
  void logic(const BinaryExpr* e, const Frame& frame);
  void compare(const CompareExpr* e, const Frame& frame);
  void conditional(const ConditionalExpr* e, const Frame& frame);
  void item(const ItemExpr* e, const Frame& frame);
  void call(const CallExpr* e, const Frame& frame, const MacroStmt* caller = nullptr);
  void filter_or_test(const FilterExpr* e, const Frame& frame);
  /// Pushes the arguments; gives the flags and how many values there are, and the index of the keywords.
  uint8_t arguments(const Arguments& a, const Frame& frame, const MacroStmt* caller, int& count, uint32_t& keywords);
  void constant(Value value, Range at);
  bool is_constant(const Expr* e) const;
  bool is_constant(const Arguments& a) const;

  uint32_t emit(Op op, Range at, int effect, uint8_t a = 0, uint32_t b = 0, uint32_t c = 0);
  uint32_t here() const { return static_cast<uint32_t>(builder_->function->code.size()); }
  void patch(uint32_t jump) { builder_->function->code[jump].c = here(); }

  const SourceFile& file_;
  Arena& arena_;
  CompiledTemplate& template_;
  NameTable& names_;
  std::vector<std::unique_ptr<FunctionBuilder>> builders_;
  std::vector<std::unique_ptr<Scope>> scopes_;
  FunctionBuilder* builder_ = nullptr;  // of the function under construction
  FunctionBuilder* root_ = nullptr;
  std::vector<BlockStmt*> blocks_;
  uint16_t parent_slot_ = 0;
  bool has_known_extends_ = false;
  int extends_so_far_ = 0;
};

}  // namespace modelc::jinja
