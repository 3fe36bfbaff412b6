// Functions, scopes and variables; statements and expressions have files of their own.
#include "jinja/codegen.h"

#include <fmt/format.h>

#include <algorithm>

namespace modelc::jinja {

void CodeGenerator::fail(std::string message, Range at, const char* code) {
  throw Error(ErrorKind::compilation, code, std::move(message), Span{&file_, at.begin, at.end});
}

uint32_t CodeGenerator::emit(Op op, Range at, int effect, uint8_t a, uint32_t b, uint32_t c) {
  Function& function = *builder_->function;
  if (b > 0xffff) fail("too many arguments", at, "jinja/limit-arguments");
  auto index = static_cast<uint32_t>(function.code.size());
  function.code.push_back({op, a, static_cast<uint16_t>(b), c});
  function.places.push_back(at);
  builder_->stack += effect;
  function.max_stack = std::max(function.max_stack, static_cast<uint32_t>(builder_->stack + 1));
  return index;
}

// ---- functions ----------------------------------------------------------------------------------------------------

FunctionBuilder& CodeGenerator::begin_function(Function::Kind kind, FunctionBuilder* parent) {
  template_.functions.push_back(std::make_unique<Function>());
  builders_.push_back(std::make_unique<FunctionBuilder>());
  FunctionBuilder& builder = *builders_.back();
  builder.function = template_.functions.back().get();
  builder.function->kind = kind;
  builder.parent = parent;
  if (parent) parent->function->keeps_locals = true;
  builder_ = &builder;
  return builder;
}

void CodeGenerator::end_function(FunctionBuilder& builder, Op finish, Range at) {
  emit(finish, at, 0);
  builder_ = builder.parent;
}

uint32_t CodeGenerator::function_index(const FunctionBuilder& builder) const {
  for (size_t i = template_.functions.size(); i-- > 0;) {
    if (template_.functions[i].get() == builder.function) return static_cast<uint32_t>(i);
  }
  return 0;
}

void CodeGenerator::generate(const StmtList& statements, const std::vector<BlockStmt*>& blocks, bool has_extends) {
  blocks_ = blocks;
  for (size_t i = 0; i < blocks.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (blocks[j]->name == blocks[i]->name)
        fail(fmt::format("block '{}' defined twice", blocks[i]->name), blocks[i]->at);
    }
    template_.blocks.push_back({blocks[i]->name, 0, blocks[i]->required});
  }
  if (!blocks.empty() || has_extends) template_.exports = true;
  template_.macro_functions.assign(template_.macros().size(), 0);

  Range start{0, 0};
  root_ = &begin_function(Function::Kind::root, nullptr);
  Frame frame;
  frame.scope = make_scope(nullptr, *root_);
  frame.toplevel = frame.rootlevel = true;
  frame.check_parent = has_extends;
  uint32_t self = names_.find("self");
  if (self != kNoName && find_undeclared(statements, {self})) {
    Variable* variable = frame.scope->declare_parameter(self);
    emit(Op::load_self, start, 1);
    emit(Op::store, start, -1, 0, 0, variable->slot);
  }
  frame.scope->analyze(statements);
  if (has_extends) parent_slot_ = add_slot(*root_, names_.intern(""), file_);
  enter_scope(*frame.scope, true, start);
  body(statements, frame);
  auto end = static_cast<uint32_t>(file_.text().size());
  if (has_extends) emit(Op::enter_parent, {end, end}, 0, 0, 0, parent_slot_);
  end_function(*root_, Op::finish, {end, end});
  for (size_t i = 0; i < blocks_.size(); ++i) compile_block(blocks_[i], i);
}

void CodeGenerator::generate_expression(const Expr* e) {
  root_ = &begin_function(Function::Kind::root, nullptr);
  Frame frame;
  frame.scope = make_scope(nullptr, *root_);
  frame.scope->analyze(e);
  expression(e, frame);
  end_function(*root_, Op::finish_value, e->at);
}

