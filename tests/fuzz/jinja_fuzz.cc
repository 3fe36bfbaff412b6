// Compiles and renders arbitrary texts within small limits. Whatever comes in, the engine must answer with text or an
// Error. The first byte chooses the options.
#include <cstddef>
#include <cstdint>

#include "jinja/render.h"

using namespace modelc;
using namespace modelc::jinja;

namespace {

struct FuzzNames : Context {
  Value dict = Value::dict({{"a", 1},
                            {"s", "text"},
                            {"l", Value::list({1, "x", Value::list({2, 3})})},
                            {"d", Value::dict({{"k", "v"}, {"n", Value::dict()}})},
                            {"f", Value::function("f",
                                                  [](State& state, CallArgs& args) {
                                                    if (args.positional.empty()) return Value("f");
                                                    CallArgs inner;
                                                    return is_callable(args.positional[0])
                                                               ? call(state, args.positional[0], inner)
                                                               : args.positional[0];
                                                  })},
                            {"return", Value::function("return", [](State& state, CallArgs& args) {
                               state.set_return(args.positional.empty() ? Value(nullptr) : args.positional[0]);
                               return Value();
                             })}});
  bool lookup(std::string_view name, Value& out) override {
    const Value* found = dict.as_dict().find(name);
    if (!found) return false;
    out = *found;
    return true;
  }
};

template <class Body>
void expect_error_at_most(const Body& body) {
  try {
    body();
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  uint8_t choice = data[0];
  SourceMap sources;
  const SourceFile* file = sources.add("fuzz.sql", std::string(reinterpret_cast<const char*>(data + 1), size - 1));
  Syntax syntax;
  syntax.trim_blocks = choice & 1;
  syntax.lstrip_blocks = choice & 2;
  syntax.dbt_extensions = !(choice & 4);
  RenderOptions options;
  options.trace = choice & 8;
  options.undefined = choice & 16   ? UndefinedMode::chainable
                      : choice & 32 ? UndefinedMode::strict
                                    : UndefinedMode::lenient;
  options.limits.max_steps = 20'000;
  options.limits.max_depth = 30;
  options.limits.max_output = 1 << 16;
  int loads = 0;
  options.loader = [&](std::string_view name) -> TemplatePtr {
    if (name == "missing" || ++loads > 20) return nullptr;
    return compile(*file, syntax);
  };
  expect_error_at_most([&] {
    TemplatePtr tmpl = compile(*file, syntax);
    FuzzNames names;
    for (const MacroInfo& macro : tmpl->macros())
      names.dict.as_dict().set(macro.name, bind_macro(tmpl, macro.index, names, nullptr, macro.name));
    expect_error_at_most([&] { render(*tmpl, names, options); });
    if (choice & 64) expect_error_at_most([&] { render_native(*tmpl, names, options); });
    for (const MacroInfo& macro : tmpl->macros()) {
      expect_error_at_most([&] { call_value(names.dict.get(macro.name), {}, names, options); });
    }
    // Macros hold the context that holds them.
    names.dict.as_dict().clear();
  });
  if (choice & 128) {
    expect_error_at_most([&] {
      FuzzNames names;
      evaluate(*compile_expression(*file, syntax), names, options);
    });
    literal_eval(file->text());
  }
  return 0;
}
