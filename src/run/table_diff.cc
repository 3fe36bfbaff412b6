#include "run/table_diff.h"

#include <algorithm>
#include <map>

#include "base/json.h"

namespace modelc {
namespace {

using Row = std::vector<std::optional<std::string>>;

constexpr size_t none = SIZE_MAX;
constexpr std::string_view arrow = "→";

enum class Mark : uint8_t { same, added, removed, changed, gap };

/// A line of the result: the row of each side that it shows.
struct Line {
  Mark mark;
  size_t expected = none, actual = none;
};

/// daff writes a null of a whole new or missing row in small letters.
std::string shown(const std::optional<std::string>& cell, std::string_view null = "NULL") {
  return cell ? *cell : std::string(null);
}

/// Columns on the screen: code points.
size_t width(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// Nulls last, else by text; numbers by value.
bool row_before(const Row& a, const Row& b) {
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (a[i].has_value() != b[i].has_value()) return a[i].has_value();
    if (!a[i] || *a[i] == *b[i]) continue;
    char *end_a = nullptr, *end_b = nullptr;
    const double x = std::strtod(a[i]->c_str(), &end_a), y = std::strtod(b[i]->c_str(), &end_b);
    const bool numbers = !a[i]->empty() && !b[i]->empty() && *end_a == '\0' && *end_b == '\0';
    if (numbers && x != y) return x < y;
    return *a[i] < *b[i];
  }
  return false;
}

/// The row's cells under the columns of `mask`, as one key.
std::string key_of(const Row& row, size_t mask) {
  std::string key;
  for (size_t i = 0; i < row.size(); ++i) {
    if (i < 64 && !(mask >> i & 1)) continue;
    key += row[i] ? "v" + *row[i] : "n";
    key += '\x1f';
  }
  return key;
}

/// Pairs of rows that are to stand on one line: equal ones first, then those that agree, alone, in most columns.
class Alignment {
 public:
  Alignment(const std::vector<Row>& expected, const std::vector<Row>& actual, size_t columns)
      : expected_(expected), actual_(actual), to_actual_(expected.size(), none), to_expected_(actual.size(), none) {
    pair_equal_rows();
    if (columns < 2) return;
    const size_t top = std::min<size_t>(columns, 5);
    std::vector<size_t> masks;
    for (size_t mask = 1; mask < (size_t(1) << top); ++mask) masks.push_back(mask);
    std::stable_sort(masks.begin(), masks.end(),
                     [](size_t a, size_t b) { return __builtin_popcountll(a) > __builtin_popcountll(b); });
    for (size_t mask : masks) pair_unique(columns > top ? mask | ~((size_t(1) << top) - 1) : mask);
    if (columns > top) {
      for (size_t mask : masks) pair_unique(mask);
    }
  }

  size_t actual_of(size_t expected) const { return to_actual_[expected]; }
  size_t expected_of(size_t actual) const { return to_expected_[actual]; }

 private:
  void link(size_t expected, size_t actual) {
    to_actual_[expected] = actual;
    to_expected_[actual] = expected;
  }

  void pair_equal_rows() {
    std::map<std::string, std::vector<size_t>> waiting;
    for (size_t i = actual_.size(); i-- > 0;) waiting[key_of(actual_[i], SIZE_MAX)].push_back(i);
    for (size_t i = 0; i < expected_.size(); ++i) {
      auto& same = waiting[key_of(expected_[i], SIZE_MAX)];
      if (same.empty()) continue;
      link(i, same.back());
      same.pop_back();
    }
  }

  void pair_unique(size_t mask) {
    std::map<std::string, std::pair<size_t, size_t>> of_expected, of_actual;  // key -> row, how many
    for (size_t i = 0; i < expected_.size(); ++i) {
      if (to_actual_[i] == none)
        of_expected[key_of(expected_[i], mask)].first = i, ++of_expected[key_of(expected_[i], mask)].second;
    }
    for (size_t i = 0; i < actual_.size(); ++i) {
      if (to_expected_[i] == none)
        of_actual[key_of(actual_[i], mask)].first = i, ++of_actual[key_of(actual_[i], mask)].second;
    }
    for (const auto& [key, row] : of_expected) {
      const auto found = of_actual.find(key);
      if (row.second == 1 && found != of_actual.end() && found->second.second == 1)
        link(row.first, found->second.first);
    }
  }

