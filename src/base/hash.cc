#include "base/hash.h"

#include <openssl/evp.h>
#include <xxhash.h>

namespace modelc {
namespace {

std::string digest(const EVP_MD* method, std::string_view data) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EVP_Digest(data.data(), data.size(), bytes, &length, method, nullptr);
  return std::string(reinterpret_cast<char*>(bytes), length);
}

std::string hex(const std::string& bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string result;
  result.reserve(bytes.size() * 2);
  for (unsigned char byte : bytes) {
    result += digits[byte >> 4];
    result += digits[byte & 15];
  }
  return result;
}

}  // namespace

std::string md5_hex(std::string_view data) { return hex(digest(EVP_md5(), data)); }
std::string sha1_hex(std::string_view data) { return hex(digest(EVP_sha1(), data)); }
std::string sha256_hex(std::string_view data) { return hex(digest(EVP_sha256(), data)); }
std::string sha512_hex(std::string_view data) { return hex(digest(EVP_sha512(), data)); }
std::string md5_raw(std::string_view data) { return digest(EVP_md5(), data); }
uint64_t content_hash(std::string_view data) { return XXH64(data.data(), data.size(), 0); }

}  // namespace modelc
