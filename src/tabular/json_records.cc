#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "tabular/json_scan.h"
#include "tabular/readers.h"

namespace modelc {
namespace {

/// Takes one object apart: its members become fields, what is nested in them stays JSON text.
class ObjectHandler : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, ObjectHandler> {
 public:
  void begin(std::string_view text, const rapidjson::MemoryStream& stream) {
    text_ = text;
    stream_ = &stream;
    depth_ = 0;
    parts_.clear();
    copies_.clear();
  }

  bool Null() { return scalar(RawValue::Kind::null, {}); }
  bool Bool(bool value) { return scalar(RawValue::Kind::boolean, value ? "true" : "false"); }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    return scalar(RawValue::Kind::number, {text, size});
  }
  bool String(const char* text, rapidjson::SizeType size, bool) { return scalar(RawValue::Kind::quoted, {text, size}); }
  bool StartObject() { return start(); }
  bool StartArray() { return start(); }
  bool EndObject(rapidjson::SizeType) { return end(); }
  bool EndArray(rapidjson::SizeType) { return end(); }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    if (depth_ == 1) add({text, size}, RawValue::Kind::null);
    return true;
  }

  /// The fields of the object; a name that comes twice keeps its last value.
  void take(std::vector<RawField>& fields) {
    for (size_t i = 0; i + 1 < parts_.size(); i += 2) {
      const RawField field{view(parts_[i]), {parts_[i + 1].kind, view(parts_[i + 1])}};
      const auto same = std::find_if(fields.begin(), fields.end(), [&](auto& f) { return f.name == field.name; });
      if (same != fields.end())
        same->value = field.value;
      else
        fields.push_back(field);
    }
  }

 private:
  struct Part {
    RawValue::Kind kind;
    size_t offset, size;
    bool in_text;
  };

  void add(std::string_view text, RawValue::Kind kind) {
    parts_.push_back({kind, copies_.size(), text.size(), false});
    copies_ += text;
  }
  bool scalar(RawValue::Kind kind, std::string_view text) {
    if (depth_ == 0) return false;
    if (depth_ == 1) add(text, kind);
    return true;
  }
  bool start() {
    if (++depth_ == 2) nested_begin_ = stream_->Tell();  // the iterative parser takes brackets after its call
    return true;
  }
  bool end() {
    if (--depth_ == 1)
      parts_.push_back({RawValue::Kind::nested, nested_begin_, stream_->Tell() + 1 - nested_begin_, true});
    return true;
  }
  std::string_view view(const Part& part) const {
    return (part.in_text ? text_ : std::string_view(copies_)).substr(part.offset, part.size);
  }

  std::string_view text_;
  const rapidjson::MemoryStream* stream_ = nullptr;
  int depth_ = 0;
  size_t nested_begin_ = 0;
  std::vector<Part> parts_;  // name, value, name, value, ...
  std::string copies_;
};

class JsonRecords final : public RecordReader {
 public:
  JsonRecords(std::string_view text, const RecordFormat& format)
      : text_(text),
        lines_(format.format == TableFormat::json_lines),
        path_(format.records),
        is_valid_(is_valid_utf8(text)),
        scanner_(text) {}

  bool next(Record& record) override {
    record.fields.clear();
    record.fault.clear();
    for (;;) {
      if (!in_list_ && !next_document(record)) return false;
      if (!record.fault.empty()) return true;
      if (!in_list_) return parse(record);
      if (next_element(record)) return record.fault.empty() ? parse(record) : true;
    }
  }

  const std::vector<std::string>& names() const override { return names_; }

 private:
  /// Moves to the next document of the text, or line; when it holds a list of records, in_list_ is set, else it is the
  /// record itself.
  bool next_document(Record& record) {
    const auto document = lines_ ? next_line() : next_value();
    if (!document) return false;
    locate(record, *document);
    if (lines_) {
      JsonScanner scanner(*document);
      scanner.value();
      scanner.skip_space();
      if (!scanner.done()) return true;  // parse() says what is wrong with the line
    }
    const auto found = descend(*document, record);
    if (!found) return true;
    if (!found->starts_with('[')) {
      locate(record, *found);
      return true;
    }
    in_list_ = first_element_ = true;
    const auto begin = static_cast<size_t>(found->data() - text_.data());
    // A list that is cut off ends with the text: what is whole in it is read.
    const bool is_whole_document = found->size() == document->size();
    list_is_closed_ = (is_whole_document && is_closed_) || JsonScanner(*found).value();
    list_end_ = begin + found->size() - (list_is_closed_ ? 1 : 0);
    elements_.move_to(begin + 1);
    return true;
  }

