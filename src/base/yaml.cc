#include "base/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <istream>
#include <streambuf>
#include <unordered_map>

#include "base/text.h"
#include "base/yaml_guard.h"
#include "base/yaml_plain.h"
#include "base/yaml_scalar.h"
#include "base/yaml_text.h"

namespace modelc {
namespace {

using yaml_detail::Tag;

[[noreturn]] void fail(const SourceFile& file, std::string_view slug, std::string_view problem, size_t begin,
                       size_t end, std::string hint = {}) {
  const auto from = static_cast<uint32_t>(std::min(begin, file.text().size()));
  const auto to = static_cast<uint32_t>(std::min(std::max(begin, end), file.text().size()));
  throw Error(ErrorKind::parsing, fmt::format("base/yaml-{}", slug),
              fmt::format("Syntax error near line {}\n{}", file.line_column(from).line, problem), Span{&file, from, to},
              std::move(hint));
}

/// An istream over a text that is not copied.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

/// A text that yaml-cpp reads as libyaml would read `text`, byte for byte as long: a lone '\r' ends a line, and blanks
/// behind the last line break are nothing. Empty when `text` will do.
std::string adapted(std::string_view text) {
  const auto is_lone = [&](size_t at) { return text[at] == '\r' && (at + 1 >= text.size() || text[at + 1] != '\n'); };
  const size_t last = text.find_last_not_of(' ');
  const bool trailing_blanks = last != std::string_view::npos && last + 1 < text.size() && text[last] == '\n';
  size_t lone = text.find('\r');
  while (lone != std::string_view::npos && !is_lone(lone)) lone = text.find('\r', lone + 1);
  if (lone == std::string_view::npos && !trailing_blanks) return {};
  std::string copy(text.substr(0, trailing_blanks ? last + 1 : text.size()));
  for (; lone < copy.size(); lone = text.find('\r', lone + 1)) {
    if (is_lone(lone)) copy[lone] = '\n';
  }
  return copy;
}

bool same_key(const YamlNode& a, const YamlNode& b) {
  const auto numeric = [](const YamlNode& n) {
    return n.kind == YamlKind::integer || n.kind == YamlKind::boolean || n.kind == YamlKind::floating;
  };
  if (numeric(a) && numeric(b)) {
    const auto value = [](const YamlNode& n) {
      return n.kind == YamlKind::floating ? n.floating : static_cast<double>(n.integer);
    };
    return value(a) == value(b);
  }
  if (a.kind != b.kind) return false;
  return a.is_null() || a.text == b.text;
}

/// A text by which equal keys are equal.
std::string key_identity(const YamlNode& key) {
  switch (key.kind) {
    case YamlKind::boolean:
    case YamlKind::integer:
      return fmt::format("n{}", static_cast<double>(key.integer));
    case YamlKind::floating:
      return fmt::format("n{}", key.floating);
    case YamlKind::null:
      return "0";
    default:
      return fmt::format("{}{}", static_cast<int>(key.kind), key.text);
  }
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(YamlDocument& document, const YamlLimits& limits, size_t shift)
      : document_(document),
        file_(*document.file),
        text_(file_.text()),
        limits_(limits),
        shift_(shift),
        gaps_(text_, shift) {}

  /// Checks what stands behind the last node. Called after each document.
  void finish() { check(gaps_.read_to(text_.size())); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) {
      if (text_.substr(offset(mark), 3) != "---") finish();  // yaml-cpp takes what it cannot read for another document
      fail(file_, "second-document", "expected a single document in the stream but found another document",
           offset(mark), offset(mark) + 3, "write one document a file; '---' may only stand at its beginning");
    }
  }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    if (!anchor_names_.emplace(name, offset(mark)).second) {
      fail(file_, "duplicate-anchor", fmt::format("found duplicate anchor '{}'", name), offset(mark), offset(mark) + 1);
    }
  }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode node;
    const size_t begin = offset(mark);
    const size_t content = yaml_detail::skip_properties(text_, begin);
    size_t end = begin;
    if (text_.substr(content, 1) == "~")
      end = content + 1;
    else if (equals_ignore_case(text_.substr(content, 4), "null"))
      end = content + 4;
    else if (anchor)
      end = yaml_detail::anchor_end(text_, begin);
    place(node, begin, end);
    if (end > content) {
      node.text = text_.substr(content, end - content);
      pass(begin, end);
      check_colon(node, text_[content]);
    } else if (content > begin) {
      pass(begin, content, false);
    } else if (expects_key() && !is_explicit_key(begin)) {
      fail(file_, "syntax", "did not find expected key", begin, begin + 1, "a key must stand before the ':'");
    }
    add(std::move(node), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node;
    const size_t begin = offset(mark);
    size_t content = begin;
    const char first = content < text_.size() ? text_[content] : '\0';
    if (first == '!' || first == '&') content = yaml_detail::skip_properties(text_, begin);
    const char lead = content < text_.size() ? text_[content] : '\0';
    node.quoted = lead == '"' || lead == '\'' || lead == '|' || lead == '>';
    node.text = value;
    if (content > begin) check(yaml_detail::check_properties(text_, begin, content));
    place(node, begin, end_of_scalar(content, lead, value));
    if (lead == '>') keep_breaks(node, content);
    pass(begin, node.end);
    check_colon(node, lead);
    text_bytes_ += value.size();
    const Tag meaning = scalar_tag(tag, node);
    if (meaning == Tag::merge || meaning == Tag::value) {
      special(node, meaning);
    } else if (!yaml_detail::construct(node, meaning)) {
      fail(file_, "bad-value", fmt::format("'{}' cannot be read as what it looks like", value), node.begin, node.end,
           "put it in quotes to make it a text");
    }
    add(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchored_.find(anchor);
    const size_t begin = offset(mark), end = yaml_detail::anchor_end(text_, begin);
    pass(begin, end);
    if (found == anchored_.end()) {
      fail(file_, "recursive-alias", "an alias inside of the node that it stands for", begin, end);
    }
    count(found->second.nodes - 1, begin);
    text_bytes_ += found->second.text_bytes;
    check_size(begin);
    YamlNode copy = found->second.node;
    place(copy, begin, end);
    add(std::move(copy), 0);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    if (tag != "?" && tag != "!" && tag != "tag:yaml.org,2002:seq") unknown_tag(tag, mark);
    open(YamlKind::sequence, mark, anchor, style);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    if (tag != "?" && tag != "!" && tag != "tag:yaml.org,2002:map") unknown_tag(tag, mark);
    open(YamlKind::mapping, mark, anchor, style);
  }
  void OnMapEnd() override {
    flatten(stack_.back());
    close();
  }

 private:
  /// yaml-cpp loses one of the line breaks that a folded scalar with '+' keeps.
  void keep_breaks(YamlNode& node, size_t content) const {
    const size_t text_end = node.text.find_last_not_of('\n');
    const std::string_view header = text_.substr(content, text_.find('\n', content) - content);
    const std::string_view indicators = header.substr(0, header.find_first_of(" #"));
    if (text_end == std::string::npos || indicators.find('+') == std::string_view::npos) return;
    node.text.resize(text_end + 1);
    node.text.append(yaml_detail::breaks_behind(text_, node.end), '\n');
  }

  struct Frame {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    bool flow = false;
    bool has_merge = false;
    size_t column = 0;
    uint64_t nodes_before = 0, text_before = 0;
  };
  struct Anchored {
    YamlNode node;
    uint64_t nodes = 1, text_bytes = 0;
  };

  void check(const std::optional<yaml_detail::Problem>& problem) {
    if (problem) fail(file_, "syntax", problem->message, problem->begin, problem->end);
  }

  /// A node with a text of its own at [begin, end): what stands before it must be in order.
  void pass(size_t begin, size_t end, bool is_content = true) {
    check(gaps_.read_to(begin));
    gaps_.jump_to(end, is_content);
  }

  size_t end_of_scalar(size_t content, char lead, const std::string& value) {
    if (lead == '"' || lead == '\'') {
      std::optional<yaml_detail::Problem> problem;
      const size_t end = yaml_detail::quoted_end(text_, content, problem);
      check(problem);
      return end;
    }
    const size_t end = yaml_detail::scalar_end(text_, content, value);
    if (lead == '|' || lead == '>')
      check(yaml_detail::check_block_scalar(text_, content, end));
    else if (end - content > value.size() || value.find('\n') != std::string::npos) {
      check(yaml_detail::check_plain_lines(text_, content, end, block_indent()));
    }
    return end;
  }

  /// The least column of a line that continues a scalar of the innermost block collection.
  size_t block_indent() const {
    for (size_t i = stack_.size(); i-- > 0;) {
      if (!stack_[i].flow) return stack_[i].column + 1;
    }
    return 0;
  }

  bool is_explicit_key(size_t begin) const {
    while (begin > 0 && std::string_view(" \t\r\n").find(text_[begin - 1]) != std::string_view::npos) --begin;
    const bool starts_word = begin < 2 || std::string_view(" \t\r\n").find(text_[begin - 2]) != std::string_view::npos;
    return begin > 0 && text_[begin - 1] == '?' && starts_word;
  }

  /// libyaml takes no plain scalar that begins with ':' in flow style, and none with ':' before a bracket or comma; and
  /// a key in block style needs its colon on the same line.
  void check_colon(const YamlNode& node, char lead) {
    const std::string_view rest = text_.substr(node.end);
    if (gaps_.in_flow()) {
      if (lead == ':') fail(file_, "syntax", "did not find expected node content", node.begin, node.begin + 1);
      if (!node.quoted && rest.size() > 1 && rest[0] == ':' &&
          std::string_view(",?[]{}").find(rest[1]) != std::string_view::npos) {
        fail(file_, "syntax", "found unexpected ':'", node.end, node.end + 1, "put a blank behind the ':'");
      }
      return;
    }
    if (!expects_key() || stack_.back().flow) return;
    const size_t next = rest.find_first_not_of(" \t");
    if (next != std::string_view::npos && rest[next] == ':') return;
    if (is_explicit_key(node.begin)) return;
    fail(file_, "syntax", "could not find expected ':'", node.begin, node.end,
         "a key is followed by a ':' and a blank");
  }

  size_t offset(const YAML::Mark& mark) const { return static_cast<size_t>(std::max(mark.pos, 0)) + shift_; }

  void place(YamlNode& node, size_t begin, size_t end) {
    node.begin = static_cast<uint32_t>(begin);
    node.end = static_cast<uint32_t>(std::max(begin, end));
  }

  void count(uint64_t nodes, size_t where) {
    nodes_ += nodes;
    if (nodes_ > limits_.max_nodes) fail(file_, "limit", "the document has too many nodes", where, where);
  }
  void check_size(size_t where) {
    if (text_bytes_ > limits_.max_bytes) fail(file_, "limit", "the document is too large", where, where);
  }

  [[noreturn]] void unknown_tag(const std::string& tag, const YAML::Mark& mark) {
    const size_t begin = offset(mark);
    fail(file_, "unknown-tag", fmt::format("could not determine a constructor for the tag '{}'", tag), begin,
         yaml_detail::anchor_end(text_, begin));
  }

  Tag scalar_tag(const std::string& tag, const YamlNode& node) {
    if (tag == "?" || tag == "!")
      return node.quoted && (tag == "?" || text_[node.begin] != '!') ? Tag::string
                                                                     : yaml_detail::resolve_plain(node.text);
    constexpr std::string_view prefix = "tag:yaml.org,2002:";
    if (tag.starts_with(prefix)) {
      const std::string_view name = std::string_view(tag).substr(prefix.size());
      if (name == "str") return Tag::string;
      if (name == "int") return Tag::integer;
      if (name == "float") return Tag::floating;
      if (name == "bool") return Tag::boolean;
      if (name == "null") return Tag::null;
      if (name == "timestamp") return Tag::timestamp;
    }
    fail(file_, "unknown-tag", fmt::format("could not determine a constructor for the tag '{}'", tag), node.begin,
         node.end);
  }

  bool expects_key() const {
    return !stack_.empty() && stack_.back().node.is_mapping() && stack_.back().node.children.size() % 2 == 0;
  }

  /// "<<" and "=" mean something only as keys; elsewhere SafeLoader refuses them.
  void special(YamlNode& node, Tag tag) {
    if (!expects_key()) {
      fail(file_, "unknown-tag",
           fmt::format("could not determine a constructor for the tag 'tag:yaml.org,2002:{}'",
                       tag == Tag::merge ? "merge" : "value"),
           node.begin, node.end, "put it in quotes to make it a text");
    }
    node.kind = YamlKind::string;
    if (tag == Tag::merge) {
      stack_.back().has_merge = true;
      node.integer = 1;  // tells the merge key from a text "<<"; flatten() takes it out again
    }
  }

  void add(YamlNode node, YAML::anchor_t anchor) {
    count(1, node.begin);
    if (anchor) {
      check_size(node.begin);
      anchored_.insert_or_assign(anchor, Anchored{node, 1, node.text.size()});
    }
    if (stack_.empty()) {
      document_.root = std::move(node);
      return;
    }
    if (expects_key() && (node.is_sequence() || node.is_mapping())) {
      fail(file_, "unhashable-key", "found unhashable key", node.begin, node.end, "a key must be a plain value");
    }
    stack_.back().node.children.push_back(std::move(node));
  }

  void open(YamlKind kind, const YAML::Mark& mark, YAML::anchor_t anchor, YAML::EmitterStyle::value style) {
    if (stack_.size() >= limits_.max_depth) {
      fail(file_, "limit", fmt::format("nested more than {} levels deep", limits_.max_depth), offset(mark),
           offset(mark) + 1);
    }
    Frame& frame = stack_.emplace_back();
    frame.node.kind = kind;
    frame.anchor = anchor;
    frame.flow = style == YAML::EmitterStyle::Flow;
    frame.column = static_cast<size_t>(std::max(mark.column, 0));
    const size_t begin = offset(mark), content = yaml_detail::skip_properties(text_, begin);
    check(gaps_.read_to(begin));
    if (content > begin) {
      check(yaml_detail::check_properties(text_, begin, content));
      gaps_.jump_to(content, false);
    }
    frame.nodes_before = nodes_;
    frame.text_before = text_bytes_;
    place(frame.node, offset(mark), offset(mark));
  }

  void close() {
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    YamlNode& node = frame.node;
    const size_t content = yaml_detail::skip_properties(text_, node.begin);
    size_t end = last_end(node, content);
    if (frame.flow) {
      end = std::max(end, content + 1);
      for (end = yaml_detail::skip_space(text_, end); end < text_.size();
           end = yaml_detail::skip_space(text_, end + 1)) {
        if (text_[end] == ']' || text_[end] == '}') break;
      }
      ++end;
    }
    place(node, node.begin, std::min(end, text_.size()));
    count(1, node.begin);
    check_size(node.begin);
    const uint64_t nodes = nodes_ - frame.nodes_before, bytes = text_bytes_ - frame.text_before;
    --nodes_;  // add() counts it
    if (frame.anchor) anchored_.insert_or_assign(frame.anchor, Anchored{node, nodes, bytes});
    add(std::move(node), 0);
  }

  static size_t last_end(const YamlNode& node, size_t fallback) {
    size_t end = fallback;
    for (const YamlNode& child : node.children) end = std::max<size_t>(end, child.end);
    return end;
  }

  /// Takes merge keys apart and leaves each key once: at its first place, with its last value, as a Python dict.
  void flatten(Frame& frame) {
    std::vector<YamlNode>& own = frame.node.children;
    std::vector<YamlNode> merged;
    if (frame.has_merge) {
      std::vector<YamlNode> rest;
      for (size_t i = 0; i + 1 < own.size(); i += 2) {
        if (own[i].is_string() && own[i].integer == 1) {
          merge(own[i + 1], merged);
        } else {
          rest.push_back(std::move(own[i]));
          rest.push_back(std::move(own[i + 1]));
        }
      }
      own = std::move(rest);
    }
    const size_t merged_size = merged.size();
    if (merged_size) {
      merged.insert(merged.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
      own = std::move(merged);
    }
    remove_duplicates(own, merged_size);
  }

  void merge(YamlNode& value, std::vector<YamlNode>& out) {
    if (value.is_mapping()) {
      for (YamlNode& child : value.children) out.push_back(std::move(child));
      return;
    }
    if (!value.is_sequence()) {
      fail(file_, "bad-merge", "expected a mapping or list of mappings for merging, but found scalar", value.begin,
           value.end);
    }
    for (size_t i = value.children.size(); i-- > 0;) {  // the first of the list wins
      if (!value.children[i].is_mapping()) {
        fail(file_, "bad-merge",
             fmt::format("expected a mapping for merging, but found {}",
                         value.children[i].is_sequence() ? "sequence" : "scalar"),
             value.children[i].begin, value.children[i].end);
      }
      merge(value.children[i], out);
    }
  }

  void remove_duplicates(std::vector<YamlNode>& children, size_t merged_size) {
    constexpr size_t kLinear = 32;
    std::unordered_map<std::string, size_t> index;
    std::vector<bool> drop;
    const bool indexed = children.size() > kLinear;
    for (size_t i = 0; i + 1 < children.size(); i += 2) {
      const YamlNode& key = children[i];
      size_t first = i;
      if (indexed) {
        first = index.try_emplace(key_identity(key), i).first->second;
      } else {
        for (size_t j = 0; j < i && first == i; j += 2) {
          if (same_key(children[j], key) && (drop.empty() || !drop[j])) first = j;
        }
      }
      if (first == i) continue;
      if (i >= merged_size && first >= merged_size) warn_duplicate(key, children[first]);
      children[first + 1] = std::move(children[i + 1]);
      if (drop.empty()) drop.resize(children.size());
      drop[i] = true;
    }
    if (drop.empty()) return;
    size_t kept = 0;
    for (size_t i = 0; i + 1 < children.size(); i += 2) {
      if (drop[i]) continue;
      if (kept != i) {
        children[kept] = std::move(children[i]);
        children[kept + 1] = std::move(children[i + 1]);
      }
      kept += 2;
    }
    children.resize(kept);
  }

  void warn_duplicate(const YamlNode& key, const YamlNode& first) {
    const LineColumn place = file_.line_column(key.begin);
    Diagnostic warning;
    warning.severity = Severity::warning;
    warning.kind = ErrorKind::parsing;
    warning.code = "base/yaml-duplicate-key";
    warning.message = fmt::format("Duplicate key '{}' in \"<unicode string>\", line {}, column {}", key.text,
                                  place.line, place.column);
    warning.span = key.span(&file_);
    warning.notes.push_back({"first defined here", first.span(&file_)});
    document_.warnings.push_back(std::move(warning));
  }

  YamlDocument& document_;
  const SourceFile& file_;
  std::string_view text_;
  YamlLimits limits_;
  size_t shift_;  // length of a byte order mark
  std::vector<Frame> stack_;
  std::unordered_map<YAML::anchor_t, Anchored> anchored_;
  std::unordered_map<std::string, size_t> anchor_names_;
  uint64_t nodes_ = 0, text_bytes_ = 0;
  int documents_ = 0;
  yaml_detail::GapScanner gaps_;
};

/// yaml-cpp's messages in the words of libyaml, which dbt's users know.
std::string_view libyaml_wording(std::string_view message) {
  static constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"illegal map value", "mapping values are not allowed in this context"},
      {"end of map not found", "did not find expected key"},
      {"end of sequence not found", "did not find expected '-' indicator"},
      {"end of map flow not found", "did not find expected ',' or '}'"},
      {"end of sequence flow not found", "did not find expected ',' or ']'"},
      {"illegal EOF in scalar", "found unexpected end of stream"},
      {"illegal block entry", "block sequence entries are not allowed in this context"},
      {"illegal map key", "mapping keys are not allowed in this context"},
      {"illegal flow end", "did not find expected key"},
      {"unknown token", "found character that cannot start any token"},
      {"illegal tab when looking for indentation", "found a tab character that violates indentation"},
      {"illegal document indicator in scalar", "found unexpected document indicator"},
      {"the referenced anchor is not defined", "found undefined alias"},
  };
  for (const auto& [theirs, ours] : kWords) {
    if (message.starts_with(theirs)) return ours;
  }
  return message;
}

