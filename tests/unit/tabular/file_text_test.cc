#include "tabular/file_text.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include "base/diagnostic.h"

using namespace modelc;

namespace {

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

TEST_CASE("gzipped files are known by their content") {
  const std::string text(100'000, 'x');
  CHECK(file_text("a,b\n", "") == "a,b\n");
  CHECK(file_text(gzip("a,b\n"), "") == "a,b\n");
  CHECK(file_text(gzip(text), "") == text);
  CHECK(file_text(gzip(text) + gzip("y"), "") == text + "y");
  const std::string whole = gzip(text);
  CHECK_THROWS_AS(file_text(whole.substr(0, whole.size() / 2), ""), Error);
}

TEST_CASE("texts become UTF-8") {
  CHECK(file_text("\xEF\xBB\xBF"
                  "a",
                  "") == "a");
  CHECK(file_text("caf\xE9", "latin1") == "caf\xC3\xA9");
  CHECK(file_text("\x80", "windows-1252") == "\xE2\x82\xAC");
  CHECK(file_text(std::string("\xFF\xFE"
                              "a\0b\0",
                              6),
                  "") == "ab");
  CHECK(file_text(gzip("caf\xE9"), "latin1") == "caf\xC3\xA9");
  CHECK_THROWS_AS(file_text("a", "no-such-encoding"), Error);
  CHECK_THROWS_AS(file_text("\xFF", "ascii"), Error);
  CHECK(valid_utf8("a\xff"
                   "b\xC3\xA9") ==
        "a\xEF\xBF\xBD"
        "b\xC3\xA9");
}
