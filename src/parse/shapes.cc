#include "parse/shapes.h"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <vector>

#include "base/text.h"
#include "context/macro_namespace.h"

namespace modelc {

using jinja::Value;

namespace {

enum class Kind : uint8_t { any, string, boolean, integer, number, null, object, list, choice, record, either };

struct Shape;
struct Field {
  std::string name;
  const Shape* shape;
  bool required;
};
struct Shape {
  Kind kind = Kind::any;
  bool open = false;                // record: other keys are allowed
  std::vector<Field> fields;        // record, in the order in which faults are looked for
  NameMap<size_t> by_name;          // record: places in `fields`
  size_t required = 0;              // record: how many fields are
  std::vector<const Shape*> parts;  // either; of a list its items
  std::vector<std::string> choices;
};

// name = shape. In a record: "key!" is required, "{+" allows further keys. "@x" is the shape x.
// Facts from dbt's dataclasses in contracts/graph/unparsed.py.
constexpr std::string_view kShapes = R"(
docs = { show: boolean; node_color: string|null; }
test = object|string
column = {+ name!: string; description: string; meta: object; data_type: string|null; constraints: [object]; docs: @docs;
  config: object; data_tests: [@test]; tests: [@test]; quote: boolean|null; tags: [string]; granularity: string|null; }
plain_column = {+ name!: string; description: string; meta: object; data_type: string|null; constraints: [object];
  docs: @docs; config: object; }
include = { include!: string|[string]; exclude: [string]; }
version = { v!: string|number; defined_in: string|null; description: string; access: string|null; config: object;
  constraints: [object]; docs: @docs; data_tests: [@test]|null; tests: [@test]|null; columns: [@include|@column];
  deprecation_date: string|null; }
time_spine = { standard_granularity_column!: string; custom_granularities: [{ name!: string; column_name: string|null; }]; }
models = {+ name!: string; description: string; meta: object; data_type: string|null; constraints: [object]; docs: @docs;
  config: object; data_tests: [@test]; tests: [@test]; columns: [@column]; quote_columns: boolean|null; access: string|null;
  latest_version: string|number|null; versions: [@version]; deprecation_date: string|null; time_spine: @time_spine|null; }
seeds = {+ name!: string; description: string; meta: object; data_type: string|null; constraints: [object]; docs: @docs;
  config: object; data_tests: [@test]; tests: [@test]; columns: [@column]; quote_columns: boolean|null; access: string|null; }
snapshots = @seeds
analyses = {+ name!: string; description: string; meta: object; data_type: string|null; constraints: [object]; docs: @docs;
  config: object; columns: [@plain_column]; access: string|null; }
data_tests = {+ name!: string; description: string; meta: object; data_type: string|null; constraints: [object]; docs: @docs;
  config: object; }
macros = {+ name!: string; description: string; meta: object; data_type: string|null; constraints: [object]; docs: @docs;
  config: object; arguments: [{ name!: string; type: string|null; description: string; }]; }
functions = {+ returns!: { data_type!: string; description: string|null; }; name!: string; description: string; meta: object;
  data_type: string|null; constraints: [object]; docs: @docs; config: object; access: string|null;
  arguments: [{ name!: string; data_type!: string; description: string|null; default_value: any; }]; }
period = { count: integer|null; period: (minute,hour,day)|null; }
freshness = { warn_after: @period|null; error_after: @period|null; filter: string|null; }
quoting = { database: boolean|null; schema: boolean|null; identifier: boolean|null; column: boolean|null; }
partition = {+ name: string; description: string; data_type: string; meta: object; }
external = {+ location: string|null; file_format: string|null; row_format: string|null; tbl_properties: string|null;
  partitions: [string]|[@partition]|null; }
table = {+ name!: string; description: string; meta: object; data_type: string|null; constraints: [object]; docs: @docs;
  config: object; data_tests: [@test]; tests: [@test]; columns: [@column]; loaded_at_field: string|null;
  loaded_at_field_present: boolean|null; loaded_at_query: string|null; identifier: string|null; quoting: @quoting;
  freshness: @freshness|null; external: @external|null; tags: [string]; }
sources = { name!: string; description: string; meta: object; database: string|null; schema: string|null; loader: string;
  quoting: @quoting; freshness: @freshness|null; loaded_at_field: string|null; loaded_at_field_present: boolean|null;
  loaded_at_query: string|null; tables: [@table]; tags: [string]; config: object; }
table_patch = { name!: string; description: string|null; meta: object|null; data_type: string|null; docs: @docs|null;
  loaded_at_field: string|null; loaded_at_field_present: boolean|null; loaded_at_query: string|null; identifier: string|null;
  quoting: @quoting; freshness: @freshness|null; external: @external|null; tags: [string]|null; data_tests: [@test]|null;
  tests: [@test]|null; columns: [@column]|null; }
source_patch = { name!: string; overrides!: string; path: string; config: object; description: string|null; meta: object|null;
  database: string|null; schema: string|null; loader: string|null; quoting: @quoting|null; freshness: @freshness|null;
  loaded_at_field: string|null; loaded_at_field_present: boolean|null; loaded_at_query: string|null;
  tables: [@table_patch]|null; tags: [string]|null; }
owner = {+ email: string|[string]|null; name: string|null; }
exposures = { name!: string; type!: (dashboard,notebook,analysis,ml,application); owner!: @owner; description: string;
  label: string|null; maturity: (low,medium,high)|null; meta: object; tags: [string]; url: string|null; depends_on: [string];
  config: object; }
groups = { name!: string; owner!: @owner; description: string|null; config: object; }
rows = string|[object]|null
unit_tests = { name!: string; model!: string;
  given!: [{ input!: string; rows: @rows; format: (csv,dict,sql); fixture: string|null; }];
  expect!: { rows: @rows; format: (csv,dict,sql); fixture: string|null; };
  description: string; overrides: { macros: object; vars: object; env_vars: object; }|null; config: object;
  versions: { include: [string|number]|null; exclude: [string|number]|null; }|null; }
filter = string|[string]|null
measure_input = { name!: string; filter: @filter; alias: string|null; join_to_timespine: boolean; fill_nulls_with: integer|null; }
metric_input = { name!: string; filter: @filter; alias: string|null; offset_window: string|null; offset_to_grain: string|null; }
conversion = { base_measure!: @measure_input|string; conversion_measure!: @measure_input|string; entity!: string;
  calculation: string; window: string|null;
  constant_properties: [{ base_property!: string; conversion_property!: string; }]|null; }
type_params = { measure: @measure_input|string|null; numerator: @metric_input|string|null; denominator: @metric_input|string|null;
  expr: string|boolean|null; window: string|null; grain_to_date: string|null; metrics: [@metric_input|string]|null;
  conversion_type_params: @conversion|null;
  cumulative_type_params: { window: string|null; grain_to_date: string|null; period_agg: string; }|null; }
metrics = { name!: string; label!: string; type!: string; type_params!: @type_params; description: string; filter: @filter;
  time_granularity: string|null; meta: object; tags: [string]; config: object; }
entity = { name!: string; type!: string; description: string|null; label: string|null; role: string|null; expr: string|null;
  config: object; }
measure = { name!: string; agg!: string; description: string|null; label: string|null; expr: string|boolean|integer|null;
  agg_params: { percentile: number|null; use_discrete_percentile: boolean; use_approximate_percentile: boolean; }|null;
  non_additive_dimension: { name!: string; window_choice!: string; window_groupings: [string]; }|null;
  agg_time_dimension: string|null; create_metric: boolean; config: object; }
dimension = { name!: string; type!: string; description: string|null; label: string|null; is_partition: boolean;
  type_params: { time_granularity!: string; validity_params: { is_start: boolean; is_end: boolean; }|null; }|null;
  expr: string|null; config: object; }
semantic_models = { name!: string; model!: string; config: object; description: string|null; label: string|null;
  defaults: { agg_time_dimension: string|null; }|null; entities: [@entity]; measures: [@measure]; dimensions: [@dimension];
  primary_entity: string|null; }
saved_queries = { name!: string; query_params!: { metrics: [string]; group_by: [string]; where: @filter; order_by: [string];
  limit: integer|null; }; description: string|null; label: string|null; exports: [{ name!: string; config: object; }];
  config: object; tags: string|[string]; }
)";

/// All shapes, read once from the text above.
class ShapeBook {
 public:
  ShapeBook() : text_(kShapes) {
    for (skip(); at_ < text_.size(); skip()) {
      std::string name = word();
      expect('=');
      named_.emplace(std::move(name), type());
    }
  }
  const Shape* find(std::string_view name) const {
    auto found = named_.find(name);
    return found == named_.end() ? nullptr : found->second;
  }

