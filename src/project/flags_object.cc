#include "project/flags_object.h"

#include "base/text.h"

namespace modelc {

using jinja::Value;

namespace {

Value optional_text(const std::optional<std::string>& text) { return text ? Value(*text) : Value::none(); }

Value text_list(const std::vector<std::string>& texts) {
  Value list = Value::list();
  for (const auto& text : texts) list.as_list().push_back(Value(text));
  return list;
}

class FlagsObject : public jinja::Object {
 public:
  explicit FlagsObject(const Invocation& invocation) : invocation_(invocation) {}
  std::string_view type_name() const override { return "Namespace"; }
  std::optional<Value> get_attribute(jinja::State&, std::string_view name) override {
    Value value = flag_value(invocation_, to_lower(name));
    return value.is_undefined() ? Value::none() : value;
  }
  std::optional<Value> get_item(jinja::State& state, const Value& key) override {
    return get_attribute(state, jinja::to_str(key));
  }
  std::optional<Value> call_method(jinja::State& state, std::string_view name, jinja::CallArgs& args) override {
    if (name != "get") return std::nullopt;
    auto bound = args.bind("get", {"key", "default"}, 1);
    Value value = flag_value(invocation_, to_lower(jinja::to_str(bound[0])));
    return value.is_undefined() ? (bound[1].is_undefined() ? Value::none() : bound[1]) : value;
  }

 private:
  const Invocation& invocation_;
};

}  // namespace

Value flag_value(const Invocation& invocation, std::string_view name) {
  const Flags& f = invocation.flags;
  if (name == "which") return Value(invocation.command == "docs generate" ? "generate" : invocation.command);
  if (name == "full_refresh") return Value(f.full_refresh);
  if (name == "store_failures") return Value(f.store_failures);
  if (name == "empty") return Value(f.empty);
  if (name == "fail_fast") return Value(f.fail_fast);
  if (name == "debug") return Value(f.debug);
  if (name == "quiet") return Value(f.quiet);
  if (name == "print") return Value(f.print);
  if (name == "no_print") return Value(!f.print);
  if (name == "use_colors") return Value(f.use_colors);
  if (name == "warn_error") return Value(f.warn_error);
  if (name == "write_json") return Value(f.write_json);
  if (name == "partial_parse") return Value(f.partial_parse);
  if (name == "static_parser") return Value(f.static_parser);
  if (name == "version_check") return Value(f.version_check);
  if (name == "introspect") return Value(f.introspect);
  if (name == "defer") return Value(f.defer);
  if (name == "favor_state") return Value(f.favor_state);
  if (name == "populate_cache") return Value(f.populate_cache);
  if (name == "cache_selected_only") return Value(f.cache_selected_only);
  if (name == "log_cache_events") return Value(f.log_cache_events);
  if (name == "send_anonymous_usage_stats") return Value(f.send_anonymous_usage_stats);
  if (name == "printer_width") return Value(f.printer_width);
  if (name == "log_format") return Value(f.log_format);
  if (name == "indirect_selection") return Value(f.indirect_selection);
  if (name == "project_dir") return optional_text(f.project_dir);
  if (name == "profiles_dir") return optional_text(f.profiles_dir);
  if (name == "profile") return optional_text(f.profile);
  if (name == "target") return optional_text(f.target);
  if (name == "target_path") return optional_text(f.target_path);
  if (name == "log_path") return optional_text(f.log_path);
  if (name == "state") return optional_text(f.state);
  if (name == "selector") return optional_text(f.selector);
  if (name == "sample") return optional_text(f.sample);
  if (name == "event_time_start") return optional_text(f.event_time_start);
  if (name == "event_time_end") return optional_text(f.event_time_end);
  if (name == "inline") return optional_text(f.inline_sql);
  if (name == "output") return optional_text(f.output);
  if (name == "threads") return f.threads ? Value(*f.threads) : Value::none();
  if (name == "vars") return f.cli_vars;
  if (name == "select") return text_list(f.select);
  if (name == "exclude") return text_list(f.exclude);
  if (name == "resource_types") return text_list(f.resource_types);
  if (const auto it = f.behavior.find(std::string(name)); it != f.behavior.end()) return Value(it->second);
  return Value();
}

Value flags_value(const Invocation& invocation) { return jinja::make_ref<FlagsObject>(invocation); }

}  // namespace modelc
