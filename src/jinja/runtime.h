// What running templates are made of, besides values: environments of closures, contexts with what a template has set,
// macros, loops, iterators.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/bytecode.h"
#include "jinja/render.h"
#include "jinja/value.h"

namespace modelc::jinja {

class Vm;
using CompiledPtr = std::shared_ptr<const CompiledTemplate>;

/// A variable that holds nothing yet is a default-constructed Value. Undefined values that are assigned are never that.
inline bool is_unset(const Value& v) { return v.is_undefined() && ValueAccess::counted(v) == nullptr; }
inline Value assignable(Value v) { return is_unset(v) ? Value::undefined("") : std::move(v); }

/// The variables of a call that inner functions may use later.
class Env final : public RefCounted {
 public:
  static Ref<Env> make(const Function& function, Ref<Env> parent);
  ~Env() override;
  static void operator delete(void* p) { ::operator delete(p); }

  Value* slots() { return reinterpret_cast<Value*>(this + 1); }
  const Function& function() const { return function_; }
  const Ref<Env>& parent() const { return parent_; }
  void clear();

 private:
  Env(const Function& function, Ref<Env> parent)
      : function_(function), count_(function.slots()), parent_(std::move(parent)) {}
  static void* operator new(size_t size, size_t slots) { return ::operator new(size + slots * sizeof(Value)); }
  static void operator delete(void* p, size_t) { ::operator delete(p); }

  const Function& function_;  // may be gone before the last closure is
  uint32_t count_;
  Ref<Env> parent_;
};

/// One implementation of a block; the child's come before the parent's.
struct BlockTarget {
  CompiledPtr tmpl;
  uint32_t function;
};
struct BlockChain {
  std::string_view name;
  std::vector<BlockTarget> targets;
};

/// Jinja2's Context: the caller's names, what outer templates pass on, and what the template has set at its top level.
class Module final : public RefCounted {
 public:
  explicit Module(Context& base) : base_(&base) {}
  explicit Module(const Ref<Module>& parent) : base_(parent->base_), parent_(parent) {}

  bool lookup(std::string_view name, Value& out) const;
  void set(std::string_view name, const Value& value, bool exported);
  void add_local(std::string_view name, const Value& value) { locals_.emplace_back(name, value); }
  /// An attribute of the module, or null.
  const Value* exported(std::string_view name) const;
  BlockChain* find_block(std::string_view name);
  void add_blocks(const CompiledPtr& tmpl);
  Context& base() const { return *base_; }
  void clear();

  std::vector<BlockChain> blocks;
  bool keeps_variables = false;

 private:
  struct Entry {
    std::string_view name;
    Value value;
    bool exported;
  };
  Context* base_;
  Ref<Module> parent_;
  std::vector<std::pair<std::string_view, Value>> locals_;
  std::vector<Entry> variables_;
};

/// A macro, a call block's body, or a recursive loop's, ready to be called.
class MacroObject final : public Object {
 public:
  MacroObject(CompiledPtr tmpl, const Function& function, Ref<Module> module, Ref<Env> env)
      : tmpl(std::move(tmpl)), function(function), module(std::move(module)), env(std::move(env)) {}

  std::string_view type_name() const override { return "jinja2.runtime.Macro"; }
  bool is_callable() const override { return true; }
  Value call(State& state, CallArgs& args) override;
  std::optional<Value> get_attribute(State& state, std::string_view name) override;
  std::string repr() const override;
  /// As in messages: its name quoted, or None.
  std::string quoted_name() const;
  std::string_view name() const { return display_name.empty() ? function.name : std::string_view(display_name); }

  const CompiledPtr tmpl;
  const Function& function;
  const Ref<Module> module;
  const Ref<Env> env;
  bool bound = false;  // by bind_macro
  const void* tag = nullptr;
  std::string display_name;
};

/// Walks a value as Python's `for` does: lists may grow meanwhile, iterators are read one item at a time.
class ItemIterator {
 public:
  ItemIterator() = default;
  ItemIterator(State& state, Value source);
  bool next(State& state, Value& item);
  /// What is left, all at once; the iterator then walks it.
  size_t drain(State& state);
  const Value& source() const { return source_; }

