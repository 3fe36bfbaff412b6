// Digests, as blobs: hex() makes them readable, as with the sqlean extension that dbt-sqlite asks for.
#include <array>

#include "adapters/sqlite/function_call.h"
#include "adapters/sqlite/functions.h"
#include "base/hash.h"

namespace modelc::sqlite {
namespace {

int nibble(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

std::string bytes_of_hex(const std::string& hex) {
  std::string bytes(hex.size() / 2, '\0');
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(nibble(hex[2 * i]) * 16 + nibble(hex[2 * i + 1]));
  return bytes;
}

std::string_view bytes_of(const Call& call) { return call.type(0) == SQLITE_BLOB ? call.blob(0) : call.text(0); }

void md5(Call& call) { call.is_null(0) ? call.null() : call.result_blob(md5_raw(bytes_of(call))); }
void sha1(Call& call) { call.is_null(0) ? call.null() : call.result_blob(bytes_of_hex(sha1_hex(bytes_of(call)))); }
void sha256(Call& call) { call.is_null(0) ? call.null() : call.result_blob(bytes_of_hex(sha256_hex(bytes_of(call)))); }
void sha512(Call& call) { call.is_null(0) ? call.null() : call.result_blob(bytes_of_hex(sha512_hex(bytes_of(call)))); }

constexpr ScalarEntry entries[] = {
    {"md5", 1, scalar_entry<md5>},
    {"sha1", 1, scalar_entry<sha1>},
    {"sha256", 1, scalar_entry<sha256>},
    {"sha512", 1, scalar_entry<sha512>},
};

}  // namespace

void register_hash_functions(sqlite3* db) { register_scalars(db, entries); }

}  // namespace modelc::sqlite
