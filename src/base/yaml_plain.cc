#include "base/yaml_plain.h"

#include <algorithm>
#include <cctype>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "base/yaml_scalar.h"
#include "base/yaml_text.h"

namespace modelc::yaml_detail {
namespace {

/// Thrown when a text leaves the subset, caught in read_plain().
struct NotPlain {};

bool starts_plain_scalar(char c) {
  const auto u = static_cast<unsigned char>(c);
  return (u >= '0' && u <= '9') || ((u | 0x20) >= 'a' && (u | 0x20) <= 'z') || u == '_' || u == '/' || u == '.' ||
         u == '+' || u == '(' || u == '$' || u == '~' || u == '<' || (u >= 0xC3 && u != 0xEF);  // not a byte order mark
}

size_t find_behind_blank(std::string_view text, char c) {
  size_t at = text.find(c);
  while (at != std::string_view::npos && (at == 0 || text[at - 1] != ' ')) at = text.find(c, at + 1);
  return at;
}

class PlainReader {
 public:
  PlainReader(std::string_view text, const YamlLimits& limits) : text_(text), limits_(limits) {}

  YamlNode read() {
    next_content(0);
    if (text_.substr(at_).starts_with("---") && column() == 0) {
      at_ += 3;
      if (!at_line_end()) throw NotPlain{};
      next_content(line_end());
    }
    if (done_) throw NotPlain{};
    YamlNode root = read_block(0);
    if (!done_) throw NotPlain{};
    return root;
  }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\n'; }
  size_t column() const { return at_ - line_; }
  size_t line_end() const { return std::min(text_.find('\n', at_), text_.size()); }
  bool at_dash() const { return peek() == '-' && (peek(1) == ' ' || peek(1) == '\n'); }
  /// Nothing but blanks and a comment is left on this line.
  bool at_line_end() const {
    const size_t next = std::min(text_.find_first_not_of(' ', at_), text_.size());
    return next == text_.size() || text_[next] == '\n' || (text_[next] == '#' && next > at_);
  }
  void skip_blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  /// Moves to the first character of the next line that is neither blank nor a comment, from the line break (or the
  /// beginning of the text) at `from`.
  void next_content(size_t from) {
    size_t line = from == 0 ? 0 : from + 1;
    for (; line < text_.size(); line = std::min(text_.find('\n', line), text_.size()) + 1) {
      const size_t content = text_.find_first_not_of(' ', line);
      if (content == std::string_view::npos) break;
      if (text_[content] == '\n' || text_[content] == '#') continue;
      line_ = line;
      at_ = content;
      check_document_marks();
      return;
    }
    at_ = text_.size();
    line_ = at_;
    done_ = true;
  }

  void check_document_marks() const {
    if (column() != 0) return;
    const std::string_view rest = text_.substr(at_, 3);
    if (rest == "..." || (rest == "---" && seen_content_) || peek() == '%') throw NotPlain{};
  }

  YamlNode place(YamlNode node, size_t begin, size_t end) {
    node.begin = static_cast<uint32_t>(begin);
    node.end = static_cast<uint32_t>(end);
    return node;
  }

  /// The collection or scalar that stands at the cursor, alone on its line or behind a dash.
  YamlNode read_block(size_t depth) {
    seen_content_ = true;
    if (depth >= limits_.max_depth) throw NotPlain{};
    if (at_dash()) return read_sequence(depth);
    if (key_end()) return read_mapping(depth);
    throw NotPlain{};
  }

  YamlNode read_sequence(size_t depth) {
    YamlNode sequence;
    sequence.kind = YamlKind::sequence;
    const size_t indent = column(), begin = at_;
    while (!done_ && column() == indent && at_dash()) {
      ++at_;
      sequence.children.push_back(read_child(Parent::sequence, indent, depth));
    }
    if (!done_ && column() > indent) throw NotPlain{};
    const size_t end = sequence.children.back().end;
    return place(std::move(sequence), begin, end);
  }

  enum class Parent : uint8_t { sequence, mapping };

  /// Whether the content at the cursor belongs to the dash or key at column `indent`.
  bool is_child_of(Parent parent, size_t indent) const {
    return !done_ && (column() > indent || (parent == Parent::mapping && column() == indent && at_dash()));
  }

  /// What stands behind a dash or behind the colon of a key at column `indent`.
  YamlNode read_child(Parent parent, size_t indent, size_t depth) {
    if (at_line_end()) {
      next_content(line_end());
      return is_child_of(parent, indent) ? read_block(depth + 1) : empty();
    }
    skip_blanks();
    if (parent == Parent::sequence && (at_dash() || key_end())) return read_block(depth + 1);
    return peek() == '&' ? read_anchored(parent, indent, depth) : read_value(indent, depth);
  }

