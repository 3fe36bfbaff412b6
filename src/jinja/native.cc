// dbt's native rendering: what a template prints, without making text of it when it prints a single value.
#include <fmt/format.h>

#include "jinja/render.h"
#include "jinja/vm.h"

namespace modelc::jinja {
namespace {

/// The filters as_native, as_bool and as_number: the text is read as a literal.
Value from_marker(const Value& marked) {
  Value result = literal_eval(marked.as_string());
  if (result.is_undefined()) result = Value(marked.as_string());
  auto convert = [&](bool fits, std::string_view type) {
    if (!fits) {
      throw Error(ErrorKind::compilation, "jinja/native-type",
                  fmt::format("Could not convert value '{}' into type '{}'", marked.as_string(), type));
    }
  };
  if (marked.string_kind() == StringKind::native_bool) convert(result.is_bool(), "bool");
  if (marked.string_kind() == StringKind::native_number) convert(result.is_int() || result.is_float(), "number");
  return result;
}

}  // namespace

Value render_native(const Template& tmpl, Context& context, const RenderOptions& options) {
  std::vector<Value> nodes;
  Vm vm(context, options);
  vm.run_native(static_cast<const CompiledTemplate&>(tmpl).shared_from_this(), nodes);
  if (nodes.empty()) return Value("");
  if (nodes.size() > 1) {
    std::string text;
    for (const Value& node : nodes) append_str(text, node);
    return Value(std::move(text));
  }
  Value& only = nodes[0];
  if (!only.is_string() || only.string_kind() == StringKind::plain) return std::move(only);
  if (only.string_kind() == StringKind::native_text) return Value(only.as_string());
  if (only.string_kind() == StringKind::markup) return std::move(only);
  return from_marker(only);
}

}  // namespace modelc::jinja
