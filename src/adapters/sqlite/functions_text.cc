// Text functions, counting in code points. A null argument gives null, unless the function says otherwise.
#include <algorithm>
#include <limits>

#include "adapters/sqlite/function_call.h"
#include "adapters/sqlite/functions.h"
#include "jinja/json.h"
#include "jinja/unicode.h"

namespace modelc::sqlite {
namespace {

namespace unicode = jinja::unicode;

constexpr int64_t longest_text = 1'000'000'000;  // SQLite's own limit

/// `count` code points from the left; a negative count leaves off that many on the right.
void left(Call& call) {
  if (call.any_null()) return call.null();
  const std::string_view text = call.text(0);
  int64_t count = call.integer(1);
  if (count < 0) count = std::max<int64_t>(0, static_cast<int64_t>(unicode::length(text)) + count);
  call.result(unicode::substring(text, 0, static_cast<size_t>(count)));
}

void right(Call& call) {
  if (call.any_null()) return call.null();
  const std::string_view text = call.text(0);
  const auto length = static_cast<int64_t>(unicode::length(text));
  const int64_t count = call.integer(1);
  const int64_t first = count >= 0 ? std::max<int64_t>(0, length - count) : std::min(length, -count);
  call.result(unicode::substring(text, static_cast<size_t>(first), static_cast<size_t>(length)));
}

void repeat(Call& call) {
  if (call.any_null()) return call.null();
  const std::string_view text = call.text(0);
  const int64_t count = std::max<int64_t>(0, call.integer(1));
  if (!text.empty() && count > longest_text / static_cast<int64_t>(text.size()))
    throw FunctionError("repeat(): the text would be too long");
  std::string out;
  for (int64_t i = 0; i < count && !text.empty(); ++i) out += text;
  call.result(out);
}

void reverse(Call& call) {
  if (call.any_null()) return call.null();
  std::u32string points = unicode::decode(call.text(0));
  std::reverse(points.begin(), points.end());
  call.result(unicode::encode(points));
}

/// "john o'neil" -> "John O'Neil"
void initcap(Call& call) {
  if (call.any_null()) return call.null();
  call.result(unicode::title(call.text(0)));
}

/// Filled up to `length` code points with `fill` (a blank unless given), or cut to them.
void pad(Call& call, bool on_left) {
  if (call.any_null()) return call.null();
  const std::string_view text = call.text(0);
  const std::string_view fill = call.count() > 2 ? call.text(2) : " ";
  const int64_t wanted = std::max<int64_t>(0, call.integer(1));
  if (wanted > longest_text / 4) throw FunctionError("lpad(), rpad(): the text would be too long");
  const auto length = static_cast<int64_t>(unicode::length(text));
  if (length >= wanted || fill.empty()) return call.result(unicode::substring(text, 0, static_cast<size_t>(wanted)));
  const std::u32string pattern = unicode::decode(fill);
  std::u32string padding;
  for (int64_t i = 0; i < wanted - length; ++i) padding += pattern[static_cast<size_t>(i) % pattern.size()];
  const std::string encoded = unicode::encode(padding);
  call.result(on_left ? encoded + std::string(text) : std::string(text) + encoded);
}
void lpad(Call& call) { pad(call, true); }
void rpad(Call& call) { pad(call, false); }

/// The n-th part from 1, or from the end when n is negative; "" when there is none.
void split_part(Call& call) {
  if (call.any_null()) return call.null();
  const std::string_view text = call.text(0), delimiter = call.text(1);
  int64_t wanted = call.integer(2);
  if (wanted == 0) throw FunctionError("split_part(): parts are counted from 1, or from -1 at the end");
  if (delimiter.empty()) return call.result(wanted == 1 || wanted == -1 ? text : std::string_view());
  if (wanted < 0) {
    int64_t parts = 1;
    for (size_t at = 0; (at = text.find(delimiter, at)) != std::string_view::npos; at += delimiter.size()) ++parts;
    wanted += parts + 1;
    if (wanted < 1) return call.result(std::string_view());
  }
  size_t begin = 0;
  for (int64_t part = 1;; ++part) {
    const size_t end = text.find(delimiter, begin);
    if (part == wanted) return call.result(text.substr(begin, end == std::string_view::npos ? end : end - begin));
    if (end == std::string_view::npos) return call.result(std::string_view());
    begin = end + delimiter.size();
  }
}

void starts_with(Call& call) {
  if (call.any_null()) return call.null();
  call.result(call.text(0).starts_with(call.text(1)));
}

void ends_with(Call& call) {
  if (call.any_null()) return call.null();
  call.result(call.text(0).ends_with(call.text(1)));
}

void contains(Call& call) {
  if (call.any_null()) return call.null();
  call.result(call.text(0).find(call.text(1)) != std::string_view::npos);
}

/// Nulls count as "".
void concat(Call& call) {
  std::string out;
  for (int i = 0; i < call.count(); ++i) out += call.text(i);
  call.result(out);
}

/// Nulls are left out; a null separator gives null.
void concat_ws(Call& call) {
  if (call.count() == 0) throw FunctionError("concat_ws() needs a separator");
  if (call.is_null(0)) return call.null();
  std::string out;
  bool first = true;
  for (int i = 1; i < call.count(); ++i) {
    if (call.is_null(i)) continue;
    if (!first) out += call.text(0);
    first = false;
    out += call.text(i);
  }
  call.result(out);
}

/// Each code point of the second argument becomes the one at its place in the third, or goes where there is none.
void translate(Call& call) {
  if (call.any_null()) return call.null();
  const std::u32string from = unicode::decode(call.text(1)), to = unicode::decode(call.text(2));
  std::u32string out;
  for (const char32_t c : unicode::decode(call.text(0))) {
    const size_t at = from.find(c);
    if (at == std::u32string::npos)
      out += c;
    else if (at < to.size())
      out += to[at];
  }
  call.result(unicode::encode(out));
}

jinja::Value parse_array(std::string_view json, const char* function) {
  jinja::Value value;
  try {
    value = jinja::parse_json(json);
  } catch (const Error& e) {
    throw FunctionError(std::string(function) + "(): not a JSON array: " + e.what());
  }
  if (!value.is_list()) throw FunctionError(std::string(function) + "(): not a JSON array");
  return value;
}

void array_concat(Call& call) {
  if (call.any_null()) return call.null();
  const jinja::Value a = parse_array(call.text(0), "array_concat"), b = parse_array(call.text(1), "array_concat");
  a.as_list().insert(a.as_list().end(), b.as_list().begin(), b.as_list().end());
  JsonWriter writer;
  jinja::write_json(writer, a);
  call.result(writer.take());
}

/// The elements as texts, nulls left out.
void array_to_string(Call& call) {
  if (call.any_null()) return call.null();
  std::string out;
  bool first = true;
  const jinja::Value array = parse_array(call.text(0), "array_to_string");
  for (const auto& item : array.as_list()) {
    if (item.is_none()) continue;
    if (!first) out += call.text(1);
    first = false;
    jinja::append_str(out, item);
  }
  call.result(out);
}

constexpr ScalarEntry entries[] = {
    {"left", 2, scalar_entry<left>},
    {"right", 2, scalar_entry<right>},
    {"repeat", 2, scalar_entry<repeat>},
    {"reverse", 1, scalar_entry<reverse>},
    {"initcap", 1, scalar_entry<initcap>},
    {"lpad", 2, scalar_entry<lpad>},
    {"lpad", 3, scalar_entry<lpad>},
    {"rpad", 2, scalar_entry<rpad>},
    {"rpad", 3, scalar_entry<rpad>},
    {"split_part", 3, scalar_entry<split_part>},
    {"starts_with", 2, scalar_entry<starts_with>},
    {"ends_with", 2, scalar_entry<ends_with>},
    {"contains", 2, scalar_entry<contains>},
    {"concat", -1, scalar_entry<concat>},
    {"concat_ws", -1, scalar_entry<concat_ws>},
    {"translate", 3, scalar_entry<translate>},
    {"array_concat", 2, scalar_entry<array_concat>},
    {"array_to_string", 2, scalar_entry<array_to_string>},
};

}  // namespace

void register_text_functions(sqlite3* db) { register_scalars(db, entries); }

}  // namespace modelc::sqlite