  /// A null that is not written. Its place is that of what comes next, which the full parser may take for its text.
  YamlNode empty() {
    if (done_ && text_.ends_with(' ')) throw NotPlain{};
    if (peek() == '~' || equals_ignore_case(text_.substr(at_, 4), "null")) throw NotPlain{};
    return place(YamlNode(), at_, at_);
  }

  YamlNode read_anchored(Parent parent, size_t indent, size_t depth) {
    const size_t begin = at_;
    const std::string_view name = read_anchor_name();
    if (peek() != ' ' && peek() != '\n') throw NotPlain{};
    YamlNode node;
    if (at_line_end()) {
      next_content(line_end());
      if (!is_child_of(parent, indent)) throw NotPlain{};
      node = read_block(depth + 1);
    } else {
      skip_blanks();
      if (at_dash() || key_end() || peek() == '*') throw NotPlain{};
      node = read_value(indent, depth);
      // yaml-cpp refuses some of several lines
      if (text_.substr(begin, node.end - begin).find('\n') != std::string_view::npos) throw NotPlain{};
    }
    node.begin = static_cast<uint32_t>(begin);
    if (!anchors_.emplace(name, node).second) throw NotPlain{};
    return node;
  }

  YamlNode read_alias() {
    const size_t begin = at_;
    const auto anchored = anchors_.find(read_anchor_name());
    if (anchored == anchors_.end()) throw NotPlain{};
    count_copied(anchored->second);
    return place(anchored->second, begin, at_);
  }

  /// The name behind the indicator at the cursor, which moves to its end.
  std::string_view read_anchor_name() {
    const size_t begin = ++at_;
    const auto is_name = [](char c) { return c == '_' || c == '-' || std::isalnum(static_cast<unsigned char>(c)); };
    if (peek() == '-') throw NotPlain{};
    while (is_name(peek())) ++at_;
    if (at_ == begin) throw NotPlain{};
    return text_.substr(begin, at_ - begin);
  }

  /// Aliases that make much of a text are left to the full parser, which knows the bounds.
  void count_copied(const YamlNode& node) {
    constexpr size_t kMost = 50'000;
    copied_ += 1 + node.text.size() / 100;
    if (copied_ > kMost || text_.size() + copied_ > limits_.max_nodes) throw NotPlain{};
    for (const YamlNode& child : node.children) count_copied(child);
  }

  YamlNode read_mapping(size_t depth) {
    YamlNode mapping;
    mapping.kind = YamlKind::mapping;
    const size_t indent = column(), begin = at_;
    while (!done_ && column() == indent && !at_dash()) {
      const size_t colon = key_end();
      if (!colon) throw NotPlain{};
      mapping.children.push_back(read_key(colon));
      at_ = colon + 1;
      mapping.children.push_back(read_child(Parent::mapping, indent, depth));
    }
    if (!done_ && column() > indent) throw NotPlain{};
    check_keys(mapping);
    const size_t end = mapping.children.back().end;
    return place(std::move(mapping), begin, end);
  }

  /// Where the colon of the key at the cursor stands; 0 when what stands there is no key.
  size_t key_end() const {
    const char first = peek();
    if (first == '"' || first == '\'') {
      const size_t end = text_.find(first, at_ + 1);
      if (end == std::string_view::npos || end + 1 >= text_.size() || text_[end + 1] != ':') return 0;
      return is_gap(end + 2) ? end + 1 : 0;
    }
    if (!starts_plain_scalar(first)) return 0;
    const std::string_view line = text_.substr(at_, line_end() - at_);
    size_t colon = line.find(':');
    while (colon != std::string_view::npos && !is_gap(at_ + colon + 1)) colon = line.find(':', colon + 1);
    if (colon == std::string_view::npos) return 0;
    return find_behind_blank(line.substr(0, colon), '#') == std::string_view::npos ? at_ + colon : 0;
  }

  bool is_gap(size_t at) const { return at >= text_.size() || text_[at] == ' ' || text_[at] == '\n'; }

  YamlNode read_key(size_t colon) {
    if (peek() == '"' || peek() == '\'') {
      YamlNode key = read_quoted();
      if (at_ != colon) throw NotPlain{};
      return key;
    }
    if (colon > at_ && text_[colon - 1] == ' ') throw NotPlain{};
    return scalar(std::string(text_.substr(at_, colon - at_)), at_, colon);
  }

