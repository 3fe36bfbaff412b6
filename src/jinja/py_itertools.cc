// Python's itertools, as far as dbt offers it. count, cycle and repeat are endless: they are read one item at a time,
// and whoever reads them to their end gets an error.
#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "jinja/generator.h"
#include "jinja/globals.h"
#include "jinja/methods.h"
#include "jinja/py_modules_parts.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

/// An iterator made of a function that gives the next item or false.
class LazyIterator final : public Object {
 public:
  using Next = std::function<bool(State&, Value&)>;
  LazyIterator(std::string_view type, Next next) : type_(type), next_(std::move(next)) {}
  std::string_view type_name() const override { return type_; }
  bool is_iterator() const override { return true; }
  bool next(State& state, Value& item) override { return next_(state, item); }

 private:
  std::string type_;
  Next next_;
};

Value lazy(std::string_view type, LazyIterator::Next next) {
  return Value(make_ref<LazyIterator>(type, std::move(next)));
}

Value ready(std::string_view type, std::vector<Value> items) {
  return Value(make_ref<GeneratorObject>(type, fmt::format("<{} object>", type), std::move(items)));
}

bool is_absent(const Value& v) { return v.is_undefined() && v.undefined_name().empty(); }
bool is_absent_or_none(const Value& v) { return v.is_none() || is_absent(v); }

std::vector<std::shared_ptr<Cursor>> open_all(State& state, const std::vector<Value>& values) {
  std::vector<std::shared_ptr<Cursor>> cursors;
  for (const Value& value : values) cursors.push_back(std::make_shared<Cursor>(state, value));
  return cursors;
}

Value count(State&, CallArgs& args) {
  auto bound = args.bind("count", {"start", "step"});
  Value at = is_absent(bound[0]) ? Value(0) : bound[0];
  Value step = is_absent(bound[1]) ? Value(1) : bound[1];
  if (!at.is_number() || !step.is_number()) type_error("a number is required");
  return lazy("itertools.count", [at, step](State&, Value& item) mutable {
    item = at;
    at = binary(BinaryOp::add, at, step);
    return true;
  });
}

Value cycle(State& state, CallArgs& args) {
  expect_count("cycle", args, 1, 1);
  std::vector<Value> items = iterate(state, args.positional[0]);
  return lazy("itertools.cycle", [items = std::move(items), at = size_t{0}](State&, Value& item) mutable {
    if (items.empty()) return false;
    item = items[at];
    at = (at + 1) % items.size();
    return true;
  });
}

Value repeat(State&, CallArgs& args) {
  auto bound = bind_fields(args, "repeat", {"object", "times"}, 1);
  int64_t times = is_absent(bound[1]) ? -1 : std::max<int64_t>(expect_index(bound[1]), 0);
  return lazy("itertools.repeat", [object = bound[0], times](State&, Value& item) mutable {
    if (times == 0) return false;
    if (times > 0) --times;
    item = object;
    return true;
  });
}

Value accumulate(State& state, CallArgs& args) {
  auto bound = args.bind("accumulate", {"iterable", "func", "initial"}, 1);
  auto cursor = std::make_shared<Cursor>(state, bound[0]);
  Value total = bound[2];
  bool started = false;
  return lazy("itertools.accumulate", [cursor, function = bound[1], total, started](State& state, Value& item) mutable {
    if (!started && !is_absent_or_none(total)) {
      started = true;
      item = total;
      return true;
    }
    Value more;
    if (!cursor->next(state, more)) return false;
    if (!started) {
      total = more;
    } else if (is_absent_or_none(function)) {
      total = binary(BinaryOp::add, total, more);
    } else {
      CallArgs pair;
      pair.positional = {total, more};
      total = call(state, function, pair);
    }
    started = true;
    item = total;
    return true;
  });
}

/// Walks the iterables of an iterable, each opened only when its turn comes.
Value chain_of(State& state, const Value& iterables) {
  auto outer = std::make_shared<Cursor>(state, iterables);
  std::shared_ptr<Cursor> inner;
  return lazy("itertools.chain", [outer, inner](State& state, Value& item) mutable {
    while (true) {
      if (inner && inner->next(state, item)) return true;
      Value next;
      if (!outer->next(state, next)) return false;
      inner = std::make_shared<Cursor>(state, next);
    }
  });
}

Value chain(State& state, CallArgs& args) {
  expect_no_keywords("chain", args);
  return chain_of(state, Value::tuple(args.positional));
}

Value chain_from_iterable(State& state, CallArgs& args) {
  return chain_of(state, expect_one_argument("type.from_iterable", args));
}

Value compress(State& state, CallArgs& args) {
  auto bound = args.bind("compress", {"data", "selectors"}, 2);
  auto cursors = open_all(state, bound);
  return lazy("itertools.compress", [cursors](State& state, Value& item) {
    Value selector;
    while (cursors[0]->next(state, item) && cursors[1]->next(state, selector)) {
      if (truth(selector)) return true;
    }
    return false;
  });
}

