// Short forms for tests of templates.
#pragma once

#include <string>
#include <string_view>

#include "jinja/json.h"
#include "jinja/render.h"

namespace modelc::jinja::test {

/// Owns the texts of a test.
struct Templates {
  SourceMap sources;
  TemplatePtr compile(std::string text, const Syntax& syntax = {}) {
    return jinja::compile(*sources.add("t.sql", std::move(text)), syntax);
  }
  std::string render(std::string text, Value context = Value::dict(), const RenderOptions& options = {}) {
    DictContext names(std::move(context));
    return jinja::render(*compile(std::move(text)), names, options).text;
  }
  /// The diagnostic that compiling and rendering ends with; without a message when it does not.
  Diagnostic fail(std::string text, Value context = Value::dict(), const RenderOptions& options = {}) {
    try {
      render(std::move(text), std::move(context), options);
    } catch (const Error& error) {
      return error.diagnostic();
    }
    return {};
  }
};

/// dbt's return().
inline Value return_function() {
  return Value::function("return", [](State& state, CallArgs& args) {
    state.set_return(args.positional.empty() ? Value(nullptr) : args.positional[0]);
    return Value();
  });
}

/// The same by way of an exception.
inline Value throwing_return_function() {
  return Value::function("return", [](State&, CallArgs& args) -> Value { throw ReturnSignal{args.positional.at(0)}; });
}

}  // namespace modelc::jinja::test
