#include "base/source.h"

#include <fmt/format.h>

#include <algorithm>

namespace modelc {

LineColumn SourceFile::line_column(uint32_t offset) const {
  const std::string_view before = std::string_view(text_).substr(0, std::min<size_t>(offset, text_.size()));
  const size_t line_start = before.rfind('\n') + 1;  // npos + 1 == 0
  const auto breaks = std::count(before.begin(), before.end(), '\n');
  return {static_cast<uint32_t>(breaks + 1), static_cast<uint32_t>(before.size() - line_start + 1)};
}

std::string_view SourceFile::line_at(uint32_t offset) const {
  const std::string_view text(text_);
  const size_t at = std::min<size_t>(offset, text.size());
  const size_t begin = text.substr(0, at).rfind('\n') + 1;
  const size_t end = text.find('\n', at);
  std::string_view line = text.substr(begin, end == std::string_view::npos ? end : end - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string format_place(const Span& span) {
  if (!span) return "";
  const LineColumn place = span.file->line_column(span.begin);
  return fmt::format("{}:{}:{}", span.file->path(), place.line, place.column);
}

const SourceFile* SourceMap::add(std::string path, std::string text) {
  std::lock_guard lock(mutex_);
  return &files_.emplace_back(std::move(path), std::move(text));
}

}  // namespace modelc
