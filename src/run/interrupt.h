// Ctrl-C and SIGTERM during a run: the first asks for an orderly end, the second ends the process.
#pragma once

#include <chrono>
#include <thread>

#include "adapters/adapter.h"

namespace modelc {

/// How long a signal may wait until somebody looks.
constexpr auto signal_poll = std::chrono::milliseconds(20);

/// Catches SIGINT and SIGTERM while it lives. One at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;

  /// Has a signal come since construction? Any thread.
  static bool requested();

 private:
  struct Old;
  Old* old_;
};

/// Passes a signal on to what `connection` runs while no executor does: the project's hooks. Does nothing without one.
class InterruptWatch {
 public:
  explicit InterruptWatch(Connection* connection);

 private:
  std::jthread thread_;
};

}  // namespace modelc
