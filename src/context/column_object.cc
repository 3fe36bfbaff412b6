// dbt's Column: a name with a type, and the words that macros ask about it.
#include <algorithm>

#include "base/text.h"
#include "context/relation_object.h"
#include "jinja/value_errors.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

template <class Names>
bool is_among(std::string_view type, const Names& names) {
  return std::find(names.begin(), names.end(), to_lower(type)) != names.end();
}
bool any_of(std::string_view type, std::initializer_list<std::string_view> names) { return is_among(type, names); }

bool is_string(const Column& c) { return any_of(c.data_type, {"text", "character varying", "character", "varchar"}); }
bool is_numeric(const Column& c, const AdapterTraits& traits) {
  return any_of(c.data_type, {"numeric", "decimal"}) || is_among(c.data_type, traits.numeric_types);
}
bool is_float(const Column& c) {
  return any_of(c.data_type, {"real", "float4", "float", "double precision", "float8", "double"});
}
bool is_integer(const Column& c, const AdapterTraits& traits) {
  return any_of(c.data_type, {"smallint", "integer", "bigint", "smallserial", "serial", "bigserial", "int2", "int4",
                              "int8", "serial2", "serial4", "serial8"}) ||
         is_among(c.data_type, traits.integer_types);
}

int64_t string_size(const Column& c) {
  if (!is_string(c)) throw Error(ErrorKind::runtime, "context/bad-column", "Called string_size() on non-string field!");
  return c.data_type == "text" || !c.char_size ? 256 : *c.char_size;
}

std::string string_type(int64_t size) { return "character varying(" + std::to_string(size) + ")"; }

std::string numeric_type(const std::string& type, const Value& precision, const Value& scale) {
  auto absent = [](const Value& v) { return v.is_undefined() || v.is_none(); };
  if (absent(precision) || absent(scale)) return type;
  return type + "(" + jinja::to_str(precision) + "," + jinja::to_str(scale) + ")";
}

Value size_value(const std::optional<int64_t>& size) { return size ? Value(*size) : Value::none(); }

std::optional<int64_t> size_of(const Value& v) {
  return v.is_int() ? std::optional<int64_t>(v.as_int()) : std::nullopt;
}

std::string full_type(const Column& c, const AdapterTraits& traits) {
  if (is_string(c)) return string_type(string_size(c));
  if (is_numeric(c, traits))
    return numeric_type(c.data_type, size_value(c.numeric_precision), size_value(c.numeric_scale));
  return c.data_type;
}

/// dbt: Column.TYPE_LABELS, for words that models write in YAML.
std::string translate_type(const AdapterTraits& traits, const std::string& type) {
  if (equals_ignore_case(type, "string")) return "TEXT";
  const bool other_word = !traits.timestamp_type.empty() && equals_ignore_case(type, "timestamp");
  return other_word ? std::string(traits.timestamp_type) : type;
}

/// "numeric(10,2)" -> name and sizes.
Column from_description(const std::string& name, const std::string& raw) {
  Column column{name, raw, {}, {}, {}};
  size_t open = raw.find('(');
  if (open == 0 || raw.empty())
    throw Error(ErrorKind::runtime, "context/bad-column", "Could not interpret data type \"" + raw + "\"");
  size_t close = open == std::string::npos ? open : raw.find(')', open);
  if (close == std::string::npos) return column;
  column.data_type = raw.substr(0, open);
  std::vector<int64_t> sizes;
  for (std::string_view part : split(std::string_view(raw).substr(open + 1, close - open - 1), ',')) {
    std::string text(trim(part));
    if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos)
      throw Error(ErrorKind::runtime, "context/bad-column",
                  "Could not interpret data_type \"" + raw + "\": could not convert \"" + std::string(part) +
                      "\" to an integer");
    sizes.push_back(std::stoll(text));
  }
  if (sizes.size() == 1) column.char_size = sizes[0];
  if (sizes.size() == 2) {
    column.numeric_precision = sizes[0];
    column.numeric_scale = sizes[1];
  }
  return column;
}

class ColumnMaker : public jinja::Object {
 public:
  explicit ColumnMaker(const AdapterTraits& traits) : traits_(traits) {}
  std::string_view type_name() const override { return "type"; }
  std::string repr() const override { return "<class 'Column'>"; }
  bool is_callable() const override { return true; }