  std::optional<std::string_view> next_line() {
    while (!scanner_.done()) {
      const size_t begin = scanner_.position();
      const size_t end = std::min(text_.find('\n', begin), text_.size());
      scanner_.move_to(end + 1);
      const std::string_view line = trim(text_.substr(begin, end - begin));
      if (!line.empty()) return line;
    }
    return std::nullopt;
  }

  std::optional<std::string_view> next_value() {
    scanner_.skip_space();
    if (scanner_.done()) return std::nullopt;
    const size_t begin = scanner_.position();
    const auto value = scanner_.value();
    is_closed_ = value.has_value();
    if (value) return value;
    scanner_.move_to(text_.size());
    return text_.substr(begin);  // cut off, or with brackets that do not match
  }

  /// Follows the path of keys. Nothing, and a fault, where it does not lead to a list or an object.
  std::optional<std::string_view> descend(std::string_view value, Record& record) {
    for (const std::string& key : path_) {
      const auto found = member(value, key);
      if (!found) {
        record.fault = value.starts_with('{') ? fmt::format("there is no '{}' in the document", join(path_, "."))
                                              : std::string("no JSON object");
        return std::nullopt;
      }
      value = *found;
    }
    return value;
  }

  static std::optional<std::string_view> member(std::string_view object, std::string_view key) {
    JsonScanner scanner(object);
    if (!scanner.take('{')) return std::nullopt;
    do {
      const auto name = scanner.value();
      if (!name || !scanner.take(':')) return std::nullopt;
      scanner.skip_space();
      const size_t begin = scanner.position();
      const auto value = scanner.value();
      const bool is_wanted = name->size() == key.size() + 2 && name->substr(1, key.size()) == key;
      if (is_wanted) return value ? value : object.substr(begin);
      if (!value) return std::nullopt;
    } while (scanner.take(','));
    return std::nullopt;
  }

  /// The next element of the list; false at its end.
  bool next_element(Record& record) {
    elements_.skip_space();
    if (elements_.position() >= list_end_) {
      in_list_ = false;
      return !list_is_closed_ && broken_list(record, list_end_);
    }
    if (!first_element_ && !elements_.take(',')) return broken_list(record, elements_.position());
    first_element_ = false;
    elements_.skip_space();
    const size_t begin = elements_.position();
    const auto element = elements_.value();
    if (!element || elements_.position() > list_end_) return broken_list(record, begin);
    locate(record, *element);
    return true;
  }

  bool broken_list(Record& record, size_t begin) {
    in_list_ = false;
    locate(record, text_.substr(begin, list_end_ - begin));
    record.fault = list_is_closed_ ? "the list of records is broken here" : "the list of records is cut off";
    return true;
  }

  void locate(Record& record, std::string_view raw) {
    const auto begin = static_cast<size_t>(raw.data() - text_.data());
    line_ += static_cast<size_t>(std::count(text_.begin() + static_cast<ptrdiff_t>(counted_),
                                            text_.begin() + static_cast<ptrdiff_t>(std::max(begin, counted_)), '\n'));
    counted_ = std::max(begin, counted_);
    record.line = line_;
    record.raw = raw;
  }

  bool parse(Record& record) {
    if (!record.raw.starts_with('{')) {
      record.fault = "no JSON object";
      return true;
    }
    using namespace rapidjson;
    MemoryStream stream(record.raw.data(), record.raw.size());
    handler_.begin(record.raw, stream);
    constexpr unsigned flags = kParseNumbersAsStringsFlag | kParseIterativeFlag;
    const ParseResult result = is_valid_ ? reader_.Parse<flags>(stream, handler_)
                                         : reader_.Parse<flags | kParseValidateEncodingFlag>(stream, handler_);
    if (result.IsError()) {
      record.fault =
          fmt::format("broken JSON at character {}: {}", result.Offset() + 1, GetParseError_En(result.Code()));
      return true;
    }
    handler_.take(record.fields);
    return true;
  }

  std::string_view text_;
  bool lines_;
  std::vector<std::string> path_;
  bool is_valid_;                // UTF-8 throughout: records need not be checked
  JsonScanner scanner_;          // over documents
  JsonScanner elements_{text_};  // over the records of the list in the current document
  bool is_closed_ = false;       // the current document, in one scan that ended behind it
  bool in_list_ = false, first_element_ = true, list_is_closed_ = true;
  size_t list_end_ = 0;  // of its closing bracket
  size_t counted_ = 0, line_ = 1;
  rapidjson::Reader reader_;
  ObjectHandler handler_;
  std::vector<std::string> names_;  // empty
};

}  // namespace

std::unique_ptr<RecordReader> read_json_records(std::string_view text, const RecordFormat& format) {
  return std::make_unique<JsonRecords>(text, format);
}

}  // namespace modelc
