// Source texts and places in them.
//
// Every token, node and error of modelc refers to a place by byte offsets into a SourceFile; line and column are
// computed only when something is printed. A SourceMap owns all texts for the life of an invocation, so a Span and a
// std::string_view into a text stay valid until the program ends its work.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace modelc {

/// A 1-based line and column; the column counts bytes.
struct LineColumn {
  uint32_t line = 1;
  uint32_t column = 1;
};

/// One text with the name under which it is shown to the user (a path relative to its package, or "<inline>").
/// Immutable after construction; any thread may read it.
class SourceFile {
 public:
  /// `lines_before`: lines that stand before the text in the file itself (leading blank lines left out, a block of a
  /// file); line_column counts them.
  SourceFile(std::string path, std::string text, uint32_t lines_before = 0)
      : path_(std::move(path)), text_(std::move(text)), lines_before_(lines_before) {}
  SourceFile(const SourceFile&) = delete;
  SourceFile& operator=(const SourceFile&) = delete;

  const std::string& path() const { return path_; }
  std::string_view text() const { return text_; }

  /// The place of byte `offset`; offsets past the end give the end of the text. Costs a scan of the text.
  LineColumn line_column(uint32_t offset) const;
  /// The line that holds byte `offset`, without its line break.
  std::string_view line_at(uint32_t offset) const;

 private:
  std::string path_;
  std::string text_;
  uint32_t lines_before_ = 0;
};

/// A half-open byte range of a file. A default-constructed Span is "no known place".
struct Span {
  const SourceFile* file = nullptr;  ///< not owned; lives in a SourceMap
  uint32_t begin = 0;
  uint32_t end = 0;

  explicit operator bool() const { return file != nullptr; }
  std::string_view text() const { return file ? file->text().substr(begin, end - begin) : std::string_view(); }
  bool operator==(const Span&) const = default;
};

/// "path:line:column" of a span's begin, or "" for an unknown place.
std::string format_place(const Span& span);

/// Owns source texts. `add` may be called from any thread; the returned pointer is stable.
class SourceMap {
 public:
  const SourceFile* add(std::string path, std::string text, uint32_t lines_before = 0);

 private:
  std::mutex mutex_;
  std::deque<SourceFile> files_;
};

}  // namespace modelc
