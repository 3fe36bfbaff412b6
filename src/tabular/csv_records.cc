#include <fmt/format.h>

#include <unordered_set>

#include "base/csv.h"
#include "base/diagnostic.h"
#include "base/text.h"
#include "tabular/readers.h"

namespace modelc {
namespace {

[[noreturn]] void fail_header(std::string message, std::string hint) {
  throw Error(ErrorKind::runtime, "tabular/csv-header", std::move(message), {}, std::move(hint));
}

class CsvRecords final : public RecordReader {
 public:
  CsvRecords(std::string_view text, const RecordFormat& format) : reader_(text, format.delimiter) {
    if (format.header)
      read_header();
    else
      names_ = format.columns;
  }

  bool next(Record& record) override {
    record.fields.clear();
    record.fault.clear();
    if (!reader_.next(row_)) return false;
    record.line = reader_.row_line();
    record.raw = reader_.row_text();
    if (!reader_.fault().empty()) {
      record.fault = reader_.fault();
    } else if (row_.size() != names_.size()) {
      record.fault = fmt::format("{} fields where there are {} columns", row_.size(), names_.size());
    } else {
      for (size_t i = 0; i < row_.size(); ++i) {
        const auto kind = row_[i].quoted ? RawValue::Kind::quoted : RawValue::Kind::plain;
        record.fields.push_back({names_[i], {kind, row_[i].text}});
      }
    }
    return true;
  }

  const std::vector<std::string>& names() const override { return names_; }

 private:
  void read_header() {
    if (!reader_.next(row_)) return;
    if (!reader_.fault().empty()) {
      fail_header(fmt::format("the header can't be read: {}", reader_.fault()),
                  "the first row must name the columns; is the option `encoding` the right one?");
    }
    std::unordered_set<std::string> seen;
    for (const CsvField& field : row_) {
      std::string name(trim(field.text));
      if (name.empty()) name = fmt::format("column_{}", names_.size() + 1);
      if (!seen.insert(to_lower(name)).second) {
        fail_header(fmt::format("the header names the column '{}' twice", name),
                    "rename one of them; names that differ only in case are the same");
      }
      names_.push_back(std::move(name));
    }
  }

  CsvReader reader_;
  std::vector<std::string> names_;
  std::vector<CsvField> row_;
};

}  // namespace

std::unique_ptr<RecordReader> read_csv_records(std::string_view text, const RecordFormat& format) {
  return std::make_unique<CsvRecords>(text, format);
}

std::unique_ptr<RecordReader> read_records(std::string_view text, const RecordFormat& format) {
  return format.format == TableFormat::csv ? read_csv_records(text, format) : read_json_records(text, format);
}

}  // namespace modelc
