#include "tabular/file_text.h"

#include <fmt/format.h>
#include <iconv.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <memory>

#include "base/diagnostic.h"
#include "base/text.h"

namespace modelc {
namespace {

struct InflateEnd {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

[[noreturn]] void fail_gzip(std::string_view cause) {
  throw Error(ErrorKind::runtime, "tabular/gzip", fmt::format("the gzipped data is damaged: {}", cause), {},
              "pack the file anew; `gzip -t` tells whether it is whole");
}

/// The size that the last member claims, as a guess of the whole; 4 bytes at the end, little endian.
size_t claimed_size(std::string_view bytes) {
  size_t size = 0;
  for (size_t i = 0; i < 4; ++i)
    size |= static_cast<size_t>(static_cast<unsigned char>(bytes[bytes.size() - 4 + i])) << 8 * i;
  return std::min(size, bytes.size() * 64);
}

std::string gunzip(std::string_view bytes) {
  constexpr int gzip_window = 15 + 16;
  z_stream stream{};
  if (inflateInit2(&stream, gzip_window) != Z_OK) fail_gzip("zlib cannot be started");
  const std::unique_ptr<z_stream, InflateEnd> guard(&stream);
  std::string text;
  text.resize(claimed_size(bytes) + 1024);
  size_t written = 0;
  size_t taken = 0;
  for (;;) {
    if (written == text.size()) text.resize(text.size() * 2);
    const size_t chunk = std::min<size_t>(bytes.size() - taken, std::numeric_limits<uInt>::max());
    const size_t room = std::min<size_t>(text.size() - written, std::numeric_limits<uInt>::max());
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data() + taken));
    stream.avail_in = static_cast<uInt>(chunk);
    stream.next_out = reinterpret_cast<Bytef*>(text.data() + written);
    stream.avail_out = static_cast<uInt>(room);
    const int code = inflate(&stream, Z_NO_FLUSH);
    taken += chunk - stream.avail_in;
    written += room - stream.avail_out;
    if (code == Z_STREAM_END) {
      const bool more = taken + 1 < bytes.size() && bytes[taken] == '\x1f' && bytes[taken + 1] == '\x8b';
      if (!more) break;
      inflateReset(&stream);
    } else if (code == Z_BUF_ERROR && taken == bytes.size()) {
      fail_gzip("it ends too early");
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      fail_gzip(stream.msg ? stream.msg : "unknown reason");
    }
  }
  text.resize(written);
  return text;
}

struct Mark {
  std::string_view bytes, encoding;
};
constexpr Mark marks[] = {
    {{"\xEF\xBB\xBF", 3}, "utf-8"}, {{"\xFF\xFE\0\0", 4}, "utf-32le"}, {{"\0\0\xFE\xFF", 4}, "utf-32be"},
    {{"\xFF\xFE", 2}, "utf-16le"},  {{"\xFE\xFF", 2}, "utf-16be"},
};

std::string to_utf8(std::string_view bytes, const std::string& encoding) {
  const iconv_t converter = iconv_open("UTF-8", encoding.c_str());
  if (converter == reinterpret_cast<iconv_t>(-1)) {
    throw Error(ErrorKind::runtime, "tabular/encoding", fmt::format("the encoding '{}' is not known", encoding), {},
                "`iconv -l` lists the names");
  }
  const std::unique_ptr<void, int (*)(iconv_t)> guard(converter, iconv_close);
  std::string text;
  text.resize(bytes.size() * 2 + 16);
  char* in = const_cast<char*>(bytes.data());
  size_t in_left = bytes.size(), written = 0;
  while (in_left > 0) {
    char* out = text.data() + written;
    size_t room = text.size() - written;
    const size_t code = iconv(converter, &in, &in_left, &out, &room);
    written = text.size() - room;
    if (code != static_cast<size_t>(-1)) break;
    if (errno != E2BIG) {
      throw Error(ErrorKind::runtime, "tabular/encoding",
                  fmt::format("byte {} is not valid in the encoding '{}'", bytes.size() - in_left, encoding), {},
                  "is the option `encoding` the right one?");
    }
    text.resize(text.size() * 2);
  }
  text.resize(written);
  return text;
}

}  // namespace

std::string file_text(std::string bytes, std::string_view encoding) {
  if (bytes.size() > 18 && bytes[0] == '\x1f' && bytes[1] == '\x8b') bytes = gunzip(bytes);
  std::string name = to_lower(encoding);
  for (const Mark& mark : marks) {
    if (!std::string_view(bytes).starts_with(mark.bytes)) continue;
    bytes.erase(0, mark.bytes.size());
    name = mark.encoding;
    break;
  }
  const bool is_utf8 = name.empty() || name == "utf-8" || name == "utf8" || name == "utf-8-sig";
  return is_utf8 ? std::move(bytes) : to_utf8(bytes, name);
}

std::string valid_utf8(std::string_view text) {
  if (is_valid_utf8(text)) return std::string(text);
  std::string valid;
  for (size_t at = 0; at < text.size();) {
    size_t length = 1;
    while (length <= 4 && at + length <= text.size() && !is_valid_utf8(text.substr(at, length))) ++length;
    if (length > 4 || at + length > text.size()) {
      valid += "\xEF\xBF\xBD";
      ++at;
    } else {
      valid += text.substr(at, length);
      at += length;
    }
  }
  return valid;
}

}  // namespace modelc
