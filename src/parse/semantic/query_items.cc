#include "parse/semantic/query_items.h"

#include <algorithm>

#include "base/text.h"
#include "jinja/render.h"
#include "parse/semantic/values.h"

namespace modelc::semantic {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

constexpr std::string_view kDateParts[] = {"year", "quarter", "month", "day", "dow", "doy"};
constexpr std::string_view kSyntaxError = "dbt_semantic_interfaces.errors.InvalidQuerySyntax";
constexpr std::string_view kParseError = "dbt_semantic_interfaces.call_parameter_sets.ParseJinjaObjectException";

/// Leaves the template through the renderer.
[[noreturn]] void fail(std::string_view exception, std::string message) {
  throw Error(ErrorKind::parsing, "parse/query-item",
              QueryItemFault{std::string(exception), std::move(message)}.text());
}

struct DunderedName {
  std::vector<std::string> entities;
  std::string element, granularity;
};

std::vector<std::string> split_dunders(const std::string& name) {
  std::vector<std::string> parts;
  size_t begin = 0;
  for (size_t at; (at = name.find("__", begin)) != std::string::npos; begin = at + 2)
    parts.push_back(name.substr(begin, at - begin));
  parts.push_back(name.substr(begin));
  return parts;
}

/// "listing__ds__week" -> {listing}, ds, week.
DunderedName parse_name(const std::string& name, const std::vector<std::string>& custom_granularities) {
  std::vector<std::string> parts = split_dunders(name);
  DunderedName out;
  bool custom =
      std::find(custom_granularities.begin(), custom_granularities.end(), parts.back()) != custom_granularities.end();
  if (parts.size() > 1 && (granularity_rank(parts.back()) || custom)) {
    out.granularity = parts.back();
    parts.pop_back();
  }
  out.element = parts.back();
  parts.pop_back();
  out.entities = std::move(parts);
  return out;
}

/// What a function such as Dimension(...) returns: its methods add to the item, printing it collects it.
class ItemBuilder final : public jinja::Object {
 public:
  ItemBuilder(QueryItem item, bool order_by, std::vector<QueryItem>& out)
      : item_(std::move(item)), order_by_(order_by), out_(out) {
    check();
  }
  std::string_view type_name() const override { return "_RenderingClassForJinjaTemplate"; }
  std::string repr() const override { return str(); }
  std::string str() const override {
    if (std::find(out_.begin(), out_.end(), item_) == out_.end()) out_.push_back(item_);
    return {};
  }

  std::optional<Value> call_method(State&, std::string_view name, CallArgs& args) override {
    if (name == "grain") {
      item_.grain = jinja::to_str(args.bind(name, {"time_granularity"}, 1)[0]);
    } else if (name == "date_part") {
      item_.date_part = jinja::to_str(args.bind(name, {"date_part_name"}, 1)[0]);
    } else if (name == "descending") {
      item_.descending = jinja::truth(args.bind(name, {"_is_descending"}, 1)[0]);
    } else {
      return std::nullopt;
    }
    check();
    bool allowed = item_.kind == ItemKind::dimension || (order_by_ && name == "descending");
    if (!allowed)
      fail("dbt_semantic_interfaces.parsing.text_input.ti_exceptions.InvalidBuilderMethodException",
           "`" + std::string(name) + "` can't be used with `" + std::string(item_kind_name(item_.kind)) +
               "` in this context.");
    return Value(jinja::Ref<jinja::Object>(this));
  }

 private:
  void check() const {
    if (item_.kind == ItemKind::metric && !parse_name(item_.name, {}).entities.empty())
      fail(kSyntaxError, "The name of the metric should not have entity links.");
    if (!item_.date_part) return;
    if (std::find(std::begin(kDateParts), std::end(kDateParts), to_lower(*item_.date_part)) == std::end(kDateParts))
      fail(kSyntaxError,
           jinja::to_repr(Value(*item_.date_part)) + " is not a valid date part. Valid values are {" +
               join(std::vector<std::string>{"'year'", "'quarter'", "'month'", "'day'", "'dow'", "'doy'"}, ", ") + "}");
  }

  QueryItem item_;
  bool order_by_;
  std::vector<QueryItem>& out_;
};

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> out;
  if (list.is_string()) out.push_back(list.as_string());
  if (list.is_sequence())
    for (const Value& item : list.as_items()) out.push_back(jinja::to_str(item));
  return out;
}

std::optional<std::string> text_if_given(const Value& v) {
  return v.is_undefined() || v.is_none() ? std::nullopt : std::optional<std::string>(jinja::to_str(v));
}

/// The four functions.
class ItemContext final : public jinja::Context {
 public:
  ItemContext(bool order_by, std::vector<QueryItem>& out) : order_by_(order_by), out_(out) {}

  bool lookup(std::string_view name, Value& out) override {
    for (ItemKind kind : {ItemKind::dimension, ItemKind::time_dimension, ItemKind::entity, ItemKind::metric}) {
      if (item_kind_name(kind) != name) continue;
      out = Value::function(std::string(name), [this, kind](State&, CallArgs& args) {
        return Value(jinja::make_ref<ItemBuilder>(read(kind, args), order_by_, out_));
      });
      return true;
    }
    return false;
  }

