#include "base/yaml_guard.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace modelc::yaml_detail {
namespace {

/// Bytes of the character at `at` by its first byte.
size_t character_length(std::string_view text, size_t at) {
  const auto c = static_cast<unsigned char>(text[at]);
  return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

}  // namespace

std::optional<Problem> check_characters(std::string_view text) {
  bool ascii = true;
  for (size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c >= 0x80) ascii = false;
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f) {
      return Problem{fmt::format("unacceptable character #x{:04x}: control characters are not allowed", c), at, at + 1};
    }
  }
  if (ascii) return std::nullopt;
  if (!is_valid_utf8(text)) {
    size_t low = 0;
    while (is_valid_utf8(text.substr(low, character_length(text, low)))) low += character_length(text, low);
    return Problem{"invalid UTF-8", low, low + 1};
  }
  for (size_t at = 0; at + 1 < text.size(); ++at) {
    const auto a = static_cast<unsigned char>(text[at]), b = static_cast<unsigned char>(text[at + 1]);
    if (a == 0xc2 && b < 0xa0 && b != 0x85) {
      return Problem{fmt::format("unacceptable character #x{:04x}: control characters are not allowed", b), at, at + 2};
    }
  }
  return std::nullopt;
}

void GapScanner::end_line() {
  if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
  line_ = ++at_;
  if (flow_depth_ == 0) tab_forbidden_ = true;
}

void GapScanner::jump_to(size_t end, bool is_content) {
  document_open_ = true;
  for (size_t i = at_; i < end; ++i) {
    if (text_[i] == '\n') line_ = i + 1;
  }
  const bool ends_line = end == line_ && end > at_;
  at_ = end;
  if (!is_content) return;
  tab_forbidden_ = ends_line && flow_depth_ == 0;
  last_ = Last::content;
}

std::optional<Problem> GapScanner::read_to(size_t end) {
  while (at_ < end) {
    if (auto found = read_one()) return found;
  }
  if (directive_open_ && end < text_.size()) return problem("did not find expected <document start>");
  return std::nullopt;
}

std::optional<Problem> GapScanner::read_directive() {
  const size_t end = std::min(text_.find_first_of("\r\n", at_), text_.size());
  const std::string_view line = text_.substr(at_, end - at_);
  if (document_open_) return problem("found character that cannot start any token");
  const size_t name_end = std::min(line.find_first_of(" \t"), line.size());
  const std::string_view name = line.substr(1, name_end - 1);
  if (name != "YAML" && name != "TAG") return problem("found unknown directive name", line.size());
  const std::string_view version = trim(line.substr(name_end, line.find('#', name_end) - name_end));
  const auto digit = [&](size_t i) { return i < version.size() && version[i] >= '0' && version[i] <= '9'; };
  if (name == "YAML" && !(version.size() == 3 && digit(0) && version[1] == '.' && digit(2))) {
    return problem("did not find expected digit or '.' character", line.size());
  }
  if (name == "YAML" && version[0] != '1') return problem("found incompatible YAML document", line.size());
  directive_open_ = true;
  at_ = end;
  return std::nullopt;
}

std::optional<Problem> GapScanner::read_dash() {
  const auto ends_token = [&](size_t at) {
    return at >= text_.size() || text_[at] == ' ' || text_[at] == '\t' || text_[at] == '\n' || text_[at] == '\r';
  };
  if (at_line_start() && text_.substr(at_, 3) == "---" && ends_token(at_ + 3)) {
    at_ += 3;
    directive_open_ = false;
    document_open_ = true;
    tab_forbidden_ = false;
    last_ = Last::start;
    return std::nullopt;
  }
  if (flow_depth_ > 0) return problem("block sequence entries are not allowed in this context");
  tab_forbidden_ = true;
  last_ = Last::entry;
  ++at_;
  return std::nullopt;
}

