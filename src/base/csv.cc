#include "base/csv.h"

#include "base/text.h"

namespace modelc {
namespace {

[[noreturn]] void fail(const SourceFile& file, std::string slug, std::string message, size_t at, std::string hint) {
  throw Error(ErrorKind::runtime, "base/csv-" + slug, std::move(message),
              Span{&file, static_cast<uint32_t>(at), static_cast<uint32_t>(at + 1)}, std::move(hint));
}

/// The first byte that does not belong to a valid character.
size_t first_invalid_byte(std::string_view text) {
  size_t line = 0;
  for (size_t end;
       (end = text.find('\n', line)) != std::string_view::npos && is_valid_utf8(text.substr(line, end - line));
       line = end + 1) {
  }
  size_t at = line;
  for (size_t length = 1; at < text.size();) {
    if (is_valid_utf8(text.substr(at, length))) {
      at += length;
      length = 1;
    } else if (++length > 4) {
      break;
    }
  }
  return at;
}

}  // namespace

CsvReader::CsvReader(const SourceFile& file, char delimiter, CsvBlankLines blank_lines)
    : file_(file), text_(file.text()), delimiter_(delimiter), blank_lines_(blank_lines) {}

bool CsvReader::at_line_end() const {
  return position_ >= text_.size() || text_[position_] == '\n' || text_[position_] == '\r';
}

void CsvReader::skip_line_end() {
  if (position_ >= text_.size()) return;
  if (text_[position_] == '\r' && position_ + 1 < text_.size() && text_[position_ + 1] == '\n') ++position_;
  ++position_;
}

CsvField CsvReader::read_plain() {
  const size_t begin = position_;
  while (!at_line_end() && text_[position_] != delimiter_) ++position_;
  return {text_.substr(begin, position_ - begin), false};
}

CsvField CsvReader::read_quoted(size_t index) {
  const size_t open = position_++;
  const size_t begin = position_;
  const size_t close = text_.find_first_of("\"\r", position_);
  const auto ends_field = [&](size_t at) {
    return at >= text_.size() || text_[at] == delimiter_ || text_[at] == '\n' || text_[at] == '\r';
  };
  if (close != std::string_view::npos && text_[close] == '"' && ends_field(close + 1)) {  // nothing to unescape
    position_ = close + 1;
    return {text_.substr(begin, close - begin), true};
  }
  const size_t scratch_begin = scratch_.size();
  for (;; ++position_) {
    if (position_ >= text_.size()) {
      fail(file_, "unterminated-quote", "the quote that opens here is never closed", open,
           "double a quote that belongs to the text (\"\"), or close the field");
    }
    const char c = text_[position_];
    if (c == '"') {
      if (position_ + 1 >= text_.size() || text_[position_ + 1] != '"') break;
      ++position_;
    }
    if (c == '\r') {
      if (position_ + 1 < text_.size() && text_[position_ + 1] == '\n') ++position_;
      scratch_ += '\n';
    } else {
      scratch_ += c;
    }
  }
  ++position_;
  while (!ends_field(position_)) scratch_ += text_[position_++];  // Python keeps what follows a closing quote
  scratch_fields_.push_back({index, scratch_begin, scratch_.size() - scratch_begin});
  return {{}, true};
}

bool CsvReader::next(std::vector<CsvField>& row) {
  row.clear();
  scratch_.clear();
  scratch_fields_.clear();
  if (position_ == 0) {
    if (!is_valid_utf8(text_))
      fail(file_, "encoding", "the file is not valid UTF-8", first_invalid_byte(text_), "save it as UTF-8");
    if (text_.starts_with("\xEF\xBB\xBF")) position_ = 3;
  }
  while (blank_lines_ == CsvBlankLines::skip && position_ < text_.size() && at_line_end()) skip_line_end();
  if (position_ >= text_.size()) return false;
  row_offset_ = static_cast<uint32_t>(position_);
  if (at_line_end()) {
    skip_line_end();
    return true;
  }
  for (;;) {
    row.push_back(!at_line_end() && text_[position_] == '"' ? read_quoted(row.size()) : read_plain());
    if (at_line_end()) break;
    ++position_;  // the delimiter
  }
  skip_line_end();
  for (const ScratchField& field : scratch_fields_)
    row[field.index].text = std::string_view(scratch_).substr(field.offset, field.length);
  return true;
}

}  // namespace modelc
