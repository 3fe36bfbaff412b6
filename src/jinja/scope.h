// Which variable a name means: Jinja2's rules (idtracking.py), resolved to slots while compiling.
//
// Every frame of Jinja2 (root, macro, loop body, with, ...) is a Scope; `if` makes none. All names that the statements
// of a scope mention are registered first (analyze), then code is generated: so a name that is assigned anywhere in a
// scope is that scope's own from its beginning.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "jinja/ast.h"
#include "jinja/bytecode.h"
#include "jinja/parser.h"

namespace modelc::jinja {

/// What a variable holds when its scope is entered.
enum class Load : uint8_t {
  parameter,  ///< set by the call or the loop
  resolve,    ///< looked up in the context
  alias,      ///< a copy of the outer scope's variable of the same name
  undefined,  ///< nothing: the first mention is an assignment
};

struct Loop {
  uint32_t start = 0;
  int captures = 0;
  std::vector<uint32_t> breaks;  // jumps to be patched to the loop's end
};

/// A function under construction.
struct FunctionBuilder {
  Function* function = nullptr;
  FunctionBuilder* parent = nullptr;
  int stack = 0;
  int captures = 0;
  std::vector<Loop> loops;
};

struct Variable {
  uint32_t name = 0;
  uint16_t slot = 0;
  Load load = Load::resolve;
  bool stored = false;
  Variable* outer = nullptr;  ///< of an alias
  FunctionBuilder* owner = nullptr;
};

class Scope {
 public:
  Scope(FunctionBuilder& function, Scope* parent, Arena& arena, const SourceFile& file)
      : function_(function), parent_(parent), arena_(arena), file_(file) {}

  Variable* find_own(uint32_t name) const;
  Variable* find(uint32_t name) const;
  /// `slot`, when given, is shared with another scope of the same function.
  Variable* declare_parameter(uint32_t name, uint16_t slot = kNoSlot);
  void load(uint32_t name);
  void store(uint32_t name, bool in_branch);

  // Register the names that statements of this scope mention; inner scopes are left out.
  void analyze(const StmtList& body, bool in_branch = false);
  void analyze(const Expr* e);
  /// The names of an assignment target as parameters.
  void declare_target(const Expr* target);

  const std::vector<Variable*>& variables() const { return variables_; }
  Scope* parent() const { return parent_; }
  FunctionBuilder& function() const { return function_; }

 private:
  Variable* add(uint32_t name, Load load, uint16_t slot = kNoSlot);
  void analyze(const Stmt* statement, bool in_branch);
  void store_target(const Expr* target, bool in_branch);

  FunctionBuilder& function_;
  Scope* parent_;
  Arena& arena_;
  const SourceFile& file_;
  std::vector<Variable*> variables_;
  std::unordered_map<uint32_t, Variable*> index_;  // only of large scopes
};

/// Adds a slot to a function under construction.
uint16_t add_slot(FunctionBuilder& builder, uint32_t name, const SourceFile& file);

/// Which of up to four names are read in a body before they are assigned there (Jinja2's find_undeclared): bit i for
/// names[i]. Blocks are left out, inner macros are not.
unsigned find_undeclared(const StmtList& body, std::initializer_list<uint32_t> names);

}  // namespace modelc::jinja
