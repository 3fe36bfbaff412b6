// Any bytes either read as CSV to the last row or are refused with a place; fields never outgrow the text.
#include <cstdlib>

#include "base/csv.h"

using namespace modelc;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const SourceFile file("fuzz.csv", std::string(reinterpret_cast<const char*>(data), size));
  for (const auto blank : {CsvBlankLines::skip, CsvBlankLines::keep}) {
    CsvReader reader(file, ',', blank);
    std::vector<CsvField> row;
    size_t rows = 0, bytes = 0;
    try {
      while (reader.next(row)) {
        if (++rows > size + 1 || reader.row_offset() > size) std::abort();
        for (const CsvField& field : row) bytes += field.text.size();
      }
      if (bytes > size) std::abort();
    } catch (const Error& error) {
      if (!error.diagnostic().span) std::abort();
      render_diagnostic(error.diagnostic());
    }
  }
  return 0;
}