 private:
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  bool take(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) throw std::logic_error("bad shape near " + std::string(text_.substr(at_, 30)));
  }
  std::string word() {
    skip();
    size_t begin = at_;
    while (at_ < text_.size() && (text_[at_] == '_' || (text_[at_] >= 'a' && text_[at_] <= 'z'))) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }
  Shape* make(Kind kind) {
    pool_.push_back(std::make_unique<Shape>());
    pool_.back()->kind = kind;
    return pool_.back().get();
  }
  const Shape* type() {
    const Shape* first = single();
    skip();
    if (at_ >= text_.size() || text_[at_] != '|') return first;
    Shape* either = make(Kind::either);
    either->parts.push_back(first);
    while (take('|')) either->parts.push_back(single());
    return either;
  }
  const Shape* single() {
    if (take('[')) {
      Shape* list = make(Kind::list);
      list->parts.push_back(type());
      expect(']');
      return list;
    }
    if (take('(')) {
      Shape* choice = make(Kind::choice);
      do choice->choices.push_back(word());
      while (take(','));
      expect(')');
      return choice;
    }
    if (take('{')) return record();
    if (take('@')) {
      const Shape* shape = find(word());
      if (!shape) throw std::logic_error("unknown shape");
      return shape;
    }
    std::string name = word();
    if (name == "string") return make(Kind::string);
    if (name == "boolean") return make(Kind::boolean);
    if (name == "integer") return make(Kind::integer);
    if (name == "number") return make(Kind::number);
    if (name == "null") return make(Kind::null);
    if (name == "object") return make(Kind::object);
    if (name == "any") return make(Kind::any);
    throw std::logic_error("unknown type " + name);
  }
  const Shape* record() {
    Shape* shape = make(Kind::record);
    shape->open = take('+');
    while (!take('}')) {
      Field field;
      field.name = word();
      field.required = take('!');
      expect(':');
      field.shape = type();
      expect(';');
      shape->by_name.emplace(field.name, shape->fields.size());
      shape->required += field.required;
      shape->fields.push_back(std::move(field));
    }
    return shape;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::vector<std::unique_ptr<Shape>> pool_;
  NameMap<const Shape*> named_;
};

/// Where in the value we are; printed only when something is wrong.
struct Path {
  const Path* parent = nullptr;
  std::string_view key;
  size_t index = 0;

