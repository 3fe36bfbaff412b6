// The grammar of one token: `@? (n?+)? (method(.argument)*:)? value (+n?)?`.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "select/methods.h"
#include "select/select.h"

namespace modelc {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {  // Python's \w also takes every letter above ASCII
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// No graph is as deep as what does not fit.
std::optional<uint32_t> depth(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  uint64_t value = 0;
  for (char c : digits) value = std::min<uint64_t>(value * 10 + static_cast<uint64_t>(c - '0'), UINT32_MAX);
  return static_cast<uint32_t>(value);
}

size_t skip(std::string_view text, size_t at, bool (*accept)(char)) {
  while (at < text.size() && accept(text[at])) ++at;
  return at;
}

std::string_view default_method(std::string_view value) {
  if (value.find('/') != std::string_view::npos) return "path";
  const std::string lower = to_lower(value);
  for (std::string_view suffix : {".sql", ".py", ".csv"})
    if (lower.ends_with(suffix)) return "file";
  return "fqn";
}

void set_method(SelectionCriteria& criteria, std::string_view method) {
  const std::vector<std::string_view> parts = split(method, '.');
  if (!is_selection_method(parts.front())) {
    throw Error(ErrorKind::runtime, "select/unknown-method",
                fmt::format("'{}' is not a valid method name", parts.front()), {},
                fmt::format("methods: {}", selection_method_names()));
  }
  criteria.method = parts.front();
  for (size_t i = 1; i < parts.size(); ++i) criteria.method_arguments.emplace_back(parts[i]);
}

}  // namespace

SelectionCriteria parse_criteria(std::string_view token) {
  SelectionCriteria criteria;
  criteria.raw = token;
  if (token.find('\n') != std::string_view::npos)
    throw Error(ErrorKind::runtime, "select/bad-spec", fmt::format("Invalid selector spec \"{}\"", token));
  size_t at = 0;
  if (token.starts_with('@')) {
    criteria.childrens_parents = true;
    at = 1;
  }
  if (const size_t end = skip(token, at, is_digit); end < token.size() && token[end] == '+') {
    criteria.parents = true;
    criteria.parents_depth = depth(token.substr(at, end - at));
    at = end + 1;
  }
  std::string_view method;
  bool has_method = false;
  if (const size_t end = skip(token, at, [](char c) { return is_word(c) || c == '.'; });
      end > at && end < token.size() && token[end] == ':') {
    has_method = true;
    method = token.substr(at, end - at);
    at = end + 1;
  }
  size_t end = token.size();
  while (end > at && is_digit(token[end - 1])) --end;
  if (end > at && token[end - 1] == '+') {
    criteria.children = true;
    criteria.children_depth = depth(token.substr(end));
    --end;
  } else {
    end = token.size();
  }
  criteria.value = token.substr(at, end - at);
  set_method(criteria, has_method ? method : default_method(criteria.value));
  if (criteria.children && criteria.childrens_parents) {
    throw Error(ErrorKind::runtime, "select/bad-spec",
                fmt::format("Invalid node spec {} - \"@\" prefix and \"+\" suffix are incompatible", token));
  }
  return criteria;
}

}  // namespace modelc
