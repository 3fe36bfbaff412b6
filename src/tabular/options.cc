#include "tabular/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/diagnostic.h"
#include "base/text.h"

namespace modelc {

std::optional<UnknownOption> find_unknown_option(const jinja::Value& options, std::span<const std::string_view> known) {
  for (const auto& [key, value] : options.as_dict().entries()) {
    const std::string name = jinja::to_str(key);
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::vector<std::string> names(known.begin(), known.end());
    const std::string close = closest_match(name, names);
    return UnknownOption{fmt::format("there is no option '{}'", name),
                         close.empty() ? "options are " + join(names, ", ") : fmt::format("did you mean '{}'?", close)};
  }
  return std::nullopt;
}

}  // namespace modelc
