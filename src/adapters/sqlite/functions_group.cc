// What becomes of a group's values: joined texts, arrays, truth, one value out of many.
#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "adapters/sqlite/function_aggregate.h"
#include "adapters/sqlite/functions.h"
#include "base/json.h"
#include "base/text.h"

namespace modelc::sqlite {
namespace {

/// A copy of an SQL value. Ordered as SQLite orders: nulls, numbers, texts by their bytes, blobs.
class StoredValue {
 public:
  StoredValue() = default;
  explicit StoredValue(sqlite3_value* value) : value_(sqlite3_value_dup(value)) {
    if (!value_) throw std::bad_alloc();
  }
  StoredValue(StoredValue&& o) noexcept : value_(std::exchange(o.value_, nullptr)) {}
  StoredValue& operator=(StoredValue&& o) noexcept {
    std::swap(value_, o.value_);
    return *this;
  }
  ~StoredValue() { sqlite3_value_free(value_); }

  explicit operator bool() const { return value_ != nullptr; }
  bool is_null() const { return !value_ || sqlite3_value_type(value_) == SQLITE_NULL; }
  void give(sqlite3_context* context) const {
    value_ ? sqlite3_result_value(context, value_) : sqlite3_result_null(context);
  }

  int compare(const StoredValue& other) const {
    if (rank() != other.rank()) return rank() < other.rank() ? -1 : 1;
    if (rank() == 0) return 0;
    if (rank() == 1) return compare_numbers(other);
    return bytes().compare(other.bytes());
  }
  bool operator<(const StoredValue& other) const { return compare(other) < 0; }

 private:
  int rank() const {
    switch (value_ ? sqlite3_value_type(value_) : SQLITE_NULL) {
      case SQLITE_NULL:
        return 0;
      case SQLITE_TEXT:
        return 2;
      case SQLITE_BLOB:
        return 3;
      default:
        return 1;
    }
  }
  int compare_numbers(const StoredValue& other) const {
    if (sqlite3_value_type(value_) == SQLITE_INTEGER && sqlite3_value_type(other.value_) == SQLITE_INTEGER) {
      const int64_t a = sqlite3_value_int64(value_), b = sqlite3_value_int64(other.value_);
      return a < b ? -1 : a > b;
    }
    const double a = sqlite3_value_double(value_), b = sqlite3_value_double(other.value_);
    return a < b ? -1 : a > b;
  }
  std::string_view bytes() const {
    const auto* data = static_cast<const char*>(sqlite3_value_blob(value_));
    return data ? std::string_view(data, static_cast<size_t>(sqlite3_value_bytes(value_))) : std::string_view();
  }

