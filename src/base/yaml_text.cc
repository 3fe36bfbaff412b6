#include "base/yaml_text.h"

namespace modelc::yaml_detail {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_break(char c) { return c == '\n' || c == '\r'; }
bool is_space(char c) { return is_blank(c) || is_break(c); }
bool is_flow_indicator(char c) { return c == ',' || c == '[' || c == ']' || c == '{' || c == '}'; }

size_t line_end(std::string_view text, size_t at) {
  const size_t end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end;
}

/// A block scalar ends with its last line that holds text and is indented as deep as its first.
size_t block_end(std::string_view text, size_t at) {
  size_t end = line_end(text, at);
  size_t wanted = 0;
  for (size_t line = end + 1; line < text.size();) {
    const size_t next = line_end(text, line);
    size_t content = line;
    while (content < next && text[content] == ' ') ++content;
    const bool empty = content == next || text[content] == '\r';
    if (!empty) {
      const size_t depth = content - line;
      if (wanted == 0) wanted = depth;
      if (depth < wanted || depth == 0) break;
      end = next;
    }
    line = next + 1;
  }
  return end;
}

/// A plain scalar over several lines: a blank or a line break of the value stands for any run of white space.
size_t plain_end(std::string_view text, size_t at, std::string_view value) {
  if (text.substr(at, value.size()) == value) return at + value.size();
  size_t end = at;
  for (size_t v = 0; v < value.size() && at < text.size();) {
    if (is_space(value[v])) {
      while (v < value.size() && is_space(value[v])) ++v;
      while (at < text.size() && is_space(text[at])) ++at;
    } else if (text[at] == value[v]) {
      ++v;
      end = ++at;
    } else {
      break;
    }
  }
  return end;
}

}  // namespace

size_t anchor_end(std::string_view text, size_t at) {
  while (at < text.size() && !is_space(text[at]) && !is_flow_indicator(text[at])) ++at;
  return at;
}

size_t skip_space(std::string_view text, size_t at) {
  for (;;) {
    while (at < text.size() && is_space(text[at])) ++at;
    if (at >= text.size() || text[at] != '#') return at;
    at = line_end(text, at);
  }
}

size_t skip_properties(std::string_view text, size_t at) {
  while (at < text.size() && (text[at] == '!' || text[at] == '&')) {
    if (text.substr(at, 2) == "!<") {
      const size_t close = text.find('>', at);
      at = close == std::string_view::npos ? text.size() : close + 1;
    } else {
      at = anchor_end(text, at);
    }
    at = skip_space(text, at);
  }
  return at;
}

size_t scalar_end(std::string_view text, size_t at, std::string_view value) {
  if (at >= text.size()) return text.size();
  if (text[at] == '|' || text[at] == '>') return block_end(text, at);
  return plain_end(text, at, value);
}

size_t breaks_behind(std::string_view text, size_t at) {
  size_t breaks = 0;
  for (; at < text.size() && is_space(text[at]); ++at) breaks += text[at] == '\n';
  return breaks;
}

}  // namespace modelc::yaml_detail
