#include "jinja/scope.h"

namespace modelc::jinja {
namespace {

/// Calls `visit` for every name that an expression reads.
template <class Visit>
void each_name(const Expr* e, const Visit& visit);

template <class Visit>
void each_name(const Arguments& a, const Visit& visit) {
  for (const Expr* e : a.positional) each_name(e, visit);
  for (const Expr* e : a.named) each_name(e, visit);
  each_name(a.starred, visit);
  each_name(a.double_starred, visit);
}

template <class Visit>
void each_name(const Expr* e, const Visit& visit) {
  if (!e) return;
  switch (e->kind) {
    case ExprKind::constant:
      return;
    case ExprKind::namespace_ref:
      return;
    case ExprKind::name:
      visit(static_cast<const NameExpr*>(e)->name);
      return;
    case ExprKind::tuple:
    case ExprKind::list:
    case ExprKind::concat:
      for (const Expr* item : static_cast<const SequenceExpr*>(e)->items) each_name(item, visit);
      return;
    case ExprKind::dict: {
      const auto* dict = static_cast<const DictExpr*>(e);
      for (const Expr* key : dict->keys) each_name(key, visit);
      for (const Expr* value : dict->values) each_name(value, visit);
      return;
    }
    case ExprKind::negate:
    case ExprKind::positive:
    case ExprKind::logical_not:
      each_name(static_cast<const UnaryExpr*>(e)->operand, visit);
      return;
    case ExprKind::binary:
    case ExprKind::logic:
      each_name(static_cast<const BinaryExpr*>(e)->left, visit);
      each_name(static_cast<const BinaryExpr*>(e)->right, visit);
      return;
    case ExprKind::compare:
      each_name(static_cast<const CompareExpr*>(e)->first, visit);
      for (const Operand& operand : static_cast<const CompareExpr*>(e)->rest) each_name(operand.expr, visit);
      return;
    case ExprKind::conditional: {
      const auto* c = static_cast<const ConditionalExpr*>(e);
      each_name(c->test, visit);
      each_name(c->yes, visit);
      each_name(c->no, visit);
      return;
    }
    case ExprKind::attribute:
      each_name(static_cast<const AttributeExpr*>(e)->subject, visit);
      return;
    case ExprKind::item:
      each_name(static_cast<const ItemExpr*>(e)->subject, visit);
      each_name(static_cast<const ItemExpr*>(e)->key, visit);
      return;
    case ExprKind::slice: {
      const auto* slice = static_cast<const SliceExpr*>(e);
      each_name(slice->start, visit);
      each_name(slice->stop, visit);
      each_name(slice->step, visit);
      return;
    }
    case ExprKind::call:
      each_name(static_cast<const CallExpr*>(e)->callee, visit);
      each_name(static_cast<const CallExpr*>(e)->arguments, visit);
      return;
    case ExprKind::filter:
    case ExprKind::test:
      each_name(static_cast<const FilterExpr*>(e)->subject, visit);
      each_name(static_cast<const FilterExpr*>(e)->arguments, visit);
      return;
  }
}

/// Calls `visit` for every name that a target assigns.
template <class Visit>
void each_target(const Expr* target, const Visit& visit) {
  if (target->kind == ExprKind::name) visit(static_cast<const NameExpr*>(target)->name);
  if (target->kind != ExprKind::tuple) return;
  for (const Expr* item : static_cast<const SequenceExpr*>(target)->items) each_target(item, visit);
}

}  // namespace

uint16_t add_slot(FunctionBuilder& builder, uint32_t name, const SourceFile& file) {
  size_t slot = builder.function->slot_names.size();
  if (slot >= 20000)
    throw Error(ErrorKind::compilation, "jinja/limit-variables", "too many variables", Span{&file, 0, 0});
  builder.function->slot_names.push_back(name);
  return static_cast<uint16_t>(slot);
}

// ---- Scope --------------------------------------------------------------------------------------------------------

Variable* Scope::find_own(uint32_t name) const {
  if (!index_.empty()) {
    auto found = index_.find(name);
    return found == index_.end() ? nullptr : found->second;
  }
  for (Variable* variable : variables_) {
    if (variable->name == name) return variable;
  }
  return nullptr;
}

Variable* Scope::find(uint32_t name) const {
  for (const Scope* scope = this; scope; scope = scope->parent_) {
    if (Variable* variable = scope->find_own(name)) return variable;
  }
  return nullptr;
}

Variable* Scope::add(uint32_t name, Load load, uint16_t slot) {
  auto* variable = arena_.make<Variable>();
  variable->name = name;
  variable->load = load;
  variable->slot = slot == kNoSlot ? add_slot(function_, name, file_) : slot;
  variable->owner = &function_;
  variables_.push_back(variable);
  constexpr size_t kIndexFrom = 24;
  if (variables_.size() == kIndexFrom) {
    for (Variable* each : variables_) index_[each->name] = each;
  } else if (variables_.size() > kIndexFrom) {
    index_[name] = variable;
  }
  return variable;
}

Variable* Scope::declare_parameter(uint32_t name, uint16_t slot) {
  Variable* variable = find_own(name);
  if (!variable) variable = add(name, Load::parameter, slot);
  variable->load = Load::parameter;
  variable->stored = true;
  return variable;
}

void Scope::load(uint32_t name) {
  if (!find(name)) add(name, Load::resolve);
}

void Scope::store(uint32_t name, bool in_branch) {
  Variable* variable = find_own(name);
  if (!variable) {
    Variable* outer = parent_ ? parent_->find(name) : nullptr;
    variable = add(name, outer ? Load::alias : in_branch ? Load::resolve : Load::undefined);
    variable->outer = outer;
  }
  variable->stored = true;
}

void Scope::declare_target(const Expr* target) {
  each_target(target, [this](uint32_t name) { declare_parameter(name); });
}

void Scope::store_target(const Expr* target, bool in_branch) {
  if (target->kind == ExprKind::namespace_ref) {
    load(static_cast<const NamespaceRef*>(target)->name);
  } else if (target->kind == ExprKind::tuple) {
    for (const Expr* item : static_cast<const SequenceExpr*>(target)->items) store_target(item, in_branch);
  } else if (target->kind == ExprKind::name) {
    store(static_cast<const NameExpr*>(target)->name, in_branch);
  }
}

void Scope::analyze(const Expr* e) {
  each_name(e, [this](uint32_t name) { load(name); });
}

void Scope::analyze(const StmtList& body, bool in_branch) {
  for (const Stmt* statement : body) analyze(statement, in_branch);
}

void Scope::analyze(const Stmt* statement, bool in_branch) {
  switch (statement->kind) {
    case StmtKind::output:
      for (const OutputItem& item : static_cast<const OutputStmt*>(statement)->items) analyze(item.expr);
      break;
    case StmtKind::for_loop:
      analyze(static_cast<const ForStmt*>(statement)->iterable);
      break;
    case StmtKind::condition: {
      const auto* condition = static_cast<const ConditionStmt*>(statement);
      // Jinja2 nests `elif` as conditions within: their tests are read within a branch, which makes no difference to
      // loads.
      for (const Branch& branch : condition->branches) {
        analyze(branch.test);
        analyze(branch.body, true);
      }
      analyze(condition->otherwise, true);
      break;
    }
    case StmtKind::assign:
      analyze(static_cast<const AssignStmt*>(statement)->value);
      store_target(static_cast<const AssignStmt*>(statement)->target, in_branch);
      break;
    case StmtKind::assign_block:
      store_target(static_cast<const AssignBlockStmt*>(statement)->target, in_branch);
      break;
    case StmtKind::with:
      for (const Expr* value : static_cast<const WithStmt*>(statement)->values) analyze(value);
      break;
    case StmtKind::macro: {
      const auto* macro = static_cast<const MacroStmt*>(statement);
      if (macro->macro_kind == MacroKind::macro) store(macro->name_id, in_branch);
      break;
    }
    case StmtKind::call_block:
      analyze(static_cast<const CallBlockStmt*>(statement)->call);
      break;
    case StmtKind::filter_block:
      analyze(static_cast<const FilterBlockStmt*>(statement)->filter);
      break;
    case StmtKind::extends:
      analyze(static_cast<const ExtendsStmt*>(statement)->name);
      break;
    case StmtKind::include:
      analyze(static_cast<const IncludeStmt*>(statement)->name);
      break;
    case StmtKind::import:
      analyze(static_cast<const ImportStmt*>(statement)->name);
      store(static_cast<const ImportStmt*>(statement)->target, in_branch);
      break;
    case StmtKind::from_import:
      analyze(static_cast<const FromImportStmt*>(statement)->name);
      for (const ImportedName& each : static_cast<const FromImportStmt*>(statement)->names)
        store(each.alias, in_branch);
      break;
    case StmtKind::expression:
      analyze(static_cast<const ExpressionStmt*>(statement)->expr);
      break;
    case StmtKind::block:
    case StmtKind::scope:
    case StmtKind::break_loop:
    case StmtKind::continue_loop:
      break;
  }
}

// ---- undeclared names ---------------------------------------------------------------------------------------------
namespace {

class UndeclaredFinder {
 public:
  explicit UndeclaredFinder(std::initializer_list<uint32_t> names) {
    for (uint32_t name : names) names_[count_++] = name;
    wanted_ = (1u << count_) - 1;
  }

