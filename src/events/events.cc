#include "events/events.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/fs.h"
#include "base/text.h"
#include "events/format.h"

namespace modelc {
namespace {

thread_local std::string current_thread_name = "MainThread";

constexpr int rotated_files = 5;
constexpr std::string_view all_deprecations = "Deprecations";

void rotate_when_full(const std::string& path, uint64_t max_bytes) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error || size < max_bytes) return;
  for (int i = rotated_files - 1; i >= 1; --i) {
    std::filesystem::rename(fmt::format("{}.{}", path, i), fmt::format("{}.{}", path, i + 1), error);
  }
  std::filesystem::rename(path, path + ".1", error);
}

FILE* open_log(const std::string& path, uint64_t max_bytes) {
  if (path.empty()) return nullptr;
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  rotate_when_full(path, max_bytes);
  return std::fopen(path.c_str(), "a");  // a log that cannot be written must not stop the work
}

/// Is the event named, and is it a deprecation while the list names them all? The first counts for more.
struct Named {
  bool itself = false, as_deprecation = false;
};

bool is_deprecation(const Event& event) { return event.code.starts_with('D'); }

/// Codes of deprecations that dbt fires as plain warnings: neither counted nor shown once.
bool is_counted(const Event& event) {
  return is_deprecation(event) && event.name != "SpacesInResourceNameDeprecation" &&
         event.name != "InternalDeprecation" && event.name != "DeprecationsSummary";
}

Named named_in(const std::vector<std::string>& names, const Event& event) {
  Named result;
  for (const std::string& name : names) {
    if (name == event.name || name == event.code) result.itself = true;
    if (name == all_deprecations && is_deprecation(event)) result.as_deprecation = true;
  }
  return result;
}

void write_stdout(std::string_view line) { std::fwrite(line.data(), 1, line.size(), stdout); }

}  // namespace

void set_thread_name(std::string name) { current_thread_name = std::move(name); }
const std::string& thread_name() { return current_thread_name; }

std::string format_seconds(double seconds) { return fmt::format("{:.2f}s", seconds); }

