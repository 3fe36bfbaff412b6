// `adapter` while parsing: dispatch works, everything that would ask the database gives dbt's parse replacements.
#pragma once

#include "context/sql_context.h"

namespace modelc {

/// `sees_all_packages`: dispatch() without a namespace finds macros of every package (dbt: TestMacroNamespace).
jinja::Value parse_adapter(SqlContext& context, const QuotingOverride& quoting, bool sees_all_packages);

}  // namespace modelc
