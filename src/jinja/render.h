// Running compiled templates.
//
// Names are looked up in the template's own scopes first, then in the Context. A macro sees its own arguments, what its
// defining template set (for templates with module scope), and the Context it was bound to.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "jinja/template.h"
#include "jinja/value.h"

namespace modelc::jinja {

/// Where the parts of a rendered text came from: segment i covers [out_begin_i, out_begin_{i+1}). Segments ascend.
struct SpanMap {
  struct Segment {
    uint32_t out_begin;
    Span source;    ///< empty: unknown origin
    bool verbatim;  ///< template text: byte k of the segment is byte source.begin + k; else a value made by `source`
  };
  std::vector<Segment> segments;

  /// The origin of output byte `offset`: exact for verbatim text, the whole expression otherwise.
  Span origin(uint32_t offset) const;
};

/// The names a render can see besides its own. One context serves one render at a time (one thread); it must outlive
/// every Value that the render produced and that can still be called.
class Context {
 public:
  virtual ~Context() = default;
  /// False when there is no such name.
  virtual bool lookup(std::string_view name, Value& out) = 0;
};

/// A Context over a plain dict, for tests and small renders.
class DictContext : public Context {
 public:
  explicit DictContext(Value dict) : dict_(std::move(dict)) {}
  bool lookup(std::string_view name, Value& out) override;

 private:
  Value dict_;
};

enum class UndefinedMode : uint8_t {
  lenient,    ///< Jinja2's default: prints "", attributes of it fail
  chainable,  ///< dbt while parsing: attribute, item and call of it give undefined again
  strict,     ///< every use fails
};

/// Bounds of one render; exceeding one throws Error{compilation, "jinja/limit-..."}.
struct Limits {
  uint64_t max_steps = 2'000'000'000;  ///< instructions
  uint32_t max_depth = 400;          ///< nested macro calls; the error shows the macro stack (Python stops near 1000/3)
  uint64_t max_output = 1ull << 30;  ///< bytes of one text
};

/// Observes calls of bound macros, innermost last; dbt derives depends_on.macros from it.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  virtual void enter(const void* macro_tag, size_t depth) = 0;  ///< depth 0 = called by the rendered template itself
  virtual void leave(const void* macro_tag) = 0;
};

struct RenderOptions {
  UndefinedMode undefined = UndefinedMode::lenient;
  bool trace = false;  ///< record a SpanMap
  Limits limits;
  CallObserver* observer = nullptr;  ///< not owned
  /// Resolves include/import/extends; empty = those statements fail with "no loader for this environment specified".
  std::function<TemplatePtr(std::string_view name)> loader;
};

struct Rendered {
  std::string text;
  std::shared_ptr<const SpanMap> map;  ///< null unless traced
};

/// A frame of the macro call stack, innermost first.
struct CallFrame {
  std::string_view macro;  ///< empty: the template itself
  Span call_site;
};

/// Unwinds to the innermost call of a macro, whose value it becomes (dbt's return()); a call block's body is passed
/// over. Outside of a macro it ends the render. The VM catches it; nobody else should. State::set_return is the cheap
/// form.
struct ReturnSignal {
  Value value;
};

/// The running render, handed to every native function. Lives on the stack of render().
class State {
 public:
  virtual ~State() = default;
  virtual Context& context() = 0;
  virtual const RenderOptions& options() const = 0;
  /// True while render_native runs: |as_text, |as_bool, |as_native and |as_number then mark their texts (StringKind),
  /// which render_native obeys; elsewhere they change nothing.
  virtual bool native() const { return false; }
  /// The place of the expression that is being evaluated: for errors of native functions.
  virtual Span current_span() const = 0;
  virtual std::vector<CallFrame> call_stack() const = 0;
  /// Looks a name up as the running template would: its scopes, then the context.
  virtual Value lookup(std::string_view name) = 0;
  /// The `caller` of the running macro or undefined.
  virtual Value caller() = 0;
  /// What throwing ReturnSignal does, without an exception: once the native function returns (its value is dropped),
  /// the running macro ends with `value`. To be called as the function's last act.
  virtual void set_return(Value value) { throw ReturnSignal{std::move(value)}; }
};

/// Renders a template. Errors leave as Error with span, macro stack as notes and Jinja2's message. Thread: the
/// caller's; nothing is shared with other renders but immutable templates.
Rendered render(const Template& tmpl, Context& context, const RenderOptions& options = {});

/// Evaluates a template made by compile_expression.
Value evaluate(const Template& tmpl, Context& context, const RenderOptions& options = {});

/// dbt's native rendering for YAML values: a single expression keeps its value's type, several ones and text around
/// them give a string. Only the filters as_native, as_bool and as_number read text with literal_eval. What Jinja2
/// computes while compiling, such as a literal, is text as well.
Value render_native(const Template& tmpl, Context& context, const RenderOptions& options = {});

/// Python's ast.literal_eval; undefined when `text` is no literal.
Value literal_eval(std::string_view text);

/// A callable for macro `index` of `tmpl`, running in `context` whatever context calls it. `tag` is handed to the
/// observer and may be null; `display_name` is used in messages and stacks. The template is kept alive by the value.
Value bind_macro(TemplatePtr tmpl, uint32_t index, Context& context, const void* tag, std::string display_name);

/// Whether macro `index` of `tmpl` may look at its parameter `position`: what it never reads need not be made for it.
bool reads_parameter(const Template& tmpl, uint32_t index, size_t position);

/// Calls a value from C++ within a fresh State on `context` (hooks, materializations, tests).
Value call_value(const Value& callee, CallArgs args, Context& context, const RenderOptions& options = {});

}  // namespace modelc::jinja