std::string colorize(std::string_view text, Color color, bool on) {
  if (!on) return std::string(text);
  const char* code = color == Color::green ? "32" : color == Color::yellow ? "33" : "31";
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

struct EventBus::Impl {
  mutable std::mutex mutex;
  FILE* file = nullptr;
  std::vector<std::string> secrets;
  std::string progress;
  std::atomic<size_t> warnings{0};
  std::map<std::string, EventBus::Deprecations> deprecations;

  ~Impl() {
    if (file) std::fclose(file);
  }

  void hide_secrets(std::string& text) const {
    for (const auto& secret : secrets) {
      if (text.find(secret) != std::string::npos) text = replace_all(text, secret, "*****");
    }
  }
};

EventBus::EventBus(EventBusOptions options) : options_(std::move(options)), impl_(std::make_unique<Impl>()) {
  if (!options_.write_terminal) options_.write_terminal = write_stdout;
  for (auto& secret : options_.secrets) add_secret(secret);
  if (options_.file_level != EventLevel::none) impl_->file = open_log(options_.log_file, options_.log_file_max_bytes);
}

EventBus::~EventBus() {
  set_progress("");
  std::fflush(stdout);
}

bool EventBus::wants(EventLevel level) const {
  const EventLevel terminal = options_.quiet ? EventLevel::error : options_.level;
  return level >= terminal || (impl_->file && level >= options_.file_level);
}

bool EventBus::wants_data() const {
  return options_.format == LogFormat::json || (impl_->file && options_.file_format == LogFormat::json);
}

void EventBus::fire(const Event& event) {
  if (options_.handle_all_warnings && event.level == EventLevel::warn && handle_warning(event, {})) return;
  write(event);
}

void EventBus::write(const Event& event) {
  const Micros now = now_micros();
  if (event.level == EventLevel::warn) ++impl_->warnings;
  const EventLevel threshold = options_.quiet ? EventLevel::error : options_.level;
  // print() speaks at the level of errors, so that --quiet leaves it.
  const bool on_terminal = event.print_only ? options_.print && options_.level != EventLevel::none
                                            : event.level >= threshold && options_.level != EventLevel::none;
  const bool in_file = impl_->file && event.level >= options_.file_level;
  if (!on_terminal && !in_file) return;

  const auto format = [&](LogFormat shape, bool colors) {
    std::string line = shape == LogFormat::json    ? format_json_line(event, now, options_)
                       : shape == LogFormat::debug ? format_debug_line(event, now, colors, options_.invocation_id)
                                                   : format_text_line(event, now, colors);
    line += '\n';
    return line;
  };
  std::string terminal_line = on_terminal ? format(options_.format, options_.colors) : "";
  std::string file_line = in_file ? format(options_.file_format, options_.file_colors) : "";

  std::lock_guard lock(impl_->mutex);
  impl_->hide_secrets(terminal_line);
  impl_->hide_secrets(file_line);
  if (on_terminal) {
    options_.write_terminal(impl_->progress.empty() ? terminal_line : "\r\x1b[K" + terminal_line + impl_->progress);
    std::fflush(stdout);  // a pipe's reader follows the run too, and a kill must not take lines with it
  }
  if (in_file) {
    std::fwrite(file_line.data(), 1, file_line.size(), impl_->file);
    if (event.level >= EventLevel::info) std::fflush(impl_->file);
  }
}

/// A name counts for more than "Deprecations", and that for more than "all"; silence for more than warn, warn for more
/// than error (dbt_common: WarnErrorOptionsV2).
bool EventBus::handle_warning(const Event& event, Span span) const {
  const Named error = named_in(options_.error_names, event), warn = named_in(options_.warn_names, event),
              silence = named_in(options_.silence_names, event);
  const bool spared = warn.itself || silence.itself;
  const bool deprecation_spared = warn.as_deprecation || silence.as_deprecation;
  const bool by_kind = error.as_deprecation || options_.warn_error_all;
  if (options_.warn_error || (!spared && (error.itself || (by_kind && !deprecation_spared)))) {
    throw Error(ErrorKind::compilation, "events/warning-as-error", event.message, span,
                fmt::format("this is a warning ({}) that --warn-error or --warn-error-options turns into an error",
                            event.name));
  }
  return silence.itself || (silence.as_deprecation && !error.itself && !warn.itself);
}

void EventBus::warn_or_error(const Event& event, Span span) {
  const bool counted = is_counted(event);
  const auto count = [&](bool only_again) {
    std::lock_guard lock(impl_->mutex);
    const auto seen = impl_->deprecations.find(event.name);
    if (only_again && seen == impl_->deprecations.end()) return false;
    Deprecations& deprecations = impl_->deprecations[event.name];
    deprecations.code = event.code;
    ++deprecations.occurrences;
    return true;
  };
  if (counted && !options_.show_all_deprecations && count(true)) return;
  const bool silenced = handle_warning(event, span);
  if (counted) count(false);
  if (silenced) return;
  Event warning = event;
  if (warning.level < EventLevel::warn) warning.level = EventLevel::warn;
  write(warning);
}

void EventBus::set_progress(std::string_view text) {
  if (!options_.progress_line) return;
  std::lock_guard lock(impl_->mutex);
  if (impl_->progress == text) return;
  impl_->progress = std::string(text);
  options_.write_terminal("\r\x1b[K" + impl_->progress);
  std::fflush(stdout);
}

std::string EventBus::scrub(std::string_view text) const {
  std::lock_guard lock(impl_->mutex);
  std::string result(text);
  impl_->hide_secrets(result);
  return result;
}

void EventBus::add_secret(std::string value) {
  if (trim(value).empty()) return;
  std::lock_guard lock(impl_->mutex);
  auto& secrets = impl_->secrets;
  if (std::find(secrets.begin(), secrets.end(), value) != secrets.end()) return;
  secrets.push_back(std::move(value));
  // Longest first: a secret that holds another must vanish whole.
  std::stable_sort(secrets.begin(), secrets.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

size_t EventBus::warning_count() const { return impl_->warnings; }

std::map<std::string, EventBus::Deprecations> EventBus::deprecation_counts() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->deprecations;
}

}  // namespace modelc
