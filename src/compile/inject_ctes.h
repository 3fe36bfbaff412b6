// Putting the SQL of ephemeral models in front of a statement as CTEs (dbt: inject_ctes_into_sql).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "jinja/render.h"

namespace modelc {

/// One CTE: " __dbt__cte__x as (\n<sql>\n)" with the origins of its text.
struct Cte {
  std::string unique_id;
  std::string text;
  std::shared_ptr<const jinja::SpanMap> map;  ///< may be null
};

/// The CTE of that name around `sql`.
Cte make_cte(std::string unique_id, const std::string& name, const std::string& sql,
             const std::shared_ptr<const jinja::SpanMap>& map);
/// Adds what is not there yet, by id (dbt: _extend_prepended_ctes).
void add_cte(std::vector<Cte>& list, const Cte& cte);

struct InjectedSql {
  std::string text;
  std::shared_ptr<const jinja::SpanMap> map;
};

/// The statement with the CTEs before it. An existing WITH (or WITH RECURSIVE) is continued; leading blanks stay in
/// front.
InjectedSql inject_ctes(const std::string& sql, const std::shared_ptr<const jinja::SpanMap>& map,
                        const std::vector<Cte>& ctes);

}  // namespace modelc
