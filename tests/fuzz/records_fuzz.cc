// Any bytes read as records to their end, in every format: what can't be read is a record with a fault, each lies in
// the text, and what casts to a type does so within bounds. The first byte chooses the format.
#include <cstdlib>

#include "base/diagnostic.h"
#include "tabular/file_text.h"
#include "tabular/records.h"

using namespace modelc;

namespace {

RecordFormat format_of(uint8_t choice) {
  RecordFormat format;
  format.format = choice % 3 == 0 ? TableFormat::csv : choice % 3 == 1 ? TableFormat::json : TableFormat::json_lines;
  format.header = choice % 2 == 0;
  format.columns = {"a", "b"};
  if (choice & 8) format.records = {"data"};
  return format;
}

void read(std::string_view text, const RecordFormat& format) {
  std::vector<ColumnCaster> casters;
  for (const auto kind : {ColumnKind::natural, ColumnKind::text, ColumnKind::integer, ColumnKind::real,
                          ColumnKind::decimal, ColumnKind::boolean, ColumnKind::date, ColumnKind::timestamp})
    casters.emplace_back(ColumnRule{"c", kind, {}}, std::vector<std::string>{""});
  casters.emplace_back(ColumnRule{"c", ColumnKind::timestamp, {"%d/%m/%Y %H:%M:%S.%f", "%c"}},
                       std::vector<std::string>());
  const auto reader = read_records(text, format);
  Record record;
  size_t records = 0, line = 1;
  while (reader->next(record)) {
    if (++records > text.size() + 1 || record.line < line) std::abort();
    line = record.line;
    if (record.raw.data() < text.data() || record.raw.data() + record.raw.size() > text.data() + text.size())
      std::abort();
    if (!record.fault.empty() && !record.fields.empty()) std::abort();
    Cell cell;
    for (const RawField& field : record.fields)
      for (ColumnCaster& caster : casters) caster.cast(field.value, cell);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  try {
    read(text, format_of(data[0]));
  } catch (const Error&) {  // a header that can't be read
  }
  try {
    file_text(text, data[0] & 16 ? "latin1" : "");
  } catch (const Error&) {
  }
  valid_utf8(text);
  return 0;
}
