#include "parse/static_model.h"

#include <cctype>

namespace modelc {
namespace {

/// Recognises the inside of one `{{ }}`. Each function consumes what it accepts and says whether it did.
class Recognizer {
 public:
  explicit Recognizer(std::string_view text) : text_(text) {}
  std::string_view rest() const { return text_; }

  bool expression() {
    blanks();
    const bool good = call() || literal(/*numbers=*/true);
    blanks();
    return good;
  }

 private:
  void blanks() {
    while (!text_.empty() && std::isspace(static_cast<unsigned char>(text_.front()))) text_.remove_prefix(1);
  }
  bool take(char c) {
    blanks();
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  std::string_view word() {
    blanks();
    size_t n = 0;
    while (n < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[n])) || text_[n] == '_')) ++n;
    if (n && std::isdigit(static_cast<unsigned char>(text_[0]))) return {};
    return text_.substr(0, n);
  }
  bool take_word(std::string_view wanted) {
    if (word() != wanted) return false;
    text_.remove_prefix(wanted.size());
    return true;
  }

  bool string() {
    blanks();
    if (text_.empty() || (text_.front() != '\'' && text_.front() != '"')) return false;
    const char quote = text_.front();
    for (size_t i = 1; i < text_.size(); ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (text_[i] == quote) {
        text_.remove_prefix(i + 1);
        return true;
      }
    }
    return false;
  }
  bool number() {
    blanks();
    size_t n = !text_.empty() && text_.front() == '-' ? 1 : 0;
    const size_t digits = n;
    while (n < text_.size() && (std::isdigit(static_cast<unsigned char>(text_[n])) || text_[n] == '.')) ++n;
    if (n == digits) return false;
    text_.remove_prefix(n);
    return true;
  }
  bool boolean() { return take_word("True") || take_word("False"); }

  bool literal(bool numbers, int depth = 0) {
    if (depth > 50) return false;
    return string() || boolean() || (numbers && number()) || list(depth) || dict(depth) || (depth > 0 && numbers && call());
  }
  /// Items divided by commas, one of which may trail, up to `close`.
  template <class Item>
  bool items(char close, Item item) {
    while (!take(close)) {
      if (!item()) return false;
      if (take(',')) continue;
      return take(close);
    }
    return true;
  }
  bool list(int depth) { return take('[') && items(']', [&] { return literal(false, depth + 1); }); }
  bool dict(int depth) {
    return take('{') && items('}', [&] { return string() && take(':') && (literal(false, depth + 1) || call()); });
  }

  bool call() {
    if (take_word("ref")) return take('(') && ref_arguments();
    if (take_word("source")) return take('(') && source_arguments();
    if (take_word("config")) return take('(') && config_arguments();
    return false;
  }
  bool ref_arguments() {
    int names = 0, versions = 0;
    const bool good = items(')', [&] {
      if (string()) return ++names <= 2 && versions == 0;
      if (!take_word("v") && !take_word("version")) return false;
      return take('=') && (string() || number()) && ++versions == 1;
    });
    return good && names >= 1;
  }
  bool source_arguments() {
    int arguments = 0;
    const bool good = items(')', [&] {
      ++arguments;
      if (take_word("source_name") || take_word("table_name")) return take('=') && string();
      return string();
    });
    return good && arguments == 2;
  }
  bool config_arguments() {
    int arguments = 0;
    const bool good = items(')', [&] {
      const std::string_view name = word();
      if (name.empty() || name == "pre_hook" || name == "post_hook") return false;
      text_.remove_prefix(name.size());
      ++arguments;
      return take('=') && literal(false);
    });
    return good && arguments > 0;
  }

  std::string_view text_;
};

}  // namespace

bool is_statically_parsed(std::string_view sql) {
  for (size_t at = 0; (at = sql.find('{', at)) != std::string_view::npos;) {
    const char next = at + 1 < sql.size() ? sql[at + 1] : '\0';
    if (next == '%') return false;
    if (next == '#') {
      const size_t end = sql.find("#}", at + 2);
      if (end == std::string_view::npos) return false;
      at = end + 2;
    } else if (next == '{') {
      Recognizer recognizer(sql.substr(at + 2));
      if (!recognizer.expression() || !recognizer.rest().starts_with("}}")) return false;
      at = sql.size() - recognizer.rest().size() + 2;
    } else {
      ++at;
    }
  }
  return true;
}

}  // namespace modelc
