#include "base/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace modelc {

size_t hardware_threads() { return std::max<size_t>(1, std::thread::hardware_concurrency()); }

void parallel_for(size_t count, const std::function<void(size_t)>& job, size_t threads) {
  if (threads == 0) threads = hardware_threads();
  threads = std::min(threads, count);
  if (threads <= 1) {
    for (size_t i = 0; i < count; ++i) job(i);
    return;
  }
  std::atomic<size_t> next{0};
  std::exception_ptr fault;
  std::once_flag first_fault;
  const auto work = [&] {
    try {
      for (size_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;) job(i);
    } catch (...) {
      std::call_once(first_fault, [&] { fault = std::current_exception(); });
    }
  };
  {
    std::vector<std::jthread> helpers;
    helpers.reserve(threads - 1);
    try {
      while (helpers.size() + 1 < threads) helpers.emplace_back(work);
    } catch (const std::exception&) {  // no more threads allowed, or no memory for them: those that run do the work
    }
    work();
  }
  if (fault) std::rethrow_exception(fault);
}

}  // namespace modelc
