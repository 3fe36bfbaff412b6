#include "run/result_object.h"

#include "base/clock.h"
#include "jinja/pymodules.h"

namespace modelc {

using jinja::CallArgs;
using jinja::State;
using jinja::Value;

namespace {

/// A dict that also has Python's dataclass methods.
class DataObject : public jinja::Object {
 public:
  explicit DataObject(std::string_view type) : type_(type) {}
  std::string_view type_name() const override { return type_; }
  bool is_mapping() const override { return true; }

  std::optional<Value> get_attribute(State&, std::string_view name) override {
    const Value* found = dict().as_dict().find(name);
    return found ? std::optional<Value>(*found) : std::nullopt;
  }
  std::optional<Value> get_item(State& state, const Value& key) override {
    return key.is_string() ? get_attribute(state, key.as_string()) : std::nullopt;
  }
  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override {
    if (name == "to_dict") return jinja::deep_copy(plain());
    if (name == "get" || name == "items" || name == "keys" || name == "values")
      return jinja::call_method(state, dict(), name, args);
    return std::nullopt;
  }
  bool contains(State&, const Value& item) override { return dict().as_dict().find(item) != nullptr; }
  std::string repr() const override {
    return std::string(type_) + "(" + jinja::to_repr(const_cast<DataObject*>(this)->plain()) + ")";
  }

 protected:
  virtual Value build() = 0;
  virtual Value plain() { return dict(); }
  const Value& dict() {
    if (dict_.is_undefined()) dict_ = build();
    return dict_;
  }

 private:
  std::string_view type_;
  Value dict_;
};

class NodeObject final : public DataObject {
 public:
  NodeObject(RunShared& shared, const Node& node) : DataObject("Node"), shared_(shared), node_(node) {}

 protected:
  Value build() override {
    const CompiledCodes codes = shared_.compiler.codes();
    const auto code = codes.find(node_.id);
    return node_value(shared_.manifest, node_, code == codes.end() ? nullptr : &code->second);
  }

 private:
  RunShared& shared_;
  const Node& node_;
};

/// dbt's TimingInfo: moments are datetimes, and texts in to_dict().
class TimingObject final : public DataObject {
 public:
  explicit TimingObject(const TimingInfo& step) : DataObject("TimingInfo"), step_(step) {}
  static Value as_dict(const TimingInfo& step) {
    return Value::dict({{"name", Value(step.name)},
                        {"started_at", Value(format_iso_utc(step.started_at))},
                        {"completed_at", Value(format_iso_utc(step.completed_at))}});
  }

 protected:
  Value build() override {
    return Value::dict({{"name", Value(step_.name)},
                        {"started_at", jinja::make_datetime(step_.started_at, true)},
                        {"completed_at", jinja::make_datetime(step_.completed_at, true)}});
  }
  Value plain() override { return as_dict(step_); }

 private:
  TimingInfo step_;
};

class ResultObject final : public DataObject {
 public:
  ResultObject(RunShared& shared, const RunResult& result)
      : DataObject("RunResult"), shared_(shared), result_(result) {}

 protected:
  Value build() override {
    Value out = fields(false);
    if (result_.node != no_id)
      out.as_dict().set("node", Value(jinja::make_ref<NodeObject>(shared_, shared_.manifest.node(result_.node))));
    return out;
  }

  Value plain() override {
    Value out = fields(true);
    if (result_.node != no_id)
      out.as_dict().set("node", node_value(shared_.manifest, shared_.manifest.node(result_.node)));
    return out;
  }

 private:
  /// `as_data`: for to_dict().
  Value fields(bool as_data) const {
    Value timing = Value::list();
    for (const auto& step : result_.timing)
      timing.as_list().push_back(as_data ? TimingObject::as_dict(step) : Value(jinja::make_ref<TimingObject>(step)));
    return Value::dict(
        {{"status", Value(run_status_name(result_.status))},
         {"timing", timing},
         {"thread_id", Value(result_.thread_id)},
         {"execution_time", Value(result_.execution_time)},
         {"adapter_response", jinja::deep_copy(result_.adapter_response)},
         {"message", result_.message.empty() ? Value::none() : Value(result_.message)},
         {"failures", result_.failures ? Value(*result_.failures) : Value::none()},
         {"unique_id", Value(result_.unique_id)},
         {"compiled", Value(result_.compiled)},
         {"compiled_code", result_.compiled ? Value(result_.compiled_code) : Value::none()},
         {"relation_name", result_.relation_name.empty() ? Value::none() : Value(result_.relation_name)}});
  }

  RunShared& shared_;
  const RunResult& result_;
};

}  // namespace

Value result_object(RunShared& shared, const RunResult& result) {
  return Value(jinja::make_ref<ResultObject>(shared, result));
}

}  // namespace modelc