std::optional<Problem> GapScanner::read_one() {
  const char c = text_[at_];
  switch (c) {
    case ' ':
      ++at_;
      return std::nullopt;
    case '\t':
      if (tab_forbidden_ && flow_depth_ == 0) return problem("found character that cannot start any token");
      ++at_;
      return std::nullopt;
    case '\n':
    case '\r':
      end_line();
      return std::nullopt;
    case '#':
      at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
      return std::nullopt;
    case '%':
      return at_line_start() ? read_directive() : problem("found character that cannot start any token");
    case '-':
      return read_dash();
    case '.':
      if (!at_line_start() || text_.substr(at_, 3) != "...") break;
      at_ += 3;
      document_open_ = false;
      return std::nullopt;
    case '?':
      tab_forbidden_ = flow_depth_ == 0;
      last_ = Last::key;
      ++at_;
      return std::nullopt;
    case ':':
      if (flow_depth_ > 0 && (last_ == Last::open || last_ == Last::comma || last_ == Last::value)) {
        return problem("did not find expected node content");
      }
      tab_forbidden_ = false;
      last_ = Last::value;
      ++at_;
      return std::nullopt;
    case '[':
    case '{':
      ++flow_depth_;
      document_open_ = true;
      last_ = Last::open;
      ++at_;
      return std::nullopt;
    case ']':
    case '}':
      if (--flow_depth_ < 0) return problem("did not find expected key");
      tab_forbidden_ = false;
      last_ = Last::content;
      ++at_;
      return std::nullopt;
    case ',':
      if (flow_depth_ == 0 || last_ == Last::open || last_ == Last::comma)
        return problem("did not find expected node content");
      last_ = Last::comma;
      ++at_;
      return std::nullopt;
    default:
      break;
  }
  return problem("found character that cannot start any token");
}

size_t quoted_end(std::string_view text, size_t at, std::optional<Problem>& problem) {
  const size_t open = at;
  const char quote = text[at++];
  while (at < text.size()) {
    const char c = text[at++];
    if (c == '\\' && quote == '"') {
      constexpr std::string_view escapes = "0abt\tnvfre \"/\\N_LPxuU\n\r";
      if (at < text.size() && escapes.find(text[at]) == std::string_view::npos) {
        problem = Problem{"found unknown escape character", at - 1, at + 1};
        return at;
      }
      ++at;
    } else if (c == quote) {
      if (quote == '"' || at >= text.size() || text[at] != '\'') return at;
      ++at;
    }
  }
  problem = Problem{"found unexpected end of stream: the quote that opens here is never closed", open, open + 1};
  return text.size();
}

std::optional<Problem> check_block_scalar(std::string_view text, size_t at, size_t end) {
  size_t wanted = 0;
  const size_t header_end = std::min(text.find('\n', at), text.size());
  const std::string_view header = text.substr(at, header_end - at);
  if (header.find_first_of("123456789") < std::min<size_t>(header.find('#'), 3))
    return std::nullopt;  // says its indentation
  for (size_t line = header_end + 1; line < end;) {
    const size_t content = std::min(text.find_first_not_of(' ', line), text.size());
    const size_t column = content - line;
    const bool blank = content >= text.size() || text[content] == '\n' || text[content] == '\r';
    if (!blank && text[content] == '\t' && (wanted == 0 || column < wanted)) {
      return Problem{"found a tab character where an indentation space is expected", content, content + 1};
    }
    if (!blank && wanted == 0) wanted = column;
    line = std::min(text.find('\n', line), text.size()) + 1;
  }
  return std::nullopt;
}

std::optional<Problem> check_plain_lines(std::string_view text, size_t begin, size_t end, size_t indent) {
  for (size_t line = text.find('\n', begin); line < end; line = text.find('\n', line)) {
    const size_t content = std::min(text.find_first_not_of(' ', ++line), text.size());
    if (content < end && text[content] == '\t' && content - line < indent) {
      return Problem{"found a tab character that violates indentation", content, content + 1};
    }
  }
  return std::nullopt;
}

std::optional<Problem> check_properties(std::string_view text, size_t begin, size_t content) {
  for (size_t at = begin; at < content;) {
    const char c = text[at];
    if (c != '!' && c != '&') {
      ++at;
      continue;
    }
    if (text.substr(at, 2) == "!<")
      at = text.find('>', at) + 1;
    else
      at = std::min(text.find_first_of(" \t\r\n,[]{}", at), text.size());
    const bool separated =
        at >= text.size() || std::string_view(" \t\r\n").find(text[at]) != std::string_view::npos || text[at] == ',';
    if (!separated && c == '!') return Problem{"did not find expected whitespace or line break", at, at + 1};
  }
  return std::nullopt;
}

}  // namespace modelc::yaml_detail
