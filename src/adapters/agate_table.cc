// agate's Table, Row, Column and TableSet for templates, as far as packages use them. Nothing is copied before it must
// be: rows and columns are views into a shared Table; select(), where() and the like make new Tables.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <unordered_map>

#include "adapters/table.h"
#include "jinja/json.h"
#include "jinja/render.h"
#include "jinja/value_errors.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

using TablePtr = std::shared_ptr<const Table>;
using Positions = std::vector<size_t>;

std::optional<size_t> position_of(const std::vector<std::string>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<size_t>(found - names.begin());
}

std::optional<size_t> python_index(int64_t index, size_t size) {
  if (index < 0) index += static_cast<int64_t>(size);
  if (index < 0 || index >= static_cast<int64_t>(size)) return std::nullopt;
  return static_cast<size_t>(index);
}

size_t column_position(const Table& table, const Value& key) {
  if (key.is_int()) {
    if (const auto index = python_index(key.as_int(), table.column_names.size())) return *index;
    jinja::index_error("tuple index out of range");
  }
  if (key.is_string()) {
    if (const auto index = position_of(table.column_names, key.as_string())) return *index;
  }
  jinja::key_error(key);
}

/// One key or several, as positions of columns.
Positions column_positions(const Table& table, const Value& key) {
  if (!key.is_sequence()) return {column_position(table, key)};
  Positions positions;
  for (const auto& part : key.as_items()) positions.push_back(column_position(table, part));
  return positions;
}

Value names_value(const std::vector<std::string>& names) {
  std::vector<Value> items;
  for (const auto& name : names) items.emplace_back(name);
  return Value::tuple(std::move(items));
}

/// An agate type, as column.data_type and table.column_types give it.
class AgateType final : public jinja::Object {
 public:
  explicit AgateType(CellType type) : type_(type) {}
  std::string_view type_name() const override { return cell_type_name(type_); }
  std::string repr() const override { return fmt::format("<agate.data_types.{}>", cell_type_name(type_)); }
  bool equals(const Value& other) const override {
    const auto* o = other.as<AgateType>();
    return o && cell_type_name(o->type_) == cell_type_name(type_);
  }
  size_t hash() const override { return std::hash<std::string_view>()(cell_type_name(type_)); }

 private:
  CellType type_;
};

Value type_value(CellType type) { return Value(jinja::make_ref<AgateType>(type)); }

/// agate.MappedSequence: values that may also have keys. Iteration gives the values.
class MappedSequence : public jinja::Object {
 public:
  std::string_view type_name() const override { return "MappedSequence"; }
  virtual size_t size() const = 0;
  virtual Value at(size_t index) const = 0;
  virtual Value keys() const { return Value::none(); }
  virtual std::optional<size_t> find(const Value& key) const {
    const Value all = keys();
    if (!all.is_sequence()) return std::nullopt;
    const auto& items = all.as_items();
    for (size_t i = 0; i < items.size(); ++i) {
      if (jinja::equals(items[i], key)) return i;
    }
    return std::nullopt;
  }

  std::vector<Value> values() const {
    std::vector<Value> items;
    items.reserve(size());
    for (size_t i = 0; i < size(); ++i) items.push_back(at(i));
    return items;
  }
  std::optional<size_t> length() const override { return size(); }
  std::optional<std::vector<Value>> iterate(State&) override { return values(); }
  bool is_sequence() const override { return true; }
  Value from_slice(std::vector<Value> items) const override { return Value::tuple(std::move(items)); }
  bool equals(const Value& other) const override {
    std::vector<Value> theirs;
    if (const auto* sequence = other.as<MappedSequence>())
      theirs = sequence->values();
    else if (other.is_sequence())
      theirs = other.as_items();
    else
      return false;
    const std::vector<Value> ours = values();
    return std::equal(ours.begin(), ours.end(), theirs.begin(), theirs.end(), jinja::equals);
  }

