#include "parse/macro_blocks.h"

#include <algorithm>

namespace modelc {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

constexpr size_t npos = std::string_view::npos;

class Scanner {
 public:
  explicit Scanner(std::string_view text, bool of_snapshots = false)
      : text_(text), out_(text), of_snapshots_(of_snapshots) {
    for (char& c : out_)
      if (c != '\n') c = ' ';
  }

  std::optional<std::string> run() {
    while ((at_ = text_.find('{', at_)) != npos && at_ + 1 < text_.size()) {
      const char kind = text_[at_ + 1];
      bool ended = true;
      if (kind == '#')
        ended = skip_behind("#}");
      else if (kind == '{')
        ended = skip_code("}}");
      else if (kind == '%')
        ended = tag();
      else
        ++at_;
      if (!ended) return std::nullopt;
    }
    if (open_ != npos) return std::nullopt;
    return std::move(out_);
  }

  std::vector<std::string> take_unexpected() { return std::move(unexpected_); }

 private:
  bool starts_block(std::string_view word) const {
    if (of_snapshots_) return word == "snapshot";
    return word == "macro" || word == "test" || word == "data_test" || word == "materialization";
  }

  bool skip_behind(std::string_view closing) {
    const size_t end = text_.find(closing, at_ + 2);
    at_ = end == npos ? text_.size() : end + closing.size();
    return end != npos;
  }

  /// Behind `closing`, which strings may hold.
  bool skip_code(std::string_view closing) {
    for (at_ += 2; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\'' || c == '"') {
        for (++at_; at_ < text_.size() && text_[at_] != c; ++at_)
          if (text_[at_] == '\\') ++at_;
      } else if (text_.substr(at_).starts_with(closing)) {
        at_ += closing.size();
        return true;
      }
    }
    return false;
  }

  bool tag() {
    const size_t begin = at_;
    size_t name = at_ + 2;
    if (name < text_.size() && (text_[name] == '-' || text_[name] == '+')) ++name;
    while (name < text_.size() && is_space(text_[name])) ++name;
    size_t end = name;
    while (end < text_.size() && is_word(text_[end])) ++end;
    const std::string_view word = text_.substr(name, end - name);
    if (word.empty()) {  // no tag: dbt looks on for the next
      at_ += 2;
      return true;
    }
    const bool starts = starts_block(word);
    if (open_ == npos && !starts) unexpected_.emplace_back(word);
    if (word == "raw") return skip_raw();
    if (!skip_code("%}")) return false;
    if (starts && open_ == npos) {
      open_ = begin;
      open_word_ = word;
    } else if (open_ != npos && word.starts_with("end") && word.substr(3) == open_word_) {
      std::copy(text_.begin() + static_cast<ptrdiff_t>(open_), text_.begin() + static_cast<ptrdiff_t>(at_),
                out_.begin() + static_cast<ptrdiff_t>(open_));
      open_ = npos;
    }
    return true;
  }

  bool skip_raw() {
    while ((at_ = text_.find("{%", at_ + 2)) != npos) {
      size_t name = at_ + 2;
      while (name < text_.size() && (is_space(text_[name]) || text_[name] == '-' || text_[name] == '+')) ++name;
      if (text_.substr(name).starts_with("endraw")) return skip_code("%}");
    }
    at_ = text_.size();
    return false;
  }

  std::string_view text_;
  std::string out_;
  std::vector<std::string> unexpected_;
  bool of_snapshots_;
  size_t at_ = 0;
  size_t open_ = npos;  ///< where the block began that is being read
  std::string_view open_word_;
};

}  // namespace

std::optional<std::string> blocks_alone(std::string_view text) { return Scanner(text).run(); }

std::vector<std::string> tags_between_blocks(std::string_view text, bool of_snapshots) {
  Scanner scanner(text, of_snapshots);
  scanner.run();
  return scanner.take_unexpected();
}

}  // namespace modelc
