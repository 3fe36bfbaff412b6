// The machine itself: instructions, output. Names, calls and other templates have files of their own.
#include "jinja/vm.h"

#include <fmt/format.h>

#include "jinja/value_errors.h"
#include "jinja/vm_stack.h"

namespace modelc::jinja {
namespace {

inline void push(Value*& sp, Value&& v) { new (sp++) Value(std::move(v)); }
inline void push(Value*& sp, const Value& v) { new (sp++) Value(v); }
inline void drop(Value*& sp) { (--sp)->~Value(); }
inline void drop(Value*& sp, size_t count) {
  while (count-- > 0) drop(sp);
}
/// Replaces the topmost `count` values by one.
inline void replace(Value*& sp, size_t count, Value&& v) {
  drop(sp, count);
  push(sp, std::move(v));
}

/// A return() that no macro of this run takes; see Vm::dispatch.
struct ReturnOutside {};

std::unique_ptr<VmScratch>& spare_scratch() {
  thread_local std::unique_ptr<VmScratch> spare;
  return spare;
}

}  // namespace

Vm::Vm(Context& context, const RenderOptions& options)
    : base_(context),
      options_(options),
      scratch_(spare_scratch() ? std::move(spare_scratch()) : std::make_unique<VmScratch>()),
      frames_(scratch_->frames),
      captures_(scratch_->captures),
      loops_(scratch_->loops),
      stack_begin_(vm_stack().top),
      trace_(options.trace),
      strict_(options.undefined == UndefinedMode::strict) {}

Vm::~Vm() {
  for (Ref<Env>& env : envs_) env->clear();
  for (Ref<Module>& module : modules_) module->clear();
  spare_scratch() = std::move(scratch_);
}

// ---- output -------------------------------------------------------------------------------------------------------

void Vm::output_limit() {
  throw Error(ErrorKind::compilation, "jinja/limit-output",
              fmt::format("the rendered text is longer than {} bytes", options_.limits.max_output));
}

void Vm::step_limit() {
  throw Error(ErrorKind::compilation, "jinja/limit-steps",
              fmt::format("the template ran more than {} instructions", options_.limits.max_steps), {},
              "does a loop or a recursive macro never end?");
}

void Vm::emit(Value& v, bool is_constant, const Instruction* ip) {
  if (nodes_ && frames_.size() == 1 && captures_.empty()) {
    bool text = is_constant && !v.is_object() && !(v.is_string() && v.string_kind() >= StringKind::native_text);
    nodes_->push_back(text ? Value(to_str(v)) : std::move(v));
    return;
  }
  if (strict_ && v.is_undefined()) throw_undefined(v);
  if (trace_) {
    emit_traced(v, place(frames_.back(), ip));
  } else if (v.is_string()) {
    out_ += v.as_string();
  } else {
    append_str(out_, v);
  }
  check_output();
}

void Vm::emit_traced(const Value& v, const Span& origin) {
  auto begin = static_cast<uint32_t>(out_.size());
  append_str(out_, v);
  if (out_.size() == begin) return;
  const auto& map = v.provenance();
  if (map && !map->segments.empty()) {
    for (SpanMap::Segment segment : map->segments) {
      segment.out_begin += begin;
      segments_.push_back(segment);
    }
  } else {
    segments_.push_back({begin, origin, false});
  }
}

void Vm::emit_data(Range text) {
  const SourceFile& file = frames_.back().tmpl->file();
  std::string_view part = file.text().substr(text.begin, text.end - text.begin);
  if (nodes_ && frames_.size() == 1 && captures_.empty()) {
    nodes_->emplace_back(part);
    return;
  }
  if (trace_) segments_.push_back({static_cast<uint32_t>(out_.size()), Span{&file, text.begin, text.end}, true});
  out_ += part;
  check_output();
}

/// The output behind a mark as a string, taken out of the output.
Value Vm::captured(const OutputMark& from) {
  if (from.text == 0 && !trace_) {
    std::string text = std::move(out_);
    out_.clear();
    return Value(std::move(text));
  }
  std::string text(out_, from.text);
  out_.resize(from.text);
  if (!trace_) return Value(std::move(text));
  auto map = std::make_shared<SpanMap>();
  map->segments.assign(segments_.begin() + static_cast<ptrdiff_t>(from.segments), segments_.end());
  for (SpanMap::Segment& segment : map->segments) segment.out_begin -= static_cast<uint32_t>(from.text);
  segments_.resize(from.segments);
  return Value::traced_string(std::move(text), std::move(map));
}

void Vm::drop_output(const OutputMark& from) {
  out_.resize(from.text);
  segments_.resize(from.segments);
}

Rendered Vm::take_output() {
  Rendered rendered;
  rendered.text = std::move(out_);
  if (trace_) {
    auto map = std::make_shared<SpanMap>();
    map->segments = std::move(segments_);
    rendered.map = std::move(map);
  }
  return rendered;
}

/// `a ~ b`: str() of each. Keeps track of where the parts of traced strings came from.
Value Vm::concat(const Value* parts, size_t count) {
  std::string text;
  size_t size = 0;
  bool traced = false;
  for (size_t i = 0; i < count; ++i) {
    if (strict_ && parts[i].is_undefined()) throw_undefined(parts[i]);
    if (parts[i].is_string()) {
      size += parts[i].as_string().size();
      traced = traced || (trace_ && parts[i].provenance());
    }
  }
  check_text_size(static_cast<double>(size));
  text.reserve(size);
  if (!traced) {
    for (size_t i = 0; i < count; ++i) append_str(text, parts[i]);
    return Value(std::move(text));
  }
  auto map = std::make_shared<SpanMap>();
  Span origin = current_span();
  for (size_t i = 0; i < count; ++i) {
    auto begin = static_cast<uint32_t>(text.size());
    append_str(text, parts[i]);
    if (text.size() == begin) continue;
    if (const auto& part = parts[i].provenance()) {
      for (SpanMap::Segment segment : part->segments) {
        segment.out_begin += begin;
        map->segments.push_back(segment);
      }
    } else {
      map->segments.push_back({begin, origin, false});
    }
  }
  return Value::traced_string(std::move(text), std::move(map));
}

// ---- small instructions -------------------------------------------------------------------------------------------

bool Vm::condition_slow(const Value& v) const {
  if (strict_ && v.is_undefined()) throw_undefined(v);
  return truth(v);
}

bool Vm::compare_values(uint8_t op, const Value& a, const Value& b) {
  if (strict_ && (a.is_undefined() || b.is_undefined())) throw_undefined(a.is_undefined() ? a : b);
  if (op == kCompareIn) return contains(*this, b, a);
  if (op == kCompareNotIn) return !contains(*this, b, a);
  return compare(static_cast<CompareOp>(op), a, b);
}

/// Replaces the value at `top` by its `count` items, the first one on top.
void Vm::unpack(Value* top, uint32_t count) {
  Value source = std::move(*top);
  bool iterable =
      source.is_sequence() || source.is_string() || source.is_dict() || source.is_object() || source.is_undefined();
  if (!iterable) type_error(fmt::format("cannot unpack non-iterable {} object", type_name(source)));
  std::vector<Value> items;
  if (source.is_object() && !source.as_object().is_iterator()) {
    auto given = source.as_object().iterate(*this);
    if (!given) type_error(fmt::format("cannot unpack non-iterable {} object", type_name(source)));
    items = std::move(*given);
  } else if (source.is_sequence() && source.as_items().size() == count) {
    const std::vector<Value>& given = source.as_items();
    for (uint32_t i = 0; i < count; ++i) top[i] = given[count - 1 - i];
    return;
  } else {
    items = iterate(*this, source);
  }
  if (items.size() < count) {
    value_error(fmt::format("not enough values to unpack (expected {}, got {})", count, items.size()));
  }
  if (items.size() > count) value_error(fmt::format("too many values to unpack (expected {})", count));
  for (uint32_t i = 0; i < count; ++i) top[i] = std::move(items[count - 1 - i]);
}

void Vm::make_dict(DictData& dict, Value* items, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) dict.set(items[2 * i], std::move(items[2 * i + 1]));
}

