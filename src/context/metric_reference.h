// What metric() gives: a text, the metric's name, with attributes.
#pragma once

#include <string>

#include "jinja/value.h"

namespace modelc {

/// While parsing it knows metric_name and package_name; when running, all keys of the metric's manifest entry. Belongs
/// to one render.
class MetricReference final : public jinja::Object {
 public:
  MetricReference(std::string name, jinja::Value attributes)
      : name_(std::move(name)), attributes_(std::move(attributes)) {}

  std::string_view type_name() const override { return "MetricReference"; }
  std::string str() const override { return name_; }
  std::string repr() const override { return name_; }
  std::optional<jinja::Value> get_attribute(jinja::State&, std::string_view name) override {
    const jinja::Value value = attributes_.get(name);
    return value.is_undefined() ? std::nullopt : std::optional(value);
  }

 private:
  std::string name_;
  jinja::Value attributes_;
};

}  // namespace modelc
