// What statements leave behind for templates: the engine's response, and the named results of `statement`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/adapter.h"

namespace modelc {

/// dbt's AdapterResponse: prints as its message; has code, rows_affected, to_dict().
class ResponseObject final : public jinja::Object {
 public:
  explicit ResponseObject(AdapterResponse response) : response_(std::move(response)) {}
  const AdapterResponse& response() const { return response_; }
  std::string_view type_name() const override { return "AdapterResponse"; }
  std::optional<jinja::Value> get_attribute(jinja::State&, std::string_view name) override;
  std::optional<jinja::Value> get_item(jinja::State& state, const jinja::Value& key) override;
  std::optional<jinja::Value> call_method(jinja::State&, std::string_view name, jinja::CallArgs& args) override;
  std::string str() const override { return response_.message; }
  std::string repr() const override;

 private:
  AdapterResponse response_;
};

/// What load_result() gives: response, data (rows as lists), table.
class StatementResult final : public jinja::Object {
 public:
  StatementResult(jinja::Value response, jinja::Value table)
      : response_(std::move(response)), table_(std::move(table)) {}
  const jinja::Value& response() const { return response_; }
  const jinja::Value& table() const { return table_; }
  std::string_view type_name() const override { return "AttrDict"; }
  bool is_mapping() const override { return true; }
  std::optional<jinja::Value> get_attribute(jinja::State&, std::string_view name) override;
  std::optional<jinja::Value> get_item(jinja::State& state, const jinja::Value& key) override;
  std::optional<jinja::Value> call_method(jinja::State& state, std::string_view name, jinja::CallArgs& args) override;
  bool contains(jinja::State& state, const jinja::Value& item) override;

 private:
  jinja::Value response_, table_, data_;
};

/// Results by name. `main` may be loaded again and again, others once, as in dbt.
class StatementResults {
 public:
  void store(const std::string& name, jinja::Value response, jinja::Value table);
  /// None when there is no such result. Throws Error{compilation, "compile/result-loaded"} on the second load.
  jinja::Value load(const std::string& name);
  /// The result itself, or null when absent.
  StatementResult* find(std::string_view name) const;
  void clear() { entries_.clear(); }

 private:
  struct Entry {
    std::string name;
    jinja::Ref<StatementResult> result;
    bool loaded = false;
  };
  std::vector<Entry> entries_;
};

}  // namespace modelc