  std::optional<Value> get_item(State&, const Value& key) override {
    if (key.is_int()) {
      if (const auto index = python_index(key.as_int(), size())) return at(*index);
      return std::nullopt;
    }
    if (const auto index = find(key)) return at(*index);
    return std::nullopt;
  }

  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override {
    if (name == "values") return args.bind("values", {}), Value::tuple(values());
    if (name == "keys") return args.bind("keys", {}), keys();
    if (name == "items" || name == "dict") return pairs(name == "dict");
    if (name == "get") {
      const auto b = args.bind("get", {"key", "default"}, 1);
      if (const auto index = find(b[0])) return at(*index);
      return b[1].is_undefined() ? Value::none() : b[1];
    }
    if (name == "index" || name == "count") return search(state, name, args);
    return std::nullopt;
  }

  std::string repr() const override {
    std::string sample;
    for (size_t i = 0; i < size() && i < 5; ++i) sample += (i > 0 ? ", " : "") + jinja::to_repr(at(i));
    return fmt::format("<agate.{}: ({}{})>", type_name(), sample, size() > 5 ? ", ..." : "");
  }

 private:
  Value pairs(bool as_dict) const {
    const Value names = keys();
    if (!names.is_sequence()) jinja::type_error("this sequence has no keys");
    Value dict = Value::dict();
    std::vector<Value> items;
    for (size_t i = 0; i < size(); ++i) {
      if (as_dict)
        dict.as_dict().set(names.as_items()[i], at(i));
      else
        items.push_back(Value::tuple({names.as_items()[i], at(i)}));
    }
    return as_dict ? dict : Value::tuple(std::move(items));
  }

  Value search(State&, std::string_view name, CallArgs& args) const {
    const auto b = args.bind(name, {"value"}, 1);
    int64_t count = 0;
    for (size_t i = 0; i < size(); ++i) {
      if (!jinja::equals(at(i), b[0])) continue;
      if (name == "index") return Value(i);
      ++count;
    }
    if (name == "index") jinja::value_error("sequence.index(x): x not in sequence");
    return Value(count);
  }
};

class Row final : public MappedSequence {
 public:
  Row(TablePtr table, size_t index) : table_(std::move(table)), index_(index) {}
  std::string_view type_name() const override { return "Row"; }
  size_t size() const override { return table_->rows[index_].size(); }
  Value at(size_t index) const override { return table_->rows[index_][index]; }
  Value keys() const override { return names_value(table_->column_names); }
  std::optional<size_t> find(const Value& key) const override {
    return key.is_string() ? position_of(table_->column_names, key.as_string()) : std::nullopt;
  }

 private:
  TablePtr table_;
  size_t index_;
};

Value row_value(const TablePtr& table, size_t index) { return Value(jinja::make_ref<Row>(table, index)); }

class Rows final : public MappedSequence {
 public:
  explicit Rows(TablePtr table) : table_(std::move(table)) {}
  size_t size() const override { return table_->rows.size(); }
  Value at(size_t index) const override { return row_value(table_, index); }

 private:
  TablePtr table_;
};

/// Nulls sort behind everything else.
bool sorts_before(const Value& a, const Value& b) {
  if (a.is_none() || b.is_none()) return !a.is_none();
  return jinja::compare(jinja::CompareOp::lt, a, b);
}

class AgateColumn final : public MappedSequence {
 public:
  AgateColumn(TablePtr table, size_t index) : table_(std::move(table)), index_(index) {}
  std::string_view type_name() const override { return "Column"; }
  size_t size() const override { return table_->rows.size(); }
  Value at(size_t row) const override { return table_->rows[row][index_]; }

  std::optional<Value> get_attribute(State&, std::string_view name) override {
    if (name == "name") return Value(table_->column_names[index_]);
    if (name == "index") return Value(index_);
    if (name == "data_type") return type_value(table_->column_types[index_]);
    return std::nullopt;
  }

  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override {
    if (name == "values_distinct" || name == "values_without_nulls" || name == "values_sorted" ||
        name == "values_without_nulls_sorted") {
      args.bind(name, {});
      std::vector<Value> items = values();
      if (name == "values_distinct") return Value::tuple(jinja::iterate(state, Value::set(items)));
      if (name != "values_sorted") std::erase_if(items, [](const Value& v) { return v.is_none(); });
      if (name == "values_without_nulls") return Value::tuple(std::move(items));
      std::stable_sort(items.begin(), items.end(), sorts_before);
      return Value::list(std::move(items));
    }
    return MappedSequence::call_method(state, name, args);
  }

 private:
  TablePtr table_;
  size_t index_;
};

