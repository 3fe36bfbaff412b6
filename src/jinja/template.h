// Compiled templates: text -> tokens -> syntax tree -> bytecode.
//
// A Template is immutable and may be rendered by any number of threads at once. It knows nothing of dbt except that the
// block tags listed in Syntax::block_tags define macros.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/source.h"
#include "jinja/value.h"

namespace modelc::jinja {

struct Syntax {
  bool trim_blocks = false;
  bool lstrip_blocks = false;
  bool keep_trailing_newline = false;
  /// Accept the statements materialization, snapshot, test (data_test) and docs as block definitions, `do`,
  /// `break`/`continue`, and type annotations on macro arguments.
  bool dbt_extensions = true;
};

enum class MacroKind : uint8_t { macro, materialization, test, snapshot, docs };

struct MacroArgument {
  std::string name;
  std::string annotation;  ///< text of a type annotation, or empty
  bool has_default = false;
  Span default_span;
};

/// A call that stands in a macro's text with a name that is known without running it, for static dependencies.
/// `{{ dbt.x('a', b=1) }}` -> path "dbt.x", literals {"a"}, named {{"b", "1"}}; non-literal arguments are std::nullopt.
struct StaticCall {
  std::string path;
  std::vector<std::optional<Value>> positional;
  std::vector<std::pair<std::string, std::optional<Value>>> named;
  Span span;
};

/// A macro-like block at the top level of a template. Valid as long as the Template lives.
struct MacroInfo {
  MacroKind kind = MacroKind::macro;
  std::string name;     ///< as written: of `{% test x(..) %}` it is "x"; of a materialization its own name
  std::string adapter;  ///< materialization: adapter='..' value or "default"
  std::vector<std::string> supported_languages;  ///< materialization; empty when not given
  std::vector<MacroArgument> arguments;
  Span span;                      ///< the whole block, from its opening to its closing tag
  Span body;                      ///< between the two tags
  uint32_t index = 0;             ///< for Environment::bind_macro
  std::vector<StaticCall> calls;  ///< every statically named call inside the block, in order
};

class Template {
 public:
  virtual ~Template() = default;
  const SourceFile& file() const { return *file_; }
  const std::vector<MacroInfo>& macros() const { return macros_; }
  /// Statically named calls outside of any macro block, in order.
  const std::vector<StaticCall>& calls() const { return calls_; }

 protected:
  const SourceFile* file_ = nullptr;
  std::vector<MacroInfo> macros_;
  std::vector<StaticCall> calls_;
};
using TemplatePtr = std::shared_ptr<const Template>;

/// Compiles a text. Throws Error{compilation, "jinja/syntax-..."} with the exact place and Jinja2's wording where users
/// know it ("unexpected '}'", "Unexpected end of template. Jinja was looking for the following tags: 'endif'."). Any
/// thread.
TemplatePtr compile(const SourceFile& file, const Syntax& syntax = {});

/// Compiles one expression ("a.b(1) ~ 'x'") without braces.
TemplatePtr compile_expression(const SourceFile& file, const Syntax& syntax = {});

/// True when the text holds any of "{{", "{%", "{#": otherwise rendering gives the text itself.
bool has_markup(std::string_view text);

}  // namespace modelc::jinja
