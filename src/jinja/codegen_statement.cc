#include <fmt/format.h>

#include "jinja/codegen.h"

namespace modelc::jinja {

/// False when nothing after these statements can run (Jinja2's CompilerExit).
bool CodeGenerator::body(const StmtList& statements, const Frame& frame) {
  for (const Stmt* s : statements) {
    if (!statement(s, frame)) return false;
  }
  return true;
}

bool CodeGenerator::statement(const Stmt* s, const Frame& frame) {
  switch (s->kind) {
    case StmtKind::output:
      output(static_cast<const OutputStmt*>(s), frame);
      break;
    case StmtKind::for_loop:
      for_loop(static_cast<const ForStmt*>(s), frame);
      break;
    case StmtKind::condition:
      condition(static_cast<const ConditionStmt*>(s), frame);
      break;
    case StmtKind::assign:
      assign(static_cast<const AssignStmt*>(s), frame);
      break;
    case StmtKind::assign_block:
      assign_block(static_cast<const AssignBlockStmt*>(s), frame);
      break;
    case StmtKind::with:
      with(static_cast<const WithStmt*>(s), frame);
      break;
    case StmtKind::macro:
      macro(static_cast<const MacroStmt*>(s), frame);
      break;
    case StmtKind::call_block:
      call_block(static_cast<const CallBlockStmt*>(s), frame);
      break;
    case StmtKind::filter_block:
      filter_block(static_cast<const FilterBlockStmt*>(s), frame);
      break;
    case StmtKind::block:
      block(static_cast<const BlockStmt*>(s), frame);
      break;
    case StmtKind::extends:
      return extends(static_cast<const ExtendsStmt*>(s), frame);
    case StmtKind::include:
      include(static_cast<const IncludeStmt*>(s), frame);
      break;
    case StmtKind::import:
      import(static_cast<const ImportStmt*>(s), frame);
      break;
    case StmtKind::from_import:
      from_import(static_cast<const FromImportStmt*>(s), frame);
      break;
    case StmtKind::expression:
      expression(static_cast<const ExpressionStmt*>(s)->expr, frame);
      emit(Op::pop, s->at, -1);
      break;
    case StmtKind::break_loop:
    case StmtKind::continue_loop:
      loop_control(s);
      break;
    case StmtKind::scope:
      scope_block(static_cast<const ScopeStmt*>(s), frame);
      break;
  }
  return true;
}

// ---- output -------------------------------------------------------------------------------------------------------

void CodeGenerator::output(const OutputStmt* s, const Frame& frame) {
  uint32_t skip = 0;
  if (frame.check_parent) {
    if (has_known_extends_) return;
    skip = emit(Op::jump_if_parent, s->at, 0, 0, parent_slot_);
  }
  for (const OutputItem& item : s->items) {
    if (item.expr) {
      expression(item.expr, frame);
      emit(Op::emit, item.expr->at, -1, is_constant(item.expr));
    } else {
      template_text(item.text);
    }
  }
  if (frame.check_parent) patch(skip);
}

/// Template text is printed straight from the source. Its line breaks become "\n", so that texts with others go in
/// parts.
void CodeGenerator::template_text(Range text) {
  std::string_view source = file_.text();
  uint32_t begin = text.begin;
  for (uint32_t i = text.begin; i < text.end; ++i) {
    if (source[i] != '\r') continue;
    if (i > begin) emit(Op::emit_data, {begin, i}, 0);
    begin = i + 1;
    if (begin < text.end && source[begin] == '\n') continue;  // the "\n" of "\r\n" opens the next part
    constant(Value("\n"), {i, i + 1});
    emit(Op::emit, {i, i + 1}, -1, 1);
  }
  if (text.end > begin) emit(Op::emit_data, {begin, text.end}, 0);
}

void CodeGenerator::filter_block(const FilterBlockStmt* s, const Frame& frame) {
  Frame inner = frame;
  inner.toplevel = inner.rootlevel = inner.soft = false;
  inner.scope = make_scope(frame.scope, *builder_);
  inner.scope->analyze(s->body);
  inner.scope->analyze(s->filter);
  enter_scope(*inner.scope, false, s->at);
  emit(Op::begin_capture, s->at, 0);
  ++builder_->captures;
  body(s->body, inner);
  --builder_->captures;
  emit(Op::end_capture, s->at, 1);
  expression(s->filter, inner);
  emit(Op::emit, s->at, -1);
  leave_scope(*inner.scope, s->at);
}

void CodeGenerator::call_block(const CallBlockStmt* s, const Frame& frame) {
  call(s->call, frame, s->caller);
  emit(Op::emit, s->at, -1);
}

// ---- control flow -------------------------------------------------------------------------------------------------

void CodeGenerator::condition(const ConditionStmt* s, const Frame& frame) {
  Frame soft = frame;
  soft.rootlevel = false;
  soft.soft = true;
  std::vector<uint32_t> ends;
  for (const Branch& branch : s->branches) {
    expression(branch.test, soft);
    uint32_t next = emit(Op::jump_if_false, branch.at, -1);
    body(branch.body, soft);
    bool last = &branch == s->branches.end() - 1 && s->otherwise.empty();
    if (!last) ends.push_back(emit(Op::jump, branch.at, 0));
    patch(next);
  }
  body(s->otherwise, soft);
  for (uint32_t end : ends) patch(end);
}

void CodeGenerator::for_loop(const ForStmt* s, const Frame& frame) {
  uint32_t loop_name = names_.find("loop");
  bool extended =
      s->recursive || s->has_scoped_block || (loop_name != kNoName && find_undeclared(s->body, {loop_name}));
  if (s->loop_assigned.end != 0) fail("Can't assign to special loop variable in for-loop target", s->loop_assigned);

  if (!s->recursive) {
    Scope* loop_scope = make_scope(frame.scope, *builder_);
    if (extended) loop_scope->declare_parameter(names_.intern("loop"));
    loop_scope->declare_target(s->target);
    loop_scope->analyze(s->body);
    expression(s->iterable, frame);
    loop_code(s, frame, loop_scope, extended);
    return;
  }
  // A recursive loop is a function of what it walks, for loop(...) to call.
  FunctionBuilder& builder = begin_function(Function::Kind::loop, builder_);
  builder.function->name = "loop";
  uint16_t iterable = add_slot(builder, names_.intern(""), file_);
  add_slot(builder, names_.intern(""), file_);  // the depth
  Scope* loop_scope = make_scope(frame.scope, builder);
  loop_scope->declare_parameter(names_.intern("loop"));
  loop_scope->declare_target(s->target);
  loop_scope->analyze(s->body);
  emit(Op::load, s->at, 1, 0, 0, iterable);
  loop_code(s, frame, loop_scope, true);
  uint32_t index = function_index(builder);
  end_function(builder, Op::finish, s->at);
  expression(s->iterable, frame);
  emit(Op::loop_call, s->at, 0, 0, 0, index);
  emit(Op::emit, s->at, -1);
}

/// The loop itself; what it walks is on the stack.
void CodeGenerator::loop_code(const ForStmt* s, const Frame& frame, Scope* loop_scope, bool extended) {
  Frame inner = frame;
  inner.toplevel = inner.rootlevel = inner.soft = false;
  inner.scope = loop_scope;
  if (s->recursive && !has_known_extends_) inner.check_parent = false;

  uint16_t unused = 0;
  if (!s->otherwise.empty()) {  // set until a body has run to its end
    unused = add_slot(*builder_, names_.intern(""), file_);
    constant(true, s->at);
    emit(Op::store, s->at, -1, 0, 0, unused);
  }
  uint32_t test_function = s->test && extended ? 1 + compile_loop_test(s, frame) : 0;
  uint16_t loop_slot = extended ? loop_scope->find_own(names_.intern("loop"))->slot : uint16_t{0};
  auto flags = static_cast<uint8_t>((extended ? kLoopExtended : 0) | (s->recursive ? kLoopRecursive : 0));
  emit(Op::loop_begin, s->iterable->at, -1, flags, loop_slot, test_function);

  uint32_t start = emit(Op::loop_next, s->iterable->at, 1);
  store_target(inner, s->target, false);
  if (s->test && !extended) {
    Frame test = frame;
    test.toplevel = test.rootlevel = test.soft = false;
    test.scope = make_scope(frame.scope, *builder_);
    for (const Variable* variable : loop_scope->variables()) {
      if (variable->load == Load::parameter) test.scope->declare_parameter(variable->name, variable->slot);
    }
    test.scope->analyze(s->test);
    expression(s->test, test);
    uint32_t passed = emit(Op::jump_if_true, s->test->at, -1);
    emit(Op::loop_repeat, s->at, 0, 0, 0, start);
    patch(passed);
  }
  enter_scope(*loop_scope, false, s->at);
  builder_->loops.push_back({start, builder_->captures, {}});
  body(s->body, inner);
  if (!s->otherwise.empty()) {
    constant(false, s->at);
    emit(Op::store, s->at, -1, 0, 0, unused);
  }
  emit(Op::loop_repeat, s->at, 0, 0, 0, start);
  Loop loop = std::move(builder_->loops.back());
  builder_->loops.pop_back();
  patch(start);
  for (uint32_t jump : loop.breaks) patch(jump);
  leave_scope(*loop_scope, s->at);

  if (s->otherwise.empty()) return;
  emit(Op::load, s->at, 1, 0, 0, unused);
  uint32_t end = emit(Op::jump_if_false, s->at, -1);
  Frame otherwise = inner;
  otherwise.scope = make_scope(frame.scope, *builder_);
  otherwise.scope->analyze(s->otherwise);
  enter_scope(*otherwise.scope, false, s->at);
  body(s->otherwise, otherwise);
  leave_scope(*otherwise.scope, s->at);
  patch(end);
}

/// The test of a loop that uses `loop`: a function, because loop.last and loop.length look ahead.
uint32_t CodeGenerator::compile_loop_test(const ForStmt* s, const Frame& frame) {
  FunctionBuilder& builder = begin_function(Function::Kind::test, builder_);
  builder.function->name = "loop";
  uint16_t item = add_slot(builder, names_.intern(""), file_);
  Frame test;
  test.scope = make_scope(frame.scope, builder);
  test.scope->declare_target(s->target);
  test.scope->analyze(s->test);
  enter_scope(*test.scope, true, s->test->at);
  emit(Op::load, s->test->at, 1, 0, 0, item);
  store_target(test, s->target, false);
  expression(s->test, test);
  uint32_t index = function_index(builder);
  end_function(builder, Op::finish_value, s->test->at);
  return index;
}

void CodeGenerator::loop_control(const Stmt* s) {
  bool is_break = s->kind == StmtKind::break_loop;
  if (builder_->loops.empty()) fail(is_break ? "'break' outside loop" : "'continue' not properly in loop", s->at);
  Loop& loop = builder_->loops.back();
  if (int captures = builder_->captures - loop.captures; captures > 0) {
    emit(Op::drop_capture, s->at, 0, 0, 0, static_cast<uint32_t>(captures));
  }
  if (!is_break) {
    emit(Op::loop_repeat, s->at, 0, 0, 0, loop.start);
    return;
  }
  emit(Op::loop_pop, s->at, 0);
  loop.breaks.push_back(emit(Op::jump, s->at, 0));
}

// ---- variables ----------------------------------------------------------------------------------------------------

/// Before the value is computed, as in Jinja2: the names that `ns.x` targets start from must be namespaces.
void CodeGenerator::check_namespaces(const Expr* target, const Frame& frame) {
  if (target->kind == ExprKind::namespace_ref) {
    load_variable(frame, static_cast<const NamespaceRef*>(target)->name, target->at);
    emit(Op::check_namespace, target->at, -1);
  } else if (target->kind == ExprKind::tuple) {
    for (const Expr* item : static_cast<const SequenceExpr*>(target)->items) check_namespaces(item, frame);
  }
}

void CodeGenerator::assign(const AssignStmt* s, const Frame& frame) {
  check_namespaces(s->target, frame);
  expression(s->value, frame);
  store_target(frame, s->target, false);
  export_target(frame, s->target);
}

void CodeGenerator::assign_block(const AssignBlockStmt* s, const Frame& frame) {
  Frame inner = frame;
  inner.toplevel = inner.rootlevel = inner.soft = inner.check_parent = false;
  inner.scope = make_scope(frame.scope, *builder_);
  inner.scope->analyze(s->body);
  inner.scope->analyze(s->filter);
  enter_scope(*inner.scope, false, s->at);
  emit(Op::begin_capture, s->at, 0);
  ++builder_->captures;
  body(s->body, inner);
  --builder_->captures;
  emit(Op::end_capture, s->at, 1);
  if (s->filter) expression(s->filter, inner);
  store_target(frame, s->target, true);
  export_target(frame, s->target);
  leave_scope(*inner.scope, s->at);
}

void CodeGenerator::with(const WithStmt* s, const Frame& frame) {
  Frame inner = frame;
  inner.toplevel = inner.rootlevel = inner.soft = false;
  inner.scope = make_scope(frame.scope, *builder_);
  for (const Expr* target : s->targets) inner.scope->declare_target(target);
  inner.scope->analyze(s->body);
  enter_scope(*inner.scope, false, s->at);
  for (size_t i = 0; i < s->targets.size(); ++i) {
    expression(s->values[i], frame);
    store_target(inner, s->targets[i], false);
  }
  body(s->body, inner);
  leave_scope(*inner.scope, s->at);
}

/// {% autoescape %}: a scope; nothing is escaped.
void CodeGenerator::scope_block(const ScopeStmt* s, const Frame& frame) {
  Frame inner = frame;
  inner.toplevel = inner.rootlevel = inner.soft = false;
  inner.scope = make_scope(frame.scope, *builder_);
  inner.scope->analyze(s->option);
  inner.scope->analyze(s->body);
  enter_scope(*inner.scope, false, s->at);
  expression(s->option, inner);
  emit(Op::pop, s->at, -1);
  body(s->body, inner);
  leave_scope(*inner.scope, s->at);
}

void CodeGenerator::macro(const MacroStmt* s, const Frame& frame) {
  uint32_t function = compile_macro(s, frame, Function::Kind::macro);
  if (s->info) template_.macro_functions[s->info - 1] = function;
  if (s->macro_kind != MacroKind::macro) return;
  emit(Op::make_macro, s->at, 1, 0, 0, function);
  store_variable(frame, s->name_id, s->at);
  export_variable(frame, s->name_id, Op::export_name, s->at);
}

// ---- other templates ----------------------------------------------------------------------------------------------

void CodeGenerator::block(const BlockStmt* s, const Frame& frame) {
  uint32_t skip = 0;
  bool skippable = false;
  if (frame.toplevel) {
    if (has_known_extends_) return;
    if (extends_so_far_ > 0) {
      skip = emit(Op::jump_if_parent, s->at, 0, 0, parent_slot_);
      skippable = true;
    }
  }
  uint32_t site = 0;
  while (blocks_[site] != s) ++site;
  emit(Op::render_block, s->at, 0, s->scoped, s->scoped ? locals_of(frame) : 0, site);
  if (skippable) patch(skip);
}

bool CodeGenerator::extends(const ExtendsStmt* s, const Frame& frame) {
  if (!frame.toplevel) fail("cannot use extend from a non top-level scope", s->at);
  template_.exports = true;
  if (extends_so_far_ > 0) {
    if (has_known_extends_) {
      emit(Op::fail_extended, s->at, 0);
      return false;
    }
    uint32_t fresh = emit(Op::jump_if_parent, s->at, 0, 1, parent_slot_);
    emit(Op::fail_extended, s->at, 0);
    patch(fresh);
  }
  expression(s->name, frame);
  emit(Op::extends, s->at, -1, 0, 0, parent_slot_);
  if (frame.rootlevel) has_known_extends_ = true;
  ++extends_so_far_;
  return true;
}

void CodeGenerator::include(const IncludeStmt* s, const Frame& frame) {
  template_.exports = true;
  expression(s->name, frame);
  auto flags = static_cast<uint8_t>((s->ignore_missing ? kIncludeIgnoreMissing : 0) |
                                    (s->with_context ? kIncludeWithContext : 0));
  emit(Op::include, s->at, -1, flags, s->with_context ? locals_of(frame) : 0);
}

void CodeGenerator::import(const ImportStmt* s, const Frame& frame) {
  template_.exports = true;
  expression(s->name, frame);
  emit(Op::import, s->at, 0, s->with_context ? kIncludeWithContext : 0, s->with_context ? locals_of(frame) : 0);
  store_variable(frame, s->target, s->at);
  export_variable(frame, s->target, Op::export_private, s->at);
}

void CodeGenerator::from_import(const FromImportStmt* s, const Frame& frame) {
  template_.exports = true;
  expression(s->name, frame);
  emit(Op::import, s->at, 0, s->with_context ? kIncludeWithContext : 0, s->with_context ? locals_of(frame) : 0);
  for (const ImportedName& each : s->names) {
    emit(Op::import_name, each.at, 1, 0, 0, names_.intern(each.name));
    store_variable(frame, each.alias, each.at);
    export_variable(frame, each.alias, Op::export_private, each.at);
  }
  emit(Op::pop, s->at, -1);
}

}  // namespace modelc::jinja
