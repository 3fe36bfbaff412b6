#include "base/hash.h"

#include <openssl/evp.h>
#include <xxhash.h>

#include "base/diagnostic.h"

namespace modelc {
namespace {

std::string digest(const EVP_MD* algorithm, std::string_view data) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(data.data(), data.size(), bytes, &size, algorithm, nullptr) != 1) {
    throw Error(ErrorKind::internal, "base/hash", "the system's OpenSSL refuses this digest");
  }
  return std::string(reinterpret_cast<const char*>(bytes), size);
}

std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

}  // namespace

std::string md5_raw(std::string_view data) { return digest(EVP_md5(), data); }
std::string md5_hex(std::string_view data) { return hex(md5_raw(data)); }
std::string sha1_hex(std::string_view data) { return hex(digest(EVP_sha1(), data)); }
std::string sha256_hex(std::string_view data) { return hex(digest(EVP_sha256(), data)); }
std::string sha512_hex(std::string_view data) { return hex(digest(EVP_sha512(), data)); }
uint64_t content_hash(std::string_view data) { return XXH64(data.data(), data.size(), 0); }

}  // namespace modelc
