#include "parse/config_memo.h"

#include <functional>

#include "jinja/identical.h"

namespace modelc {

bool ConfigInputs::operator==(const ConfigInputs& o) const {
  return type == o.type && package == o.package && level == o.level && root_level == o.root_level &&
         jinja::identical(patch, o.patch) && jinja::identical(calls, o.calls);
}

size_t ConfigInputsHash::operator()(const ConfigInputs& inputs) const {
  size_t hash = static_cast<size_t>(inputs.type);
  for (const void* pointer : {static_cast<const void*>(inputs.package), inputs.level, inputs.root_level})
    hash = hash * 31 + std::hash<const void*>()(pointer);
  return (hash * 31 + jinja::identical_hash(inputs.patch)) * 31 + jinja::identical_hash(inputs.calls);
}

}  // namespace modelc
