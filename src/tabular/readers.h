// The readers behind read_records. Internal to the tabular folder.
#pragma once

#include "tabular/records.h"

namespace modelc {

std::unique_ptr<RecordReader> read_csv_records(std::string_view text, const RecordFormat& format);
std::unique_ptr<RecordReader> read_json_records(std::string_view text, const RecordFormat& format);

}  // namespace modelc
