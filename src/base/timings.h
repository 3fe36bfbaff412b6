// What each stage of an invocation cost (after ninja's metrics): wall and CPU time by name, for --timings.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace modelc {

/// Collects stage costs. Any thread may add.
class Timings {
 public:
  struct Stage {
    std::string name;
    int64_t wall_ns = 0;
    int64_t cpu_ns = 0;      ///< of all threads of the process while the stage ran
    int64_t started_us = 0;  ///< microseconds since 1970-01-01 UTC
  };
  void add(Stage stage);
  std::vector<Stage> stages() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Stage> stages_;
};

/// CPU nanoseconds of this process so far.
int64_t process_cpu_nanos();
/// CPU time of the calling thread.
int64_t thread_cpu_nanos();

/// Times its own life as one stage.
class StageTimer {
 public:
  StageTimer(Timings& timings, std::string name);
  ~StageTimer();
  StageTimer(const StageTimer&) = delete;

 private:
  Timings& timings_;
  std::string name_;
  int64_t wall_start_, cpu_start_, started_us_;
};

}  // namespace modelc