  Value call(State&, CallArgs& args) override {
    std::vector<Value> b =
        args.bind("Column", {"column", "dtype", "char_size", "numeric_precision", "numeric_scale"}, 2);
    return make({jinja::to_str(b[0]), jinja::to_str(b[1]), size_of(b[2]), size_of(b[3]), size_of(b[4])});
  }

  std::optional<Value> call_method(State&, std::string_view name, CallArgs& args) override {
    if (name == "create") {
      std::vector<Value> b = args.bind("create", {"name", "label_or_dtype"}, 2);
      return make({jinja::to_str(b[0]), translate_type(traits_, jinja::to_str(b[1])), {}, {}, {}});
    }
    if (name == "translate_type")
      return Value(translate_type(traits_, jinja::to_str(args.bind(name, {"dtype"}, 1)[0])));
    if (name == "string_type") {
      Value size = args.bind(name, {"size"}, 1)[0];
      return Value("character varying(" + jinja::to_str(size) + ")");
    }
    if (name == "numeric_type") {
      std::vector<Value> b = args.bind(name, {"dtype", "precision", "scale"}, 3);
      return Value(numeric_type(jinja::to_str(b[0]), b[1], b[2]));
    }
    if (name == "from_description") {
      std::vector<Value> b = args.bind(name, {"name", "raw_data_type"}, 2);
      return make(from_description(jinja::to_str(b[0]), jinja::to_str(b[1])));
    }
    return std::nullopt;
  }

 private:
  Value make(Column column) { return Value(jinja::make_ref<ColumnObject>(std::move(column), traits_)); }

  const AdapterTraits& traits_;
};

}  // namespace

std::optional<Value> ColumnObject::get_attribute(State&, std::string_view name) {
  if (name == "name" || name == "column") return Value(column_.name);
  if (name == "dtype") return Value(column_.data_type);
  if (name == "data_type" || name == "expanded_data_type") return Value(full_type(column_, traits_));
  if (name == "quoted") {
    std::string q(1, traits_.quote_character);
    return Value(q + column_.name + q);
  }
  if (name == "char_size") return size_value(column_.char_size);
  if (name == "numeric_precision") return size_value(column_.numeric_precision);
  if (name == "numeric_scale") return size_value(column_.numeric_scale);
  return std::nullopt;
}

std::optional<Value> ColumnObject::call_method(State& state, std::string_view name, CallArgs& args) {
  if (name == "is_string") return Value(is_string(column_));
  if (name == "is_numeric") return Value(is_numeric(column_, traits_));
  if (name == "is_float") return Value(is_float(column_));
  if (name == "is_integer") return Value(is_integer(column_, traits_));
  if (name == "is_number")
    return Value(is_integer(column_, traits_) || is_numeric(column_, traits_) || is_float(column_));
  if (name == "string_size") return Value(string_size(column_));
  if (name == "can_expand_to") {
    Value other = args.bind(name, {"other_column"}, 1)[0];
    const auto* o = other.as<ColumnObject>();
    if (!o) jinja::type_error("can_expand_to() needs a Column");
    return Value(is_string(column_) && is_string(o->column()) && string_size(o->column()) > string_size(column_));
  }
  if (name == "literal")
    return Value(jinja::to_str(args.bind(name, {"value"}, 1)[0]) + "::" + full_type(column_, traits_));
  return ColumnMaker(traits_).call_method(state, name, args);
}

std::string ColumnObject::repr() const {
  return "Column(column=" + jinja::to_repr(Value(column_.name)) +
         ", dtype=" + jinja::to_repr(Value(column_.data_type)) +
         ", char_size=" + jinja::to_repr(size_value(column_.char_size)) +
         ", numeric_precision=" + jinja::to_repr(size_value(column_.numeric_precision)) +
         ", numeric_scale=" + jinja::to_repr(size_value(column_.numeric_scale)) + ")";
}

bool ColumnObject::equals(const Value& other) const {
  const auto* o = other.as<ColumnObject>();
  return o && column_.name == o->column_.name && column_.data_type == o->column_.data_type &&
         column_.char_size == o->column_.char_size && column_.numeric_precision == o->column_.numeric_precision &&
         column_.numeric_scale == o->column_.numeric_scale;
}

Value column_maker(const AdapterTraits& traits) { return Value(jinja::make_ref<ColumnMaker>(traits)); }

}  // namespace modelc
