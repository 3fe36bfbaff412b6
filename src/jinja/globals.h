// The objects behind Jinja2's global functions.
#pragma once

#include "jinja/value.h"

namespace modelc::jinja {

/// namespace(): holds attributes that `{% set ns.name = ... %}` may assign; the only object that statement accepts.
class NamespaceObject final : public Object {
 public:
  explicit NamespaceObject(Value attributes) : attributes_(std::move(attributes)) {}
  std::string_view type_name() const override { return "Namespace"; }
  std::string_view qualified_name() const override { return "jinja2.utils.Namespace"; }
  std::optional<Value> get_attribute(State& state, std::string_view name) override;
  bool set_attribute(State& state, std::string_view name, Value value) override;
  std::string repr() const override { return "<Namespace " + to_repr(attributes_) + ">"; }

 private:
  Value attributes_;  // a dict
};

/// A Python type such as `dict` or `datetime.date`: called to make instances, with attributes of its own.
class TypeObject : public Object {
 public:
  TypeObject(std::string name, NativeFunction make) : name_(std::move(name)), make_(std::move(make)) {}
  std::string_view type_name() const override { return "type"; }
  bool is_callable() const override { return true; }
  Value call(State& state, CallArgs& args) override { return make_(state, args); }
  std::optional<Value> get_attribute(State& state, std::string_view name) override;
  std::string repr() const override { return "<class '" + name_ + "'>"; }
  /// Adds a class attribute or a static method.
  TypeObject& with(std::string_view name, Value value);

 private:
  std::string name_;
  NativeFunction make_;
  DictData members_;
};

}  // namespace modelc::jinja