void CodeGenerator::compile_block(const BlockStmt* block, size_t index) {
  FunctionBuilder& builder = begin_function(Function::Kind::block, nullptr);
  builder.function->name = block->name;
  template_.blocks[index].function = function_index(builder);
  Frame frame;
  frame.scope = make_scope(nullptr, builder);
  uint32_t self = names_.find("self");
  uint32_t super = names_.find("super");
  unsigned undeclared = find_undeclared(block->body, {self, super});
  auto special = [&](uint32_t name, Op op) {
    Variable* variable = frame.scope->declare_parameter(name);
    emit(op, block->at, 1, 0, 0, static_cast<uint32_t>(index));
    emit(Op::store, block->at, -1, 0, 0, variable->slot);
  };
  if (self != kNoName && (undeclared & 1)) special(self, Op::load_self);
  if (super != kNoName && (undeclared & 2)) special(super, Op::load_super);
  frame.scope->analyze(block->body);
  enter_scope(*frame.scope, true, block->at);
  body(block->body, frame);
  end_function(builder, Op::finish, block->at);
}

uint32_t CodeGenerator::compile_macro(const MacroStmt* macro, const Frame& outer, Function::Kind kind) {
  FunctionBuilder& builder = begin_function(kind, builder_);
  Function& function = *builder.function;
  function.name = macro->name;
  Frame frame;
  frame.scope = make_scope(outer.scope, builder);
  for (const Parameter& parameter : macro->parameters) frame.scope->declare_parameter(parameter.name);
  for (const Parameter& parameter : macro->parameters) frame.scope->analyze(parameter.fallback);
  frame.scope->analyze(macro->body);

  uint32_t caller = names_.find("caller"), kwargs = names_.find("kwargs"), varargs = names_.find("varargs");
  unsigned undeclared = 0;
  if (caller != kNoName || kwargs != kNoName || varargs != kNoName) {
    undeclared = find_undeclared(macro->body, {caller, kwargs, varargs});
  }
  auto is_parameter = [&](uint32_t name) {
    return std::any_of(macro->parameters.begin(), macro->parameters.end(),
                       [&](const Parameter& p) { return p.name == name; });
  };
  if (caller != kNoName && (undeclared & 1)) {
    function.uses_caller = true;
    if (!is_parameter(caller)) function.caller_slot = frame.scope->declare_parameter(caller)->slot;
    for (const Parameter& parameter : macro->parameters) {
      if (parameter.name == caller && !parameter.fallback) {
        fail(
            "When defining macros or call blocks the special \"caller\" argument must be omitted or be given a "
            "default.",
            parameter.at);
      }
    }
  }
  if (kwargs != kNoName && (undeclared & 2) && !is_parameter(kwargs)) {
    function.kwargs_slot = frame.scope->declare_parameter(kwargs)->slot;
  }
  if (varargs != kNoName && (undeclared & 4) && !is_parameter(varargs)) {
    function.varargs_slot = frame.scope->declare_parameter(varargs)->slot;
  }
  for (const Parameter& parameter : macro->parameters) {
    function.parameters.push_back({template_.names[parameter.name].text, frame.scope->find_own(parameter.name)->slot,
                                   parameter.fallback != nullptr});
  }

  enter_scope(*frame.scope, true, macro->at);
  for (const Parameter& parameter : macro->parameters) {
    if (!parameter.fallback) continue;
    uint16_t slot = frame.scope->find_own(parameter.name)->slot;
    uint32_t given = emit(Op::jump_if_set, parameter.at, 0, 0, slot);
    expression(parameter.fallback, frame);
    emit(Op::store, parameter.at, -1, 0, 0, slot);
    patch(given);
  }
  body(macro->body, frame);
  uint32_t index = function_index(builder);
  end_function(builder, Op::finish, macro->at);
  return index;
}

// ---- scopes -------------------------------------------------------------------------------------------------------

Scope* CodeGenerator::make_scope(Scope* parent, FunctionBuilder& function) {
  scopes_.push_back(std::make_unique<Scope>(function, parent, arena_, file_));
  return scopes_.back().get();
}

int CodeGenerator::functions_up(const FunctionBuilder* owner) const {
  int up = 0;
  for (const FunctionBuilder* b = builder_; b && b != owner; b = b->parent) ++up;
  return up;
}