  std::string text() const {
    if (!parent) return {};
    return parent->text() + (key.data() ? "['" + std::string(key) + "']" : "[" + std::to_string(index) + "]");
  }
};

std::string at(const Path& path, const std::string& message) {
  std::string place = path.text();
  return "at path " + (place.empty() ? "[]" : place) + ": " + message;
}

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::string:
      return "string";
    case Kind::boolean:
      return "boolean";
    case Kind::integer:
      return "integer";
    case Kind::number:
      return "number";
    case Kind::null:
      return "null";
    case Kind::list:
      return "array";
    default:
      return "object";
  }
}

bool has_kind(Kind kind, const Value& v) {
  switch (kind) {
    case Kind::string:
      return v.is_string();
    case Kind::boolean:
      return v.is_bool();
    case Kind::integer:
      return v.is_int() || (v.is_float() && v.as_float() == static_cast<double>(static_cast<int64_t>(v.as_float())));
    case Kind::number:
      return v.is_int() || v.is_float();
    case Kind::null:
      return v.is_none();
    case Kind::list:
      return v.is_list();
    case Kind::object:
    case Kind::record:
      return v.is_dict();
    default:
      return true;
  }
}

const Field* find_field(const Shape& shape, const Value& key) {
  if (!key.is_string()) return nullptr;
  const auto found = shape.by_name.find(key.as_string());
  return found == shape.by_name.end() ? nullptr : &shape.fields[found->second];
}

