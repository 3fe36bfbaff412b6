// Digests. dbt writes md5 (test names, project ids, scd ids) and sha256 (file checksums) into its artifacts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace modelc {

std::string md5_hex(std::string_view data);     ///< 32 lower-case hex digits
std::string sha1_hex(std::string_view data);    ///< 40
std::string sha256_hex(std::string_view data);  ///< 64
std::string sha512_hex(std::string_view data);  ///< 128
std::string md5_raw(std::string_view data);     ///< 16 bytes
uint64_t content_hash(std::string_view data);   ///< xxHash64: fast, not for security, stable across runs

}  // namespace modelc
