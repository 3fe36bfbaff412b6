// A streaming JSON writer; reading goes through jinja/json.h into Values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace modelc {

/// Appends compact JSON to a buffer that it owns. Strings are UTF-8 and written as such unless `ascii` is set, which
/// escapes everything above U+007F as Python's json.dumps does. Invalid UTF-8 becomes U+FFFD. Separators are Python's
/// (", " and ": ") when `spaced` is set. Commas are placed automatically. One thread at a time.
class JsonWriter {
 public:
  struct Style {
    bool ascii = false;
    bool spaced = false;
    int indent = 0;  ///< > 0: pretty, one item a line, as json.dumps(indent=n)
  };
  JsonWriter() = default;
  /// `buffer`: memory to write into; its text is written over.
  explicit JsonWriter(Style style, std::string buffer = {}) : style_(style), out_(std::move(buffer)) {}

  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view name);
  void string(std::string_view text);
  void integer(int64_t number);
  void floating(
      double number);  ///< shortest text that reads back, as Python's repr; NaN, Infinity as Python writes them
  void boolean(bool value);
  void null();
  void raw(std::string_view json);  ///< one complete value, already JSON

  std::string take();  ///< the text; the writer is spent
  std::string_view text() const { return std::string_view(out_).substr(0, size_); }

 private:
  /// At least that many bytes behind what has been written; who uses them adds to size_.
  char* room(size_t bytes) {
    if (out_.size() - size_ < bytes) grow(bytes);
    return out_.data() + size_;
  }
  void grow(size_t bytes);
  void append(std::string_view text);
  void append_quoted(std::string_view text);
  void append_escaped(std::string_view text);
  void before_value();
  void newline();

  Style style_;
  std::string out_;  // grown in steps; what has been written is its first `size_` bytes
  size_t size_ = 0;
  std::string nesting_;  // one char a level: 'o' or 'a'
  bool first_ = true;
  bool after_key_ = false;
};

/// Python's repr(float): "1.0", "1e-07", "1e+16", "inf", "nan".
std::string format_double(double number);

}  // namespace modelc