class Columns final : public MappedSequence {
 public:
  explicit Columns(TablePtr table) : table_(std::move(table)) {}
  size_t size() const override { return table_->column_names.size(); }
  Value at(size_t index) const override { return Value(jinja::make_ref<AgateColumn>(table_, index)); }
  Value keys() const override { return names_value(table_->column_names); }
  std::optional<size_t> find(const Value& key) const override {
    return key.is_string() ? position_of(table_->column_names, key.as_string()) : std::nullopt;
  }

 private:
  TablePtr table_;
};

/// What group_by gives: tables under the values of the column.
class TableSet final : public MappedSequence {
 public:
  TableSet(std::vector<Value> keys, std::vector<Value> tables, std::string key_name, CellType key_type)
      : keys_(std::move(keys)), tables_(std::move(tables)), key_name_(std::move(key_name)), key_type_(key_type) {}
  std::string_view type_name() const override { return "TableSet"; }
  size_t size() const override { return tables_.size(); }
  Value at(size_t index) const override { return tables_[index]; }
  Value keys() const override { return Value::tuple(keys_); }
  std::optional<Value> get_attribute(State& state, std::string_view name) override {
    if (name == "key_name") return Value(key_name_);
    if (name == "key_type") return type_value(key_type_);
    if (tables_.empty() || (name != "column_names" && name != "column_types")) return std::nullopt;
    return jinja::get_attribute(state, tables_[0], name);
  }

 private:
  std::vector<Value> keys_, tables_;
  std::string key_name_;
  CellType key_type_;
};

class TableObject final : public jinja::Object {
 public:
  explicit TableObject(TablePtr table) : table_(std::move(table)) {}
  const TablePtr& table() const { return table_; }

  std::string_view type_name() const override { return "Table"; }
  std::optional<Value> get_attribute(State&, std::string_view name) override;
  std::optional<Value> get_item(State& state, const Value& key) override { return Rows(table_).get_item(state, key); }
  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override;
  std::optional<std::vector<Value>> iterate(State&) override { return Rows(table_).values(); }
  std::optional<size_t> length() const override { return table_->rows.size(); }
  Value from_slice(std::vector<Value> items) const override { return Value::tuple(std::move(items)); }
  std::string str() const override;
  std::string repr() const override { return "<agate.table.Table object>"; }

 private:
  Value select(CallArgs& args) const;
  Value exclude(CallArgs& args) const;
  Value rename(State& state, CallArgs& args) const;
  Value where(State& state, CallArgs& args, bool first_only) const;
  Value order_by(State& state, CallArgs& args) const;
  Value limit(State& state, CallArgs& args) const;
  Value distinct(State& state, CallArgs& args) const;
  Value group_by(State& state, CallArgs& args) const;
  Value join(State& state, CallArgs& args) const;
  Value merge_columns(const Positions& positions) const;
  /// The chosen rows, with all columns.
  std::shared_ptr<Table> rows_at(const Positions& rows) const;
  /// Of a row: what a function gives, one value, or a tuple of several.
  Value key_of(State& state, const Value& key, size_t row) const;

  TablePtr table_;
};

Value wrap(std::shared_ptr<Table> table) { return table_value(std::move(table)); }

std::string structure(const Table& table, size_t max_rows) {
  Table names{{"column", "data_type"}, {CellType::text, CellType::text}, {}};
  for (size_t i = 0; i < table.column_names.size(); ++i) {
    names.rows.push_back({Value(table.column_names[i]), Value(cell_type_name(table.column_types[i]))});
  }
  return print_table(names, max_rows, SIZE_MAX);
}

size_t bound(const Value& value, size_t fallback) {
  if (value.is_undefined()) return fallback;
  return value.is_int() && value.as_int() >= 0 ? static_cast<size_t>(value.as_int()) : SIZE_MAX;
}

Value print_text(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  return Value::none();
}

std::optional<Value> TableObject::get_attribute(State&, std::string_view name) {
  if (name == "rows") return Value(jinja::make_ref<Rows>(table_));
  if (name == "columns") return Value(jinja::make_ref<Columns>(table_));
  if (name == "column_names") return names_value(table_->column_names);
  if (name == "row_names") return Value::none();
  if (name == "column_types") {
    std::vector<Value> types;
    for (const CellType type : table_->column_types) types.push_back(type_value(type));
    return Value::tuple(std::move(types));
  }
  return std::nullopt;
}

