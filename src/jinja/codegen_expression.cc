#include <fmt/format.h>

#include "jinja/codegen.h"

namespace modelc::jinja {

void CodeGenerator::constant(Value value, Range at) {
  auto index = static_cast<uint32_t>(template_.constants.size());
  template_.constants.push_back(std::move(value));
  emit(Op::constant, at, 1, 0, 0, index);
}

void CodeGenerator::expression(const Expr* e, const Frame& frame) {
  switch (e->kind) {
    case ExprKind::constant:
      emit(Op::constant, e->at, 1, 0, 0, static_cast<const ConstExpr*>(e)->constant);
      break;
    case ExprKind::name:
      load_variable(frame, static_cast<const NameExpr*>(e)->name, e->at);
      break;
    case ExprKind::tuple:
      sequence(static_cast<const SequenceExpr*>(e)->items, Op::make_tuple, Op::extend_tuple, frame, e->at);
      break;
    case ExprKind::list:
      sequence(static_cast<const SequenceExpr*>(e)->items, Op::make_list, Op::extend_list, frame, e->at);
      break;
    case ExprKind::concat:
      sequence(static_cast<const SequenceExpr*>(e)->items, Op::concat, Op::concat, frame, e->at);
      break;
    case ExprKind::dict:
      dict(static_cast<const DictExpr*>(e), frame);
      break;
    case ExprKind::negate:
    case ExprKind::positive:
    case ExprKind::logical_not:
      expression(static_cast<const UnaryExpr*>(e)->operand, frame);
      emit(e->kind == ExprKind::negate     ? Op::negate
           : e->kind == ExprKind::positive ? Op::positive
                                           : Op::logical_not,
           e->at, 0);
      break;
    case ExprKind::binary: {
      const auto* binary = static_cast<const BinaryExpr*>(e);
      expression(binary->left, frame);
      expression(binary->right, frame);
      emit(Op::binary, e->at, -1, binary->op);
      break;
    }
    case ExprKind::logic:
      logic(static_cast<const BinaryExpr*>(e), frame);
      break;
    case ExprKind::compare:
      compare(static_cast<const CompareExpr*>(e), frame);
      break;
    case ExprKind::conditional:
      conditional(static_cast<const ConditionalExpr*>(e), frame);
      break;
    case ExprKind::attribute: {
      const auto* attribute = static_cast<const AttributeExpr*>(e);
      expression(attribute->subject, frame);
      emit(Op::attribute, e->at, 0, 0, 0, names_.intern(attribute->name));
      break;
    }
    case ExprKind::item:
      item(static_cast<const ItemExpr*>(e), frame);
      break;
    case ExprKind::call:
      call(static_cast<const CallExpr*>(e), frame);
      break;
    case ExprKind::filter:
    case ExprKind::test:
      filter_or_test(static_cast<const FilterExpr*>(e), frame);
      break;
    case ExprKind::slice:
      fail("invalid syntax", e->at);
    case ExprKind::namespace_ref:
      fail("unexpected namespace", e->at);
  }
}

/// Long sequences are built in parts, so that the stack stays small.
void CodeGenerator::sequence(const ExprList& items, Op make, Op extend, const Frame& frame, Range at) {
  constexpr uint32_t kPart = 64;
  uint32_t count = 0;
  bool made = false;
  auto flush = [&] {
    bool whole = made && make != Op::concat;
    emit(made ? extend : make, at, whole ? -static_cast<int>(count) : 1 - static_cast<int>(count), 0, 0, count);
    count = make == Op::concat ? 1 : 0;
    made = true;
  };
  for (const Expr* each : items) {
    expression(each, frame);
    if (++count == kPart) flush();
  }
  if (!made || count > (make == Op::concat ? 1u : 0u)) flush();
}

void CodeGenerator::dict(const DictExpr* e, const Frame& frame) {
  constexpr uint32_t kPart = 32;
  uint32_t count = 0;
  bool made = false;
  auto flush = [&] {
    emit(made ? Op::extend_dict : Op::make_dict, e->at, (made ? 0 : 1) - 2 * static_cast<int>(count), 0, 0, count);
    count = 0;
    made = true;
  };
  for (size_t i = 0; i < e->keys.size(); ++i) {
    expression(e->keys[i], frame);
    expression(e->values[i], frame);
    if (++count == kPart) flush();
  }
  if (!made || count > 0) flush();
}

void CodeGenerator::logic(const BinaryExpr* e, const Frame& frame) {
  expression(e->left, frame);
  uint32_t end = emit(e->op ? Op::jump_if_true_keep : Op::jump_if_false_keep, e->left->at, -1);
  expression(e->right, frame);
  patch(end);
}

void CodeGenerator::compare(const CompareExpr* e, const Frame& frame) {
  expression(e->first, frame);
  std::vector<uint32_t> ends;
  for (const Operand& operand : e->rest) {
    expression(operand.expr, frame);
    if (&operand == e->rest.end() - 1)
      emit(Op::compare, e->at, -1, operand.op);
    else
      ends.push_back(emit(Op::compare_chain, e->at, -1, operand.op));
  }
  for (uint32_t end : ends) patch(end);
}

void CodeGenerator::conditional(const ConditionalExpr* e, const Frame& frame) {
  Frame soft = frame;
  soft.soft = true;
  expression(e->test, soft);
  uint32_t no = emit(Op::jump_if_false, e->test->at, -1);
  expression(e->yes, soft);
  uint32_t end = emit(Op::jump, e->at, -1);
  patch(no);
  if (e->no)
    expression(e->no, soft);
  else
    emit(Op::inline_if_undefined, e->at, 1);
  patch(end);
}

void CodeGenerator::item(const ItemExpr* e, const Frame& frame) {
  expression(e->subject, frame);
  if (e->key->kind != ExprKind::slice) {
    expression(e->key, frame);
    emit(Op::item, e->at, -1);
    return;
  }
  const auto* slice = static_cast<const SliceExpr*>(e->key);
  for (const Expr* bound : {slice->start, slice->stop, slice->step}) {
    if (bound)
      expression(bound, frame);
    else
      constant(nullptr, e->key->at);
  }
  emit(Op::slice, e->at, -3);
}

// ---- calls --------------------------------------------------------------------------------------------------------

uint8_t CodeGenerator::arguments(const Arguments& a, const Frame& frame, const MacroStmt* caller, int& count,
                                 uint32_t& keywords) {
  uint8_t flags = 0;
  for (const Expr* argument : a.positional) expression(argument, frame);
  for (const Expr* argument : a.named) expression(argument, frame);
  count = static_cast<int>(a.positional.size() + a.named.size());
  keywords = 0;
  if (!a.names.empty() || caller) {
    keywords = static_cast<uint32_t>(template_.keyword_names.size());
    KeywordNames names(a.names.begin(), a.names.end());
    if (caller) {
      Frame inner = frame;
      uint32_t function = compile_macro(caller, inner, Function::Kind::caller);
      emit(Op::make_macro, caller->at, 1, 0, 0, function);
      keywords = static_cast<uint32_t>(template_.keyword_names.size());
      names.push_back("caller");
      ++count;
    }
    template_.keyword_names.push_back(std::move(names));
  }
  if (a.starred) {
    expression(a.starred, frame);
    flags |= kCallStarred;
    ++count;
  }
  if (a.double_starred) {
    expression(a.double_starred, frame);
    flags |= kCallDoubleStarred;
    ++count;
  }
  return flags;
}

void CodeGenerator::call(const CallExpr* e, const Frame& frame, const MacroStmt* caller) {
  int count = 0;
  uint32_t keywords = 0;
  if (e->callee->kind != ExprKind::attribute) {
    expression(e->callee, frame);
    uint8_t flags = arguments(e->arguments, frame, caller, count, keywords);
    emit(Op::call, e->at, -count, flags, e->arguments.positional.size(), keywords);
    return;
  }
  const auto* method = static_cast<const AttributeExpr*>(e->callee);
  expression(method->subject, frame);
  uint8_t flags = arguments(e->arguments, frame, caller, count, keywords);
  auto site = static_cast<uint32_t>(template_.methods.size());
  template_.methods.push_back({method->name, keywords});
  emit(Op::call_method, e->at, -count, flags, e->arguments.positional.size(), site);
}

void CodeGenerator::filter_or_test(const FilterExpr* e, const Frame& frame) {
  bool is_filter = e->kind == ExprKind::filter;
  FilterSite site;
  if (is_filter)
    site.filter = find_filter(e->name);
  else
    site.test = find_test(e->name);
  bool missing = !site.filter && !site.test;
  if (missing && !frame.soft) {
    fail(fmt::format("No {} named {}.", is_filter ? "filter" : "test", to_repr(Value(e->name))), e->at,
         is_filter ? "jinja/syntax-unknown-filter" : "jinja/syntax-unknown-test");
  }
  if (e->subject) expression(e->subject, frame);  // else it is the captured text on the stack
  int count = 0;
  uint8_t flags = arguments(e->arguments, frame, nullptr, count, site.keywords);
  if (missing) {
    constant(Value(e->name), e->at);
    emit(is_filter ? Op::filter_missing : Op::test_missing, e->at, -count - 1);
    return;
  }
  auto index = static_cast<uint32_t>(template_.filters.size());
  template_.filters.push_back(site);
  emit(is_filter ? Op::filter : Op::test, e->at, -count, flags, e->arguments.positional.size(), index);
}

// ---- constants ----------------------------------------------------------------------------------------------------

bool CodeGenerator::is_constant(const Arguments& a) const {
  for (const Expr* e : a.positional) {
    if (!is_constant(e)) return false;
  }
  for (const Expr* e : a.named) {
    if (!is_constant(e)) return false;
  }
  return (!a.starred || is_constant(a.starred)) && (!a.double_starred || is_constant(a.double_starred));
}

/// Would Jinja2 compute the expression while compiling? Native rendering makes text of such values.
bool CodeGenerator::is_constant(const Expr* e) const {
  if (!e) return true;
  switch (e->kind) {
    case ExprKind::constant:
      return true;
    case ExprKind::tuple:
    case ExprKind::list:
    case ExprKind::concat:
      for (const Expr* each : static_cast<const SequenceExpr*>(e)->items) {
        if (!is_constant(each)) return false;
      }
      return true;
    case ExprKind::dict:
      for (const Expr* key : static_cast<const DictExpr*>(e)->keys) {
        if (!is_constant(key)) return false;
      }
      for (const Expr* value : static_cast<const DictExpr*>(e)->values) {
        if (!is_constant(value)) return false;
      }
      return true;
    case ExprKind::negate:
    case ExprKind::positive:
    case ExprKind::logical_not:
      return is_constant(static_cast<const UnaryExpr*>(e)->operand);
    case ExprKind::binary:
    case ExprKind::logic:
      return is_constant(static_cast<const BinaryExpr*>(e)->left) &&
             is_constant(static_cast<const BinaryExpr*>(e)->right);
    case ExprKind::compare:
      for (const Operand& operand : static_cast<const CompareExpr*>(e)->rest) {
        if (!is_constant(operand.expr)) return false;
      }
      return is_constant(static_cast<const CompareExpr*>(e)->first);
    case ExprKind::conditional: {
      const auto* c = static_cast<const ConditionalExpr*>(e);
      return c->no && is_constant(c->test) && is_constant(c->yes) && is_constant(c->no);
    }
    case ExprKind::attribute:
      return is_constant(static_cast<const AttributeExpr*>(e)->subject);
    case ExprKind::item: {
      const auto* i = static_cast<const ItemExpr*>(e);
      return is_constant(i->subject) && is_constant(i->key);
    }
    case ExprKind::slice: {
      const auto* s = static_cast<const SliceExpr*>(e);
      return is_constant(s->start) && is_constant(s->stop) && is_constant(s->step);
    }
    case ExprKind::filter:
    case ExprKind::test: {
      const auto* f = static_cast<const FilterExpr*>(e);
      for (std::string_view contextual : {"map", "select", "reject", "selectattr", "rejectattr", "random"}) {
        if (f->name == contextual) return false;
      }
      return f->subject && is_constant(f->subject) && is_constant(f->arguments);
    }
    case ExprKind::name:
    case ExprKind::call:
    case ExprKind::namespace_ref:
      return false;
  }
  return false;
}

}  // namespace modelc::jinja
