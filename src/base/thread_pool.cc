#include "base/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace modelc {

size_t hardware_threads() { return std::max(1u, std::thread::hardware_concurrency()); }

void parallel_for(size_t count, const std::function<void(size_t)>& job, size_t threads) {
  if (threads == 0) threads = hardware_threads();
  threads = std::min(threads, count);
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t i = next++; i < count; i = next++) job(i);
  };
  std::vector<std::jthread> workers;
  for (size_t i = 1; i < threads; ++i) workers.emplace_back(work);
  work();
}

}  // namespace modelc