std::optional<Value> TableObject::call_method(State& state, std::string_view name, CallArgs& args) {
  if (name == "select") return select(args);
  if (name == "exclude") return exclude(args);
  if (name == "rename") return rename(state, args);
  if (name == "where") return where(state, args, false);
  if (name == "find") return where(state, args, true);
  if (name == "order_by") return order_by(state, args);
  if (name == "limit") return limit(state, args);
  if (name == "distinct") return distinct(state, args);
  if (name == "group_by") return group_by(state, args);
  if (name == "join") return join(state, args);
  if (name == "print_table") {
    const auto b =
        args.bind("print_table", {"max_rows", "max_columns", "output", "max_column_width", "locale", "max_precision"});
    return print_text(print_table(*table_, bound(b[0], 20), bound(b[3], 20), bound(b[1], 6), bound(b[5], 3)));
  }
  if (name == "print_structure") {
    const auto b = args.bind("print_structure", {"output", "max_rows"});
    return print_text(structure(*table_, bound(b[1], SIZE_MAX)));
  }
  if (name == "print_json") {
    const auto b = args.bind("print_json", {"key", "newline", "indent"});
    Value rows = Value::list();
    for (size_t i = 0; i < table_->rows.size(); ++i) {
      Value item = Value::dict();
      for (size_t c = 0; c < table_->column_names.size(); ++c) {
        const Value& cell = table_->rows[i][c];
        item.as_dict().set(table_->column_names[c], cell.is_object() ? Value(jinja::to_str(cell)) : cell);
      }
      rows.as_list().push_back(item);
    }
    return print_text(jinja::to_json(rows, false, b[2].is_int() ? static_cast<int>(b[2].as_int()) : 0) + "\n");
  }
  return std::nullopt;
}

std::string TableObject::str() const { return structure(*table_, SIZE_MAX); }

std::shared_ptr<Table> TableObject::rows_at(const Positions& rows) const {
  auto result = std::make_shared<Table>(Table{table_->column_names, table_->column_types, {}});
  result->rows.reserve(rows.size());
  for (const size_t row : rows) result->rows.push_back(table_->rows[row]);
  return result;
}

Value TableObject::merge_columns(const Positions& positions) const {
  auto result = std::make_shared<Table>();
  for (const size_t at : positions) {
    result->column_names.push_back(table_->column_names[at]);
    result->column_types.push_back(table_->column_types[at]);
  }
  result->rows.reserve(table_->rows.size());
  for (const auto& row : table_->rows) {
    auto& chosen = result->rows.emplace_back();
    for (const size_t at : positions) chosen.push_back(row[at]);
  }
  return wrap(std::move(result));
}

Value TableObject::select(CallArgs& args) const {
  return merge_columns(column_positions(*table_, args.bind("select", {"key"}, 1)[0]));
}

Value TableObject::exclude(CallArgs& args) const {
  const auto b = args.bind("exclude", {"key"}, 1);
  const std::vector<Value> unwanted = b[0].is_sequence() ? b[0].as_items() : std::vector<Value>{b[0]};
  Positions positions;
  for (size_t i = 0; i < table_->column_names.size(); ++i) {
    const Value name(table_->column_names[i]);
    if (std::none_of(unwanted.begin(), unwanted.end(), [&](const Value& v) { return jinja::equals(v, name); }))
      positions.push_back(i);
  }
  return merge_columns(positions);
}

Value TableObject::rename(State& state, CallArgs& args) const {
  const auto b = args.bind("rename", {"column_names", "row_names", "slug_columns", "slug_rows"});
  if (b[2].is_bool() && b[2].as_bool()) jinja::type_error("rename(slug_columns=True) is not supported");
  auto result = std::make_shared<Table>(*table_);
  if (b[0].is_dict()) {
    for (auto& name : result->column_names) {
      if (const Value to = b[0].get(name); !to.is_undefined()) name = jinja::to_str(to);
    }
  } else if (!b[0].is_undefined() && !b[0].is_none()) {
    const auto names = jinja::iterate(state, b[0]);
    if (names.size() != result->column_names.size())
      jinja::value_error("column_names and column_types must be the same length.");
    for (size_t i = 0; i < names.size(); ++i) result->column_names[i] = jinja::to_str(names[i]);
  }
  result->column_names = unique_column_names(result->column_names);
  return wrap(std::move(result));
}