namespace {

[[noreturn]] void not_a_namespace() {
  throw Error(ErrorKind::compilation, "jinja/not-a-namespace", "cannot assign attribute on non-namespace object", {},
              "make one with namespace(...)");
}

}  // namespace

void Vm::check_namespace(const Value& object) const {
  if (!object.is_object() || !object.as_object().type_name().ends_with("Namespace")) not_a_namespace();
}

void Vm::write_namespace(const Value& object, std::string_view name, Value value) {
  if (!object.is_object() || !object.as_object().set_attribute(*this, name, std::move(value))) not_a_namespace();
}

void Vm::write_item(const Value& container, std::string_view key, Value value) {
  if (container.is_dict()) {
    container.as_dict().set(key, std::move(value));
  } else if (!container.is_object() || !container.as_object().set_attribute(*this, key, std::move(value))) {
    type_error(fmt::format("'{}' object does not support item assignment", type_name(container)));
  }
}

Value Vm::inline_if_undefined(const Instruction* ip) const {
  Span span = place(frames_.back(), ip);
  return Value::undefined(
      "", fmt::format("the inline if-expression on line {} evaluated to false and no else section was defined.",
                      span.file->line_column(span.begin).line));
}

void Vm::begin_loop(const Frame& frame, const Instruction& in, Value iterable) {
  if (strict_ && iterable.is_undefined()) throw_undefined(iterable);
  ActiveLoop active;
  active.items = ItemIterator(*this, std::move(iterable));
  if (in.a & kLoopExtended) {
    bool recursive = in.a & kLoopRecursive;
    int depth0 = recursive ? static_cast<int>(frame.locals[1].as_int()) : 0;
    active.loop = make_ref<LoopObject>(std::move(active.items), depth0);
    active.loop->vm = this;
    if (recursive) active.loop->recurse = frame.macro;
    if (in.c != 0) {
      const Function& test = *frame.tmpl->functions[in.c - 1];
      active.loop->test = make_ref<MacroObject>(frame.tmpl->shared_from_this(), test, frame.module, frame.env);
    }
    frame.locals[in.b] = Value(active.loop);
  }
  loops_.push() = std::move(active);
}

