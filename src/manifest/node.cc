#include "manifest/node.h"

namespace modelc {

std::string_view resource_type_name(ResourceType type) {
  switch (type) {
    case ResourceType::model:
      return "model";
    case ResourceType::seed:
      return "seed";
    case ResourceType::snapshot:
      return "snapshot";
    case ResourceType::analysis:
      return "analysis";
    case ResourceType::test:
      return "test";
    case ResourceType::operation:
      return "operation";
    case ResourceType::sql_operation:
      return "sql_operation";
    case ResourceType::source:
      return "source";
    case ResourceType::exposure:
      return "exposure";
    case ResourceType::unit_test:
      return "unit_test";
    case ResourceType::metric:
      return "metric";
    case ResourceType::semantic_model:
      return "semantic_model";
    case ResourceType::saved_query:
      return "saved_query";
    case ResourceType::function:
      return "function";
  }
  return "";
}

std::string_view resource_type_plural(ResourceType type) {
  switch (type) {
    case ResourceType::model:
      return "models";
    case ResourceType::seed:
      return "seeds";
    case ResourceType::snapshot:
      return "snapshots";
    case ResourceType::analysis:
      return "analyses";
    case ResourceType::test:
      return "data_tests";
    case ResourceType::operation:
      return "operations";
    case ResourceType::sql_operation:
      return "sql_operations";
    case ResourceType::source:
      return "sources";
    case ResourceType::exposure:
      return "exposures";
    case ResourceType::unit_test:
      return "unit_tests";
    case ResourceType::metric:
      return "metrics";
    case ResourceType::semantic_model:
      return "semantic_models";
    case ResourceType::saved_query:
      return "saved_queries";
    case ResourceType::function:
      return "functions";
  }
  return "";
}

bool RefArgs::operator==(const RefArgs& o) const {
  return name == o.name && package == o.package && version.is_undefined() == o.version.is_undefined() &&
         (version.is_undefined() || jinja::equals(version, o.version));
}

bool Node::is_refable() const {
  return resource_type == ResourceType::model || resource_type == ResourceType::seed ||
         resource_type == ResourceType::snapshot;
}

bool Node::is_versioned() const { return model && !model->version.is_undefined() && !model->version.is_none(); }

bool Node::is_latest_version() const { return is_versioned() && jinja::equals(model->version, model->latest_version); }

std::string Node::search_name() const {
  if (source) return source->source_name + "." + name;
  if (is_versioned()) return name + ".v" + jinja::to_str(model->version);
  if (unit_test && !unit_test->version.is_undefined() && !unit_test->version.is_none())
    return name + ".v" + jinja::to_str(unit_test->version);
  return name;
}

}  // namespace modelc
