// The options that external sources and external models take.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "jinja/value.h"

namespace modelc {

struct UnknownOption {
  std::string message, hint;
};

/// The first key of the dict `options` that is not among `known`, with the name that was probably meant; nothing when
/// all are known. Any thread.
std::optional<UnknownOption> find_unknown_option(const jinja::Value& options, std::span<const std::string_view> known);

}  // namespace modelc
