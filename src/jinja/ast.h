// The syntax tree of a template. Nodes live in an Arena and hold offsets into the source; names are numbers into the
// template's table of names, literals numbers into its table of constants.
#pragma once

#include <cstdint>
#include <string_view>

#include "jinja/arena.h"
#include "jinja/lexer.h"
#include "jinja/template.h"

namespace modelc::jinja {

enum class ExprKind : uint8_t {
  constant,
  name,
  tuple,
  list,
  dict,
  negate,
  positive,
  logical_not,
  binary,
  logic,
  concat,
  compare,
  conditional,
  attribute,
  item,
  slice,
  call,
  filter,
  test,
  namespace_ref,
};

struct Expr {
  ExprKind kind;
  uint16_t height;  ///< of the tree below, bounded by the parser: later passes recurse over it
  Range at;
};
using ExprList = ArenaList<Expr*>;

struct ConstExpr : Expr {
  uint32_t constant;
};
struct NameExpr : Expr {
  uint32_t name;
};
struct SequenceExpr : Expr {
  ExprList items;
};  // tuple, list, concat
struct DictExpr : Expr {
  ExprList keys, values;
};
struct UnaryExpr : Expr {
  Expr* operand;
};  // negate, positive, logical_not
struct BinaryExpr : Expr {
  Expr* left;
  Expr* right;
  uint8_t op;
};  // binary: a BinaryOp; logic: 0 and, 1 or
/// `op` counts on from CompareOp: the last two are `in` and `not in`.
struct Operand {
  uint8_t op;
  Expr* expr;
};
inline constexpr uint8_t kCompareIn = 6, kCompareNotIn = 7;
struct CompareExpr : Expr {
  Expr* first;
  ArenaList<Operand> rest;
};
struct ConditionalExpr : Expr {
  Expr* test;
  Expr* yes;
  Expr* no;
};  // no: may be null
struct AttributeExpr : Expr {
  Expr* subject;
  std::string_view name;
};
struct ItemExpr : Expr {
  Expr* subject;
  Expr* key;
};
struct SliceExpr : Expr {
  Expr* start;
  Expr* stop;
  Expr* step;
};  // each may be null; only as a key
/// What stands in the parentheses of calls, filters and tests.
struct Arguments {
  ExprList positional;
  ArenaList<std::string_view> names;  ///< of `named`, one each
  ExprList named;
  Expr* starred = nullptr;         ///< *args
  Expr* double_starred = nullptr;  ///< **kwargs
};
struct CallExpr : Expr {
  Expr* callee;
  Arguments arguments;
};
struct FilterExpr : Expr {
  Expr* subject;
  std::string_view name;
  Arguments arguments;
};  // filter: subject null in blocks; test
struct NamespaceRef : Expr {
  uint32_t name;
  std::string_view attribute;
};  // ns.x as a target

enum class StmtKind : uint8_t {
  output,
  for_loop,
  condition,
  assign,
  assign_block,
  with,
  macro,
  call_block,
  filter_block,
  block,
  extends,
  include,
  import,
  from_import,
  expression,
  break_loop,
  continue_loop,
  scope,
};

struct Stmt {
  StmtKind kind;
  Range at;
};
using StmtList = ArenaList<Stmt*>;

/// Template text (expr null, `text` its place) or an expression to print.
struct OutputItem {
  Expr* expr;
  Range text;
};
struct OutputStmt : Stmt {
  ArenaList<OutputItem> items;
};
struct ForStmt : Stmt {
  Expr* target;
  Expr* iterable;
  Expr* test;
  bool recursive;
  StmtList body, otherwise;
  bool has_scoped_block;
  Range loop_assigned;  ///< an assignment to `loop` somewhere within, which is refused; empty when there is none
};
struct Branch {
  Expr* test;
  StmtList body;
  Range at;
};
struct ConditionStmt : Stmt {
  ArenaList<Branch> branches;
  StmtList otherwise;
};
struct AssignStmt : Stmt {
  Expr* target;
  Expr* value;
};
struct AssignBlockStmt : Stmt {
  Expr* target;
  FilterExpr* filter;
  StmtList body;
};
struct WithStmt : Stmt {
  ExprList targets, values;
  StmtList body;
};
struct Parameter {
  uint32_t name;
  Expr* fallback;
  Range at;
};
/// A macro, or the anonymous one of a call block, or one of the block definitions of Syntax::dbt_extensions.
struct MacroStmt : Stmt {
  std::string_view name;  ///< as written; empty in call blocks
  uint32_t name_id;       ///< the variable that a macro is assigned to
  MacroKind macro_kind;
  ArenaList<Parameter> parameters;
  StmtList body;
  uint32_t info;  ///< 1 + its index in Template::macros(), or 0
};
struct CallBlockStmt : Stmt {
  CallExpr* call;
  MacroStmt* caller;
};
struct FilterBlockStmt : Stmt {
  FilterExpr* filter;
  StmtList body;
};
struct BlockStmt : Stmt {
  std::string_view name;
  bool scoped, required;
  StmtList body;
};
struct ExtendsStmt : Stmt {
  Expr* name;
};
struct IncludeStmt : Stmt {
  Expr* name;
  bool ignore_missing, with_context;
};
struct ImportStmt : Stmt {
  Expr* name;
  uint32_t target;
  bool with_context;
};
struct ImportedName {
  std::string_view name;
  uint32_t alias;
  Range at;
};
struct FromImportStmt : Stmt {
  Expr* name;
  ArenaList<ImportedName> names;
  bool with_context;
};
struct ExpressionStmt : Stmt {
  Expr* expr;
};
struct ScopeStmt : Stmt {
  Expr* option;
  StmtList body;
};  // autoescape

}  // namespace modelc::jinja
