// Where the values of a JSON text begin and end, without looking into them: brackets and quotes are matched, nothing
// else is checked. What is inside is parsed record by record.
#pragma once

#include <optional>
#include <string_view>

namespace modelc {

/// Walks over a JSON text. Positions are bytes.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text, size_t at = 0) : text_(text), at_(at) {}

  size_t position() const { return at_; }
  void move_to(size_t at) { at_ = at; }
  void skip_space();
  bool done() const { return at_ >= text_.size(); }
  char peek() const { return done() ? '\0' : text_[at_]; }
  /// Takes the character when it is the next one behind white space.
  bool take(char c);
  /// The value that begins behind white space, and moves behind it; none when brackets or quotes do not match, or
  /// nothing is there.
  std::optional<std::string_view> value();

 private:
  bool skip_string();
  bool skip_brackets();

  std::string_view text_;
  size_t at_;
};

}  // namespace modelc
