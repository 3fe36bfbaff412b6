// The little language of filters and saved queries: "{{ Dimension('listing__country').grain('day') }} = 'x'"
// (dbt_semantic_interfaces/parsing: text_input, where_filter; naming/dundered.py).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelc::semantic {

enum class ItemKind : uint8_t { dimension, time_dimension, entity, metric };
std::string_view item_kind_name(ItemKind kind);  ///< "TimeDimension": the name of the function

/// One call in a template, as written.
struct QueryItem {
  ItemKind kind = ItemKind::dimension;
  std::string name;
  std::vector<std::string> entity_path, group_by;
  std::optional<std::string> grain, date_part;
  std::optional<bool> descending;
  bool operator==(const QueryItem&) const = default;
};

/// Why a template or item is wrong, as Python prints the exception: "InvalidQuerySyntax: ...".
struct QueryItemFault {
  std::string exception, message;
  std::string text() const { return exception + ": " + message; }
};

/// Either the items of a template, each once, in order, or the first fault.
struct QueryItems {
  std::vector<QueryItem> items;
  std::optional<QueryItemFault> fault;
};
/// `order_by`: .descending(...) is allowed everywhere. Any thread.
QueryItems query_items(const std::string& tmpl, bool order_by);

/// What an item means: its name without entities and granularity.
struct ResolvedItem {
  ItemKind kind = ItemKind::dimension;  ///< a dimension with a grain or date part is a time dimension
  std::string element;
  std::string granularity;  ///< of a time dimension, in lower case; "" = none
};
struct ResolvedItems {
  std::vector<ResolvedItem> items;
  std::optional<QueryItemFault> fault;
};
/// The items of a filter or group-by, checked for their names. `custom_granularities` may end a time dimension's name.
ResolvedItems resolve_items(const std::string& tmpl, const std::vector<std::string>& custom_granularities);

}  // namespace modelc::semantic