  sqlite3_value* value_ = nullptr;
};

void give_text(sqlite3_context* context, const std::string& text) {
  sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

/// string_agg(value, separator): as group_concat, in the order of the rows.
class StringAgg {
 public:
  void step(Call& call) {
    if (!call.is_null(0)) texts_.emplace_back(call.text(1), call.text(0));
  }
  void inverse(Call& call) {
    if (!call.is_null(0) && !texts_.empty()) texts_.pop_front();
  }
  void finish(sqlite3_context* context) {
    if (texts_.empty()) return sqlite3_result_null(context);
    std::string out;
    for (size_t i = 0; i < texts_.size(); ++i) out += (i > 0 ? texts_[i].first : "") + texts_[i].second;
    give_text(context, out);
  }

 private:
  std::deque<std::pair<std::string, std::string>> texts_;  // separator, text
};

/// listagg(value[, separator[, limit, distinct[, key, direction]...]]), directions as "desc nulls last".
class ListAgg {
 public:
  void step(Call& call) {
    const int count = call.count();
    if (count == 0 || (count > 1 && count % 2 == 1)) {
      throw FunctionError("listagg(value, separator, limit, distinct, key, direction, ...)");
    }
    if (call.is_null(0)) return;
    if (items_.empty()) read_settings(call);
    if (distinct_ && !seen_.insert(std::string(call.text(0))).second) return;
    Item item{std::string(call.text(0)), {}};
    for (int i = 4; i < call.count(); i += 2) item.keys.emplace_back(call.value(i));
    items_.push_back(std::move(item));
  }

  void finish(sqlite3_context* context) {
    if (items_.empty()) return sqlite3_result_null(context);
    if (!orders_.empty())
      std::stable_sort(items_.begin(), items_.end(), [this](const Item& a, const Item& b) { return before(a, b); });
    const size_t count = std::min(items_.size(), limit_);
    std::string out;
    for (size_t i = 0; i < count; ++i) out += (i > 0 ? separator_ : "") + items_[i].text;
    give_text(context, out);
  }

 private:
  struct Item {
    std::string text;
    std::vector<StoredValue> keys;
  };
  struct Order {
    bool descending = false;
    bool nulls_first = true;
  };

  void read_settings(const Call& call) {
    separator_ = call.count() > 1 ? std::string(call.text(1)) : "";
    if (call.count() > 2 && !call.is_null(2)) limit_ = static_cast<size_t>(std::max<int64_t>(0, call.integer(2)));
    distinct_ = call.count() > 3 && call.integer(3) != 0;
    for (int i = 5; i < call.count(); i += 2) {
      const std::string words = to_lower(call.text(i));
      const bool descending = words.starts_with("desc");
      const bool says_nulls = words.find("nulls") != std::string::npos;
      orders_.push_back({descending, says_nulls ? words.find("first") != std::string::npos : !descending});
    }
  }
  bool before(const Item& a, const Item& b) const {
    for (size_t i = 0; i < orders_.size(); ++i) {
      const StoredValue &x = a.keys[i], &y = b.keys[i];
      if (x.is_null() != y.is_null()) return x.is_null() == orders_[i].nulls_first;
      if (const int order = x.compare(y); order != 0) return (order < 0) != orders_[i].descending;
    }
    return false;
  }

  std::vector<Item> items_;
  std::set<std::string> seen_;
  std::vector<Order> orders_;
  std::string separator_;
  size_t limit_ = SIZE_MAX;
  bool distinct_ = false;
};

/// true when all (or any) of the values are; null without values.
template <bool all>
class Truth {
 public:
  void step(Call& call) { count(call, 1); }
  void inverse(Call& call) { count(call, -1); }
  void finish(sqlite3_context* context) {
    if (true_ + false_ == 0) return sqlite3_result_null(context);
    sqlite3_result_int(context, all ? false_ == 0 : true_ > 0);
  }

 private:
  void count(const Call& call, int by) {
    if (call.is_null(0)) return;
    (call.real(0) != 0 ? true_ : false_) += by;
  }
  int64_t true_ = 0, false_ = 0;
};

class CountIf {
 public:
  void step(Call& call) { count_ += !call.is_null(0) && call.real(0) != 0; }
  void inverse(Call& call) { count_ -= !call.is_null(0) && call.real(0) != 0; }
  void finish(sqlite3_context* context) { sqlite3_result_int64(context, count_); }

 private:
  int64_t count_ = 0;
};

/// The first value that is not null.
class AnyValue {
 public:
  void step(Call& call) {
    if (!value_ && !call.is_null(0)) value_ = StoredValue(call.value(0));
  }
  void finish(sqlite3_context* context) { value_.give(context); }

 private:
  StoredValue value_;
};

/// max_by(value, key), min_by(value, key): the value of the row with the greatest, the least key.
template <int sign>
class ExtremeBy {
 public:
  void step(Call& call) {
    if (call.is_null(1)) return;
    StoredValue key(call.value(1));
    if (key_ && sign * key.compare(key_) <= 0) return;
    key_ = std::move(key);
    value_ = StoredValue(call.value(0));
  }
  void finish(sqlite3_context* context) { value_.give(context); }

 private:
  StoredValue key_, value_;
};

/// The most frequent value; of several, the least.
class Mode {
 public:
  void step(Call& call) {
    if (!call.is_null(0)) ++counts_[StoredValue(call.value(0))];
  }
  void finish(sqlite3_context* context) {
    const auto best = std::max_element(counts_.begin(), counts_.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    best == counts_.end() ? sqlite3_result_null(context) : best->first.give(context);
  }

 private:
  std::map<StoredValue, int64_t> counts_;
};

/// array_agg(value): a JSON array, nulls included.
class ArrayAgg {
 public:
  void step(Call& call) {
    if (!any_) writer_.begin_array();
    any_ = true;
    switch (call.type(0)) {
      case SQLITE_NULL:
        return writer_.null();
      case SQLITE_INTEGER:
        return writer_.integer(call.integer(0));
      case SQLITE_FLOAT:
        return writer_.floating(call.real(0));
      case SQLITE_BLOB:
        throw FunctionError("array_agg(): JSON cannot hold a blob");
      default:
        return writer_.string(call.text(0));
    }
  }
  void finish(sqlite3_context* context) {
    if (!any_) return sqlite3_result_null(context);
    writer_.end_array();
    give_text(context, writer_.take());
  }

 private:
  JsonWriter writer_;
  bool any_ = false;
};

}  // namespace

void register_group_functions(sqlite3* db) {
  register_window<StringAgg>(db, "string_agg", 2);
  register_aggregate<ListAgg>(db, "listagg", -1);
  for (const char* name : {"bool_and", "every"}) register_window<Truth<true>>(db, name, 1);
  register_window<Truth<false>>(db, "bool_or", 1);
  register_window<CountIf>(db, "count_if", 1);
  register_aggregate<AnyValue>(db, "any_value", 1);
  register_aggregate<ExtremeBy<1>>(db, "max_by", 2);
  register_aggregate<ExtremeBy<-1>>(db, "min_by", 2);
  register_aggregate<Mode>(db, "mode", 1);
  register_aggregate<ArrayAgg>(db, "array_agg", 1);
}

}  // namespace modelc::sqlite
