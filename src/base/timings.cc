#include "base/timings.h"

#include <time.h>

#include <new>

#include "base/clock.h"

namespace modelc {
namespace {

int64_t cpu_nanos(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return t.tv_sec * 1'000'000'000 + t.tv_nsec;
}

}  // namespace

void Timings::add(Stage stage) {
  std::lock_guard lock(mutex_);
  stages_.push_back(std::move(stage));
}

std::vector<Timings::Stage> Timings::stages() const {
  std::lock_guard lock(mutex_);
  return stages_;
}

int64_t process_cpu_nanos() { return cpu_nanos(CLOCK_PROCESS_CPUTIME_ID); }
int64_t thread_cpu_nanos() { return cpu_nanos(CLOCK_THREAD_CPUTIME_ID); }

StageTimer::StageTimer(Timings& timings, std::string name)
    : timings_(timings),
      name_(std::move(name)),
      wall_start_(monotonic_nanos()),
      cpu_start_(process_cpu_nanos()),
      started_us_(now_micros()) {}

StageTimer::~StageTimer() {
  try {
    timings_.add({std::move(name_), monotonic_nanos() - wall_start_, process_cpu_nanos() - cpu_start_, started_us_});
  } catch (const std::bad_alloc&) {  // a figure less
  }
}

}  // namespace modelc