  const std::vector<Row>& expected_;
  const std::vector<Row>& actual_;
  std::vector<size_t> to_actual_, to_expected_;
};

/// In the order of the actual rows; what is missing stands behind the row that it followed in the expected ones.
std::vector<Line> order_lines(const std::vector<Row>& expected, const std::vector<Row>& actual,
                              const Alignment& pairs) {
  std::map<size_t, std::vector<size_t>> missing_after;  // actual row + 1 (0 = the start) -> expected rows
  size_t last = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    if (pairs.actual_of(i) != none)
      last = pairs.actual_of(i) + 1;
    else
      missing_after[last].push_back(i);
  }
  std::vector<Line> lines;
  std::vector<size_t> pending = missing_after[0];
  const auto flush = [&] {
    for (size_t i : pending) lines.push_back({Mark::removed, i, none});
    pending.clear();
  };
  for (size_t i = 0; i < actual.size(); ++i) {
    const size_t partner = pairs.expected_of(i);
    if (partner == none) {
      lines.push_back({Mark::added, none, i});
      continue;
    }
    flush();
    lines.push_back({expected[partner] == actual[i] ? Mark::same : Mark::changed, partner, i});
    pending = missing_after[i + 1];
  }
  flush();
  return lines;
}

/// Equal rows far from any difference become "...".
std::vector<Line> shorten(const std::vector<Line>& lines) {
  std::vector<Line> out;
  for (size_t i = 0; i < lines.size(); ++i) {
    const bool near = lines[i].mark != Mark::same || (i > 0 && lines[i - 1].mark != Mark::same) ||
                      (i + 1 < lines.size() && lines[i + 1].mark != Mark::same);
    if (near)
      out.push_back(lines[i]);
    else if (out.empty() || out.back().mark != Mark::gap)
      out.push_back({Mark::gap, none, none});
  }
  return out;
}

struct Cell {
  std::string text, colored;
};

Cell paint(const std::string& text, std::string_view code, bool colors) {
  return {text, colors && !code.empty() ? "\x1b[" + std::string(code) + "m" + text + "\x1b[0m" : text};
}

Cell paint_change(const std::string& before, const std::string& after, bool colors) {
  const std::string plain = before + std::string(arrow) + after;
  return {plain, colors ? "\x1b[31;1m" + before + "\x1b[34;1m" + std::string(arrow) + "\x1b[32;1m" + after + "\x1b[0m"
                        : plain};
}

std::vector<Cell> cells_of(const Line& line, const DiffTable& expected, const DiffTable& actual,
                           const std::vector<Row>& expected_rows, const std::vector<Row>& actual_rows, bool colors) {
  std::vector<Cell> cells;
  const size_t columns = std::max(expected.columns.size(), actual.columns.size());
  switch (line.mark) {
    case Mark::gap:
      return std::vector<Cell>(columns + 1, paint("...", "", colors));
    case Mark::same:
      cells.push_back(paint("", "", colors));
      break;
    case Mark::added:
      cells.push_back(paint("+++", "32;1", colors));
      break;
    case Mark::removed:
      cells.push_back(paint("---", "31;1", colors));
      break;
    case Mark::changed:
      cells.push_back(paint_change("", "", colors));
      break;
  }
  for (size_t i = 0; i < columns; ++i) {
    const auto left = line.expected != none && i < expected_rows[line.expected].size() ? expected_rows[line.expected][i]
                                                                                       : std::nullopt;
    const auto right =
        line.actual != none && i < actual_rows[line.actual].size() ? actual_rows[line.actual][i] : std::nullopt;
    if (line.mark == Mark::added)
      cells.push_back(paint(shown(right, "null"), "32;1", colors));
    else if (line.mark == Mark::removed)
      cells.push_back(paint(shown(left, "null"), "31;1", colors));
    else if (line.mark == Mark::changed && left != right)
      cells.push_back(paint_change(shown(left), shown(right), colors));
    else
      cells.push_back(paint(shown(right), "", colors));
  }
  return cells;
}

std::string lay_out(const std::vector<std::vector<Cell>>& grid, bool colors) {
  std::vector<size_t> widths;
  for (const auto& row : grid) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i].text));
  }
  const std::string comma = colors ? "\x1b[33m,\x1b[0m" : ",";
  std::string out;
  for (const auto& row : grid) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out += comma;
      out += row[i].colored;
      if (i + 1 < row.size()) out.append(widths[i] - width(row[i].text), ' ');
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace

std::optional<std::string> diff_cell(const jinja::Value& value) {
  if (value.is_none() || value.is_undefined()) return std::nullopt;
  if (value.is_bool()) return value.as_bool() ? "True" : "False";
  if (value.is_float()) {
    std::string text = format_double(value.as_float());
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return text;
  }
  return jinja::to_str(value);
}

std::string table_diff(const DiffTable& expected, const DiffTable& actual, bool colors) {
  std::vector<Row> expected_rows = expected.rows, actual_rows = actual.rows;
  std::stable_sort(expected_rows.begin(), expected_rows.end(), row_before);
  std::stable_sort(actual_rows.begin(), actual_rows.end(), row_before);
  const Alignment pairs(expected_rows, actual_rows, actual.columns.size());
  const auto lines = order_lines(expected_rows, actual_rows, pairs);
  if (std::all_of(lines.begin(), lines.end(), [](const Line& line) { return line.mark == Mark::same; })) return {};

  std::vector<std::vector<Cell>> grid;
  std::vector<Cell> header = {paint("@@", "0;1", colors)};
  for (const auto& column : actual.columns) header.push_back(paint(column, "0;1", colors));
  grid.push_back(std::move(header));
  for (const Line& line : shorten(lines))
    grid.push_back(cells_of(line, expected, actual, expected_rows, actual_rows, colors));
  return lay_out(grid, colors);
}

}  // namespace modelc
