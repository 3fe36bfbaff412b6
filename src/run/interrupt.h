// Ctrl-C and SIGTERM during a run: the first asks for an orderly end, the second ends the process.
#pragma once

namespace modelc {

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

}  // namespace modelc
