#include "base/source.h"

#include <fmt/format.h>

#include <algorithm>

namespace modelc {
namespace {

size_t line_begin(std::string_view text, size_t offset) {
  if (offset == 0) return 0;
  const size_t newline = text.rfind('\n', offset - 1);
  return newline == std::string_view::npos ? 0 : newline + 1;
}

}  // namespace

LineColumn SourceFile::line_column(uint32_t offset) const {
  const std::string_view text = text_;
  const size_t at = std::min<size_t>(offset, text.size());
  const auto lines = std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(at), '\n');
  return {static_cast<uint32_t>(lines) + 1 + lines_before_, static_cast<uint32_t>(at - line_begin(text, at)) + 1};
}

std::string_view SourceFile::line_at(uint32_t offset) const {
  const std::string_view text = text_;
  const size_t at = std::min<size_t>(offset, text.size());
  const size_t begin = line_begin(text, at);
  size_t end = text.find('\n', at);
  if (end == std::string_view::npos) end = text.size();
  if (end > begin && text[end - 1] == '\r') --end;
  return text.substr(begin, end - begin);
}

std::string format_place(const Span& span) {
  if (!span) return {};
  const LineColumn place = span.file->line_column(span.begin);
  return fmt::format("{}:{}:{}", span.file->path(), place.line, place.column);
}

const SourceFile* SourceMap::add(std::string path, std::string text, uint32_t lines_before) {
  std::lock_guard lock(mutex_);
  return &files_.emplace_back(std::move(path), std::move(text), lines_before);
}

}  // namespace modelc