 private:
  enum class Kind : uint8_t { none, list, tuple, dict, text, items, object };
  Kind kind_ = Kind::none;
  Value source_;
  std::vector<Value> items_;
  size_t position_ = 0;
  size_t size_ = 0;  // of the dict in the beginning
};

/// The `loop` variable.
class LoopObject final : public Object {
 public:
  LoopObject(ItemIterator items, int depth0) : items_(std::move(items)), depth0_(depth0) {}
  /// The next item that passes the test.
  bool advance(State& state, Value& item);

  std::string_view type_name() const override { return "jinja2.runtime.LoopContext"; }
  std::optional<Value> get_attribute(State& state, std::string_view name) override;
  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override;
  bool is_callable() const override { return true; }
  Value call(State& state, CallArgs& args) override;
  std::string repr() const override;
  std::optional<size_t> length() const override;
  int depth0() const { return depth0_; }

  Ref<MacroObject> recurse;  // of a recursive loop
  Ref<MacroObject> test;     // of a loop with `if`
  Vm* vm = nullptr;          // for repr and length, which get no State

 private:
  bool pull(State& state, Value& item);
  bool peek(State& state);
  size_t count(State& state);
  Value cycle(CallArgs& args) const;
  bool changed(CallArgs& args);

  ItemIterator items_;
  int depth0_;
  int64_t index0_ = -1;
  std::optional<size_t> length_;
  std::optional<Value> after_;
  bool exhausted_ = false;  // known to have no next item
  Value current_;
  Value before_;
  std::optional<std::vector<Value>> last_changed_;
};

/// A template that was imported.
class ModuleObject final : public Object {
 public:
  ModuleObject(Ref<Module> module, std::string name, std::string text)
      : module_(std::move(module)), name_(std::move(name)), text_(std::move(text)) {}
  std::string_view type_name() const override { return "jinja2.environment.TemplateModule"; }
  std::optional<Value> get_attribute(State& state, std::string_view name) override;
  std::string str() const override { return text_; }
  std::string repr() const override;
  const std::string& name() const { return name_; }
  const Value* find(std::string_view name) const { return module_->exported(name); }

 private:
  Ref<Module> module_;
  std::string name_;
  std::string text_;
};

/// `self`: its attributes are the template's blocks.
class SelfObject final : public Object {
 public:
  SelfObject(Ref<Module> module, std::string name) : module_(std::move(module)), name_(std::move(name)) {}
  std::string_view type_name() const override { return "jinja2.runtime.TemplateReference"; }
  std::optional<Value> get_item(State& state, const Value& key) override;
  std::string repr() const override;

 private:
  Ref<Module> module_;
  std::string name_;
};

/// A block that can be called: super, self.name.
class BlockObject final : public Object {
 public:
  BlockObject(Ref<Module> module, std::string_view name, size_t depth)
      : module_(std::move(module)), name_(name), depth_(depth) {}
  std::string_view type_name() const override { return "jinja2.runtime.BlockReference"; }
  bool is_callable() const override { return true; }
  Value call(State& state, CallArgs& args) override;
  std::optional<Value> get_attribute(State& state, std::string_view name) override;
  /// The next implementation of a block behind `depth`, or the undefined that Jinja2 gives.
  static Value parent(const Ref<Module>& module, std::string_view name, size_t depth);

 private:
  Ref<Module> module_;
  std::string_view name_;
  size_t depth_;
};

/// The parent of a template that extends one, in a slot of its root.
class ParentObject final : public Object {
 public:
  explicit ParentObject(CompiledPtr tmpl) : tmpl(std::move(tmpl)) {}
  std::string_view type_name() const override { return "Template"; }
  const CompiledPtr tmpl;
};

}  // namespace modelc::jinja
