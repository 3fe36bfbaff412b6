// The machine that runs bytecode. One Vm runs one render, on one thread.
//
// Calls of macros, loops and blocks push a Frame and stay in the same C++ call; only values that native functions call
// re-enter run(). Operands and variables live on a stack that the renders of a thread share.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/runtime.h"

namespace modelc::jinja {

/// Where a stretch of output began.
struct OutputMark {
  size_t text = 0;
  size_t segments = 0;
};

struct Frame {
  /// What becomes of the function's result.
  enum class Finish : uint8_t {
    root,     // the render's text
    text,     // a string for the caller
    inlined,  // printed where it stands
    value,    // what finish_value leaves
  };
  const Function* function = nullptr;
  const CompiledTemplate* tmpl = nullptr;
  const Instruction* ip = nullptr;  // of a frame that is not the top: the instruction that called
  Value* locals = nullptr;
  Value* operands = nullptr;  // begin of its operands
  Value* result = nullptr;    // where the caller's stack ends once the call is done
  Value* stack_end = nullptr;
  Ref<Env> env;  // its own when the function keeps its locals, else the enclosing function's
  Ref<Module> module;
  Ref<MacroObject> macro;
  CompiledPtr keep;
  OutputMark mark;
  uint32_t captures = 0;
  uint32_t loops = 0;
  Finish finish = Finish::root;
};

struct ActiveLoop {
  ItemIterator items;
  Ref<LoopObject> loop;  // when the loop uses `loop`
};

/// A stack whose elements never move. Popped ones stay constructed; who pops empties them.
template <class T>
class StableStack {
 public:
  T& push() {
    if (size_ == chunks_.size() * kChunk) chunks_.push_back(std::make_unique<T[]>(kChunk));
    return (*this)[size_++];
  }
  void pop() { --size_; }
  T& back() { return (*this)[size_ - 1]; }
  const T& back() const { return (*this)[size_ - 1]; }
  T& operator[](size_t i) { return chunks_[i / kChunk][i % kChunk]; }
  const T& operator[](size_t i) const { return chunks_[i / kChunk][i % kChunk]; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  static constexpr size_t kChunk = 32;
  std::vector<std::unique_ptr<T[]>> chunks_;
  size_t size_ = 0;
};

/// Buffers that are kept between the renders of a thread.
struct VmScratch {
  StableStack<Frame> frames;
  std::vector<OutputMark> captures;
  StableStack<ActiveLoop> loops;
  std::vector<std::unique_ptr<CallArgs>> args;
  size_t args_used = 0;
};

class Vm final : public State {
 public:
  Vm(Context& context, const RenderOptions& options);
  ~Vm() override;
  Vm(const Vm&) = delete;
  Vm& operator=(const Vm&) = delete;

  // State
  Context& context() override { return frames_.empty() ? base_ : frames_.back().module->base(); }
  const RenderOptions& options() const override { return options_; }
  Span current_span() const override;
  std::vector<CallFrame> call_stack() const override;
  Value lookup(std::string_view name) override;
  Value caller() override;
  bool native() const override { return nodes_ != nullptr; }
  void set_return(Value value) override {
    pending_ = std::move(value);
    has_pending_ = true;
  }

  /// Runs a template's root. The text is then in take_output().
  void run_template(const CompiledPtr& tmpl);
  Value run_expression(const CompiledPtr& tmpl);
  /// As run_template, but keeps the printed values apart (native rendering).
  void run_native(const CompiledPtr& tmpl, std::vector<Value>& nodes);
  Rendered take_output();
  /// Set when return() ended the render.
  bool returned() const { return returned_; }
  /// Set when a native function that no template called has used set_return.
  bool returned_by_native() const { return has_pending_; }
  Value& return_value() { return pending_; }

  // For objects that are called by native code.
  Value call_macro(MacroObject& macro, CallArgs& args);
  Value call_loop(MacroObject& loop, Value iterable, int depth);
  bool loop_test(MacroObject& test, const Value& item);
  Value call_block(const Ref<Module>& module, const BlockTarget& target);

 private:
  friend class ArgsLease;
  struct Arguments {
    Value* positional;
    size_t count;
    Value* named;
    const std::string_view* names;
    size_t named_count;
  };

  // vm.cc
  Value dispatch(size_t base);
  void emit(Value& v, bool is_constant, const Instruction* ip);
  void emit_traced(const Value& v, const Span& place);
  void emit_data(Range text);
  Value captured(const OutputMark& mark);
  void drop_output(const OutputMark& mark);
  OutputMark mark() const { return {out_.size(), segments_.size()}; }
  Value concat(const Value* parts, size_t count);
  bool condition(const Value& v) const {
    if (v.is_bool()) return v.as_bool();
    return condition_slow(v);
  }
  bool condition_slow(const Value& v) const;
  bool compare_values(uint8_t op, const Value& a, const Value& b);
  void unpack(Value* top, uint32_t count);
  void make_dict(DictData& dict, Value* items, uint32_t count);
  void check_namespace(const Value& object) const;
  void write_namespace(const Value& object, std::string_view name, Value value);
  void write_item(const Value& container, std::string_view key, Value value);
  Value inline_if_undefined(const Instruction* ip) const;
  void begin_loop(const Frame& frame, const Instruction& in, Value iterable);
  void pop_loop() {
    if (loops_.back().loop) loops_.back().loop->vm = nullptr;
    loops_.back() = ActiveLoop();
    loops_.pop();
  }
  void check_output() {
    if (out_.size() > options_.limits.max_output) output_limit();
  }
  [[noreturn]] void output_limit();
  void count_steps(uint64_t steps) {
    steps_ += steps;
    if (steps_ > options_.limits.max_steps) step_limit();
  }
  [[noreturn]] void step_limit();