int64_t slice_argument(const Value& v, int64_t fallback, std::string_view what) {
  if (v.is_none()) return fallback;
  if ((!v.is_int() && !v.is_bool()) || v.as_int() < 0) {
    value_error(fmt::format("{} for islice() must be None or an integer: 0 <= x <= sys.maxsize.", what));
  }
  return v.as_int();
}

Value islice(State& state, CallArgs& args) {
  expect_no_keywords("islice", args);
  expect_count("islice", args, 2, 4);
  const auto& given = args.positional;
  bool only_stop = given.size() == 2;
  int64_t start = only_stop ? 0 : slice_argument(given[1], 0, "Indices");
  int64_t stop = slice_argument(only_stop ? given[1] : given[2], INT64_MAX, only_stop ? "Stop argument" : "Indices");
  int64_t step = given.size() == 4 && !given[3].is_none() ? given[3].as_int() : 1;
  if (given.size() == 4 && !given[3].is_none() && (!given[3].is_int() || step < 1)) {
    value_error("Step for islice() must be a positive integer or None.");
  }
  auto cursor = std::make_shared<Cursor>(state, given[0]);
  return lazy("itertools.islice",
              [cursor, wanted = start, stop, step, at = int64_t{0}](State& state, Value& item) mutable {
                if (wanted >= stop) {
                  // As in Python the items before the end are consumed.
                  for (; at < stop && stop != INT64_MAX; ++at) {
                    Value skipped;
                    if (!cursor->next(state, skipped)) break;
                  }
                  return false;
                }
                for (; at <= wanted; ++at) {
                  if (!cursor->next(state, item)) return false;
                }
                wanted = wanted > INT64_MAX - step ? INT64_MAX : wanted + step;
                return true;
              });
}

Value starmap(State& state, CallArgs& args) {
  expect_count("starmap", args, 2, 2);
  auto cursor = std::make_shared<Cursor>(state, args.positional[1]);
  return lazy("itertools.starmap", [cursor, function = args.positional[0]](State& state, Value& item) {
    Value arguments;
    if (!cursor->next(state, arguments)) return false;
    CallArgs call_args;
    call_args.positional = iterate(state, arguments);
    item = call(state, function, call_args);
    return true;
  });
}

/// What the iterators of one tee share: items that some have read and others not yet.
struct TeeBuffer {
  Cursor cursor;
  std::deque<Value> items;
  size_t first = 0;               ///< position of items.front()
  std::vector<size_t> positions;  ///< of each iterator
};

Value tee(State& state, CallArgs& args) {
  expect_count("tee", args, 1, 2);
  int64_t copies = args.positional.size() > 1 ? expect_index(args.positional[1]) : 2;
  if (copies < 0) value_error("n must be >= 0");
  check_item_count(static_cast<double>(copies));
  auto buffer = std::make_shared<TeeBuffer>(
      TeeBuffer{Cursor(state, args.positional[0]), {}, 0, std::vector<size_t>(static_cast<size_t>(copies))});
  std::vector<Value> iterators;
  for (size_t i = 0; i < static_cast<size_t>(copies); ++i) {
    iterators.push_back(lazy("itertools._tee", [buffer, i](State& state, Value& item) {
      size_t& position = buffer->positions[i];
      if (position - buffer->first >= buffer->items.size()) {
        Value next;
        if (!buffer->cursor.next(state, next)) return false;
        buffer->items.push_back(std::move(next));
      }
      item = buffer->items[position++ - buffer->first];
      size_t slowest = *std::min_element(buffer->positions.begin(), buffer->positions.end());
      for (; buffer->first < slowest; ++buffer->first) buffer->items.pop_front();
      return true;
    }));
  }
  return Value::tuple(std::move(iterators));
}

Value zip_longest(State& state, CallArgs& args) {
  Value fill = Value::none();
  for (const auto& [name, value] : args.named) {
    if (name != "fillvalue") type_error("zip_longest() got an unexpected keyword argument");
    fill = value;
  }
  auto cursors = open_all(state, args.positional);
  return lazy("itertools.zip_longest", [cursors, fill](State& state, Value& item) mutable {
    std::vector<Value> row;
    bool any = false;
    for (auto& cursor : cursors) {
      Value each = fill;
      if (cursor && !cursor->next(state, each)) {
        cursor.reset();
        each = fill;
      }
      any = any || cursor;
      row.push_back(std::move(each));
    }
    if (!any) return false;
    item = Value::tuple(std::move(row));
    return true;
  });
}

// ---- combinatorics --------------------------------------------------------------------------------------------------

std::vector<Value> pick(const std::vector<Value>& pool, const std::vector<size_t>& indices) {
  std::vector<Value> row;
  row.reserve(indices.size());
  for (size_t i : indices) row.push_back(pool[i]);
  return row;
}

void add_row(std::vector<Value>& rows, std::vector<Value> row) {
  check_item_count(static_cast<double>(rows.size() + 1) * static_cast<double>(row.size() + 1));
  rows.push_back(Value::tuple(std::move(row)));
}

