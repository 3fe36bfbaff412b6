// Runs independent jobs on all cores. Results land by index, so output never depends on timing.
#pragma once

#include <cstddef>
#include <functional>

namespace modelc {

/// Cores of this machine, at least 1.
size_t hardware_threads();

/// Calls `job(i)` once for every i in [0, count), on up to `threads` threads (0 = all cores); the caller's thread works
/// too, and alone where the system allows no more. Returns when all are done; rethrows the first exception of a job,
/// after which jobs that have not begun may be left out.
void parallel_for(size_t count, const std::function<void(size_t)>& job, size_t threads = 0);

}  // namespace modelc
