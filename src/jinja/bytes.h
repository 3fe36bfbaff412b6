// Python's bytes, as far as str.encode() needs them.
#pragma once

#include <string>
#include <string_view>

#include "jinja/value.h"

namespace modelc::jinja {

class BytesObject final : public Object {
 public:
  explicit BytesObject(std::string data) : data_(std::move(data)) {}
  const std::string& data() const { return data_; }

  std::string_view type_name() const override { return "bytes"; }
  std::optional<Value> get_item(State& state, const Value& key) override;
  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override;
  std::optional<std::vector<Value>> iterate(State& state) override;
  std::optional<size_t> length() const override { return data_.size(); }
  std::string repr() const override;
  bool is_sequence() const override { return true; }
  bool equals(const Value& other) const override;
  size_t hash() const override;
  std::optional<Value> binary(BinaryOp op, const Value& other, bool reflected) override;

 private:
  std::string data_;
};

/// str.encode: utf-8, ascii and latin-1; `errors` is strict, ignore or replace.
Value encode_text(std::string_view text, std::string_view encoding, std::string_view errors);

}  // namespace modelc::jinja