  // vm_names.cc
  Value* outer_slot(const Frame& frame, int up, uint32_t slot) const;
  bool resolve(const Frame& frame, uint32_t name, Value& out);
  Value undefined_name(const Frame& frame, uint32_t name) const;
  bool runs_without_root(const Frame& frame) const;
  Value load_local(const Frame& frame, uint32_t slot, bool resolves);
  Value load_outer(const Frame& frame, const Instruction& in, bool resolves, bool root);
  void alias(const Frame& frame, const Instruction& in, bool resolves, bool root);

  // vm_call.cc
  Frame& push_frame(const Function& function, const CompiledTemplate& tmpl, Frame::Finish finish, Value* result,
                    Value* sp, Ref<Env> closure);
  void pop_frame(Value* sp);
  void unwind(size_t frames, Value* sp);
  void enter_macro(MacroObject& macro, const Arguments& args, Value* result, Value* sp);
  void bind_arguments(MacroObject& macro, const Arguments& args, Value* locals);
  void enter_loop(MacroObject& loop, Value iterable, int depth, Value* result, Value* sp);
  bool enter_call(const Instruction& in, Value*& sp);
  bool enter_method(const Instruction& in, Value*& sp);
  Value call_filter(const Instruction& in, Value* subject, const KeywordNames& names, bool is_test);
  void gather(CallArgs& args, Value* first, const Instruction& in, const KeywordNames& names);
  void gather_starred(CallArgs& args, Value* values, uint8_t flags);
  bool enter_gathered(Value callee, CallArgs& args, Value* result, Value* sp);
  enum class Return : uint8_t { resumed, finished, outside };
  Return take_return(size_t base, Value*& sp);
  bool end_by_return(size_t base, Value*& sp);
  Value run_nested(size_t base);
  void check_native_stack() const;
  void annotate(Error& error);
  Span place(const Frame& frame, const Instruction* ip) const;

  // vm_template.cc
  CompiledPtr load_template(const Value& name);
  CompiledPtr load_first(const Value& names, bool ignore_missing);
  void include(const Instruction& in, Value name, Value* sp);
  Value import(const Instruction& in, const Value& name, Value* sp);
  Value import_name(const Value& module, uint32_t name, const Instruction* ip);
  void extend(const Instruction& in, const Value& name);
  void render_block(const Instruction& in, Value* sp);
  Value load_super(const Frame& frame, uint32_t block);
  Ref<Module> derived_module(const Frame& frame, uint32_t locals);
  void enter_root(const CompiledPtr& tmpl, const Ref<Module>& module, Frame::Finish finish, Value* result, Value* sp);

  Context& base_;
  const RenderOptions& options_;
  std::unique_ptr<VmScratch> scratch_;
  StableStack<Frame>& frames_;
  std::vector<OutputMark>& captures_;
  StableStack<ActiveLoop>& loops_;
  std::string out_;
  std::vector<SpanMap::Segment> segments_;
  std::vector<Value>* nodes_ = nullptr;
  const Instruction* ip_ = nullptr;  // of the top frame
  Value* stack_begin_;               // where this render's part of the thread's stack begins
  uint64_t steps_ = 0;
  uint32_t depth_ = 0;
  uint32_t native_depth_ = 0;
  size_t bound_depth_ = 0;
  bool trace_ = false;
  bool strict_ = false;
  bool has_pending_ = false;
  bool returned_ = false;
  Value pending_;
  const void* annotated_ = nullptr;  // the error that already carries the macro stack
  std::vector<Ref<Env>> envs_;       // that outlived their call
  std::vector<Ref<Module>> modules_;
};

/// CallArgs from the pool, empty again when given back.
class ArgsLease {
 public:
  explicit ArgsLease(Vm& vm) : scratch_(*vm.scratch_) {
    if (scratch_.args_used == scratch_.args.size()) scratch_.args.push_back(std::make_unique<CallArgs>());
    args_ = scratch_.args[scratch_.args_used++].get();
  }
  ~ArgsLease() {
    args_->positional.clear();
    args_->named.clear();
    --scratch_.args_used;
  }
  ArgsLease(const ArgsLease&) = delete;
  ArgsLease& operator=(const ArgsLease&) = delete;
  CallArgs& operator*() { return *args_; }
  CallArgs* operator->() { return args_; }

 private:
  VmScratch& scratch_;
  CallArgs* args_;
};

}  // namespace modelc::jinja