Value product(State& state, CallArgs& args) {
  int64_t repeats = 1;
  for (const auto& [name, value] : args.named) {
    if (name != "repeat") type_error(fmt::format("'{}' is an invalid keyword argument for product()", name));
    repeats = expect_index(value);
  }
  if (repeats < 0) value_error("repeat argument cannot be negative");
  std::vector<std::vector<Value>> pools;
  for (const Value& each : args.positional) pools.push_back(iterate(state, each));
  size_t distinct = pools.size();
  check_item_count(static_cast<double>(repeats) * static_cast<double>(distinct));
  std::vector<const std::vector<Value>*> columns;
  for (int64_t i = 0; i < repeats; ++i) {
    for (const auto& pool : pools) columns.push_back(&pool);
  }
  std::vector<size_t> odometer(columns.size());
  std::vector<Value> rows;
  bool none = std::any_of(columns.begin(), columns.end(), [](const auto* pool) { return pool->empty(); });
  while (!none) {
    std::vector<Value> row;
    for (size_t i = 0; i < columns.size(); ++i) row.push_back((*columns[i])[odometer[i]]);
    add_row(rows, std::move(row));
    size_t wheel = columns.size();
    while (wheel > 0 && ++odometer[wheel - 1] == columns[wheel - 1]->size()) odometer[--wheel] = 0;
    none = wheel == 0;
  }
  return ready("itertools.product", std::move(rows));
}

void permute(const std::vector<Value>& pool, size_t length, std::vector<size_t>& chosen, std::vector<bool>& used,
             std::vector<Value>& rows) {
  if (chosen.size() == length) return add_row(rows, pick(pool, chosen));
  for (size_t i = 0; i < pool.size(); ++i) {
    if (used[i]) continue;
    used[i] = true;
    chosen.push_back(i);
    permute(pool, length, chosen, used, rows);
    chosen.pop_back();
    used[i] = false;
  }
}

Value permutations(State& state, CallArgs& args) {
  auto bound = args.bind("permutations", {"iterable", "r"}, 1);
  std::vector<Value> pool = iterate(state, bound[0]);
  int64_t length = is_absent_or_none(bound[1]) ? static_cast<int64_t>(pool.size()) : expect_index(bound[1]);
  if (length < 0) value_error("r must be non-negative");
  std::vector<Value> rows;
  std::vector<size_t> chosen;
  std::vector<bool> used(pool.size());
  if (length <= static_cast<int64_t>(pool.size())) permute(pool, static_cast<size_t>(length), chosen, used, rows);
  return ready("itertools.permutations", std::move(rows));
}

void combine(const std::vector<Value>& pool, size_t length, size_t from, bool again, std::vector<size_t>& chosen,
             std::vector<Value>& rows) {
  if (chosen.size() == length) return add_row(rows, pick(pool, chosen));
  for (size_t i = from; i < pool.size(); ++i) {
    if (!again && pool.size() - i < length - chosen.size()) return;
    chosen.push_back(i);
    combine(pool, length, again ? i : i + 1, again, chosen, rows);
    chosen.pop_back();
  }
}

Value combinations_of(State& state, CallArgs& args, std::string_view name, bool again) {
  auto bound = bind_fields(args, name, {"iterable", "r"}, 2);
  std::vector<Value> pool = iterate(state, bound[0]);
  int64_t length = expect_index(bound[1]);
  if (length < 0) value_error("r must be non-negative");
  DepthGuard guard("in itertools");
  if (length > 800 && !pool.empty()) limit_error("combinations of more than 800 items are not supported");
  std::vector<Value> rows;
  std::vector<size_t> chosen;
  combine(pool, static_cast<size_t>(length), 0, again, chosen, rows);
  return ready(fmt::format("itertools.{}", name), std::move(rows));
}

Value combinations(State& state, CallArgs& args) { return combinations_of(state, args, "combinations", false); }
Value combinations_with_replacement(State& state, CallArgs& args) {
  return combinations_of(state, args, "combinations_with_replacement", true);
}

}  // namespace

Value itertools_module() {
  constexpr std::pair<std::string_view, Value (*)(State&, CallArgs&)> functions[] = {
      {"count", count},
      {"cycle", cycle},
      {"repeat", repeat},
      {"accumulate", accumulate},
      {"compress", compress},
      {"islice", islice},
      {"starmap", starmap},
      {"tee", tee},
      {"zip_longest", zip_longest},
      {"product", product},
      {"permutations", permutations},
      {"combinations", combinations},
      {"combinations_with_replacement", combinations_with_replacement}};
  Value module = Value::dict();
  for (auto [name, function] : functions) module.as_dict().set(name, Value::function(std::string(name), function));
  auto chain_type = make_ref<TypeObject>("itertools.chain", chain);
  chain_type->with("from_iterable", Value::function("from_iterable", chain_from_iterable));
  module.as_dict().set("chain", Value(chain_type));
  return module;
}

}  // namespace modelc::jinja
