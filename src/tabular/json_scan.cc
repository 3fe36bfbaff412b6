#include "tabular/json_scan.h"

#include <algorithm>
#include <string>

namespace modelc {

void JsonScanner::skip_space() {
  while (!done() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) ++at_;
}

bool JsonScanner::take(char c) {
  skip_space();
  if (peek() != c || done()) return false;
  ++at_;
  return true;
}

bool JsonScanner::skip_string() {
  for (++at_; !done(); ++at_) {
    if (text_[at_] == '\\')
      ++at_;
    else if (text_[at_] == '"') {
      ++at_;
      return true;
    }
  }
  return false;
}

bool JsonScanner::skip_brackets() {
  std::string open;  // the brackets that wait for their end
  while (!done()) {
    const char c = text_[at_];
    if (c == '"') {
      if (!skip_string()) return false;
      continue;
    }
    ++at_;
    if (c == '{' || c == '[') open += c == '{' ? '}' : ']';
    if (c != '}' && c != ']') continue;
    if (open.empty() || open.back() != c) return false;
    open.pop_back();
    if (open.empty()) return true;
  }
  return false;
}

std::optional<std::string_view> JsonScanner::value() {
  skip_space();
  const size_t begin = at_;
  if (done()) return std::nullopt;
  const char c = text_[at_];
  if (c == '"') {
    if (!skip_string()) return std::nullopt;
  } else if (c == '{' || c == '[') {
    if (!skip_brackets()) return std::nullopt;
  } else {
    at_ = std::min(text_.find_first_of(",:]}[{\" \t\r\n", at_), text_.size());
    if (at_ == begin) return std::nullopt;
  }
  return text_.substr(begin, at_ - begin);
}

}  // namespace modelc
