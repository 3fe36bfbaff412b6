// `adapter` while parsing: dispatch works, everything that would ask the database gives dbt's parse replacements.
#pragma once

#include "context/sql_context.h"

namespace modelc {

jinja::Value parse_adapter(SqlContext& context, const QuotingOverride& quoting);

}  // namespace modelc
