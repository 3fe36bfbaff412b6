#include "adapters/decimal_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/json.h"

namespace modelc {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Digits after the point beyond `places` are rounded away, half to even.
void round_to(DecimalText& number, int64_t places) {
  const int64_t keep = number.point + places;  // digits that stay
  if (keep >= static_cast<int64_t>(number.digits.size())) return;
  if (keep < 0) {
    number.digits.clear();
    return;
  }
  const auto at = static_cast<size_t>(keep);
  const bool beyond_half = number.digits[at] > '5' || (number.digits[at] == '5' && at + 1 < number.digits.size());
  const bool odd = at > 0 && (number.digits[at - 1] - '0') % 2 == 1;
  const bool up = beyond_half || (number.digits[at] == '5' && odd);
  number.digits.resize(at);
  if (!up) return;
  size_t i = at;
  while (i > 0 && number.digits[i - 1] == '9') number.digits[--i] = '0';
  if (i > 0) {
    ++number.digits[i - 1];
  } else {
    number.digits.insert(number.digits.begin(), '1');
    ++number.point;
  }
}

}  // namespace

int64_t DecimalText::decimal_places() const {
  return std::max<int64_t>(0, static_cast<int64_t>(digits.size()) - point);
}
int64_t DecimalText::whole_places() const { return std::max<int64_t>(1, point); }

std::optional<DecimalText> parse_decimal(std::string_view text) {
  DecimalText number;
  size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) number.negative = text[at++] == '-';
  bool any = false, seen_point = false;
  int64_t leading = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !seen_point) {
      seen_point = true;
    } else if (is_digit(c)) {
      any = true;
      if (number.digits.empty() && c == '0') {
        if (seen_point) --leading;
        continue;
      }
      number.digits += c;
      if (!seen_point) ++number.point;
    } else {
      break;
    }
  }
  if (!any) return std::nullopt;
  number.point += number.digits.empty() || number.point > 0 ? 0 : leading;
  if (at < text.size()) {
    if (text[at] != 'e' && text[at] != 'E') return std::nullopt;
    ++at;
    if (at + 1 < text.size() && text[at] == '+' && is_digit(text[at + 1])) ++at;
    int64_t exponent = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), exponent);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    number.point += exponent;
  }
  while (!number.digits.empty() && number.digits.back() == '0') number.digits.pop_back();
  if (number.digits.empty()) number.point = 0;
  return number;
}

std::optional<DecimalText> decimal_of(const jinja::Value& value) {
  if (value.is_int()) return parse_decimal(std::to_string(value.as_int()));
  if (value.is_float() && std::isfinite(value.as_float())) return parse_decimal(format_double(value.as_float()));
  return std::nullopt;
}

std::string format_grouped(const DecimalText& exact, size_t places) {
  DecimalText number = exact;
  round_to(number, static_cast<int64_t>(places));
  auto digit = [&](int64_t i) {  // counted from the first digit's place
    return i >= 0 && i < static_cast<int64_t>(number.digits.size()) ? number.digits[static_cast<size_t>(i)] : '0';
  };
  std::string out = exact.negative ? "-" : "";
  const int64_t whole = number.whole_places();
  for (int64_t i = 0; i < whole; ++i) {
    if (i > 0 && (whole - i) % 3 == 0) out += ',';
    out += number.point <= 0 ? '0' : digit(i);
  }
  if (places > 0) out += '.';
  for (size_t i = 0; i < places; ++i) out += digit(number.point + static_cast<int64_t>(i));
  return out;
}

}  // namespace modelc
