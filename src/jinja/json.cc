#include "jinja/json.h"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_map>

#include "jinja/filters.h"
#include "jinja/pymodules.h"
#include "jinja/unicode.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {

// ---- writing ------------------------------------------------------------------------------------------------------
namespace {

/// What to do with values that JSON has no form for: Python refuses them, artifacts hold their texts.
enum class Strictness { python, lenient };

class ValueWriter {
 public:
  ValueWriter(JsonWriter& writer, bool sort_keys, Strictness strictness)
      : writer_(writer), sort_keys_(sort_keys), strict_(strictness == Strictness::python) {}

  void write(const Value& v) {
    switch (v.type()) {
      case Type::undefined:
        if (strict_) refuse(v);
        writer_.null();
        break;
      case Type::none:
        writer_.null();
        break;
      case Type::boolean:
        writer_.boolean(v.as_bool());
        break;
      case Type::integer:
        writer_.integer(v.as_int());
        break;
      case Type::floating:
        writer_.floating(v.as_float());
        break;
      case Type::string:
        writer_.string(v.as_string());
        break;
      case Type::list:
      case Type::tuple:
        write_items(v);
        break;
      case Type::dict:
        write_dict(v);
        break;
      case Type::object:
        if (strict_) refuse(v);
        writer_.string(v.as_object().str());
        break;
    }
  }

 private:
  [[noreturn]] static void refuse(const Value& v) {
    std::string_view type = type_name(v);
    type = type.substr(type.rfind('.') + 1);  // "datetime", not "datetime.datetime"
    type_error(fmt::format("Object of type {} is not JSON serializable", type));
  }

  void open(const Value& v) {
    const RefCounted* data = ValueAccess::counted(v);
    if (std::find(open_.begin(), open_.end(), data) != open_.end()) value_error("Circular reference detected");
    open_.push_back(data);
  }

  void write_items(const Value& v) {
    DepthGuard guard("while encoding a JSON object");
    open(v);
    writer_.begin_array();
    for (const Value& item : v.as_items()) write(item);
    writer_.end_array();
    open_.pop_back();
  }

  void write_dict(const Value& v) {
    DepthGuard guard("while encoding a JSON object");
    open(v);
    writer_.begin_object();
    const auto& entries = v.as_dict().entries();
    if (sort_keys_) {
      std::vector<Value> keys;
      std::vector<Value> positions;
      for (size_t i = 0; i < entries.size(); ++i) {
        keys.push_back(entries[i].first);
        positions.emplace_back(i);
      }
      sort_keys(positions, keys);
      for (const Value& position : positions) write_entry(entries[static_cast<size_t>(position.as_int())]);
    } else {
      for (const auto& entry : entries) write_entry(entry);
    }
    writer_.end_object();
    open_.pop_back();
  }

  static void sort_keys(std::vector<Value>& positions, const std::vector<Value>& keys) {
    std::stable_sort(positions.begin(), positions.end(), [&](const Value& a, const Value& b) {
      return compare(CompareOp::lt, keys[static_cast<size_t>(a.as_int())], keys[static_cast<size_t>(b.as_int())]);
    });
  }

  void write_entry(const DictData::Entry& entry) {
    const Value& key = entry.first;
    switch (key.type()) {
      case Type::string:
        writer_.key(key.as_string());
        break;
      case Type::none:
        writer_.key("null");
        break;
      case Type::boolean:
        writer_.key(key.as_bool() ? "true" : "false");
        break;
      case Type::integer:
      case Type::floating:
        writer_.key(to_repr(key));
        break;
      default:
        if (strict_) type_error(fmt::format("keys must be str, int, float, bool or None, not {}", type_name(key)));
        writer_.key(to_str(key));
    }
    write(entry.second);
  }

  JsonWriter& writer_;
  bool sort_keys_;
  bool strict_;
  std::vector<const RefCounted*> open_;
};

}  // namespace

void write_json(JsonWriter& writer, const Value& value, bool sort_keys) {
  ValueWriter(writer, sort_keys, Strictness::lenient).write(value);
}

std::string to_json(const Value& value, bool sort_keys, int indent) {
  JsonWriter writer(JsonWriter::Style{.ascii = true, .spaced = true, .indent = indent});
  ValueWriter(writer, sort_keys, Strictness::python).write(value);
  return writer.take();
}

// ---- reading ------------------------------------------------------------------------------------------------------
namespace {

constexpr size_t kMaxJsonDepth = 900;

/// Builds the value from RapidJSON's events. Numbers come as text, so that no digit is lost on the way.
class ValueBuilder {
 public:
  bool Null() { return add(Value::none()); }
  bool Bool(bool b) { return add(b); }
  bool Double(double d) { return add(d); }  // NaN and the infinities
  bool Int(int i) { return add(i); }
  bool Uint(unsigned i) { return add(i); }
  bool Int64(int64_t i) { return add(i); }
  bool Uint64(uint64_t) { return false; }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool) { return add(number({text, size})); }
  bool String(const char* text, rapidjson::SizeType size, bool) { return add(Value(std::string_view(text, size))); }

