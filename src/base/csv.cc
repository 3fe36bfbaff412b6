#include "base/csv.h"

#include <algorithm>

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
    : file_(&file), text_(file.text()), delimiter_(delimiter), blank_lines_(blank_lines) {}

CsvReader::CsvReader(std::string_view text, char delimiter)
    : text_(text), delimiter_(delimiter), blank_lines_(CsvBlankLines::skip) {}

std::string_view CsvReader::row_text() const { return text_.substr(row_offset_, row_end_ - row_offset_); }

void CsvReader::start() {
  started_ = true;
  if (!is_valid_utf8(text_)) {
    if (file_) fail(*file_, "encoding", "the file is not valid UTF-8", first_invalid_byte(text_), "save it as UTF-8");
    check_encoding_ = true;
  }
  if (text_.starts_with("\xEF\xBB\xBF")) position_ = 3;
}

bool CsvReader::at_line_end() const {
  return position_ >= text_.size() || text_[position_] == '\n' || text_[position_] == '\r';
}

void CsvReader::skip_line_end() {
  if (position_ >= text_.size()) return;
  if (text_[position_] == '\r' && position_ + 1 < text_.size() && text_[position_ + 1] == '\n') ++position_;
  ++position_;
  ++line_;
}

bool CsvReader::unclosed_quote(size_t open) {
  if (file_) {
    fail(*file_, "unterminated-quote", "the quote that opens here is never closed", open,
         "double a quote that belongs to the text (\"\"), or close the field");
  }
  fault_ = "a quote is opened and never closed";
  position_ = std::min(text_.find_first_of("\r\n", row_offset_), text_.size());
  line_ = row_line_;
  return true;
}

CsvField CsvReader::read_plain() {
  const size_t begin = position_;
  const char* const end = text_.data() + text_.size();
  const char* at = text_.data() + begin;
  while (at < end && *at != delimiter_ && *at != '\n' && *at != '\r') ++at;
  position_ = static_cast<size_t>(at - text_.data());
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
    line_ += static_cast<size_t>(
        std::count(text_.begin() + static_cast<ptrdiff_t>(begin), text_.begin() + static_cast<ptrdiff_t>(close), '\n'));
    return {text_.substr(begin, close - begin), true};
  }
  const size_t scratch_begin = scratch_.size();
  for (;; ++position_) {
    if (position_ >= text_.size() && unclosed_quote(open)) return {};
    const char c = text_[position_];
    if (c == '"') {
      if (position_ + 1 >= text_.size() || text_[position_ + 1] != '"') break;
      ++position_;
    }
    if (c == '\r') {
      if (position_ + 1 < text_.size() && text_[position_ + 1] == '\n') ++position_;
      scratch_ += '\n';
      ++line_;
    } else {
      scratch_ += c;
      if (c == '\n') ++line_;
    }
  }
  ++position_;
  while (!ends_field(position_)) scratch_ += text_[position_++];  // Python keeps what follows a closing quote
  scratch_fields_.push_back({index, scratch_begin, scratch_.size() - scratch_begin});
  return {{}, true};
}

void CsvReader::keep_scratch(std::vector<CsvField>& row) {
  for (const ScratchField& field : scratch_fields_)
    row[field.index].text = std::string_view(scratch_).substr(field.offset, field.length);
}

bool CsvReader::next(std::vector<CsvField>& row) {
  row.clear();
  scratch_.clear();
  scratch_fields_.clear();
  fault_ = {};
  if (!started_) start();
  while (blank_lines_ == CsvBlankLines::skip && position_ < text_.size() && at_line_end()) skip_line_end();
  if (position_ >= text_.size()) return false;
  row_offset_ = row_end_ = position_;
  row_line_ = line_;
  if (at_line_end()) {
    skip_line_end();
    return true;
  }
  for (;;) {
    row.push_back(!at_line_end() && text_[position_] == '"' ? read_quoted(row.size()) : read_plain());
    if (!fault_.empty() || at_line_end()) break;
    ++position_;  // the delimiter
  }
  row_end_ = position_;
  skip_line_end();
  keep_scratch(row);
  if (check_encoding_ && fault_.empty() && !is_valid_utf8(row_text())) fault_ = "the text is not valid UTF-8";
  return true;
}

}  // namespace modelc
