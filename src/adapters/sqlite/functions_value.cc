// Functions upon values of any type: conversions that say null where SQLite's cast makes up a number, greatest and
// least.
#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cmath>

#include "adapters/sqlite/function_call.h"
#include "adapters/sqlite/functions.h"
#include "base/text.h"
#include "tabular/moment.h"

namespace modelc::sqlite {
namespace {

/// Numbers before texts before blobs, as SQLite orders them; texts by their bytes.
int compare(const Call& call, int a, int b) {
  const auto rank = [&](int i) { return call.is_number(i) ? 0 : call.type(i) == SQLITE_TEXT ? 1 : 2; };
  if (rank(a) != rank(b)) return rank(a) - rank(b);
  if (rank(a) > 0) return call.blob(a).compare(call.blob(b));
  if (call.type(a) == SQLITE_INTEGER && call.type(b) == SQLITE_INTEGER) {
    return call.integer(a) < call.integer(b) ? -1 : call.integer(a) > call.integer(b);
  }
  return call.real(a) < call.real(b) ? -1 : call.real(a) > call.real(b);
}

void extreme(Call& call, int sign) {
  int best = -1;
  for (int i = 0; i < call.count(); ++i) {
    if (!call.is_null(i) && (best < 0 || sign * compare(call, i, best) > 0)) best = i;
  }
  best < 0 ? call.null() : call.result_value(best);
}
/// Nulls are passed over, as in Postgres; SQLite's max(a, b) would give null.
void greatest(Call& call) { extreme(call, 1); }
void least(Call& call) { extreme(call, -1); }

/// 1, 0 or null.
void to_boolean(Call& call) {
  if (call.is_null(0)) return call.null();
  if (call.is_number(0)) return call.result(call.real(0) != 0);
  const std::string word = to_lower(trim(call.text(0)));
  for (const char* yes : {"true", "t", "yes", "y", "on", "1"}) {
    if (word == yes) return call.result(true);
  }
  for (const char* no : {"false", "f", "no", "n", "off", "0"}) {
    if (word == no) return call.result(false);
  }
  call.null();
}

std::optional<double> read_number(std::string_view text) {
  text = trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

void to_integer(Call& call) {
  if (call.type(0) == SQLITE_INTEGER) return call.result_value(0);
  const std::string_view text = trim(call.text(0));
  int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (!text.empty() && error == std::errc() && end == text.data() + text.size()) return call.result(whole);
  const auto number = call.type(0) == SQLITE_FLOAT ? std::optional(call.real(0)) : read_number(text);
  if (!number || std::fabs(*number) >= 9.2e18) return call.null();
  call.result(static_cast<int64_t>(*number));
}

void to_real(Call& call, bool keep_whole) {
  if (call.type(0) == SQLITE_INTEGER && keep_whole) return call.result_value(0);
  if (call.is_number(0)) return call.result(call.real(0));
  const auto number = read_number(call.text(0));
  if (!number) return call.null();
  if (keep_whole && *number == std::floor(*number) && std::fabs(*number) < 9e15)
    return call.result(static_cast<int64_t>(*number));
  call.result(*number);
}

/// try_cast(value, type): the value in the type, or null when it can't be one.
void try_cast(Call& call) {
  if (call.any_null()) return call.null();
  const std::string type = to_upper(trim(call.text(1)));
  const auto has = [&](const char* word) { return type.find(word) != std::string::npos; };
  if (type.starts_with("TIMESTAMP") || type.starts_with("DATETIME") || type == "DATE") {
    auto moment = call.is_number(0) ? moment_of_julian_day(call.real(0)) : parse_moment(call.text(0));
    if (!moment) return call.null();
    moment->has_time = type != "DATE";
    const auto text = format_moment(*moment);
    return text ? call.result(*text) : call.null();
  }
  if (has("BOOL")) return to_boolean(call);
  if (has("INT")) return to_integer(call);
  if (has("CHAR") || has("CLOB") || has("TEXT") || has("STRING")) return call.result(call.text(0));
  if (has("REAL") || has("FLOA") || has("DOUB")) return to_real(call, false);
  if (has("NUM") || has("DEC")) return to_real(call, true);
  throw FunctionError(fmt::format("try_cast(): unknown type '{}'", call.text(1)));
}

/// Appends 8 bytes that compare as the number does. Whole numbers beyond 2^53 may equal their neighbours.
void append_ordered(std::string& out, double number) {
  auto bits = std::bit_cast<uint64_t>(number == 0 ? 0.0 : number);
  bits ^= bits >> 63 ? ~uint64_t{0} : uint64_t{1} << 63;
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(bits >> shift);
}

/// The value as bytes that compare, one by one, as SQLite orders values; no key is the beginning of another.
std::string key_of(const Call& call, int i) {
  std::string key;
  if (call.is_number(i)) {
    key += '\1';
    append_ordered(key, call.real(i));
    return key;
  }
  key += call.type(i) == SQLITE_TEXT ? '\2' : '\3';
  for (const char c : call.blob(i)) {
    key += c;
    if (c == '\0') key += '\xff';
  }
  key.append(2, '\0');
  return key;
}

/// sort_key(value, "asc" or "desc" with "nulls first" or "nulls last", ...): a blob. Rows in the order of their keys
/// are rows in the order of `order by value asc, ...`; as in SQLite, nulls are the smallest unless it says otherwise.
void sort_key(Call& call) {
  if (call.count() == 0 || call.count() % 2 != 0)
    throw FunctionError("sort_key() takes pairs of a value and a direction");
  std::string out;
  for (int i = 0; i < call.count(); i += 2) {
    const std::string direction = to_lower(call.text(i + 1));
    const bool descending = direction.starts_with("desc");
    const bool nulls_first = direction.ends_with("nulls first") || (!descending && !direction.ends_with("nulls last"));
    if (call.is_null(i)) {
      out += nulls_first ? '\0' : '\2';
      continue;
    }
    out += '\1';
    for (const char c : key_of(call, i)) out += descending ? static_cast<char>(~c) : c;
  }
  call.result_blob(out);
}

constexpr ScalarEntry entries[] = {
    {"greatest", -1, scalar_entry<greatest>},    {"least", -1, scalar_entry<least>},
    {"to_boolean", 1, scalar_entry<to_boolean>}, {"try_cast", 2, scalar_entry<try_cast>},
    {"sort_key", -1, scalar_entry<sort_key>},
};

}  // namespace

void register_value_functions(sqlite3* db) { register_scalars(db, entries); }

}  // namespace modelc::sqlite
