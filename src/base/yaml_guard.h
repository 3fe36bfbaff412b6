// What yaml-cpp lets pass and libyaml, which dbt reads YAML with, refuses. Internal to the base folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace modelc::yaml_detail {

struct Problem {
  std::string message;  ///< libyaml's wording
  size_t begin = 0, end = 0;
};

/// libyaml's reader: UTF-8 of printable characters only.
std::optional<Problem> check_characters(std::string_view text);

/// Reads what stands between the scalars of a text: white space, comments, directives and indicators, which must fit
/// their place. The parser moves it along from one scalar to the next.
class GapScanner {
 public:
  explicit GapScanner(std::string_view text, size_t begin) : text_(text), at_(begin), line_(begin) {}
  /// Reads up to `end`, where a scalar, an alias or the properties of a node begin (or the text ends).
  std::optional<Problem> read_to(size_t end);
  /// Jumps over a scalar, an alias or properties; `is_content` unless they are properties alone.
  void jump_to(size_t end, bool is_content);
  bool in_flow() const { return flow_depth_ > 0; }

 private:
  enum class Last : uint8_t { start, content, open, comma, value, key, entry };

  std::optional<Problem> read_one();
  std::optional<Problem> read_directive();
  std::optional<Problem> read_dash();
  std::optional<Problem> problem(std::string message, size_t length = 1) const {
    return Problem{std::move(message), at_, at_ + length};
  }
  bool at_line_start() const { return at_ == line_; }
  void end_line();

  std::string_view text_;
  size_t at_, line_;
  int flow_depth_ = 0;
  bool tab_forbidden_ = true;  ///< where a key may begin, libyaml takes no tab
  bool directive_open_ = false, document_open_ = false;
  Last last_ = Last::start;
};

/// The end of a quoted scalar whose quote stands at `at`, or what is wrong with it.
size_t quoted_end(std::string_view text, size_t at, std::optional<Problem>& problem);
/// Tabs where a block scalar that begins at `at` wants spaces.
std::optional<Problem> check_block_scalar(std::string_view text, size_t at, size_t end);
/// Tabs at the beginning of a line of a plain scalar over several lines; `indent`: the least indentation there.
std::optional<Problem> check_plain_lines(std::string_view text, size_t begin, size_t end, size_t indent);
/// Tags must be followed by white space.
std::optional<Problem> check_properties(std::string_view text, size_t begin, size_t content);

}  // namespace modelc::yaml_detail