/// Whether fault() would find nothing, which is nearly always so: without the order and the texts that messages need.
bool fits(const Shape& shape, const Value& v) {
  const auto any_part = [&](const Shape* part) { return fits(*part, v); };
  switch (shape.kind) {
    case Kind::either:
      return std::any_of(shape.parts.begin(), shape.parts.end(), any_part);
    case Kind::choice:
      return v.is_string() &&
             std::find(shape.choices.begin(), shape.choices.end(), v.as_string()) != shape.choices.end();
    case Kind::list: {
      const auto item_fits = [&](const Value& item) { return fits(*shape.parts[0], item); };
      return v.is_list() && std::all_of(v.as_list().begin(), v.as_list().end(), item_fits);
    }
    case Kind::record: {
      if (!v.is_dict()) return false;
      size_t required = 0;
      for (const auto& [key, value] : v.as_dict().entries()) {
        const Field* field = find_field(shape, key);
        if (field ? !fits(*field->shape, value) : !shape.open) return false;
        required += field && field->required;
      }
      return required == shape.required;
    }
    default:
      return has_kind(shape.kind, v);
  }
}

std::optional<std::string> fault(const Shape& shape, const Value& v, const Path& path);

std::optional<std::string> record_fault(const Shape& shape, const Value& v, const Path& path) {
  for (const Field& field : shape.fields) {
    const Value* value = v.as_dict().find(std::string_view(field.name));
    if (!value) continue;
    Path inner{&path, field.name, 0};
    if (auto found = fault(*field.shape, *value, inner)) return found;
  }
  if (!shape.open) {
    std::vector<std::string> extra;
    for (const auto& [key, value] : v.as_dict().entries())
      if (!find_field(shape, key)) extra.push_back(jinja::to_repr(key));
    std::sort(extra.begin(), extra.end());
    if (!extra.empty())
      return at(path, "Additional properties are not allowed (" + join(extra, ", ") +
                          (extra.size() == 1 ? " was" : " were") + " unexpected)");
  }
  for (const Field& field : shape.fields)
    if (field.required && !v.as_dict().find(std::string_view(field.name)))
      return at(path, "'" + field.name + "' is a required property");
  return std::nullopt;
}

std::optional<std::string> fault(const Shape& shape, const Value& v, const Path& path) {
  if (shape.kind == Kind::either) {
    for (const Shape* part : shape.parts)
      if (!fault(*part, v, path)) return std::nullopt;
    return at(path, jinja::to_repr(v) + " is not valid under any of the given schemas");
  }
  if (shape.kind == Kind::choice) {
    std::vector<std::string> names;
    for (const std::string& choice : shape.choices) {
      if (v.is_string() && v.as_string() == choice) return std::nullopt;
      names.push_back("'" + choice + "'");
    }
    return at(path, jinja::to_repr(v) + " is not one of [" + join(names, ", ") + "]");
  }
  if (!has_kind(shape.kind, v))
    return at(path, jinja::to_repr(v) + " is not of type '" + std::string(kind_name(shape.kind)) + "'");
  if (shape.kind == Kind::record) return record_fault(shape, v, path);
  if (shape.kind == Kind::list) {
    for (size_t i = 0; i < v.as_list().size(); ++i) {
      Path inner{&path, {}, i};
      if (auto found = fault(*shape.parts[0], v.as_list()[i], inner)) return found;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> shape_fault(std::string_view shape, const Value& value) {
  static const ShapeBook book;
  const Shape* found = book.find(shape);
  if (!found) throw std::logic_error("no shape " + std::string(shape));
  if (fits(*found, value)) return std::nullopt;
  return fault(*found, value, Path());
}

}  // namespace modelc
