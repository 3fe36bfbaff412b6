// The text of a data file: unpacked when it is gzipped, and turned into UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace modelc {

/// Gunzips `bytes` when they begin as gzip does (several members are one text), then turns them into UTF-8: a byte
/// order mark of UTF-8, UTF-16 or UTF-32 decides, else `encoding` (any name that iconv knows; "" or "utf-8" = as it
/// is, which may be invalid). The mark itself is left out. Throws Error{runtime, "tabular/gzip" or
/// "tabular/encoding"} without a place: the caller knows the file.
std::string file_text(std::string bytes, std::string_view encoding);

/// Invalid bytes replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

}  // namespace modelc