Value call_with_row(State& state, const Value& function, const TablePtr& table, size_t row) {
  CallArgs args;
  args.positional.push_back(row_value(table, row));
  return jinja::call(state, function, args);
}

Value TableObject::where(State& state, CallArgs& args, bool first_only) const {
  const auto b = args.bind(first_only ? "find" : "where", {"test"}, 1);
  Positions rows;
  for (size_t i = 0; i < table_->rows.size(); ++i) {
    if (!jinja::truth(call_with_row(state, b[0], table_, i))) continue;
    if (first_only) return row_value(table_, i);
    rows.push_back(i);
  }
  return first_only ? Value::none() : wrap(rows_at(rows));
}

Value TableObject::key_of(State& state, const Value& key, size_t row) const {
  if (jinja::is_callable(key)) return call_with_row(state, key, table_, row);
  if (!key.is_sequence()) return table_->rows[row][column_position(*table_, key)];
  std::vector<Value> parts;
  for (const auto& part : key.as_items()) parts.push_back(table_->rows[row][column_position(*table_, part)]);
  return Value::tuple(std::move(parts));
}

Value TableObject::order_by(State& state, CallArgs& args) const {
  const auto b = args.bind("order_by", {"key", "reverse"}, 1);
  std::vector<std::pair<Value, size_t>> keyed;
  for (size_t i = 0; i < table_->rows.size(); ++i) keyed.emplace_back(key_of(state, b[0], i), i);
  const auto before = [](const auto& x, const auto& y) {
    if (!x.first.is_tuple()) return sorts_before(x.first, y.first);
    return std::lexicographical_compare(x.first.as_tuple().begin(), x.first.as_tuple().end(),
                                        y.first.as_tuple().begin(), y.first.as_tuple().end(), sorts_before);
  };
  // Python sorts in reverse by turning the comparison, so equal keys keep their order.
  if (!b[1].is_undefined() && jinja::truth(b[1])) {
    std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& x, const auto& y) { return before(y, x); });
  } else {
    std::stable_sort(keyed.begin(), keyed.end(), before);
  }
  Positions rows;
  for (const auto& [key, row] : keyed) rows.push_back(row);
  return wrap(rows_at(rows));
}

Value TableObject::limit(State& state, CallArgs& args) const {
  const auto b = args.bind("limit", {"start_or_stop", "stop", "step"});
  const auto given = [](const Value& v) { return v.is_undefined() ? Value::none() : v; };
  std::vector<Value> all;
  for (size_t i = 0; i < table_->rows.size(); ++i) all.emplace_back(i);
  const bool range = jinja::truth(given(b[1])) || jinja::truth(given(b[2]));
  const Value chosen = range ? jinja::get_slice(state, Value::list(all), given(b[0]), given(b[1]), given(b[2]))
                             : jinja::get_slice(state, Value::list(all), Value::none(), given(b[0]), Value::none());
  Positions rows;
  for (const auto& row : chosen.as_list()) rows.push_back(static_cast<size_t>(row.as_int()));
  return wrap(rows_at(rows));
}

Value TableObject::distinct(State& state, CallArgs& args) const {
  const auto b = args.bind("distinct", {"key"});
  std::unordered_map<Value, bool, jinja::ValueHash, jinja::ValueEqual> seen;
  Positions rows;
  for (size_t i = 0; i < table_->rows.size(); ++i) {
    const bool whole_row = b[0].is_undefined() || b[0].is_none();
    if (seen.try_emplace(whole_row ? Value::tuple(table_->rows[i]) : key_of(state, b[0], i), true).second)
      rows.push_back(i);
  }
  return wrap(rows_at(rows));
}

