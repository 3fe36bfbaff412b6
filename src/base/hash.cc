#include "base/hash.h"

#include <openssl/evp.h>
#include <xxhash.h>

#include <memory>

#include "base/diagnostic.h"

namespace modelc {
namespace {

struct FreeDigest {
  void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Algorithm = std::unique_ptr<EVP_MD, FreeDigest>;

/// OpenSSL looks an algorithm up by its name, which takes longer than to digest a short text: once is enough.
Algorithm fetch(const char* name) { return Algorithm(EVP_MD_fetch(nullptr, name, nullptr)); }

std::string digest(const Algorithm& algorithm, std::string_view data) {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeDigest> context(EVP_MD_CTX_new());
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (!algorithm || !context || EVP_DigestInit_ex2(context.get(), algorithm.get(), nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), data.data(), data.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), bytes, &size) != 1) {
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

std::string md5_raw(std::string_view data) {
  static const Algorithm md5 = fetch("MD5");
  return digest(md5, data);
}

std::string md5_hex(std::string_view data) { return hex(md5_raw(data)); }

std::string sha1_hex(std::string_view data) {
  static const Algorithm sha1 = fetch("SHA1");
  return hex(digest(sha1, data));
}

std::string sha256_hex(std::string_view data) {
  static const Algorithm sha256 = fetch("SHA2-256");
  return hex(digest(sha256, data));
}

std::string sha512_hex(std::string_view data) {
  static const Algorithm sha512 = fetch("SHA2-512");
  return hex(digest(sha512, data));
}

uint64_t content_hash(std::string_view data) { return XXH64(data.data(), data.size(), 0); }

}  // namespace modelc