  static void check_keys(const YamlNode& mapping) {
    constexpr size_t kLinear = 32;
    if (mapping.children.size() > 2 * kLinear) {
      std::unordered_set<std::string_view> seen;
      for (size_t i = 0; i < mapping.children.size(); i += 2)
        check_key(mapping.children[i], !seen.insert(mapping.children[i].text).second);
      return;
    }
    for (size_t i = 0; i < mapping.children.size(); i += 2) {
      bool repeated = false;
      for (size_t j = 0; j < i; j += 2) repeated |= mapping.children[j].text == mapping.children[i].text;
      check_key(mapping.children[i], repeated);
    }
  }

  /// Keys that are no strings may equal others that are written differently.
  static void check_key(const YamlNode& key, bool repeated) {
    if (repeated || !key.is_string()) throw NotPlain{};
  }

  YamlNode scalar(std::string value, size_t begin, size_t end) {
    YamlNode node;
    node.text = std::move(value);
    const Tag tag = resolve_plain(node.text);
    if (tag == Tag::merge || tag == Tag::value || !construct(node, tag)) throw NotPlain{};
    return place(std::move(node), begin, end);
  }

  /// A scalar or a flow collection that begins behind a dash or a colon; the lines that continue it are indented deeper
  /// than `indent`. Leaves the cursor at the next content.
  YamlNode read_value(size_t indent, size_t depth) {
    const char first = peek();
    if (first == '|' || first == '>') return read_block_scalar(indent);
    if (first == '"' || first == '\'' || first == '[' || first == '{' || first == '*') {
      YamlNode node = first == '*'                   ? read_alias()
                      : first == '[' || first == '{' ? read_flow(indent, depth + 1)
                                                     : read_quoted();
      if (!at_line_end()) throw NotPlain{};
      next_content(line_end());
      return node;
    }
    return read_plain_scalar(indent);
  }

  YamlNode read_quoted() {
    const char quote = peek();
    const size_t begin = at_;
    YamlNode node;
    node.kind = YamlKind::string;
    node.quoted = true;
    for (++at_; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (c == '\n') throw NotPlain{};
      if (c == '\\' && quote == '"') {
        c = unescaped(text_.substr(++at_, 1));
      } else if (c == quote) {
        if (quote == '"' || peek(1) != quote) {
          ++at_;
          return place(std::move(node), begin, at_);
        }
        ++at_;
      }
      node.text += c;
    }
    throw NotPlain{};
  }

  /// What the character behind a backslash stands for.
  static char unescaped(std::string_view character) {
    if (character == "n") return '\n';
    if (character == "t") return '\t';
    if (character != "\"" && character != "\\") throw NotPlain{};
    return character[0];
  }

  /// The part of a plain scalar on this line, without a comment behind it.
  std::string_view plain_line(bool& has_comment) {
    std::string_view line = text_.substr(at_, line_end() - at_);
    const size_t comment = find_behind_blank(line, '#');
    has_comment = comment != std::string_view::npos;
    if (has_comment) line = line.substr(0, comment);
    while (line.ends_with(' ')) line.remove_suffix(1);
    for (size_t colon = line.find(':'); colon != std::string_view::npos; colon = line.find(':', colon + 1))
      if (colon + 1 == line.size() || line[colon + 1] == ' ') throw NotPlain{};
    return line;
  }

  YamlNode read_plain_scalar(size_t indent) {
    if (!starts_plain_scalar(peek()) && !(peek() == '-' && starts_plain_scalar(peek(1)))) throw NotPlain{};
    const size_t begin = at_;
    bool has_comment = false;
    std::string_view line = plain_line(has_comment);
    std::string value(line);
    size_t end = at_ + line.size();
    while (!has_comment) {
      const size_t next_line = line_end() + 1;
      const size_t content = text_.find_first_not_of(" \n", std::min(next_line, text_.size()));
      if (content == std::string_view::npos) break;
      const size_t start = text_.rfind('\n', content) + 1;
      if (content - start <= indent || text_[content] == '#') break;
      if (!starts_plain_scalar(text_[content])) throw NotPlain{};
      const auto breaks =
          std::count(text_.begin() + static_cast<long>(next_line), text_.begin() + static_cast<long>(start), '\n');
      value.append(breaks ? static_cast<size_t>(breaks) : 1, breaks ? '\n' : ' ');
      at_ = content;
      line = plain_line(has_comment);
      value += line;
      end = at_ + line.size();
    }
    next_content(line_end());
    return scalar(std::move(value), begin, end);
  }