Value TableObject::group_by(State& state, CallArgs& args) const {
  const auto b = args.bind("group_by", {"key", "key_name", "key_type"}, 1);
  const bool by_function = jinja::is_callable(b[0]);
  std::string name = b[1].is_string() ? b[1].as_string() : "group";
  CellType type = CellType::text;
  if (!by_function) {
    const size_t column = column_position(*table_, b[0]);
    if (!b[1].is_string()) name = table_->column_names[column];
    type = table_->column_types[column];
  }
  std::vector<Value> keys;
  std::vector<Positions> groups;
  std::unordered_map<Value, size_t, jinja::ValueHash, jinja::ValueEqual> known;
  for (size_t i = 0; i < table_->rows.size(); ++i) {
    Value key = key_of(state, b[0], i);
    if (by_function && !key.is_none()) key = Value(jinja::to_str(key));
    const auto [found, is_new] = known.try_emplace(key, groups.size());
    if (is_new) {
      keys.push_back(key);
      groups.emplace_back();
    }
    groups[found->second].push_back(i);
  }
  std::vector<Value> tables;
  for (const auto& rows : groups) tables.push_back(wrap(rows_at(rows)));
  return Value(jinja::make_ref<TableSet>(std::move(keys), std::move(tables), std::move(name), type));
}

Value TableObject::join(State& state, CallArgs& args) const {
  const auto b =
      args.bind("join", {"right_table", "left_key", "right_key", "inner", "full_outer", "require_match", "columns"}, 1);
  const auto absent = [](const Value& v) { return v.is_undefined() || v.is_none(); };
  const auto on = [&](const Value& v) { return !absent(v) && jinja::truth(v); };
  const TablePtr right = table_of(b[0]);
  if (!right) jinja::type_error("join() needs a table");
  const bool inner = on(b[3]), full_outer = on(b[4]);
  if (inner && full_outer) jinja::value_error("A join can not be both \"inner\" and \"full_outer\".");
  const Value& left_key = b[1];
  const Value& right_key = absent(b[2]) ? left_key : b[2];
  const bool by_position = absent(left_key);
  const TableObject right_object(right);

  // Which columns of the right table come along, and under which names.
  Positions key_columns, kept;
  if (!by_position && !jinja::is_callable(right_key)) key_columns = column_positions(*right, right_key);
  auto result = std::make_shared<Table>(Table{table_->column_names, table_->column_types, {}});
  for (size_t i = 0; i < right->column_names.size(); ++i) {
    const std::string& name = right->column_names[i];
    const bool is_key = std::find(key_columns.begin(), key_columns.end(), i) != key_columns.end();
    const bool wanted = full_outer || (absent(b[6]) ? !is_key : jinja::contains(state, b[6], Value(name)));
    if (!wanted) continue;
    kept.push_back(i);
    result->column_names.push_back(position_of(table_->column_names, name) ? name + "2" : name);
    result->column_types.push_back(right->column_types[i]);
  }

  std::unordered_map<Value, Positions, jinja::ValueHash, jinja::ValueEqual> matches;
  for (size_t i = 0; i < right->rows.size(); ++i)
    matches[by_position ? Value(i) : right_object.key_of(state, right_key, i)].push_back(i);
  const auto add_row = [&](const std::vector<Value>* left_row, const std::vector<Value>* right_row) {
    auto& row = result->rows.emplace_back(left_row ? *left_row
                                                   : std::vector<Value>(table_->column_names.size(), Value::none()));
    for (const size_t at : kept) row.push_back(right_row ? (*right_row)[at] : Value::none());
  };
  std::unordered_map<Value, bool, jinja::ValueHash, jinja::ValueEqual> left_keys;
  for (size_t i = 0; i < table_->rows.size(); ++i) {
    const Value key = by_position ? Value(i) : key_of(state, left_key, i);
    left_keys.try_emplace(key, true);
    const auto found = matches.find(key);
    if (found == matches.end()) {
      if (on(b[5]))
        jinja::value_error(fmt::format("Left key \"{}\" does not have a matching right key.", jinja::to_str(key)));
      if (!inner) add_row(&table_->rows[i], nullptr);
      continue;
    }
    for (const size_t row : found->second) add_row(&table_->rows[i], &right->rows[row]);
  }
  for (size_t i = 0; full_outer && i < right->rows.size(); ++i) {
    if (!left_keys.contains(by_position ? Value(i) : right_object.key_of(state, right_key, i)))
      add_row(nullptr, &right->rows[i]);
  }
  return wrap(std::move(result));
}

}  // namespace

Value table_value(TablePtr table) { return Value(jinja::make_ref<TableObject>(std::move(table))); }

TablePtr table_of(const Value& value) {
  const auto* object = value.as<TableObject>();
  return object ? object->table() : nullptr;
}

}  // namespace modelc
