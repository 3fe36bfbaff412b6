// Whole templates: running them, include, import, extends, blocks.
#include <fmt/format.h>

#include "jinja/value_errors.h"
#include "jinja/vm.h"
#include "jinja/vm_stack.h"

namespace modelc::jinja {

// ---- running ------------------------------------------------------------------------------------------------------

void Vm::enter_root(const CompiledPtr& tmpl, const Ref<Module>& module, Frame::Finish finish, Value* result,
                    Value* sp) {
  Frame& frame = push_frame(*tmpl->functions[0], *tmpl, finish, result, sp, Ref<Env>());
  frame.module = module;
  frame.keep = tmpl;
}

void Vm::run_template(const CompiledPtr& tmpl) {
  Ref<Module> module = make_ref<Module>(base_);
  if (tmpl->exports) {
    module->keeps_variables = true;
    module->add_blocks(tmpl);
    modules_.push_back(module);
  }
  enter_root(tmpl, module, Frame::Finish::root, stack_begin_, stack_begin_);
  dispatch(0);
}

Value Vm::run_expression(const CompiledPtr& tmpl) {
  enter_root(tmpl, make_ref<Module>(base_), Frame::Finish::value, stack_begin_, stack_begin_);
  return dispatch(0);
}

void Vm::run_native(const CompiledPtr& tmpl, std::vector<Value>& nodes) {
  nodes_ = &nodes;
  run_template(tmpl);
}

// ---- finding templates --------------------------------------------------------------------------------------------
namespace {

[[noreturn]] void template_not_found(std::string message) {
  throw Error(ErrorKind::compilation, "jinja/template-not-found", std::move(message));
}

}  // namespace

/// Null when the loader has no such template.
CompiledPtr Vm::load_template(const Value& name) {
  if (!options_.loader) type_error("no loader for this environment specified");
  if (name.is_undefined()) throw_undefined(name);
  return std::static_pointer_cast<const CompiledTemplate>(options_.loader(to_str(name)));
}

/// The first of several templates; null when there is none and that is allowed.
CompiledPtr Vm::load_first(const Value& names, bool ignore_missing) {
  if (!names.is_sequence()) {
    CompiledPtr found = load_template(names);
    if (!found && !ignore_missing) template_not_found(to_str(names));
    return found;
  }
  std::string tried;
  for (const Value& name : names.as_items()) {
    if (CompiledPtr found = load_template(name)) return found;
    if (!tried.empty()) tried += ", ";
    tried += to_str(name);
  }
  if (ignore_missing) return nullptr;
  template_not_found(tried.empty() ? "Tried to select from an empty list of templates."
                                   : "none of the templates given were found: " + tried);
}

/// A module that also sees the variables of the running template's scopes.
Ref<Module> Vm::derived_module(const Frame& frame, uint32_t locals) {
  Ref<Module> module = make_ref<Module>(frame.module);
  modules_.push_back(module);
  if (locals == 0) return module;
  for (const LocalName& local : frame.tmpl->locals[locals - 1]) {
    Value* variable =
        local.functions_up == 0 ? frame.locals + local.slot : outer_slot(frame, local.functions_up, local.slot);
    if (variable && !is_unset(*variable)) module->add_local(local.name, *variable);
  }
  return module;
}

namespace {

/// What a template sees that is imported without context: nothing but the globals.
class NoContext final : public Context {
 public:
  bool lookup(std::string_view, Value&) override { return false; }
};
NoContext no_context;

}  // namespace

// ---- include, import, extends -------------------------------------------------------------------------------------

void Vm::include(const Instruction& in, Value name, Value* sp) {
  CompiledPtr tmpl = load_first(name, in.a & kIncludeIgnoreMissing);
  if (!tmpl) return;
  Ref<Module> module;
  if (in.a & kIncludeWithContext) {
    module = derived_module(frames_.back(), in.b);
  } else {
    module = make_ref<Module>(no_context);
    modules_.push_back(module);
  }
  module->keeps_variables = true;
  module->add_blocks(tmpl);
  enter_root(tmpl, module, Frame::Finish::inlined, sp - 1, sp);
}

Value Vm::import(const Instruction& in, const Value& name, Value* sp) {
  CompiledPtr tmpl = load_template(name);
  if (!tmpl) template_not_found(to_str(name));
  check_native_stack();
  Ref<Module> module = in.a & kIncludeWithContext ? derived_module(frames_.back(), in.b) : make_ref<Module>(no_context);
  modules_.push_back(module);
  module->keeps_variables = true;
  module->add_blocks(tmpl);
  size_t base = frames_.size();
  enter_root(tmpl, module, Frame::Finish::text, sp, sp);
  Value text = run_nested(base);
  return Value(make_ref<ModuleObject>(module, tmpl->file().path(), to_str(text)));
}

Value Vm::import_name(const Value& module, uint32_t name, const Instruction* ip) {
  const Frame& frame = frames_.back();
  std::string_view text = frame.tmpl->names[name].text;
  const auto& imported = static_cast<const ModuleObject&>(module.as_object());
  if (const Value* found = imported.find(text)) return *found;
  Span span = place(frame, ip);
  return Value::undefined(
      text, fmt::format("the template {} (imported on line {} in {}) does not export the requested name {}",
                        to_repr(Value(imported.name())), span.file->line_column(span.begin).line,
                        to_repr(Value(span.file->path())), to_repr(Value(text))));
}

void Vm::extend(const Instruction& in, const Value& name) {
  CompiledPtr parent = load_template(name);
  if (!parent) template_not_found(to_str(name));
  Frame& frame = frames_.back();
  frame.module->add_blocks(parent);
  frame.locals[in.c] = Value(make_ref<ParentObject>(parent));
}

// ---- blocks -------------------------------------------------------------------------------------------------------

void Vm::render_block(const Instruction& in, Value* sp) {
  const Frame& frame = frames_.back();
  const BlockSite& site = frame.tmpl->blocks[in.c];
  BlockChain* chain = frame.module->find_block(site.name);
  if (!chain) throw Error(ErrorKind::compilation, "jinja/missing-block", to_repr(Value(site.name)));
  if (site.required && chain->targets.size() <= 1) {
    throw Error(ErrorKind::compilation, "jinja/required-block",
                fmt::format("Required block {} not found", to_repr(Value(site.name))));
  }
  BlockTarget target = chain->targets[0];
  Ref<Module> module = frame.module;
  if (in.a) {
    Ref<Module> scoped = derived_module(frame, in.b);
    scoped->blocks = module->blocks;
    scoped->keeps_variables = true;
    module = scoped;
  }
  Frame& inner =
      push_frame(*target.tmpl->functions[target.function], *target.tmpl, Frame::Finish::inlined, sp, sp, Ref<Env>());
  inner.module = module;
  inner.keep = target.tmpl;
}

Value Vm::call_block(const Ref<Module>& module, const BlockTarget& target) {
  check_native_stack();
  size_t base = frames_.size();
  Value* sp = vm_stack().top;
  Frame& frame =
      push_frame(*target.tmpl->functions[target.function], *target.tmpl, Frame::Finish::text, sp, sp, Ref<Env>());
  frame.module = module;
  frame.keep = target.tmpl;
  return run_nested(base);
}

Value Vm::load_super(const Frame& frame, uint32_t block) {
  const BlockSite& site = frame.tmpl->blocks[block];
  BlockChain* chain = frame.module->find_block(site.name);
  if (chain) {
    for (size_t i = 0; i < chain->targets.size(); ++i) {
      if (chain->targets[i].tmpl.get() == frame.tmpl && chain->targets[i].function == site.function) {
        return BlockObject::parent(frame.module, site.name, i);
      }
    }
  }
  return BlockObject::parent(frame.module, site.name, SIZE_MAX - 1);
}

}  // namespace modelc::jinja
