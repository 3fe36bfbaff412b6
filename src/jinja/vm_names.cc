// Variables and names of the running templates.
#include "jinja/value_errors.h"
#include "jinja/vm.h"

namespace modelc::jinja {

/// The slot of a function around the running one; null when that is the root and a bound macro runs without it.
Value* Vm::outer_slot(const Frame& frame, int up, uint32_t slot) const {
  Env* env = frame.function->keeps_locals ? frame.env->parent().get() : frame.env.get();
  for (int i = 1; i < up && env; ++i) env = env->parent().get();
  return env ? env->slots() + slot : nullptr;
}

/// Is this a bound macro, or within one? Their root never runs.
bool Vm::runs_without_root(const Frame& frame) const {
  const Env* env = frame.env.get();
  while (env && env->parent()) env = env->parent().get();
  return !env || env->function().kind != Function::Kind::root;
}

bool Vm::resolve(const Frame& frame, uint32_t name, Value& out) {
  const NameRecord& record = frame.tmpl->names[name];
  if (frame.module->lookup(record.text, out)) {
    out = assignable(std::move(out));
    return true;
  }
  if (record.global.is_undefined()) return false;
  out = record.global;
  return true;
}

Value Vm::undefined_name(const Frame& frame, uint32_t name) const {
  return Value::undefined(frame.tmpl->names[name].text);
}

Value Vm::load_local(const Frame& frame, uint32_t slot, bool resolves) {
  Value& variable = frame.locals[slot];
  if (!is_unset(variable)) return variable;
  uint32_t name = frame.function->slot_names[slot];
  if (resolves && resolve(frame, name, variable)) return variable;
  return undefined_name(frame, name);
}

Value Vm::load_outer(const Frame& frame, const Instruction& in, bool resolves, bool root) {
  Value* variable = outer_slot(frame, in.a, in.b);
  if (variable && !is_unset(*variable)) return *variable;
  Value found;
  if (((!variable && root) || resolves) && resolve(frame, in.c, found)) {
    if (variable) *variable = found;
    return found;
  }
  return undefined_name(frame, in.c);
}

/// Copies a variable of an outer scope into the inner scope's variable of the same name.
void Vm::alias(const Frame& frame, const Instruction& in, bool resolves, bool root) {
  Value* from = in.a == 0 ? frame.locals + in.b : outer_slot(frame, in.a, in.b);
  Value& to = frame.locals[in.c];
  if (!from) {
    if (root) to = Value();
    return;
  }
  if (is_unset(*from) && resolves) resolve(frame, frame.function->slot_names[in.c], *from);
  to = *from;
}

Value Vm::lookup(std::string_view name) {
  Value found;
  if (frames_.empty()) return base_.lookup(name, found) ? found : Value::undefined(name);
  const Frame& frame = frames_.back();
  const Function* function = frame.function;
  Value* slots = frame.locals;
  Env* env = function->keeps_locals ? frame.env->parent().get() : frame.env.get();
  for (;;) {
    for (size_t i = function->slot_names.size(); i-- > 0;) {
      if (!is_unset(slots[i]) && frame.tmpl->names[function->slot_names[i]].text == name) return slots[i];
    }
    if (!env) break;
    function = &env->function();
    slots = env->slots();
    env = env->parent().get();
  }
  if (frame.module->lookup(name, found)) return found;
  Value global = find_global(name);
  return global.is_undefined() ? Value::undefined(name) : global;
}

Value Vm::caller() {
  if (frames_.empty()) return Value::undefined("caller");
  const Frame& frame = frames_.back();
  if (frame.function->caller_slot != kNoSlot) return frame.locals[frame.function->caller_slot];
  return Value::undefined("caller", "No caller defined");
}

Span Vm::place(const Frame& frame, const Instruction* ip) const {
  Range at = frame.function->places[static_cast<size_t>(ip - frame.function->code.data())];
  return Span{&frame.tmpl->file(), at.begin, at.end};
}

Span Vm::current_span() const { return frames_.empty() ? Span() : place(frames_.back(), ip_); }

std::vector<CallFrame> Vm::call_stack() const {
  std::vector<CallFrame> stack;
  for (size_t i = frames_.size(); i-- > 0;) {
    const Frame& frame = frames_[i];
    if (frame.macro && frame.function->kind == Function::Kind::macro) {
      stack.push_back({frame.macro->name(), i > 0 ? place(frames_[i - 1], frames_[i - 1].ip) : Span()});
    } else if (i == 0) {
      stack.push_back({{}, {}});
    }
  }
  return stack;
}

}  // namespace modelc::jinja