 private:
  static QueryItem read(ItemKind kind, CallArgs& args) {
    QueryItem item;
    item.kind = kind;
    std::vector<Value> given;
    switch (kind) {
      case ItemKind::dimension:
        given = args.bind("_create", {"name", "entity_path"}, 1);
        break;
      case ItemKind::entity:
        given = args.bind("_create", {"entity_name", "entity_path"}, 1);
        break;
      case ItemKind::metric:
        given = args.bind("_create", {"metric_name", "group_by"}, 1);
        break;
      case ItemKind::time_dimension:
        given = args.bind(
            "_create", {"time_dimension_name", "time_granularity_name", "entity_path", "descending", "date_part_name"},
            1);
        item.grain = text_if_given(given[1]);
        item.date_part = text_if_given(given[4]);
        if (!given[3].is_undefined() && !given[3].is_none()) item.descending = jinja::truth(given[3]);
        std::swap(given[1], given[2]);
        break;
    }
    item.name = jinja::to_str(given[0]);
    (kind == ItemKind::metric ? item.group_by : item.entity_path) = texts(given[1]);
    return item;
  }

  bool order_by_;
  std::vector<QueryItem>& out_;
};

QueryItemFault wrong_format(const std::string& name) {
  return {std::string(kParseError), "Name is in an incorrect format: " + jinja::to_repr(Value(name)) +
                                        ". It should be of the form: <primary entity name>__<dimension_name>"};
}

/// dbt: ParameterSetFactory.create_time_dimension.
std::optional<QueryItemFault> resolve_time(const QueryItem& item, const std::vector<std::string>& custom_granularities,
                                           ResolvedItem& out) {
  DunderedName name = parse_name(item.name, custom_granularities);
  if (name.entities.size() != 1 && name.element != "metric_time") return wrong_format(item.name);
  if (!name.granularity.empty() && item.grain && *item.grain != name.granularity)
    return QueryItemFault{std::string(kParseError),
                          "Received different grains in `time_dimension_name` parameter ('" + item.name +
                              "') and `time_granularity_name` parameter ('" + *item.grain +
                              "'). Remove the grain suffix (`" + name.granularity +
                              "`) from the time dimension name and use the `time_granularity_name` parameter to "
                              "specify the intendend grain."};
  out.kind = ItemKind::time_dimension;
  out.element = name.element;
  out.granularity = to_lower(name.granularity.empty() ? item.grain.value_or("") : name.granularity);
  return std::nullopt;
}

std::optional<QueryItemFault> resolve(const QueryItem& item, const std::vector<std::string>& custom_granularities,
                                      ResolvedItem& out) {
  out.kind = item.kind;
  switch (item.kind) {
    case ItemKind::time_dimension:
      return resolve_time(item, custom_granularities, out);
    case ItemKind::dimension: {
      bool timed = (item.grain && !item.grain->empty()) || (item.date_part && !item.date_part->empty());
      if (timed) return resolve_time(item, custom_granularities, out);
      DunderedName name = parse_name(item.name, {});
      if (name.entities.size() != 1 && name.element != "metric_time") return wrong_format(item.name);
      out.element = name.element;
      return std::nullopt;
    }
    case ItemKind::entity: {
      DunderedName name = parse_name(item.name, {});
      if (!name.granularity.empty())
        return QueryItemFault{std::string(kParseError),
                              "Name is in an incorrect format: " + jinja::to_repr(Value(item.name)) +
                                  ". It should not contain a time grain suffix."};
      out.element = name.element;
      return std::nullopt;
    }
    case ItemKind::metric:
      if (item.group_by.empty())
        return QueryItemFault{std::string(kParseError),
                              "`group_by` parameter is required for Metric in where filter. This is needed to "
                              "determine 1) the granularity to aggregate the metric to and 2) how to join the metric "
                              "to the rest of the query."};
      out.element = item.name;
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::string_view item_kind_name(ItemKind kind) {
  switch (kind) {
    case ItemKind::dimension:
      return "Dimension";
    case ItemKind::time_dimension:
      return "TimeDimension";
    case ItemKind::entity:
      return "Entity";
    case ItemKind::metric:
      return "Metric";
  }
  return "";
}

QueryItems query_items(const std::string& tmpl, bool order_by) {
  QueryItems out;
  SourceMap sources;
  const SourceFile* file = sources.add("<filter>", tmpl);
  ItemContext context(order_by, out.items);
  jinja::RenderOptions options;
  options.undefined = jinja::UndefinedMode::strict;
  try {
    jinja::render(*jinja::compile(*file), context, options);
  } catch (const Error& error) {
    const Diagnostic& d = error.diagnostic();
    if (d.code == "parse/query-item") {
      size_t colon = d.message.find(": ");
      out.fault = QueryItemFault{d.message.substr(0, colon), d.message.substr(colon + 2)};
    } else if (d.code == "jinja/bad-arguments") {
      out.fault = QueryItemFault{"TypeError", d.message};
    } else {
      out.fault = QueryItemFault{"dbt_semantic_interfaces.parsing.text_input.ti_exceptions.QueryItemJinjaException",
                                 "Error while processing Jinja template:\n" + indent(tmpl, "    ")};
    }
  }
  return out;
}

ResolvedItems resolve_items(const std::string& tmpl, const std::vector<std::string>& custom_granularities) {
  ResolvedItems out;
  QueryItems read = query_items(tmpl, false);
  if (read.fault) {
    out.fault = QueryItemFault{std::string(kParseError), "Error while parsing Jinja template:\n" + tmpl};
    return out;
  }
  for (const QueryItem& item : read.items) {
    ResolvedItem resolved;
    if ((out.fault = resolve(item, custom_granularities, resolved))) return out;
    out.items.push_back(std::move(resolved));
  }
  return out;
}

}  // namespace modelc::semantic
