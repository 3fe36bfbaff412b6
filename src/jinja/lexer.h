// Template text to tokens: Jinja2's lexer, with its rules for white space, raw blocks and comments.
//
// Tokens are made on demand, so that errors come in the order in which Jinja2 reports them. A token holds byte offsets
// into the source; texts are views into it, or into the arena where escapes had to be decoded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "jinja/arena.h"
#include "jinja/template.h"

namespace modelc::jinja {

enum class Tok : uint8_t {
  add,
  assign,
  colon,
  comma,
  div,
  dot,
  eq,
  floordiv,
  gt,
  gteq,
  lbrace,
  lbracket,
  lparen,
  lt,
  lteq,
  mod,
  mul,
  ne,
  pipe,
  pow,
  rbrace,
  rbracket,
  rparen,
  semicolon,
  sub,
  tilde,
  floating,
  integer,
  name,
  string,
  block_begin,
  block_end,
  variable_begin,
  variable_end,
  data,
  eof,
};

struct Token {
  Tok type = Tok::eof;
  uint32_t begin = 0;
  uint32_t end = 0;
  /// block_begin: where the text before it ends once `-` has stripped it; block_end: where the text behind it begins.
  uint32_t edge = 0;
  std::string_view text;  ///< of a name as written, of a string decoded, of an integer beyond 64 bits as written
  int64_t integer = 0;
  double floating = 0;

  bool is_name(std::string_view name) const { return type == Tok::name && text == name; }
};

/// Jinja2's name of a kind of token in messages: "end of print statement", "(", "integer".
std::string_view describe(Tok type);
std::string_view describe(const Token& token);

/// Offsets of a stretch of source text.
struct Range {
  uint32_t begin = 0;
  uint32_t end = 0;
};

class Lexer {
 public:
  /// With `expression` set the text is one expression without braces.
  Lexer(const SourceFile& file, const Syntax& syntax, Arena& arena, bool expression = false);

  /// The next token; eof again and again at the end. Throws Error{compilation, "jinja/syntax-..."}.
  Token next();

  /// Right after a block_end: skips everything up to the tag `end_tag` without reading it as a template. Gives false
  /// when there is no such tag. `body` is the text between, `end` where the closing tag ends.
  bool skip_raw(std::string_view end_tag, Range& body, uint32_t& end);

 private:
  enum class Mode : uint8_t { root, block, variable };
  struct EndTag {
    uint32_t begin;  // of "{%"
    uint32_t end;    // behind "%}"
    uint32_t after;  // behind the white space that "-%}" strips
    char sign;       // '-', '+' or 0 in the opening braces
  };

  Token next_root();
  Token next_in_tag();
  Token opening(Mode mode, uint32_t at, uint32_t data_end);
  Token data(uint32_t begin, uint32_t end) const;
  bool closing(Token& token);
  bool raw_begin(uint32_t at, uint32_t& after) const;
  bool find_end_tag(uint32_t from, std::string_view name, EndTag& tag) const;
  void skip_comment(uint32_t content);
  uint32_t stripped_end(uint32_t begin, uint32_t end, char sign, bool variable) const;
  uint32_t skip_space(uint32_t at) const;
  uint32_t skip_newline(uint32_t at) const;
  char at(uint32_t offset) const { return offset < end_ ? text_[offset] : '\0'; }

  bool number(Token& token);
  bool identifier(Token& token);
  bool string(Token& token);
  bool operator_token(Token& token);
  void decode_string(Token& token);
  void balance(const Token& token);
  [[noreturn]] void unexpected_char() const;
  [[noreturn]] void fail(std::string message, uint32_t begin, uint32_t end,
                         const char* code = "jinja/syntax-error") const;

  const SourceFile& file_;
  const Syntax& syntax_;
  Arena& arena_;
  std::string_view text_;
  uint32_t end_;
  uint32_t pos_ = 0;
  Mode mode_ = Mode::root;
  bool line_starting_ = true;
  bool has_pending_ = false;  // the tag behind a data token that was just given
  Token pending_;
  std::string balance_;  // closing brackets that are due, innermost last
};

}  // namespace modelc::jinja