  bool StartObject() { return open(Value::dict()); }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    std::string_view name(text, size);
    auto it = keys_.find(name);
    if (it == keys_.end()) {
      Value key(name);
      it = keys_.emplace(std::string_view(key.as_string()), key).first;
    }
    levels_.back().key = it->second;
    return true;
  }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool StartArray() { return open(Value::list()); }
  bool EndArray(rapidjson::SizeType) { return close(); }

  Value result;
  std::string failure;

 private:
  struct Level {
    Value container;
    Value key;
  };

  bool open(Value container) {
    if (levels_.size() >= kMaxJsonDepth) {
      failure = "the document is nested too deeply";
      return false;
    }
    levels_.push_back({std::move(container), Value()});
    return true;
  }

  bool close() {
    Value done = std::move(levels_.back().container);
    levels_.pop_back();
    return add(std::move(done));
  }

  bool add(Value v) {
    if (!failure.empty()) return false;
    if (levels_.empty())
      result = std::move(v);
    else if (levels_.back().container.is_dict())
      levels_.back().container.as_dict().set(levels_.back().key, std::move(v));
    else
      levels_.back().container.as_list().push_back(std::move(v));
    return true;
  }

  Value number(std::string_view text) {
    if (text == "NaN") return std::nan("");
    if (text == "Infinity" || text == "Inf") return HUGE_VAL;
    if (text == "-Infinity" || text == "-Inf") return -HUGE_VAL;
    const char* end = text.data() + text.size();
    if (text.find_first_of(".eE") == std::string_view::npos) {
      int64_t integer = 0;
      if (std::from_chars(text.data(), end, integer).ec == std::errc::result_out_of_range) {
        failure = fmt::format("the integer {} does not fit into 64 bits", text);
      }
      return integer;
    }
    double d = 0;
    if (std::from_chars(text.data(), end, d).ec == std::errc::result_out_of_range)
      d = std::strtod(std::string(text).c_str(), nullptr);
    return d;
  }

  std::vector<Level> levels_;
  std::unordered_map<std::string_view, Value> keys_;  // the views lead into the values
};

/// Python's words for what RapidJSON found.
std::string python_message(rapidjson::ParseErrorCode code) {
  switch (code) {
    case rapidjson::kParseErrorDocumentEmpty:
    case rapidjson::kParseErrorValueInvalid:
      return "Expecting value";
    case rapidjson::kParseErrorDocumentRootNotSingular:
      return "Extra data";
    case rapidjson::kParseErrorObjectMissName:
      return "Expecting property name enclosed in double quotes";
    case rapidjson::kParseErrorObjectMissColon:
      return "Expecting ':' delimiter";
    case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket:
    case rapidjson::kParseErrorArrayMissCommaOrSquareBracket:
      return "Expecting ',' delimiter";
    case rapidjson::kParseErrorStringMissQuotationMark:
      return "Unterminated string starting at";
    case rapidjson::kParseErrorStringEscapeInvalid:
      return "Invalid \\escape";
    case rapidjson::kParseErrorStringUnicodeEscapeInvalidHex:
      return "Invalid \\uXXXX escape";
    case rapidjson::kParseErrorStringInvalidEncoding:
      return "Invalid control character at";
    default:
      return rapidjson::GetParseError_En(code);
  }
}

[[noreturn]] void json_error(const std::string& message, std::string_view text, size_t offset) {
  std::string_view before = text.substr(0, std::min(offset, text.size()));
  size_t line = static_cast<size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  throw Error(ErrorKind::compilation, "jinja/bad-json",
              fmt::format("{}: line {} column {} (char {})", message, line,
                          unicode::length(before.substr(line_start)) + 1, unicode::length(before)));
}

}  // namespace

Value parse_json(std::string_view text) {
  constexpr unsigned flags =
      rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseNanAndInfFlag | rapidjson::kParseIterativeFlag;
  rapidjson::MemoryStream memory(text.data() ? text.data() : "", text.size());
  rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(memory);
  rapidjson::Reader reader;
  ValueBuilder builder;
  rapidjson::ParseResult parsed = reader.Parse<flags>(stream, builder);
  if (!builder.failure.empty()) json_error(builder.failure, text, parsed.Offset());
  if (parsed.IsError()) json_error(python_message(parsed.Code()), text, parsed.Offset());
  return std::move(builder.result);
}

// ---- YAML trees ---------------------------------------------------------------------------------------------------

Value from_yaml(const YamlNode& node) {
  switch (node.kind) {
    case YamlKind::null:
      return Value::none();
    case YamlKind::boolean:
      return node.integer != 0;
    case YamlKind::integer:
      return node.integer;
    case YamlKind::floating:
      return node.floating;
    case YamlKind::string:
      return node.text;
    case YamlKind::date:
    case YamlKind::datetime:
      return parse_yaml_timestamp(node.text);
    case YamlKind::sequence: {
      std::vector<Value> items;
      items.reserve(node.children.size());
      for (const YamlNode& child : node.children) items.push_back(from_yaml(child));
      return Value::list(std::move(items));
    }
    case YamlKind::mapping: {
      Value dict = Value::dict();
      dict.as_dict().reserve(node.size());
      for (size_t i = 0; i < node.size(); ++i) {
        const YamlNode& key = node.key_at(i);
        if (key.is_string())
          dict.as_dict().set(key.text, from_yaml(node.value_at(i)));
        else
          dict.as_dict().set(from_yaml(key), from_yaml(node.value_at(i)));
      }
      return dict;
    }
  }
  return Value::none();
}

}  // namespace modelc::jinja
