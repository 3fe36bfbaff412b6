#include "jinja/bytes.h"

#include <fmt/format.h>

#include "base/text.h"
#include "jinja/methods.h"
#include "jinja/unicode.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

enum class Codec { utf8, ascii, latin1 };

Codec find_codec(std::string_view encoding) {
  std::string name = replace_all(to_lower(encoding), "_", "-");
  if (name == "utf-8" || name == "utf8" || name == "u8") return Codec::utf8;
  if (name == "ascii" || name == "us-ascii") return Codec::ascii;
  if (name == "latin-1" || name == "latin1" || name == "iso-8859-1") return Codec::latin1;
  throw Error(ErrorKind::compilation, "jinja/unknown-encoding", fmt::format("unknown encoding: {}", encoding), {},
              "utf-8, ascii and latin-1 are known");
}

std::string_view codec_name(Codec codec) {
  return codec == Codec::utf8 ? "utf-8" : codec == Codec::ascii ? "ascii" : "latin-1";
}

std::string decode_bytes(std::string_view data, Codec codec) {
  if (codec == Codec::utf8) {
    if (!is_valid_utf8(data)) value_error("'utf-8' codec can't decode the bytes: they are not valid UTF-8");
    return std::string(data);
  }
  std::string out;
  for (char c : data) {
    auto byte = static_cast<unsigned char>(c);
    if (codec == Codec::ascii && byte >= 0x80) {
      value_error(fmt::format("'ascii' codec can't decode byte 0x{:02x}: ordinal not in range(128)", byte));
    }
    unicode::append(out, byte);
  }
  return out;
}

}  // namespace

Value encode_text(std::string_view text, std::string_view encoding, std::string_view errors) {
  Codec codec = find_codec(encoding);
  if (codec == Codec::utf8) return Value(make_ref<BytesObject>(std::string(text)));
  uint32_t limit = codec == Codec::ascii ? 0x80 : 0x100;
  std::string out;
  size_t position = 0;
  for (size_t at = 0; at < text.size(); ++position) {
    uint32_t c = unicode::next(text, at);
    if (c < limit) {
      out += static_cast<char>(c);
    } else if (errors == "replace") {
      out += '?';
    } else if (errors != "ignore") {
      value_error(fmt::format("'{}' codec can't encode character '\\x{:02x}' in position {}: ordinal not in range({})",
                              codec_name(codec), c, position, limit));
    }
  }
  return Value(make_ref<BytesObject>(std::move(out)));
}

std::optional<Value> BytesObject::get_item(State&, const Value& key) {
  if (!key.is_int()) return std::nullopt;
  int64_t index = key.as_int() < 0 ? key.as_int() + static_cast<int64_t>(data_.size()) : key.as_int();
  if (index < 0 || index >= static_cast<int64_t>(data_.size())) return std::nullopt;
  return Value(static_cast<int>(static_cast<unsigned char>(data_[static_cast<size_t>(index)])));
}

std::optional<Value> BytesObject::call_method(State&, std::string_view name, CallArgs& args) {
  if (name == "decode") {
    std::vector<Value> bound = args.bind("decode", {"encoding", "errors"});
    return Value(decode_bytes(data_, find_codec(bound[0].is_undefined() ? "utf-8" : to_str(bound[0]))));
  }
  if (name == "hex") {
    expect_no_arguments("bytes.hex", args);
    std::string out;
    for (char c : data_) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return Value(std::move(out));
  }
  return std::nullopt;
}

std::optional<std::vector<Value>> BytesObject::iterate(State&) {
  std::vector<Value> items;
  for (char c : data_) items.emplace_back(static_cast<int>(static_cast<unsigned char>(c)));
  return items;
}

std::string BytesObject::repr() const {
  char quote = data_.find('\'') != std::string::npos && data_.find('"') == std::string::npos ? '"' : '\'';
  std::string out = "b";
  out += quote;
  for (char c : data_) {
    auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\')
      out += fmt::format("\\{}", c);
    else if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\t')
      out += "\\t";
    else if (byte < 32 || byte >= 127)
      out += fmt::format("\\x{:02x}", byte);
    else
      out += c;
  }
  return out += quote;
}

bool BytesObject::equals(const Value& other) const {
  auto* bytes = other.as<BytesObject>();
  return bytes && bytes->data_ == data_;
}

size_t BytesObject::hash() const { return std::hash<std::string>()(data_); }

std::optional<Value> BytesObject::binary(BinaryOp op, const Value& other, bool reflected) {
  auto* bytes = other.as<BytesObject>();
  if (op != BinaryOp::add || !bytes || reflected) return std::nullopt;
  return Value(make_ref<BytesObject>(data_ + bytes->data_));
}

}  // namespace modelc::jinja