/// Puts the scope's variables into their first state. The slots of a function are fresh when it is entered.
void CodeGenerator::enter_scope(const Scope& scope, bool function_level, Range at) {
  for (const Variable* variable : scope.variables()) {
    if (variable->load == Load::alias) {
      const Variable& outer = *variable->outer;
      int up = functions_up(outer.owner);
      bool resolve = outer.load == Load::resolve;
      bool root = outer.owner == root_ && up > 0;
      Op op = root ? (resolve ? Op::alias_root_resolve : Op::alias_root) : (resolve ? Op::alias_resolve : Op::alias);
      emit(op, at, 0, static_cast<uint8_t>(up), outer.slot, variable->slot);
    } else if (variable->stored && variable->load != Load::parameter && !function_level) {
      emit(Op::clear, at, 0, 0, 0, variable->slot);
    }
  }
}

/// Inner functions that outlive a scope see its variables unset, as in Jinja2.
void CodeGenerator::leave_scope(const Scope& scope, Range at) {
  if (!builder_->function->keeps_locals) return;
  for (const Variable* variable : scope.variables()) emit(Op::clear, at, 0, 0, 0, variable->slot);
}

// ---- variables ----------------------------------------------------------------------------------------------------

void CodeGenerator::load_variable(const Frame& frame, uint32_t name, Range at) {
  Variable* variable = frame.scope->find(name);
  if (!variable) {  // a name that Jinja2's analysis overlooks, as in the filter of a set block
    frame.scope->load(name);
    variable = frame.scope->find(name);
  }
  bool resolve = variable->load == Load::resolve;
  int up = functions_up(variable->owner);
  if (up == 0) {
    bool bound = variable->load == Load::alias && variable->outer->owner == root_ && variable->owner != root_;
    emit(resolve ? Op::load_resolve : bound ? Op::load_alias : Op::load, at, 1, 0, 0, variable->slot);
    return;
  }
  bool root = variable->owner == root_;
  Op op =
      root ? (resolve ? Op::load_root_resolve : Op::load_root) : (resolve ? Op::load_outer_resolve : Op::load_outer);
  emit(op, at, 1, static_cast<uint8_t>(up), variable->slot, name);
}

void CodeGenerator::store_variable(const Frame& frame, uint32_t name, Range at) {
  emit(Op::store, at, -1, 0, 0, frame.scope->find_own(name)->slot);
}

/// Assigns the value on the stack. `block`: of a set block, which may also write into dicts.
void CodeGenerator::store_target(const Frame& frame, const Expr* target, bool block) {
  switch (target->kind) {
    case ExprKind::name:
      store_variable(frame, static_cast<const NameExpr*>(target)->name, target->at);
      break;
    case ExprKind::namespace_ref: {
      const auto* ref = static_cast<const NamespaceRef*>(target);
      load_variable(frame, ref->name, target->at);
      emit(block ? Op::store_item : Op::store_namespace, target->at, -2, 0, 0, names_.intern(ref->attribute));
      break;
    }
    default: {
      const ExprList& items = static_cast<const SequenceExpr*>(target)->items;
      emit(Op::unpack, target->at, static_cast<int>(items.size()) - 1, 0, 0, items.size());
      for (const Expr* item : items) store_target(frame, item, block);
    }
  }
}

void CodeGenerator::export_variable(const Frame& frame, uint32_t name, Op op, Range at) {
  if (frame.toplevel) emit(op, at, 0, 0, frame.scope->find_own(name)->slot, name);
}

void CodeGenerator::export_target(const Frame& frame, const Expr* target) {
  if (target->kind == ExprKind::name) {
    export_variable(frame, static_cast<const NameExpr*>(target)->name, Op::export_name, target->at);
  } else if (target->kind == ExprKind::tuple) {
    for (const Expr* item : static_cast<const SequenceExpr*>(target)->items) export_target(frame, item);
  }
}

/// The variables that this place has assigned, for templates that see its context. Gives 1 + an index.
uint32_t CodeGenerator::locals_of(const Frame& frame) {
  std::vector<LocalName> locals;
  std::vector<uint32_t> seen;
  for (const Scope* scope = frame.scope; scope; scope = scope->parent()) {
    for (const Variable* variable : scope->variables()) {
      if (!variable->stored || std::find(seen.begin(), seen.end(), variable->name) != seen.end()) continue;
      seen.push_back(variable->name);
      const Variable* visible = frame.scope->find(variable->name);
      int up = functions_up(visible->owner);
      locals.push_back({template_.names[visible->name].text, static_cast<uint16_t>(up), visible->slot});
    }
  }
  template_.locals.push_back(std::move(locals));
  return static_cast<uint32_t>(template_.locals.size());
}

}  // namespace modelc::jinja
