#include "run/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <new>

namespace modelc {
namespace {

std::atomic<int> signals_seen{0};

void on_signal(int number) {
  if (signals_seen.fetch_add(1, std::memory_order_relaxed) > 0) _exit(128 + number);
}

}  // namespace

struct InterruptGuard::Old {
  struct sigaction interrupt, terminate;
};

InterruptGuard::InterruptGuard() : old_(new Old) {
  signals_seen = 0;
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, &old_->interrupt);
  sigaction(SIGTERM, &action, &old_->terminate);
}

InterruptGuard::~InterruptGuard() {
  sigaction(SIGINT, &old_->interrupt, nullptr);
  sigaction(SIGTERM, &old_->terminate, nullptr);
  delete old_;
}

bool InterruptGuard::requested() { return signals_seen.load(std::memory_order_relaxed) > 0; }

InterruptWatch::InterruptWatch(Connection* connection) {
  if (!connection) return;
  thread_ = std::jthread([connection](const std::stop_token& stop) {
    try {
      std::mutex mutex;
      std::condition_variable_any woken;
      std::unique_lock lock(mutex);
      while (!stop.stop_requested()) {
        woken.wait_for(lock, stop, signal_poll, [] { return false; });
        if (InterruptGuard::requested()) connection->cancel();
      }
    } catch (const std::bad_alloc&) {  // out of memory: a hook runs to its end
    }
  });
}

}  // namespace modelc
