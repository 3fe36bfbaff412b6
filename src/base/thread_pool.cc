#include "base/thread_pool.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <exception>
#include <list>
#include <mutex>
#include <thread>

namespace modelc {
namespace {

/// One call of parallel_for. Lives in the frame of its caller, who waits for the helpers inside.
struct Batch {
  const std::function<void(size_t)>& job;
  size_t count;
  size_t helpers_wanted;
  size_t helpers_inside = 0;  // guarded by the pool's mutex, as the one above
  std::atomic<size_t> next{0};
  std::exception_ptr fault{};
  std::once_flag first_fault{};

  void work() {
    try {
      for (size_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;) job(i);
    } catch (...) {
      std::call_once(first_fault, [&] { fault = std::current_exception(); });
    }
  }
};

/// Threads that wait for batches and stay until the process ends: a command has some twenty batches, and a thread that
/// ends gives its memory back page by page.
class HelperPool {
 public:
  /// Lets helpers work at the batch beside the caller. Returns when nobody does any more.
  void run(Batch& batch) {
    std::list<Batch*>::iterator place;
    {
      const std::lock_guard lock(mutex_);
      start_threads(batch.helpers_wanted);
      place = open_.insert(open_.end(), &batch);
    }
    work_arrived_.notify_all();
    batch.work();
    std::unique_lock lock(mutex_);
    open_.erase(place);
    helper_left_.wait(lock, [&] { return batch.helpers_inside == 0; });
  }

 private:
  void start_threads(size_t wanted) {
    try {
      for (; threads_ < wanted; ++threads_) std::thread([this] { serve(); }).detach();
    } catch (const std::exception&) {  // no more threads allowed, or no memory for them: those that run do the work
    }
  }

  void serve() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);  // signals are for the threads that expect them
    std::unique_lock lock(mutex_);
    for (;;) {
      Batch* batch = nullptr;
      work_arrived_.wait(lock, [&] { return (batch = open_batch()) != nullptr; });
      --batch->helpers_wanted;
      ++batch->helpers_inside;
      lock.unlock();
      batch->work();
      lock.lock();
      if (--batch->helpers_inside == 0) helper_left_.notify_all();
    }
  }

  Batch* open_batch() const {
    const auto found = std::find_if(open_.begin(), open_.end(), [](const Batch* b) { return b->helpers_wanted > 0; });
    return found == open_.end() ? nullptr : *found;
  }

  std::mutex mutex_;
  std::condition_variable work_arrived_, helper_left_;
  std::list<Batch*> open_;
  size_t threads_ = 0;
};

HelperPool& helper_pool() {
  static HelperPool& pool = *new HelperPool;  // never destroyed: its threads use it to the end
  return pool;
}

}  // namespace

size_t hardware_threads() { return std::max<size_t>(1, std::thread::hardware_concurrency()); }

void parallel_for(size_t count, const std::function<void(size_t)>& job, size_t threads) {
  if (threads == 0) threads = hardware_threads();
  threads = std::min(threads, count);
  if (threads <= 1) {
    for (size_t i = 0; i < count; ++i) job(i);
    return;
  }
  Batch batch{job, count, threads - 1};
  helper_pool().run(batch);
  if (batch.fault) std::rethrow_exception(batch.fault);
}

}  // namespace modelc
