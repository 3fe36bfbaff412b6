#include "base/timings.h"

#include <time.h>

#include <new>

#include "base/clock.h"

namespace modelc {

void Timings::add(Stage stage) {
  std::lock_guard lock(mutex_);
  stages_.push_back(std::move(stage));
}

std::vector<Timings::Stage> Timings::stages() const {
  std::lock_guard lock(mutex_);
  return stages_;
}

int64_t process_cpu_nanos() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1'000'000'000 + t.tv_nsec;
}

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
