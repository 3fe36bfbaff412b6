// cast(x as date) in SQL. SQLite takes every type name that it does not know for a number: of '2026-01-31' it makes
// 2026.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace modelc::sqlite {

/// SQL in which casts to dates, times, timestamps, truth values and numbers with decimal places call functions that
/// mean them: cast(x as date) -> cast(date(x) as text), cast(x as numeric(28, 6)) -> cast(round(x, 6) as numeric(28,
/// 6)). Everything else stays, comments and blanks too.
class TypeCasts {
 public:
  /// `sql` must live as long as this object: without such a cast, text() is `sql` itself.
  explicit TypeCasts(std::string_view sql);

  std::string_view text() const { return edits_.empty() ? original_ : std::string_view(text_); }
  bool changed() const { return !edits_.empty(); }
  /// The place in the original SQL of a byte of text(); of bytes that were put in, the place before them.
  size_t original_offset(size_t offset) const;

 private:
  struct Edit {
    size_t begin = 0, end = 0;  ///< range of the original
    std::string text;
  };
  void find_casts();
  void apply();

  std::string_view original_;
  std::string text_;
  std::vector<Edit> edits_;  ///< in order of their places
};

}  // namespace modelc::sqlite