/// Aliases may repeat what a text holds some times over, but not make gigabytes of a page.
YamlLimits bounded_by(std::string_view text, YamlLimits limits) {
  limits.max_nodes = std::min(limits.max_nodes, std::max<uint64_t>(200'000, 4 * text.size()));
  limits.max_bytes = std::min(limits.max_bytes, std::max<uint64_t>(16u << 20, 16 * text.size()));
  return limits;
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  if (!is_mapping()) return nullptr;
  for (size_t i = 0; i + 1 < children.size(); i += 2) {
    if (children[i].text == key && children[i].is_string()) return &children[i + 1];
  }
  return nullptr;
}

YamlDocument load_yaml(const SourceFile& file, const YamlLimits& limits) {
  YamlDocument document;
  document.file = &file;
  const std::string_view text = file.text();
  if (text.size() > limits.max_bytes) fail(file, "limit", "the file is too large", 0, 0);
  if (const auto problem = yaml_detail::check_characters(text)) {
    fail(file, "bad-character", problem->message, problem->begin, problem->end);
  }
  if (auto root = yaml_detail::read_plain(text, limits)) {
    document.root = *std::move(root);
    return document;
  }
  yaml_detail::parse_with_yaml_cpp(document, limits);
  return document;
}

void yaml_detail::parse_with_yaml_cpp(YamlDocument& document, const YamlLimits& limits) {
  const SourceFile& file = *document.file;
  const std::string_view text = file.text();
  const size_t shift = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  const std::string copy = adapted(text);
  ViewBuffer buffer((copy.empty() ? text : std::string_view(copy)).substr(shift));
  std::istream stream(&buffer);
  TreeBuilder builder(document, bounded_by(text, limits), shift);
  try {
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
    builder.finish();
  } catch (const YAML::ParserException& e) {
    const size_t at = static_cast<size_t>(std::max(e.mark.pos, 0)) + shift;
    fail(file, "syntax", libyaml_wording(e.msg), at, at + 1);
  }
}

std::string_view yaml_kind_name(YamlKind kind) {
  switch (kind) {
    case YamlKind::null:
      return "null";
    case YamlKind::boolean:
      return "a boolean";
    case YamlKind::integer:
      return "an integer";
    case YamlKind::floating:
      return "a float";
    case YamlKind::string:
      return "a string";
    case YamlKind::date:
      return "a date";
    case YamlKind::datetime:
      return "a datetime";
    case YamlKind::sequence:
      return "a list";
    case YamlKind::mapping:
      return "a mapping";
  }
  return "a value";
}

}  // namespace modelc