// ---- the loop -----------------------------------------------------------------------------------------------------

/// After set_return: true when the run is over (its result is then in pending_), false when a frame goes on.
bool Vm::end_by_return(size_t base, Value*& sp) {
  switch (take_return(base, sp)) {
    case Return::resumed:
      return false;
    case Return::finished:
      return true;
    case Return::outside:
      break;
  }
  throw ReturnOutside();
}

/// Runs until the frame at index `base` is done and gives its result (its text is a result only when it is
/// Finish::text).
Value Vm::dispatch(size_t base) {
  Frame* frame = nullptr;
  const CompiledTemplate* tmpl = nullptr;
  const Instruction* code = nullptr;
  const Instruction* ip = nullptr;
  Value* locals = nullptr;
  Value* sp = nullptr;
  auto enter = [&] {  // a frame was pushed
    frame = &frames_.back();
    tmpl = frame->tmpl;
    code = frame->function->code.data();
    ip = code;
    locals = frame->locals;
    sp = frame->operands;
  };
  auto resume = [&] {  // on behind the call that the topmost frame made
    frame = &frames_.back();
    tmpl = frame->tmpl;
    code = frame->function->code.data();
    ip = frame->ip + 1;
    locals = frame->locals;
  };
  auto leave = [&] {  // a frame is done: on with its caller
    Value* result = frame->result;
    pop_frame(sp);
    resume();
    sp = result;
  };
  enter();
  for (;;) {
    try {
      for (;;) {
        const Instruction& in = *ip;
        ip_ = ip;
        switch (in.op) {
          case Op::constant:
            push(sp, tmpl->constants[in.c]);
            break;
          case Op::load:
            if (is_unset(locals[in.c]))
              push(sp, load_local(*frame, in.c, false));
            else
              push(sp, locals[in.c]);
            break;
          case Op::load_resolve:
            if (is_unset(locals[in.c]))
              push(sp, load_local(*frame, in.c, true));
            else
              push(sp, locals[in.c]);
            break;
          case Op::load_alias:
            push(sp, load_local(*frame, in.c, runs_without_root(*frame)));
            break;
          case Op::load_outer:
            push(sp, load_outer(*frame, in, false, false));
            break;
          case Op::load_outer_resolve:
            push(sp, load_outer(*frame, in, true, false));
            break;
          case Op::load_root:
            push(sp, load_outer(*frame, in, false, true));
            break;
          case Op::load_root_resolve:
            push(sp, load_outer(*frame, in, true, true));
            break;
          case Op::store:
            locals[in.c] = assignable(std::move(sp[-1]));
            drop(sp);
            break;
          case Op::clear:
            locals[in.c] = Value();
            break;
          case Op::alias:
            alias(*frame, in, false, false);
            break;
          case Op::alias_resolve:
            alias(*frame, in, true, false);
            break;
          case Op::alias_root:
            alias(*frame, in, false, true);
            break;
          case Op::alias_root_resolve:
            alias(*frame, in, true, true);
            break;
          case Op::pop:
            drop(sp);
            break;
          case Op::check_namespace:
            check_namespace(sp[-1]);
            drop(sp);
            break;
          case Op::store_namespace:
            write_namespace(sp[-1], tmpl->names[in.c].text, std::move(sp[-2]));
            drop(sp, 2);
            break;
          case Op::store_item:
            write_item(sp[-1], tmpl->names[in.c].text, std::move(sp[-2]));
            drop(sp, 2);
            break;
          case Op::unpack: {
            Value* top = --sp;
            Value source = std::move(*top);
            for (uint32_t i = 0; i < in.c; ++i) push(sp, Value());
            if (in.c == 0) {
              Value spare = std::move(source);
              unpack(&spare, 0);
            } else {
              *top = std::move(source);
              unpack(top, in.c);
            }
            break;
          }
          case Op::attribute:
            sp[-1] = get_attribute(*this, sp[-1], tmpl->names[in.c].text);
            break;
          case Op::item: {
            Value v = get_item(*this, sp[-2], sp[-1]);
            replace(sp, 2, std::move(v));
            break;
          }
          case Op::slice: {
            Value v = get_slice(*this, sp[-4], sp[-3], sp[-2], sp[-1]);
            replace(sp, 4, std::move(v));
            break;
          }
          case Op::negate:
            sp[-1] = jinja::negate(sp[-1]);
            break;
          case Op::positive:
            sp[-1] = jinja::positive(sp[-1]);
            break;
          case Op::logical_not:
            sp[-1] = Value(!condition(sp[-1]));
            break;
          case Op::binary: {
            Value v = jinja::binary(static_cast<BinaryOp>(in.a), sp[-2], sp[-1]);
            replace(sp, 2, std::move(v));
            break;
          }
          case Op::compare: {
            bool result = compare_values(in.a, sp[-2], sp[-1]);
            replace(sp, 2, Value(result));
            break;
          }
          case Op::compare_chain:
            if (compare_values(in.a, sp[-2], sp[-1])) {
              sp[-2] = std::move(sp[-1]);
              drop(sp);
            } else {
              replace(sp, 2, Value(false));
              ip = code + in.c;
              continue;
            }
            break;
          case Op::concat: {
            Value v = concat(sp - in.c, in.c);
            replace(sp, in.c, std::move(v));
            break;
          }
          case Op::make_list:
          case Op::make_tuple: {
            std::vector<Value> items(std::make_move_iterator(sp - in.c), std::make_move_iterator(sp));
            bool list = in.op == Op::make_list;
            replace(sp, in.c, list ? Value::list(std::move(items)) : Value::tuple(std::move(items)));
            break;
          }
          case Op::extend_list:
          case Op::extend_tuple: {
            Value& sequence = sp[-1 - static_cast<ptrdiff_t>(in.c)];
            auto& items = const_cast<std::vector<Value>&>(sequence.as_items());  // still ours alone
            items.insert(items.end(), std::make_move_iterator(sp - in.c), std::make_move_iterator(sp));
            drop(sp, in.c);
            break;
          }
          case Op::make_dict: {
            Value dict = Value::dict();
            make_dict(dict.as_dict(), sp - 2 * static_cast<ptrdiff_t>(in.c), in.c);
            replace(sp, 2 * size_t{in.c}, std::move(dict));
            break;
          }
          case Op::extend_dict:
            make_dict(sp[-1 - 2 * static_cast<ptrdiff_t>(in.c)].as_dict(), sp - 2 * static_cast<ptrdiff_t>(in.c), in.c);
            drop(sp, 2 * size_t{in.c});
            break;
          case Op::jump:
            ip = code + in.c;
            continue;
          case Op::jump_if_set:
            if (is_unset(locals[in.b])) break;
            ip = code + in.c;
            continue;
          case Op::jump_if_false: {
            bool yes = condition(sp[-1]);
            drop(sp);
            if (yes) break;
            ip = code + in.c;
            continue;
          }
          case Op::jump_if_true: {
            bool yes = condition(sp[-1]);
            drop(sp);
            if (!yes) break;
            ip = code + in.c;
            continue;
          }
          case Op::jump_if_false_keep:
          case Op::jump_if_true_keep:
            if (condition(sp[-1]) != (in.op == Op::jump_if_true_keep)) {
              drop(sp);
              break;
            }
            ip = code + in.c;
            continue;
          case Op::inline_if_undefined:
            push(sp, inline_if_undefined(ip));
            break;
          case Op::call:
            if (enter_call(in, sp)) {
              enter();
              continue;
            }
            if (has_pending_) {
              if (end_by_return(base, sp)) return std::move(pending_);
              resume();
              continue;
            }
            break;
          case Op::call_method:
            if (enter_method(in, sp)) {
              enter();
              continue;
            }
            if (has_pending_) {
              if (end_by_return(base, sp)) return std::move(pending_);
              resume();
              continue;
            }
            break;
          case Op::filter:
          case Op::test: {
            const FilterSite& site = tmpl->filters[in.c];
            const KeywordNames& names = tmpl->keyword_names[site.keywords];
            size_t count = in.b + names.size() + (in.a & kCallStarred ? 1 : 0) + (in.a & kCallDoubleStarred ? 1 : 0);
            Value v = call_filter(in, sp - count - 1, names, in.op == Op::test);
            replace(sp, count + 1, std::move(v));
            if (has_pending_) {
              if (end_by_return(base, sp)) return std::move(pending_);
              resume();
              continue;
            }
            break;
          }
          case Op::filter_missing:
          case Op::test_missing:
            throw Error(
                ErrorKind::compilation, "jinja/unknown-filter",
                fmt::format("No {} named {} found.", in.op == Op::filter_missing ? "filter" : "test", to_repr(sp[-1])));
          case Op::emit:
            emit(sp[-1], in.a, ip);
            drop(sp);
            break;
          case Op::emit_data:
            emit_data(frame->function->places[static_cast<size_t>(ip - code)]);
            break;
          case Op::begin_capture:
            captures_.push_back(mark());
            break;
          case Op::end_capture: {
            OutputMark from = captures_.back();
            captures_.pop_back();
            push(sp, captured(from));
            break;
          }
          case Op::drop_capture: {
            for (uint32_t i = 0; i < in.c; ++i) {
              drop_output(captures_.back());
              captures_.pop_back();
            }
            break;
          }
          case Op::loop_begin: {
            Value iterable = std::move(sp[-1]);
            drop(sp);
            begin_loop(*frame, in, std::move(iterable));
            break;
          }
          case Op::loop_next: {
            new (sp) Value();
            ++sp;
            ActiveLoop& active = loops_.back();
            if (active.loop ? active.loop->advance(*this, sp[-1]) : active.items.next(*this, sp[-1])) break;
            drop(sp);
            pop_loop();
            ip = code + in.c;
            continue;
          }
          case Op::loop_repeat:
            count_steps(static_cast<uint64_t>(ip - (code + in.c)));
            ip = code + in.c;
            continue;
          case Op::loop_pop:
            pop_loop();
            break;
          case Op::loop_call: {
            const Function& function = *tmpl->functions[in.c];
            Ref<MacroObject> loop =
                make_ref<MacroObject>(tmpl->shared_from_this(), function, frame->module, frame->env);
            Value iterable = std::move(sp[-1]);
            enter_loop(*loop, std::move(iterable), 0, sp - 1, sp);
            enter();
            continue;
          }
          case Op::make_macro:
            push(sp, Value(make_ref<MacroObject>(tmpl->shared_from_this(), *tmpl->functions[in.c], frame->module,
                                                 frame->env)));
            break;
          case Op::export_name:
          case Op::export_private:
            if (frame->module->keeps_variables) {
              frame->module->set(tmpl->names[in.c].text, locals[in.b], in.op == Op::export_name);
            }
            break;
          case Op::render_block:
            render_block(in, sp);
            enter();
            continue;
          case Op::extends: {
            extend(in, sp[-1]);
            drop(sp);
            break;
          }
          case Op::jump_if_parent:
            if (is_unset(locals[in.b]) != (in.a == 1)) break;
            ip = code + in.c;
            continue;
          case Op::fail_extended:
            throw Error(ErrorKind::compilation, "jinja/extended-twice", "extended multiple times");
          case Op::enter_parent: {
            ParentObject* parent = locals[in.c].as<ParentObject>();
            if (!parent) break;
            CompiledPtr keep = parent->tmpl;
            enter_root(keep, frame->module, Frame::Finish::inlined, sp, sp);
            enter();
            continue;
          }
          case Op::include: {
            size_t depth = frames_.size();
            include(in, std::move(sp[-1]), sp);
            if (frames_.size() > depth) {
              enter();
              continue;
            }
            drop(sp);
            break;
          }
          case Op::import: {
            Value module = import(in, sp[-1], sp);
            sp[-1] = std::move(module);
            break;
          }
          case Op::import_name:
            push(sp, import_name(sp[-1], in.c, ip));
            break;
          case Op::load_self:
            push(sp, Value(make_ref<SelfObject>(frame->module, tmpl->file().path())));
            break;
          case Op::load_super:
            push(sp, load_super(*frame, in.c));
            break;
          case Op::finish: {
            if (frames_.size() - 1 == base) {
              Value result = frame->finish == Frame::Finish::text ? captured(frame->mark) : Value();
              pop_frame(sp);
              return result;
            }
            if (frame->finish != Frame::Finish::text) {
              leave();
              continue;
            }
            OutputMark from = frame->mark;
            leave();
            // Text that is printed at once stays where it is.
            if (ip->op == Op::emit && (!nodes_ || frames_.size() > 1)) {
              ++ip;
            } else if (ip->op == Op::pop) {
              drop_output(from);
              ++ip;
            } else {
              push(sp, captured(from));
            }
            continue;
          }
          case Op::finish_value: {
            Value result = std::move(sp[-1]);
            drop(sp);
            pop_frame(sp);
            return result;
          }
        }
        ++ip;
      }
    } catch (ReturnSignal& signal) {
      set_return(std::move(signal.value));
      switch (take_return(base, sp)) {
        case Return::resumed:
          resume();
          break;
        case Return::finished:
          return std::move(pending_);
        case Return::outside:
          throw ReturnSignal{std::move(pending_)};
      }
    } catch (ReturnOutside&) {
      throw ReturnSignal{std::move(pending_)};
    } catch (Error& error) {
      annotate(error);
      unwind(base, sp);
      throw;
    } catch (...) {
      unwind(base, sp);
      throw;
    }
  }
}

}  // namespace modelc::jinja
