// Python's integers beyond 64 bits, as far as templates hold them: hashes and keys that are written into SQL.
#pragma once

#include <string>
#include <string_view>

#include "jinja/value.h"

namespace modelc::jinja {

/// A whole number of any size, not negative. It can be printed and compared; arithmetic with it throws as any result
/// does that does not fit into 64 bits.
class BigInteger final : public Object {
 public:
  /// `digits` in the base (2 to 16), without a prefix; they must be digits of that base.
  BigInteger(std::string_view digits, int base);

  std::string_view type_name() const override { return "int"; }
  bool truth() const override { return digits_ != "0"; }
  std::string repr() const override { return digits_; }
  bool equals(const Value& other) const override;
  size_t hash() const override { return std::hash<std::string>()(digits_); }
  std::optional<Value> binary(BinaryOp op, const Value& other, bool reflected) override;
  std::optional<int> compare(const Value& other) const override;

 private:
  std::string digits_;  ///< decimal, without leading zeros
};

}  // namespace modelc::jinja
