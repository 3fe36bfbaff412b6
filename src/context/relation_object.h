// dbt's Relation and Column as templates see them, and the `api` object that makes them.
#pragma once

#include <optional>
#include <string>

#include "jinja/value.h"
#include "manifest/relation.h"

namespace modelc {

/// A Relation in a template. Immutable; methods such as include() give new ones. `limit` and the event-time filter are
/// what
/// `--empty`, `--sample` and microbatch add: render() then gives a subselect.
class RelationObject : public jinja::Object {
 public:
  explicit RelationObject(Relation relation) : relation_(std::move(relation)) {}
  const Relation& relation() const { return relation_; }

  std::optional<int64_t> limit;
  std::string event_time_column;                 ///< empty = no filter
  std::string event_time_start, event_time_end;  ///< SQL literals' text; either may be empty
  bool require_alias = true;
  std::optional<std::string> information_schema_view;  ///< set: an information schema, "db".INFORMATION_SCHEMA.<view>
  jinja::Value config;                                 ///< this.config in materializations of MVs, else undefined

  std::string_view type_name() const override { return "Relation"; }
  std::optional<jinja::Value> get_attribute(jinja::State&, std::string_view name) override;
  std::optional<jinja::Value> call_method(jinja::State&, std::string_view name, jinja::CallArgs& args) override;
  std::string str() const override;  ///< the rendered name: what {{ this }} prints
  std::string repr() const override;
  bool equals(const jinja::Value& other) const override;
  size_t hash() const override;
  bool truth() const override { return true; }
  bool is_mapping() const override { return true; }  ///< dbt_utils tells relations by this and get("metadata")

  /// The name alone, without limit or filter.
  std::string render() const;

 private:
  jinja::Ref<RelationObject> with(Relation relation) const;  ///< a copy with another name or other policies

  Relation relation_;
};

/// A column of a relation: name and type text as the engine reports them.
struct Column {
  std::string name;
  std::string data_type;
  std::optional<int64_t> char_size, numeric_precision, numeric_scale;
};
class ColumnObject : public jinja::Object {
 public:
  ColumnObject(Column column, const AdapterTraits& traits) : column_(std::move(column)), traits_(traits) {}
  const Column& column() const { return column_; }
  std::string_view type_name() const override { return "Column"; }
  std::optional<jinja::Value> get_attribute(jinja::State&, std::string_view name) override;
  std::optional<jinja::Value> call_method(jinja::State&, std::string_view name, jinja::CallArgs& args) override;
  std::string repr() const override;
  bool equals(const jinja::Value& other) const override;

 private:
  Column column_;
  const AdapterTraits& traits_;
};

jinja::Value relation_value(Relation relation);
/// The Relation inside a value; throws Error{compilation} when it is none (`what` names the argument).
const Relation& relation_of(const jinja::Value& value, std::string_view what);
/// `api.Relation` and `api.Column`: the makers alone.
jinja::Value relation_maker(const AdapterTraits& traits, const QuotingOverride& quoting);
jinja::Value column_maker(const AdapterTraits& traits);
/// `api`: Relation (create, create_from, scd_args, ...) and Column (create, translate_type, string_type, ...).
jinja::Value api_value(const AdapterTraits& traits, const QuotingOverride& quoting);

}  // namespace modelc
