#include "jinja/runtime.h"

#include <fmt/format.h>

#include "jinja/unicode.h"
#include "jinja/value_errors.h"
#include "jinja/vm.h"

namespace modelc::jinja {

// ---- Env ----------------------------------------------------------------------------------------------------------

Ref<Env> Env::make(const Function& function, Ref<Env> parent) {
  uint32_t slots = function.slots();
  Ref<Env> env(new (slots) Env(function, std::move(parent)));
  for (uint32_t i = 0; i < slots; ++i) new (env->slots() + i) Value();
  return env;
}

Env::~Env() {
  for (uint32_t i = 0; i < count_; ++i) slots()[i].~Value();
}

void Env::clear() {
  for (uint32_t i = 0; i < count_; ++i) slots()[i] = Value();
}

// ---- Module -------------------------------------------------------------------------------------------------------

bool Module::lookup(std::string_view name, Value& out) const {
  for (const Entry& entry : variables_) {
    if (entry.name == name) {
      out = entry.value;
      return true;
    }
  }
  for (const auto& [local, value] : locals_) {
    if (local == name) {
      out = value;
      return true;
    }
  }
  return parent_ ? parent_->lookup(name, out) : base_->lookup(name, out);
}

void Module::set(std::string_view name, const Value& value, bool exported) {
  for (Entry& entry : variables_) {
    if (entry.name != name) continue;
    entry.value = value;
    entry.exported = exported;
    return;
  }
  variables_.push_back({name, value, exported});
}

const Value* Module::exported(std::string_view name) const {
  for (const Entry& entry : variables_) {
    if (entry.name == name) return entry.exported && !name.starts_with('_') ? &entry.value : nullptr;
  }
  return nullptr;
}

BlockChain* Module::find_block(std::string_view name) {
  for (BlockChain& chain : blocks) {
    if (chain.name == name) return &chain;
  }
  return nullptr;
}

void Module::add_blocks(const CompiledPtr& tmpl) {
  for (const BlockSite& site : tmpl->blocks) {
    BlockChain* chain = find_block(site.name);
    if (!chain) chain = &blocks.emplace_back(BlockChain{site.name, {}});
    chain->targets.push_back({tmpl, site.function});
  }
}

void Module::clear() {
  variables_.clear();
  locals_.clear();
}

// ---- MacroObject --------------------------------------------------------------------------------------------------

Value MacroObject::call(State& state, CallArgs& args) {
  Vm* vm = dynamic_cast<Vm*>(&state);
  if (!vm) type_error("macros can only be called by a running template");
  return vm->call_macro(*this, args);
}

std::string MacroObject::quoted_name() const {
  return function.kind == Function::Kind::macro ? to_repr(Value(name())) : "None";
}

std::string MacroObject::repr() const {
  return fmt::format("<Macro {}>", function.kind == Function::Kind::macro ? quoted_name() : "anonymous");
}

std::optional<Value> MacroObject::get_attribute(State&, std::string_view attribute) {
  if (attribute == "name") return function.kind == Function::Kind::macro ? Value(name()) : Value(nullptr);
  if (attribute == "catch_kwargs") return Value(function.kwargs_slot != kNoSlot);
  if (attribute == "catch_varargs") return Value(function.varargs_slot != kNoSlot);
  if (attribute == "caller") return Value(function.uses_caller);
  if (attribute != "arguments" && attribute != "explicit_caller") return std::nullopt;
  std::vector<Value> names;
  bool explicit_caller = false;
  for (const FunctionParameter& parameter : function.parameters) {
    names.emplace_back(parameter.name);
    explicit_caller = explicit_caller || parameter.name == "caller";
  }
  return attribute == "arguments" ? Value::tuple(std::move(names)) : Value(explicit_caller);
}

// ---- ItemIterator -------------------------------------------------------------------------------------------------

ItemIterator::ItemIterator(State& state, Value source) : source_(std::move(source)) {
  switch (source_.type()) {
    case Type::list:
      kind_ = Kind::list;
      break;
    case Type::tuple:
      kind_ = Kind::tuple;
      break;
    case Type::dict:
      kind_ = Kind::dict;
      size_ = source_.as_dict().size();
      break;
    case Type::string:
      kind_ = Kind::text;
      break;
    case Type::object:
      if (source_.as_object().is_iterator()) {
        kind_ = Kind::object;
        break;
      }
      [[fallthrough]];
    default:
      items_ = iterate(state, source_);
      kind_ = Kind::items;
  }
}

bool ItemIterator::next(State& state, Value& item) {
  switch (kind_) {
    case Kind::none:
      return false;
    case Kind::list:
      if (position_ >= source_.as_list().size()) return false;
      item = source_.as_list()[position_++];
      return true;
    case Kind::tuple:
      if (position_ >= source_.as_tuple().size()) return false;
      item = source_.as_tuple()[position_++];
      return true;
    case Kind::dict: {
      const auto& entries = source_.as_dict().entries();
      if (entries.size() != size_) {
        size_ = SIZE_MAX;  // Python goes on failing
        throw Error(ErrorKind::compilation, "jinja/runtime-error", "dictionary changed size during iteration");
      }
      if (position_ >= size_) return false;
      item = entries[position_++].first;
      return true;
    }
    case Kind::text: {
      std::string_view text = source_.as_string();
      if (position_ >= text.size()) return false;
      size_t begin = position_;
      unicode::next(text, position_);
      StringKind kind = source_.string_kind() == StringKind::markup ? StringKind::markup : StringKind::plain;
      item = Value(std::string(text.substr(begin, position_ - begin)), kind);
      return true;
    }
    case Kind::items:
      if (position_ >= items_.size()) return false;
      item = std::move(items_[position_++]);
      return true;
    case Kind::object:
      return source_.as_object().next(state, item);
  }
  return false;
}

size_t ItemIterator::drain(State& state) {
  std::vector<Value> rest;
  Value item;
  while (next(state, item)) {
    check_item_count(static_cast<double>(rest.size()));
    rest.push_back(std::move(item));
    item = Value();
  }
  items_ = std::move(rest);
  position_ = 0;
  kind_ = Kind::items;
  return items_.size();
}

// ---- LoopObject ---------------------------------------------------------------------------------------------------

bool LoopObject::pull(State& state, Value& item) {
  while (items_.next(state, item)) {
    if (!test || static_cast<Vm&>(state).loop_test(*test, item)) return true;
  }
  return false;
}

bool LoopObject::peek(State& state) {
  if (after_) return true;
  Value item;
  if (exhausted_ || !pull(state, item)) {
    exhausted_ = true;
    return false;
  }
  after_ = std::move(item);
  return true;
}

bool LoopObject::advance(State& state, Value& item) {
  if (after_) {
    item = std::move(*after_);
    after_.reset();
  } else if (!pull(state, item)) {
    return false;
  }
  exhausted_ = false;
  ++index0_;
  before_ = std::move(current_);
  current_ = item;
  return true;
}

size_t LoopObject::count(State& state) {
  if (length_) return *length_;
  if (!test) length_ = jinja::length(items_.source());
  if (length_) return *length_;
  size_t rest = 0;
  if (test) {
    std::vector<Value> passed;
    Value item;
    while (pull(state, item)) {
      passed.push_back(std::move(item));
      item = Value();
    }
    rest = passed.size();
    items_ = ItemIterator(state, Value::list(std::move(passed)));
    test = Ref<MacroObject>();
  } else {
    rest = items_.drain(state);
  }
  length_ = rest + static_cast<size_t>(index0_ + 1) + (after_ ? 1 : 0);
  return *length_;
}

std::optional<Value> LoopObject::get_attribute(State& state, std::string_view name) {
  if (name == "index") return Value(index0_ + 1);
  if (name == "index0") return Value(index0_);
  if (name == "first") return Value(index0_ == 0);
  if (name == "last") return Value(!peek(state));
  if (name == "length") return Value(count(state));
  if (name == "revindex") return Value(static_cast<int64_t>(count(state)) - index0_);
  if (name == "revindex0") return Value(static_cast<int64_t>(count(state)) - index0_ - 1);
  if (name == "depth") return Value(depth0_ + 1);
  if (name == "depth0") return Value(depth0_);
  if (name == "previtem") return index0_ == 0 ? Value::undefined("", "there is no previous item") : before_;
  if (name == "nextitem") return peek(state) ? *after_ : Value::undefined("", "there is no next item");
  if (name == "cycle" || name == "changed") {
    Ref<LoopObject> self(this);
    return Value::function(std::string(name), [self, cycle = name == "cycle"](State&, CallArgs& args) {
      return cycle ? self->cycle(args) : Value(self->changed(args));
    });
  }
  return std::nullopt;
}

std::optional<Value> LoopObject::call_method(State&, std::string_view name, CallArgs& args) {
  if (name == "cycle") return cycle(args);
  if (name == "changed") return Value(changed(args));
  return std::nullopt;
}

Value LoopObject::cycle(CallArgs& args) const {
  if (!args.named.empty()) {
    type_error(fmt::format("LoopContext.cycle() got an unexpected keyword argument '{}'", args.named[0].first));
  }
  if (args.positional.empty()) type_error("no items for cycling given");
  return args.positional[static_cast<size_t>(index0_) % args.positional.size()];
}

bool LoopObject::changed(CallArgs& args) {
  if (!args.named.empty()) {
    type_error(fmt::format("LoopContext.changed() got an unexpected keyword argument '{}'", args.named[0].first));
  }
  bool same = last_changed_ && last_changed_->size() == args.positional.size();
  for (size_t i = 0; same && i < args.positional.size(); ++i)
    same = jinja::equals((*last_changed_)[i], args.positional[i]);
  if (!same) last_changed_ = args.positional;
  return !same;
}

Value LoopObject::call(State& state, CallArgs& args) {
  std::vector<Value> bound = args.bind("LoopContext.__call__", {"iterable"}, 1);
  if (!recurse) type_error("The loop must have the 'recursive' marker to be called recursively.");
  return static_cast<Vm&>(state).call_loop(*recurse, bound[0], depth0_ + 1);
}

std::string LoopObject::repr() const {
  return fmt::format("<LoopContext {}/{}>", index0_ + 1, vm ? const_cast<LoopObject*>(this)->count(*vm) : 0);
}

std::optional<size_t> LoopObject::length() const { return vm ? const_cast<LoopObject*>(this)->count(*vm) : length_; }

// ---- modules and blocks -------------------------------------------------------------------------------------------

std::optional<Value> ModuleObject::get_attribute(State&, std::string_view name) {
  const Value* found = module_->exported(name);
  return found ? std::optional<Value>(*found) : std::nullopt;
}

std::string ModuleObject::repr() const { return fmt::format("<TemplateModule {}>", to_repr(Value(name_))); }

std::optional<Value> SelfObject::get_item(State&, const Value& key) {
  if (!key.is_string()) return std::nullopt;
  BlockChain* chain = module_->find_block(key.as_string());
  if (!chain) return std::nullopt;
  return Value(make_ref<BlockObject>(module_, chain->name, 0));
}

std::string SelfObject::repr() const { return fmt::format("<TemplateReference {}>", to_repr(Value(name_))); }

Value BlockObject::call(State& state, CallArgs& args) {
  args.bind("BlockReference.__call__", {});
  BlockChain* chain = module_->find_block(name_);
  BlockTarget target = chain->targets[depth_];
  return static_cast<Vm&>(state).call_block(module_, target);
}

Value BlockObject::parent(const Ref<Module>& module, std::string_view name, size_t depth) {
  BlockChain* chain = module->find_block(name);
  if (!chain || depth + 1 >= chain->targets.size()) {
    return Value::undefined("super", fmt::format("there is no parent block called {}.", to_repr(Value(name))));
  }
  return Value(make_ref<BlockObject>(module, chain->name, depth + 1));
}

std::optional<Value> BlockObject::get_attribute(State&, std::string_view name) {
  if (name == "super") return parent(module_, name_, depth_);
  if (name == "name") return Value(name_);
  return std::nullopt;
}

}  // namespace modelc::jinja
