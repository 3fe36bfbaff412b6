#include "events/events.h"

#include <doctest/doctest.h>

using namespace modelc;

namespace {

struct Recorder {
  std::string text;
  EventBusOptions options() {
    EventBusOptions result;
    result.write_terminal = [this](std::string_view line) { text += line; };
    result.invocation_id = "id-1";
    return result;
  }
};

Event info_event(std::string message) { return Event{"Note", "Z050", EventLevel::info, std::move(message), {}, {}}; }

}  // namespace

TEST_CASE("text lines carry a clock, print events are bare") {
  Recorder recorder;
  EventBus bus(recorder.options());
  bus.fire(info_event("hello"));
  CHECK(recorder.text.size() == std::string("12:34:56  hello\n").size());
  CHECK(recorder.text.ends_with("  hello\n"));
  recorder.text.clear();
  Event print = info_event("from print()");
  print.print_only = true;
  bus.fire(print);
  CHECK(recorder.text == "from print()\n");
}

TEST_CASE("quiet leaves errors and print()") {
  Recorder recorder;
  auto options = recorder.options();
  options.quiet = true;
  EventBus bus(options);
  bus.fire(info_event("info"));
  CHECK(recorder.text.empty());
  Event print = info_event("printed");
  print.print_only = true;
  bus.fire(print);
  Event error = info_event("broken");
  error.level = EventLevel::error;
  bus.fire(error);
  CHECK(recorder.text.find("printed\n") != std::string::npos);
  CHECK(recorder.text.find("broken\n") != std::string::npos);
}

TEST_CASE("secrets are hidden, the longest first") {
  Recorder recorder;
  EventBus bus(recorder.options());
  bus.add_secret("abc");
  bus.add_secret("abcdef");
  CHECK(bus.scrub("x abcdef y abc") == "x ***** y *****");
  bus.fire(info_event("password abcdef"));
  CHECK(recorder.text.find("abc") == std::string::npos);
}

TEST_CASE("warnings become errors by name, group or all, and exceptions hold") {
  Recorder recorder;
  const Event warning{"CustomKeyInConfigDeprecation", "D017", EventLevel::warn, "odd key", {}, {}};
  SUBCASE("all") {
    auto options = recorder.options();
    options.warn_error_all = true;
    CHECK_THROWS_AS(EventBus(options).warn_or_error(warning), Error);
    options.warn_names = {"CustomKeyInConfigDeprecation"};
    CHECK_NOTHROW(EventBus(options).warn_or_error(warning));
  }
  SUBCASE("group") {
    auto options = recorder.options();
    options.error_names = {"Deprecations"};
    CHECK_THROWS_AS(EventBus(options).warn_or_error(warning), Error);
  }
  SUBCASE("silenced") {
    auto options = recorder.options();
    options.warn_error_all = true;
    options.silence_names = {"D017"};
    EventBus(options).warn_or_error(warning);
    CHECK(recorder.text.empty());
  }
  SUBCASE("a name counts for more than the group, and the group for more than all") {
    auto options = recorder.options();
    options.warn_error_all = true;
    options.warn_names = {"Deprecations"};
    CHECK_NOTHROW(EventBus(options).warn_or_error(warning));
    options.error_names = {"CustomKeyInConfigDeprecation"};
    CHECK_THROWS_AS(EventBus(options).warn_or_error(warning), Error);
    options.silence_names = {"Deprecations"};
    CHECK_THROWS_AS(EventBus(options).warn_or_error(warning), Error);
    options.warn_error = true;
    options.warn_names = {"CustomKeyInConfigDeprecation"};
    CHECK_THROWS_AS(EventBus(options).warn_or_error(warning), Error);
  }
  SUBCASE("the group is of codes that begin with D, and silenced ones are counted") {
    auto options = recorder.options();
    options.silence_names = {"Deprecations"};
    EventBus bus(options);
    bus.warn_or_error(warning);
    CHECK(recorder.text.empty());
    CHECK(bus.deprecation_counts().at(warning.name).occurrences == 1);
    bus.warn_or_error({"UpcomingReferenceDeprecation", "I066", EventLevel::warn, "soon", {}, {}});
    CHECK(!recorder.text.empty());
    CHECK(bus.deprecation_counts().size() == 1);
  }
  SUBCASE("plain warnings are handled when all are") {
    auto options = recorder.options();
    options.warn_error_all = true;
    CHECK_NOTHROW(EventBus(options).fire(warning));
    options.handle_all_warnings = true;
    CHECK_THROWS_AS(EventBus(options).fire(warning), Error);
  }
  SUBCASE("plain") {
    EventBus bus(recorder.options());
    bus.warn_or_error(warning);
    CHECK(bus.warning_count() == 1);
  }
}

TEST_CASE("JSON lines have dbt's shape") {
  Recorder recorder;
  auto options = recorder.options();
  options.format = LogFormat::json;
  EventBus bus(options);
  bus.fire(Event{"ConcurrencyLine",
                 "Q027",
                 EventLevel::info,
                 "Concurrency: 1 threads",
                 jinja::Value::dict({{"num_threads", jinja::Value(1)}}),
                 {}});
  CHECK(
      recorder.text.starts_with(R"({"data": {"num_threads": 1}, "info": {"category": "", "code": "Q027", "extra": {}, )"
                                R"("invocation_id": "id-1", "level": "info", "msg": "Concurrency: 1 threads", )"
                                R"("name": "ConcurrencyLine", "pid": )"));
}

TEST_CASE("the progress line is erased before a log line and drawn again after it") {
  Recorder recorder;
  auto options = recorder.options();
  options.progress_line = true;
  EventBus bus(options);
  bus.set_progress("1 of 3");
  bus.fire(info_event("done"));
  CHECK(recorder.text.starts_with("\r\x1b[K1 of 3\r\x1b[K"));
  CHECK(recorder.text.ends_with("  done\n1 of 3"));
}
