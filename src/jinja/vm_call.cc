// Calls: frames, arguments, macros, native functions, return().
#include <fmt/format.h>
#include <pthread.h>

#include <typeinfo>

#include "jinja/value_errors.h"
#include "jinja/vm.h"
#include "jinja/vm_stack.h"

namespace modelc::jinja {

VmStack::VmStack() : base(static_cast<Value*>(std::malloc(kSize * sizeof(Value)))), limit(base + kSize), top(base) {
  if (!base) throw std::bad_alloc();
}
VmStack::~VmStack() { std::free(base); }

VmStack& vm_stack() {
  thread_local VmStack stack;
  return stack;
}

// ---- frames -------------------------------------------------------------------------------------------------------
namespace {

[[noreturn]] void depth_limit() {
  throw Error(ErrorKind::compilation, "jinja/limit-depth", "maximum recursion depth exceeded", {},
              "does a macro call itself without end?");
}

/// When only the variables of the call itself still refer to its environment, breaks the cycle so that it is freed.
bool is_only_cycle(Env& env, uint32_t slots) {
  uint32_t own = 1;
  for (uint32_t i = 0; i < slots; ++i) {
    const Value& v = env.slots()[i];
    if (!v.is_object() || typeid(v.as_object()) != typeid(MacroObject)) continue;
    auto& macro = static_cast<MacroObject&>(v.as_object());
    if (macro.env.get() == &env && macro.use_count() == 1) ++own;
  }
  return env.use_count() == own;
}

}  // namespace

/// `result` is where the caller's stack ends once the call is done, `sp` where it ends now.
Frame& Vm::push_frame(const Function& function, const CompiledTemplate& tmpl, Frame::Finish finish, Value* result,
                      Value* sp, Ref<Env> closure) {
  VmStack& stack = vm_stack();
  uint32_t slots = function.slots();
  if (sp + slots + function.max_stack + 8 > stack.limit || depth_ > options_.limits.max_depth + 1) depth_limit();
  ++depth_;
  count_steps(function.code.size());
  if (!frames_.empty()) frames_.back().ip = ip_;
  Ref<Env> env = function.keeps_locals ? Env::make(function, std::move(closure)) : std::move(closure);
  Frame& frame = frames_.push();
  frame.function = &function;
  frame.tmpl = &tmpl;
  frame.ip = function.code.data();
  ip_ = frame.ip;
  frame.result = result;
  frame.operands = sp;
  frame.locals = sp;
  if (function.keeps_locals) {
    frame.locals = env->slots();
  } else {
    for (uint32_t i = 0; i < slots; ++i) new (frame.operands++) Value();
  }
  frame.env = std::move(env);
  frame.stack_end = frame.operands + function.max_stack + 4;
  stack.top = frame.stack_end;
  frame.mark = mark();
  frame.captures = static_cast<uint32_t>(captures_.size());
  frame.loops = static_cast<uint32_t>(loops_.size());
  frame.finish = finish;
  return frame;
}

/// Ends the topmost frame, whose operands end at `sp`.
void Vm::pop_frame(Value* sp) {
  Frame& frame = frames_.back();
  while (sp > frame.operands) (--sp)->~Value();
  const Function& function = *frame.function;
  if (function.keeps_locals) {
    if (frame.env->use_count() > 1) {
      if (is_only_cycle(*frame.env, function.slots()))
        frame.env->clear();
      else
        envs_.push_back(frame.env);
    }
  } else {
    for (Value* slot = frame.operands; slot > frame.locals;) (--slot)->~Value();
  }
  if (frame.macro && frame.macro->bound) {
    --bound_depth_;
    if (options_.observer) options_.observer->leave(frame.macro->tag);
  }
  --depth_;
  frame.env = Ref<Env>();
  frame.module = Ref<Module>();
  frame.macro = Ref<MacroObject>();
  frame.keep.reset();
  frames_.pop();
  vm_stack().top = frames_.empty() ? stack_begin_ : frames_.back().stack_end;
  if (!frames_.empty()) ip_ = frames_.back().ip;
}

/// Ends all frames from index `count` on without a result; what they printed is dropped.
void Vm::unwind(size_t count, Value* sp) {
  while (frames_.size() > count) {
    Frame& frame = frames_.back();
    while (loops_.size() > frame.loops) pop_loop();
    captures_.resize(frame.captures);
    drop_output(frame.mark);
    Value* result = frame.result;
    pop_frame(sp < frame.operands ? frame.operands : sp);
    sp = result;
  }
}

/// The notes that say which macros were running, innermost first.
void Vm::annotate(Error& error) {
  Diagnostic& diagnostic = error.diagnostic();
  if (annotated_ == &diagnostic) return;
  annotated_ = &diagnostic;
  if (!diagnostic.span) diagnostic.span = current_span();
  for (size_t i = frames_.size(); i-- > 1;) {
    const Frame& frame = frames_[i];
    if (!frame.macro || frame.function->kind != Function::Kind::macro) continue;
    const Frame* outer = nullptr;
    for (size_t j = i; j-- > 0 && !outer;) {
      if (frames_[j].macro && frames_[j].function->kind == Function::Kind::macro) outer = &frames_[j];
    }
    const Frame& site = frames_[i - 1];
    diagnostic.notes.push_back(
        {outer ? fmt::format("called from macro {} here", outer->macro->name()) : "called from here",
         place(site, site.ip)});
  }
}

/// Makes return() take effect: `pending_` becomes the result of the innermost macro call of this run, if there is one.
Vm::Return Vm::take_return(size_t base, Value*& sp) {
  has_pending_ = false;
  size_t target = frames_.size();
  while (target > base && frames_[target - 1].function->kind != Function::Kind::macro) --target;
  if (target == base) {
    if (base > 0 || frames_[0].macro) {
      unwind(base, sp);
      return Return::outside;
    }
    if (frames_[0].finish == Frame::Finish::root) {  // what was printed stays
      Frame& root = frames_[0];
      if (captures_.size() > root.captures) drop_output(captures_[root.captures]);
      root.mark = mark();
    }
    returned_ = true;
    unwind(0, sp);
    return Return::finished;
  }
  size_t index = target - 1;
  Value* result = frames_[index].result;
  unwind(index, sp);
  if (index == base) return Return::finished;
  sp = result;
  new (sp++) Value(std::move(pending_));
  return Return::resumed;
}

// ---- macros -------------------------------------------------------------------------------------------------------

void Vm::enter_macro(MacroObject& macro, const Arguments& args, Value* result, Value* sp) {
  Frame::Finish finish = Frame::Finish::text;
  Ref<MacroObject> keep(&macro);
  Frame& frame = push_frame(macro.function, *macro.tmpl, finish, result, sp, macro.env);
  frame.module = macro.module;
  frame.macro = std::move(keep);
  if (macro.bound) {
    if (options_.observer) options_.observer->enter(macro.tag, bound_depth_);
    ++bound_depth_;
  }
  try {
    bind_arguments(macro, args, frame.locals);
  } catch (Error& error) {  // the call is to blame, not the macro
    const Frame* caller = frames_.size() > 1 ? &frames_[frames_.size() - 2] : nullptr;
    if (caller && !error.diagnostic().span) error.diagnostic().span = place(*caller, caller->ip);
    throw;
  }
}

/// Jinja2's Macro.__call__: positional arguments, then named ones, then caller, kwargs and varargs if the body uses
/// them.
void Vm::bind_arguments(MacroObject& macro, const Arguments& args, Value* locals) {
  const Function& function = macro.function;
  size_t count = function.parameters.size();
  size_t positional = std::min(args.count, count);
  for (size_t i = 0; i < positional; ++i) {
    locals[function.parameters[i].slot] = assignable(std::move(args.positional[i]));
  }
  uint64_t used_bits = 0;
  std::vector<bool> used_many;
  if (args.named_count > 64) used_many.resize(args.named_count);
  auto used = [&](size_t i) { return args.named_count > 64 ? used_many[i] : (used_bits >> i & 1) != 0; };
  auto use = [&](size_t i) {
    if (args.named_count > 64)
      used_many[i] = true;
    else
      used_bits |= uint64_t{1} << i;
  };
  bool found_caller = false;
  for (size_t p = 0; p < count; ++p) {
    const FunctionParameter& parameter = function.parameters[p];
    if (p >= positional) {
      for (size_t i = 0; i < args.named_count; ++i) {
        if (args.names[i] != parameter.name || used(i)) continue;
        locals[parameter.slot] = assignable(std::move(args.named[i]));
        use(i);
      }
    }
    if (parameter.name == "caller") found_caller = true;
  }
  if (function.uses_caller && !found_caller) {
    Value& caller = locals[function.caller_slot];
    for (size_t i = 0; i < args.named_count; ++i) {
      if (args.names[i] == "caller" && !used(i)) {
        caller = std::move(args.named[i]);
        use(i);
      }
    }
    if (caller.is_none() || is_unset(caller)) caller = Value::undefined("caller", "No caller defined");
  }
  Value kwargs;
  if (function.kwargs_slot != kNoSlot) kwargs = Value::dict();
  for (size_t i = 0; i < args.named_count; ++i) {
    if (used(i)) continue;
    if (function.kwargs_slot != kNoSlot) {
      kwargs.as_dict().set(args.names[i], std::move(args.named[i]));
      continue;
    }
    for (size_t j = i; j < args.named_count; ++j) {
      if (!used(j) && args.names[j] == "caller") {
        type_error(fmt::format(
            "macro {} was invoked with two values for the special caller argument. This is most likely a bug.",
            macro.quoted_name()));
      }
    }
    type_error(
        fmt::format("macro {} takes no keyword argument {}", macro.quoted_name(), to_repr(Value(args.names[i]))));
  }
  if (function.kwargs_slot != kNoSlot) locals[function.kwargs_slot] = std::move(kwargs);
  if (function.varargs_slot != kNoSlot) {
    std::vector<Value> rest;
    for (size_t i = count; i < args.count; ++i) rest.push_back(std::move(args.positional[i]));
    locals[function.varargs_slot] = Value::tuple(std::move(rest));
  } else if (args.count > count) {
    type_error(fmt::format("macro {} takes not more than {} argument(s)", macro.quoted_name(), count));
  }
  for (const FunctionParameter& parameter : function.parameters) {
    Value& slot = locals[parameter.slot];
    if (!parameter.has_default && is_unset(slot)) {
      slot = Value::undefined(parameter.name,
                              fmt::format("parameter {} was not provided", to_repr(Value(parameter.name))));
    }
  }
}

void Vm::enter_loop(MacroObject& loop, Value iterable, int depth, Value* result, Value* sp) {
  Ref<MacroObject> keep(&loop);
  Frame& frame = push_frame(loop.function, *loop.tmpl, Frame::Finish::text, result, sp, loop.env);
  frame.module = loop.module;
  frame.macro = std::move(keep);
  frame.locals[0] = assignable(std::move(iterable));
  frame.locals[1] = Value(depth);
}

// ---- call instructions --------------------------------------------------------------------------------------------
namespace {

/// Empties the stack between a callee and its last argument once a frame stands above them: nobody will pop them.
/// When the frame could not be entered the values are emptied as well, and the error unwinds to below them.
struct ClearArguments {
  Value* begin;
  Value* end;
  ~ClearArguments() {
    for (Value* v = begin; v < end; ++v) *v = Value();
  }
};

}  // namespace

/// A call. True when a frame was entered; else the result is on the stack, or return() is pending.
bool Vm::enter_call(const Instruction& in, Value*& sp) {
  const KeywordNames& names = frames_.back().tmpl->keyword_names[in.c];
  size_t count = in.b + names.size() + (in.a & kCallStarred ? 1 : 0) + (in.a & kCallDoubleStarred ? 1 : 0);
  Value* first = sp - count;
  Value* callee = first - 1;
  if (in.a == 0 && callee->is_object()) {
    const std::type_info& type = typeid(callee->as_object());
    if (type == typeid(MacroObject)) {
      ClearArguments clear{callee, sp};
      enter_macro(static_cast<MacroObject&>(callee->as_object()),
                  {first, in.b, first + in.b, names.data(), names.size()}, callee, sp);
      return true;
    }
    if (type == typeid(LoopObject) && in.b == 1 && names.empty()) {
      auto& loop = static_cast<LoopObject&>(callee->as_object());
      if (loop.recurse) {
        ClearArguments clear{callee, sp};
        enter_loop(*loop.recurse, std::move(*first), loop.depth0() + 1, callee, sp);
        return true;
      }
    }
  }
  ArgsLease args(*this);
  gather(*args, first, in, names);
  Value function = std::move(*callee);
  if (enter_gathered(function, *args, callee, sp)) return true;
  Value result = jinja::call(*this, function, *args);
  while (sp > callee) (--sp)->~Value();
  new (sp++) Value(std::move(result));
  return false;
}

bool Vm::enter_method(const Instruction& in, Value*& sp) {
  const Frame& frame = frames_.back();
  const MethodSite& site = frame.tmpl->methods[in.c];
  const KeywordNames& names = frame.tmpl->keyword_names[site.keywords];
  size_t count = in.b + names.size() + (in.a & kCallStarred ? 1 : 0) + (in.a & kCallDoubleStarred ? 1 : 0);
  Value* first = sp - count;
  Value* subject = first - 1;
  ArgsLease args(*this);
  Value result;
  if (subject->is_object() || subject->is_dict()) {
    Value holder = std::move(*subject);
    gather(*args, first, in, names);
    std::optional<Value> direct;
    if (holder.is_object() && !site.name.starts_with('_')) {
      direct = holder.as_object().call_method(*this, site.name, *args);
    }
    if (direct) {
      result = std::move(*direct);
    } else if (holder.is_dict()) {
      const Value* entry = holder.as_dict().find(site.name);
      if (entry && entry->is_object() && enter_gathered(*entry, *args, subject, sp)) return true;
      result = jinja::call_method(*this, holder, site.name, *args);
    } else {
      Value callee = get_attribute(*this, holder, site.name);
      if (enter_gathered(callee, *args, subject, sp)) return true;
      result = jinja::call(*this, callee, *args);
    }
  } else {
    gather(*args, first, in, names);
    result = jinja::call_method(*this, *subject, site.name, *args);
  }
  while (sp > subject) (--sp)->~Value();
  new (sp++) Value(std::move(result));
  return false;
}

/// Enters a macro whose arguments are in `args`. False when the callee is no macro.
bool Vm::enter_gathered(Value callee, CallArgs& args, Value* result, Value* sp) {
  if (!callee.is_object() || typeid(callee.as_object()) != typeid(MacroObject)) return false;
  std::vector<Value> named;
  std::vector<std::string_view> names;
  named.reserve(args.named.size());
  names.reserve(args.named.size());
  for (auto& [name, value] : args.named) {
    names.push_back(name);
    named.push_back(std::move(value));
  }
  enter_macro(static_cast<MacroObject&>(callee.as_object()),
              {args.positional.data(), args.positional.size(), named.data(), names.data(), names.size()}, result, sp);
  return true;
}

Value Vm::call_filter(const Instruction& in, Value* subject, const KeywordNames& names, bool is_test) {
  const FilterSite& site = frames_.back().tmpl->filters[in.c];
  ArgsLease args(*this);
  args->positional.push_back(std::move(*subject));
  gather(*args, subject + 1, in, names);
  return is_test ? Value(site.test(*this, *args)) : site.filter(*this, *args);
}

void Vm::gather(CallArgs& args, Value* first, const Instruction& in, const KeywordNames& names) {
  for (size_t i = 0; i < in.b; ++i) args.positional.push_back(std::move(*first++));
  for (std::string_view name : names) args.named.emplace_back(std::string(name), std::move(*first++));
  if (in.a != 0) gather_starred(args, first, in.a);
}

/// *args and **kwargs, with CPython's messages for what is no sequence and no mapping.
void Vm::gather_starred(CallArgs& args, Value* values, uint8_t flags) {
  constexpr const char* kCallee = "jinja2.sandbox.SandboxedEnvironment.call()";
  if (flags & kCallStarred) {
    const Value& starred = *values++;
    bool iterable = starred.is_sequence() || starred.is_string() || starred.is_dict() || starred.is_undefined();
    if (starred.is_object()) {
      auto items = starred.as_object().iterate(*this);
      iterable = items.has_value();
      if (items) std::move(items->begin(), items->end(), std::back_inserter(args.positional));
    } else if (iterable) {
      std::vector<Value> items = iterate(*this, starred);
      std::move(items.begin(), items.end(), std::back_inserter(args.positional));
    }
    if (!iterable) type_error(fmt::format("Value after * must be an iterable, not {}", type_name(starred)));
  }
  if (!(flags & kCallDoubleStarred)) return;
  const Value& mapping = *values;
  if (!mapping.is_dict() && !(mapping.is_object() && mapping.as_object().is_mapping())) {
    type_error(fmt::format("{} argument after ** must be a mapping, not {}", kCallee, type_name(mapping)));
  }
  for (const Value& key : iterate(*this, mapping)) {
    if (!key.is_string()) type_error("keywords must be strings");
    if (args.find_named(key.as_string())) {
      type_error(fmt::format("{} got multiple values for keyword argument '{}'", kCallee, key.as_string()));
    }
    args.named.emplace_back(key.as_string(), get_item(*this, mapping, key));
  }
}

// ---- calls by native code -----------------------------------------------------------------------------------------
namespace {

size_t native_stack_left() {
  thread_local const char* low = [] {
    pthread_attr_t attributes;
    void* address = nullptr;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return static_cast<const char*>(nullptr);
    pthread_attr_getstack(&attributes, &address, &size);
    pthread_attr_destroy(&attributes);
    return static_cast<const char*>(address);
  }();
  char here;
  return low ? static_cast<size_t>(&here - low) : SIZE_MAX;
}

}  // namespace

/// Templates that call native code that calls templates use the thread's own stack: stop before it ends.
void Vm::check_native_stack() const {
  constexpr uint32_t kHarmless = 8;
  constexpr size_t kReserve = size_t{192} << 10;
  if (native_depth_ > kHarmless && native_stack_left() < kReserve) depth_limit();
}

/// Runs the frame that was just pushed, above `base` others.
Value Vm::run_nested(size_t base) {
  ++native_depth_;
  struct Leave {
    uint32_t& depth;
    ~Leave() { --depth; }
  } leave{native_depth_};
  annotated_ = nullptr;
  return dispatch(base);
}

Value Vm::call_macro(MacroObject& macro, CallArgs& args) {
  check_native_stack();
  size_t base = frames_.size();
  Value* sp = vm_stack().top;
  try {
    enter_gathered(Value(Ref<Object>(&macro)), args, sp, sp);
  } catch (Error& error) {
    annotate(error);
    unwind(base, sp);
    throw;
  }
  return run_nested(base);
}

Value Vm::call_loop(MacroObject& loop, Value iterable, int depth) {
  check_native_stack();
  size_t base = frames_.size();
  Value* sp = vm_stack().top;
  enter_loop(loop, std::move(iterable), depth, sp, sp);
  return run_nested(base);
}

bool Vm::loop_test(MacroObject& test, const Value& item) {
  check_native_stack();
  size_t base = frames_.size();
  Value* sp = vm_stack().top;
  Frame& frame = push_frame(test.function, *test.tmpl, Frame::Finish::value, sp, sp, test.env);
  frame.module = test.module;
  frame.macro = Ref<MacroObject>(&test);
  frame.locals[0] = assignable(item);
  return condition(run_nested(base));
}

}  // namespace modelc::jinja
