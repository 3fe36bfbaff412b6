// Where the description of an entry goes: into JSON text, or into a tree of Values. One description serves both, so
// that manifest.json and what templates see cannot drift apart. Internal to the artifacts folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "jinja/json.h"
#include "jinja/value.h"

namespace modelc {

/// Writes Python's json.dumps form, as dbt does.
class JsonSink {
 public:
  JsonSink() : JsonSink(std::string()) {}
  /// Writes into `buffer`, whose text is dropped and whose memory is used.
  explicit JsonSink(std::string buffer)
      : writer_(JsonWriter::Style{.ascii = true, .spaced = true, .indent = 0}, std::move(buffer)) {}
  void begin_object() { writer_.begin_object(); }
  void end_object() { writer_.end_object(); }
  void begin_array() { writer_.begin_array(); }
  void end_array() { writer_.end_array(); }
  void key(std::string_view name) { writer_.key(name); }
  void string(std::string_view text) { writer_.string(text); }
  void integer(int64_t number) { writer_.integer(number); }
  void floating(double number) { writer_.floating(number); }
  void boolean(bool value) { writer_.boolean(value); }
  void null() { writer_.null(); }
  void value(const jinja::Value& value) { jinja::write_json(writer_, value); }
  std::string take() { return writer_.take(); }

 private:
  JsonWriter writer_;
};

/// Builds Values. Containers of the source are copied, so that a template may change what it gets.
class ValueSink {
 public:
  void begin_object() { open(jinja::Value::dict()); }
  void end_object() { close(); }
  void begin_array() { open(jinja::Value::list()); }
  void end_array() { close(); }
  void key(std::string_view name) { key_ = name; }
  void string(std::string_view text) { add(jinja::Value(text)); }
  void integer(int64_t number) { add(jinja::Value(number)); }
  void floating(double number) { add(jinja::Value(number)); }
  void boolean(bool value) { add(jinja::Value(value)); }
  void null() { add(jinja::Value::none()); }
  void value(const jinja::Value& value) { add(value.is_undefined() ? jinja::Value::none() : jinja::deep_copy(value)); }
  jinja::Value take() { return std::move(result_); }

 private:
  void open(jinja::Value container) {
    add(container);
    open_.push_back(std::move(container));
  }
  void close() { open_.pop_back(); }
  void add(jinja::Value value) {
    if (open_.empty()) {
      result_ = std::move(value);
    } else if (open_.back().is_dict()) {
      open_.back().as_dict().set(key_, std::move(value));
    } else {
      open_.back().as_list().push_back(std::move(value));
    }
  }

  jinja::Value result_;
  std::vector<jinja::Value> open_;
  std::string_view key_;  // the caller's text, used before the next key comes
};

}  // namespace modelc
