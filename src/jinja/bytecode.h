// What templates are compiled to: functions of instructions for a stack machine. Immutable after compilation.
#pragma once

#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "jinja/ast.h"
#include "jinja/builtins.h"
#include "jinja/template.h"

namespace modelc::jinja {

// The comment behind an operation names its operands and what it does to the stack: (taken -- left).
enum class Op : uint8_t {
  constant,      // c: constant               ( -- v)
  load,          // c: slot                   ( -- v)   an undefined named after the slot when it is not set
  load_resolve,  // c: slot                   ( -- v)   looks the name up in the context when it is not set
  load_outer,    // a: functions up, b: slot, c: name  ( -- v)
  load_outer_resolve,
  load_root,  // the same for the root's slots: a bound macro has no root, there it looks the name up
  load_root_resolve,
  load_alias,     // c: slot                   ( -- v)   like load; in a bound macro like load_resolve
  store,          // c: slot                   (v -- )
  clear,          // c: slot
  alias,          // a: functions up (0: here), b: from slot, c: to slot; copies, unset stays unset
  alias_resolve,  // the same, but resolves the source first
  alias_root,     // the same for a slot of the root; nothing in a bound macro
  alias_root_resolve,
  pop,              // (v -- )
  check_namespace,  // (v -- )                   fails unless it is a namespace
  store_namespace,  // c: name of the attribute  (v object -- )
  store_item,       // c: name of the key        (v container -- )   {% set d.x %}..{% endset %}
  unpack,           // c: count                  (v -- vn .. v1)
  attribute,        // c: name                   (v -- v)
  item,             //                           (v key -- v)
  slice,            //                           (v start stop step -- v)
  negate,
  positive,
  logical_not,    //              (v -- v)
  binary,         // a: BinaryOp               (v v -- v)
  compare,        // a: operator               (v v -- bool)
  compare_chain,  // a: operator, c: target    (v1 v2 -- v2), or (-- false) and a jump
  concat,         // c: count                  (v.. -- string)
  make_list,
  make_tuple,
  make_dict,  // c: count  (v.. -- v), (k v .. -- dict)
  extend_list,
  extend_tuple,
  extend_dict,         // c: count  (list v.. -- list)
  jump,                // c: target
  jump_if_set,         // b: slot, c: target
  jump_if_false,       // c: target                 (v -- )
  jump_if_true,        // c: target                 (v -- )
  jump_if_false_keep,  // c: target               (v -- v) when it jumps, else (v -- )
  jump_if_true_keep,
  inline_if_undefined,  //                        ( -- undefined)
  call,                 // a: flags, b: positional, c: keywords  (callee args.. -- v)
  call_method,          // a: flags, b: positional, c: call site   (object args.. -- v)
  filter,               // a: flags, b: positional, c: filter site (subject args.. -- v)
  test,                 // like filter               (subject args.. -- bool)
  filter_missing,
  test_missing,  // c: name; fails
  emit,          // a: 1 when the expression is constant  (v -- )
  emit_data,     // text at the instruction's place
  begin_capture,
  end_capture,     //                 ( -- string)
  drop_capture,    // c: count
  loop_begin,      // a: flags, b: slot of `loop`, c: 1 + function of the test    (iterable -- )
  loop_next,       // c: target at the end      ( -- item)
  loop_repeat,     // c: target: back to loop_next
  loop_pop,        // leaves a loop early
  loop_call,       // c: function               (iterable -- string)    a recursive loop
  make_macro,      // c: function               ( -- macro)
  export_name,     // b: slot, c: name
  export_private,  // the same; not an attribute of the module (imports)
  render_block,    // a: 1 scoped, b: 1 + locals, c: block site
  extends,         // c: slot of the parent     (name -- )
  jump_if_parent,  // a: 1 = jump if there is none, b: slot, c: target
  fail_extended,
  enter_parent,  // c: slot
  include,       // a: flags, b: 1 + locals   (name -- )
  import,        // a: flags, b: 1 + locals   (name -- module)
  import_name,   // c: name                   (module -- module v)
  load_self,
  load_super,    // c: block site        ( -- v)
  finish,        // end of a function that prints
  finish_value,  // end of a function that computes  (v -- )
};

inline constexpr uint8_t kCallStarred = 1, kCallDoubleStarred = 2, kCallWithCaller = 4;
inline constexpr uint8_t kLoopExtended = 1, kLoopRecursive = 2;
inline constexpr uint8_t kIncludeIgnoreMissing = 1, kIncludeWithContext = 2;

struct Instruction {
  Op op;
  uint8_t a = 0;
  uint16_t b = 0;
  uint32_t c = 0;
};

struct FunctionParameter {
  std::string_view name;
  uint16_t slot;
  bool has_default;
};

inline constexpr uint16_t kNoSlot = 0xffff;

/// The root, a macro, the body of a call block, a block, a recursive loop, a loop's test.
struct Function {
  enum class Kind : uint8_t { root, macro, caller, block, loop, test };
  Kind kind = Kind::root;
  bool keeps_locals = false;  ///< inner functions may use the slots after the call: they live on the heap
  std::string_view name;
  std::vector<Instruction> code;
  std::vector<Range> places;  ///< of the instructions, one each
  std::vector<uint32_t> slot_names;
  uint32_t max_stack = 0;  ///< of operands, besides the slots
  std::vector<FunctionParameter> parameters;
  uint16_t caller_slot = kNoSlot;  ///< set when the body uses the special names
  uint16_t kwargs_slot = kNoSlot;
  uint16_t varargs_slot = kNoSlot;
  bool uses_caller = false;
  uint32_t slots() const { return static_cast<uint32_t>(slot_names.size()); }
};

struct NameRecord {
  std::string_view text;
  Value global;  ///< of that name in Jinja2 (range, namespace, ...), or undefined
};

using KeywordNames = std::vector<std::string_view>;
struct MethodSite {
  std::string_view name;
  uint32_t keywords;
};
struct FilterSite {
  FilterFunction filter = nullptr;
  TestFunction test = nullptr;
  uint32_t keywords = 0;
};
struct BlockSite {
  std::string_view name;
  uint32_t function;
  bool required;
};
/// A variable that an included or imported template sees, or a scoped block.
struct LocalName {
  std::string_view name;
  uint16_t functions_up;
  uint16_t slot;
};

class CompiledTemplate final : public Template, public std::enable_shared_from_this<CompiledTemplate> {
 public:
  explicit CompiledTemplate(const SourceFile& file) { file_ = &file; }

  std::vector<std::unique_ptr<Function>> functions;  ///< [0] is the root, or the expression
  std::vector<uint32_t> macro_functions;             ///< function of each of macros()
  std::vector<Value> constants;
  std::vector<NameRecord> names;
  std::vector<KeywordNames> keyword_names;  ///< [0] is empty
  std::vector<MethodSite> methods;
  std::vector<FilterSite> filters;
  std::vector<BlockSite> blocks;
  std::vector<std::vector<LocalName>> locals;
  bool exports = false;  ///< has statements that let other templates see this one's variables
  bool is_expression = false;

  std::vector<MacroInfo>& mutable_macros() { return macros_; }
  std::vector<StaticCall>& mutable_calls() { return calls_; }
};

}  // namespace modelc::jinja
