// What modelc tells the world while it works: dbt's structured events, by dbt's names and codes.
//
// Every line that modelc prints is an Event. An EventBus formats it (text or JSON) for the terminal and for
// logs/dbt.log, applies levels, quiet and colours, hides secrets, and turns warnings into errors where the user asked
// for that. Tools such as Dagster, Airflow and Elementary key on the names.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/diagnostic.h"
#include "jinja/value.h"

namespace modelc {

enum class EventLevel : uint8_t { debug, info, warn, error, none };

struct Event {
  std::string name;  ///< dbt's: "LogModelResult"
  std::string code;  ///< dbt's: "Q012"
  EventLevel level = EventLevel::info;
  std::string message;        ///< the text line without time stamp; may span lines
  jinja::Value data;          ///< dict with the event's own fields, or undefined
  jinja::Value node_info;     ///< dict as dbt's node_info, or undefined; goes to data.node_info
  bool print_only = false;    ///< user text of print(): bare on stdout, also under --quiet
  std::string category = {};  ///< info.category
};

enum class LogFormat : uint8_t { text, debug, json };

struct EventBusOptions {
  LogFormat format = LogFormat::text;  ///< terminal; debug = time with microseconds and level
  LogFormat file_format = LogFormat::debug;
  EventLevel level = EventLevel::info;
  EventLevel file_level = EventLevel::debug;
  bool quiet = false;  ///< only errors and print() on the terminal
  bool print = true;   ///< --no-print switches print() off
  bool colors = false;
  bool file_colors = false;
  std::string log_file;  ///< path of dbt.log; empty = none
  uint64_t log_file_max_bytes = 10u << 20;
  std::string invocation_id;
  // --warn-error and --warn-error-options
  bool warn_error = false;      ///< --warn-error: every warning, whatever the lists say
  bool warn_error_all = false;  ///< `error: all`
  std::vector<std::string> error_names, warn_names,
      silence_names;                         ///< event names or codes; "Deprecations" = all deprecations
  bool handle_all_warnings = false;          ///< the above for events that are fired as plain warnings, too
  bool show_all_deprecations = false;        ///< else only the first of each kind is written
  std::vector<std::string> secrets;          ///< values replaced by ***** in every output
  std::map<std::string, std::string> extra;  ///< info.extra: DBT_ENV_CUSTOM_ENV_* variables without their prefix
  std::function<void(std::string_view)> write_terminal;  ///< for tests; default writes to stdout
  bool progress_line = false;  ///< stdout is a terminal: keep a live status line below the log
};

/// Formats and writes events. Any thread may call; lines never interleave.
class EventBus {
 public:
  explicit EventBus(EventBusOptions options);
  ~EventBus();
  EventBus(const EventBus&) = delete;

  void fire(const Event& event);
  /// A warning: becomes an Error{compilation} when the options say so, is dropped when silenced. Of deprecations (codes
  /// that begin with D) only the first of each name is written; all are counted.
  void warn_or_error(const Event& event, Span span = {});
  /// True when a debug event would be written anywhere: check before building an expensive one.
  bool wants(EventLevel level) const;
  /// Does an output show `data` and `node_info`? Only JSON does: check before building large ones.
  bool wants_data() const;
  /// Sets the live progress text ("3 of 14, running: customers"); empty removes it. No-op unless progress_line.
  void set_progress(std::string_view text);
  /// Replaces every known secret by *****.
  std::string scrub(std::string_view text) const;
  void add_secret(std::string value);
  size_t warning_count() const;
  /// Deprecations seen so far, by event name.
  struct Deprecations {
    std::string code;  ///< "D026"
    size_t occurrences = 0;
  };
  std::map<std::string, Deprecations> deprecation_counts() const;
  const EventBusOptions& options() const { return options_; }

 private:
  struct Impl;
  void write(const Event& event);
  /// Throws the error that the options make of a warning; true when they silence it.
  bool handle_warning(const Event& event, Span span) const;
  EventBusOptions options_;
  std::unique_ptr<Impl> impl_;
};

/// The name under which this thread's events appear ("Thread-1 (worker)"); "MainThread" until set.
void set_thread_name(std::string name);
const std::string& thread_name();

/// "1.23s" the way dbt prints durations: seconds with two decimals.
std::string format_seconds(double seconds);

/// ANSI colouring as dbt does; returns the text itself when `on` is false.
enum class Color : uint8_t { green, yellow, red };
std::string colorize(std::string_view text, Color color, bool on);

}  // namespace modelc