  YamlNode read_block_scalar(size_t indent) {
    const size_t begin = at_;
    const bool folded = peek() == '>';
    ++at_;
    const bool strip = peek() == '-';
    if (strip) ++at_;
    if (!at_line_end()) throw NotPlain{};
    std::string value;
    size_t block_indent = 0, blank_lines = 0, last_break = line_end();
    bool previous_deeper = false, any = false, breaks_at_end = true;
    for (size_t line = last_break + 1; line < text_.size();) {
      const size_t content = std::min(text_.find_first_not_of(' ', line), text_.size());
      const size_t next = std::min(text_.find('\n', content), text_.size());
      if (content == next) {
        if (any ? content - line > block_indent : content > line) throw NotPlain{};
        ++blank_lines;
      } else {
        if (!any && content - line <= indent) throw NotPlain{};
        if (!any) block_indent = content - line;
        if (content - line < block_indent) break;
        breaks_at_end = next < text_.size();
        const bool deeper = content - line > block_indent;
        if (!any)
          value.append(blank_lines, '\n');
        else if (!folded || deeper || previous_deeper)
          value.append(blank_lines + 1, '\n');
        else
          value.append(blank_lines ? blank_lines : 1, blank_lines ? '\n' : ' ');
        value += text_.substr(line + block_indent, next - line - block_indent);
        any = true;
        previous_deeper = deeper;
        blank_lines = 0;
        last_break = next;
      }
      line = next + 1;
    }
    if (!any) throw NotPlain{};
    if (!strip && breaks_at_end) value += '\n';
    YamlNode node;
    node.kind = YamlKind::string;
    node.quoted = true;
    node.text = std::move(value);
    next_content(last_break);
    return place(std::move(node), begin, scalar_end(text_, begin, {}));
  }

  void skip_flow_space(size_t indent) {
    for (skip_blanks(); at_ < text_.size() && text_[at_] == '\n'; skip_blanks()) line_ = ++at_;
    if (at_ >= text_.size() || peek() == '#' || column() <= indent) throw NotPlain{};
  }

  YamlNode read_flow(size_t indent, size_t depth) {
    if (depth >= limits_.max_depth) throw NotPlain{};
    const size_t begin = at_;
    const bool is_mapping = peek() == '{';
    const char close = is_mapping ? '}' : ']';
    YamlNode node;
    node.kind = is_mapping ? YamlKind::mapping : YamlKind::sequence;
    ++at_;
    for (skip_flow_space(indent); peek() != close; skip_flow_space(indent)) {
      node.children.push_back(read_flow_node(indent, depth));
      if (is_mapping) {
        if (!node.children.back().is_string() || peek() != ':' || peek(1) != ' ') throw NotPlain{};
        ++at_;
        skip_flow_space(indent);
        node.children.push_back(read_flow_node(indent, depth));
      }
      skip_flow_space(indent);
      if (peek() == close) break;
      if (peek() != ',') throw NotPlain{};
      ++at_;
    }
    ++at_;
    if (is_mapping) check_keys(node);
    return place(std::move(node), begin, at_);
  }

  YamlNode read_flow_node(size_t indent, size_t depth) {
    if (peek() == '[' || peek() == '{') return read_flow(indent, depth + 1);
    if (peek() == '"' || peek() == '\'') return read_quoted();
    if (peek() == '*') return read_alias();
    if (!starts_plain_scalar(peek()) && !(peek() == '-' && starts_plain_scalar(peek(1)))) throw NotPlain{};
    const size_t begin = at_;
    size_t end = std::min(text_.find_first_of(",[]{}:#?\n", at_), text_.size());
    if (end == text_.size() || text_[end] == '#' || text_[end] == '?' || text_[end] == '[' || text_[end] == '{')
      throw NotPlain{};
    at_ = end;
    while (text_[end - 1] == ' ') --end;
    if (peek() == ':' && end != at_) throw NotPlain{};
    return scalar(std::string(text_.substr(begin, end - begin)), begin, end);
  }

  std::string_view text_;
  const YamlLimits& limits_;
  size_t at_ = 0, line_ = 0;
  bool done_ = false, seen_content_ = false;
  std::unordered_map<std::string_view, YamlNode> anchors_;
  size_t copied_ = 0;  // nodes and texts that aliases have repeated
};

}  // namespace

std::optional<YamlNode> read_plain(std::string_view text, const YamlLimits& limits) {
  const bool has_other_blanks = text.find('\t') != std::string_view::npos || text.find('\r') != std::string_view::npos;
  if (text.size() > limits.max_nodes || has_other_blanks) return std::nullopt;
  try {
    return PlainReader(text, limits).read();
  } catch (const NotPlain&) {
    return std::nullopt;
  }
}

}  // namespace modelc::yaml_detail