  unsigned found() const { return found_; }

  void visit(const StmtList& body) {
    for (const Stmt* statement : body) visit(statement);
  }

 private:
  unsigned bit(uint32_t name) const {
    for (unsigned i = 0; i < count_; ++i) {
      if (names_[i] == name) return 1u << i;
    }
    return 0;
  }
  void read(const Expr* e) {
    each_name(e, [this](uint32_t name) { found_ |= bit(name) & wanted_; });
  }
  void assign(const Expr* target) {
    each_target(target, [this](uint32_t name) { wanted_ &= ~bit(name); });
  }
  void visit_macro(const MacroStmt* macro) {
    for (const Parameter& parameter : macro->parameters) wanted_ &= ~bit(parameter.name);
    for (const Parameter& parameter : macro->parameters) read(parameter.fallback);
    visit(macro->body);
  }
  void visit(const Stmt* statement);

  uint32_t names_[4] = {};
  unsigned count_ = 0;
  unsigned wanted_ = 0;
  unsigned found_ = 0;
};

// The order of the visits is that of Jinja2's node fields: it decides whether an assignment hides a later use.
void UndeclaredFinder::visit(const Stmt* statement) {
  switch (statement->kind) {
    case StmtKind::output:
      for (const OutputItem& item : static_cast<const OutputStmt*>(statement)->items) read(item.expr);
      break;
    case StmtKind::for_loop: {
      const auto* loop = static_cast<const ForStmt*>(statement);
      assign(loop->target);
      read(loop->iterable);
      visit(loop->body);
      visit(loop->otherwise);
      read(loop->test);
      break;
    }
    case StmtKind::condition: {
      const auto* condition = static_cast<const ConditionStmt*>(statement);
      for (const Branch& branch : condition->branches) {
        read(branch.test);
        visit(branch.body);
      }
      visit(condition->otherwise);
      break;
    }
    case StmtKind::assign:
      assign(static_cast<const AssignStmt*>(statement)->target);
      read(static_cast<const AssignStmt*>(statement)->value);
      break;
    case StmtKind::assign_block:
      assign(static_cast<const AssignBlockStmt*>(statement)->target);
      read(static_cast<const AssignBlockStmt*>(statement)->filter);
      visit(static_cast<const AssignBlockStmt*>(statement)->body);
      break;
    case StmtKind::with: {
      const auto* with = static_cast<const WithStmt*>(statement);
      for (const Expr* target : with->targets) assign(target);
      for (const Expr* value : with->values) read(value);
      visit(with->body);
      break;
    }
    case StmtKind::macro:
      visit_macro(static_cast<const MacroStmt*>(statement));
      break;
    case StmtKind::call_block:
      read(static_cast<const CallBlockStmt*>(statement)->call);
      visit_macro(static_cast<const CallBlockStmt*>(statement)->caller);
      break;
    case StmtKind::filter_block:
      visit(static_cast<const FilterBlockStmt*>(statement)->body);
      read(static_cast<const FilterBlockStmt*>(statement)->filter);
      break;
    case StmtKind::extends:
      read(static_cast<const ExtendsStmt*>(statement)->name);
      break;
    case StmtKind::include:
      read(static_cast<const IncludeStmt*>(statement)->name);
      break;
    case StmtKind::import:
      read(static_cast<const ImportStmt*>(statement)->name);
      break;
    case StmtKind::from_import:
      read(static_cast<const FromImportStmt*>(statement)->name);
      break;
    case StmtKind::expression:
      read(static_cast<const ExpressionStmt*>(statement)->expr);
      break;
    case StmtKind::scope:
      read(static_cast<const ScopeStmt*>(statement)->option);
      visit(static_cast<const ScopeStmt*>(statement)->body);
      break;
    case StmtKind::block:
    case StmtKind::break_loop:
    case StmtKind::continue_loop:
      break;
  }
}

}  // namespace

unsigned find_undeclared(const StmtList& body, std::initializer_list<uint32_t> names) {
  UndeclaredFinder finder(names);
  finder.visit(body);
  return finder.found();
}

}  // namespace modelc::jinja
