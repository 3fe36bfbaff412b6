#include "jinja/big_integer.h"

#include <algorithm>

#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

int digit_value(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

}  // namespace

BigInteger::BigInteger(std::string_view digits, int base) {
  std::string reversed = "0";  // decimal, the lowest digit first
  for (const char c : digits) {
    int carry = digit_value(c);
    for (char& place : reversed) {
      const int value = (place - '0') * base + carry;
      place = static_cast<char>('0' + value % 10);
      carry = value / 10;
    }
    for (; carry > 0; carry /= 10) reversed += static_cast<char>('0' + carry % 10);
  }
  digits_.assign(reversed.rbegin(), reversed.rend());
  digits_.erase(0, std::min(digits_.find_first_not_of('0'), digits_.size() - 1));
}

bool BigInteger::equals(const Value& other) const {
  const auto* big = other.as<BigInteger>();
  return big && big->digits_ == digits_;
}

std::optional<Value> BigInteger::binary(BinaryOp, const Value& other, bool) {
  if (other.is_number() || other.as<BigInteger>()) overflow_error();
  return std::nullopt;
}

std::optional<int> BigInteger::compare(const Value& other) const {
  if (other.is_int()) return 1;  // those fit into 64 bits
  if (other.is_float()) {
    const double mine = std::strtod(digits_.c_str(), nullptr);
    return mine < other.as_float() ? -1 : mine > other.as_float();
  }
  const auto* big = other.as<BigInteger>();
  if (!big) return std::nullopt;
  if (digits_.size() != big->digits_.size()) return digits_.size() < big->digits_.size() ? -1 : 1;
  return digits_.compare(big->digits_);
}

}  // namespace modelc::jinja
