#include "jinja/render.h"

#include <algorithm>

#include "jinja/value_errors.h"
#include "jinja/vm.h"

namespace modelc::jinja {
namespace {

CompiledPtr compiled(const Template& tmpl) { return static_cast<const CompiledTemplate&>(tmpl).shared_from_this(); }

}  // namespace

bool DictContext::lookup(std::string_view name, Value& out) {
  const Value* found = dict_.is_dict() ? dict_.as_dict().find(name) : nullptr;
  if (!found) return false;
  out = *found;
  return true;
}

Rendered render(const Template& tmpl, Context& context, const RenderOptions& options) {
  Vm vm(context, options);
  vm.run_template(compiled(tmpl));
  return vm.take_output();
}

Value evaluate(const Template& tmpl, Context& context, const RenderOptions& options) {
  Vm vm(context, options);
  return vm.run_expression(compiled(tmpl));
}

Value bind_macro(TemplatePtr tmpl, uint32_t index, Context& context, const void* tag, std::string display_name) {
  auto owner = std::static_pointer_cast<const CompiledTemplate>(std::move(tmpl));
  const Function& function = *owner->functions[owner->macro_functions.at(index)];
  auto macro = make_ref<MacroObject>(std::move(owner), function, make_ref<Module>(context), Ref<Env>());
  macro->bound = true;
  macro->tag = tag;
  macro->display_name = std::move(display_name);
  return Value(macro);
}

bool reads_parameter(const Template& tmpl, uint32_t index, size_t position) {
  const auto& owner = static_cast<const CompiledTemplate&>(tmpl);
  const Function& function = *owner.functions[owner.macro_functions.at(index)];
  if (position >= function.parameters.size()) return false;
  if (function.keeps_locals) return true;  // an inner function may
  const uint16_t slot = function.parameters[position].slot;
  return std::any_of(function.code.begin(), function.code.end(), [&](const Instruction& instruction) {
    switch (instruction.op) {
      case Op::load:
      case Op::load_resolve:
      case Op::load_alias:
        return instruction.c == slot;
      case Op::alias:
      case Op::alias_resolve:
        return instruction.b == slot;
      case Op::include:
      case Op::import:
      case Op::render_block:
        return true;  // these hand all names on
      default:
        return false;
    }
  });
}

Value call_value(const Value& callee, CallArgs args, Context& context, const RenderOptions& options) {
  Vm vm(context, options);
  Value result = call(vm, callee, args);
  return vm.returned_by_native() ? std::move(vm.return_value()) : result;
}

}  // namespace modelc::jinja
