#include "run/executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include "compile/relations.h"
#include "run/interrupt.h"
#include "run/run_queue.h"

namespace modelc {
namespace {

/// A node whose turn has come. The index is dbt's: given in the order in which nodes become ready.
struct Item {
  NodeId id = no_id;
  int index = 0;
  bool skip = false;
  const RunResult* cause = nullptr;  ///< an ephemeral model's failure
};

/// A worker's connection and what it is doing, for cancelling.
struct WorkerSlot {
  Connection* connection = nullptr;
  const Node* node = nullptr;
};

class Executor {
 public:
  Executor(RunShared& shared, SqlSession& main, const std::vector<NodeId>& selected, const ExecutorOptions& options)
      : shared_(shared),
        main_(main),
        options_(options),
        total_(count_of_nodes(shared.manifest, selected)),
        queue_(shared.manifest, without_unit_tests(selected), options.keep_edges, edges(selected)),
        skip_(shared.manifest.nodes.size(), 0),
        causes_(shared.manifest.nodes.size(), nullptr) {
    for (NodeId id : selected_) by_model_unit_tests(id);
    remaining_ = queue_.size();
  }

  ExecutorResult run() {
    const size_t count = std::max<size_t>(1, std::min<size_t>(static_cast<size_t>(options_.threads), remaining_));
    slots_.resize(count);
    enqueue(queue_.start());
    std::vector<std::thread> workers = start_workers(count);
    try {
      watch();
    } catch (...) {  // no thread may be left behind
      stop_for_fault();
    }
    for (auto& worker : workers) worker.join();
    if (fault_) std::rethrow_exception(fault_);
    shared_.environment.invocation.events->set_progress("");
    finish_unrun();
    ExecutorResult result;
    result.interrupted = interrupted_;
    result.results = std::move(results_);
    if (stopped_by_ != no_id) {
      const auto found = std::find_if(result.results.begin(), result.results.end(),
                                      [&](const RunResult& r) { return r.node == stopped_by_; });
      if (found != result.results.end()) result.stopped_by = &*found;
    }
    return result;
  }

 private:
  // ---- before the start -----------------------------------------------------------------------------------------
  /// `build` runs unit tests right before their model, outside of the queue (dbt: BuildTask).
  std::vector<NodeId> without_unit_tests(const std::vector<NodeId>& selected) {
    selected_ = selected;
    if (shared_.request.kind != TaskKind::build) return selected;
    std::vector<NodeId> rest;
    for (NodeId id : selected) {
      const Node& node = shared_.manifest.node(id);
      const bool beside_model = node.resource_type == ResourceType::unit_test &&
                                std::binary_search(selected.begin(), selected.end(), node.unit_test->tested_node);
      if (!beside_model) rest.push_back(id);
    }
    return rest;
  }

  void by_model_unit_tests(NodeId id) {
    const Node& node = shared_.manifest.node(id);
    if (shared_.request.kind != TaskKind::build || node.resource_type != ResourceType::unit_test) return;
    if (std::binary_search(selected_.begin(), selected_.end(), node.unit_test->tested_node))
      unit_tests_[node.unit_test->tested_node].push_back(id);
  }

  std::vector<Edge> edges(const std::vector<NodeId>& selected) const {
    return shared_.request.kind == TaskKind::build ? test_edges(shared_.manifest, selected) : std::vector<Edge>();
  }

  // ---- under the lock -------------------------------------------------------------------------------------------
  void stop() {
    stop_ = true;
    wake_.notify_all();
    changed_.notify_one();
  }

  int next_index(const Node& node) { return node.is_ephemeral() ? 0 : ++index_; }

  void enqueue(const std::vector<NodeId>& nodes) {
    for (NodeId id : nodes) {
      Item item{id, 0, skip_[id] != 0, causes_[id]};
      // With unit tests before it, the model's number is known only when they have theirs.
      if (!unit_tests_.contains(id)) item.index = next_index(shared_.manifest.node(id));
      ready_.push_back(item);
    }
    unfinished_ += nodes.size();
    count_at_once();
  }

  void count_at_once() { shared_.compiler.shared().nodes_at_once = std::min(slots_.size(), unfinished_); }

  bool marks_children(RunStatus status) const {
    if (status == RunStatus::error || status == RunStatus::partial_success) return true;
    return options_.skip_after_failed_tests && (status == RunStatus::fail || status == RunStatus::skipped);
  }

  void mark_children(const RunResult& result, bool ephemeral) {
    if (!marks_children(result.status)) return;
    shared_.log.marked_children(result);
    const RunResult* cause = nullptr;
    if (ephemeral) {
      ephemeral_failures_.push_back(result);
      cause = &ephemeral_failures_.back();
    }
    for (NodeId id : queue_.descendants(result.node)) {
      skip_[id] = 1;
      causes_[id] = cause;
    }
  }

  void record(RunResult result) {
    const Node& node = shared_.manifest.node(result.node);
    done_.push_back(result.node);
    const bool failed = result.status == RunStatus::error || result.status == RunStatus::fail ||
                        result.status == RunStatus::partial_success;
    if ((failed && options_.fail_fast) || (result.status == RunStatus::error && options_.stop_at_first_error)) {
      if (stopped_by_ == no_id && !stop_) stopped_by_ = result.node;
      stop();
    }
    if (!node.is_ephemeral() || keeps_ephemeral(result)) results_.push_back(std::move(result));
  }

  /// compile and show report ephemeral models that were asked for by name; others only when they ended the run.
  bool keeps_ephemeral(const RunResult& result) const {
    const Flags& flags = shared_.environment.invocation.flags;
    if (shared_.request.kind == TaskKind::compile || shared_.request.kind == TaskKind::show) {
      return !flags.select.empty() || result.status == RunStatus::error;
    }
    return false;
  }

  // ---- workers --------------------------------------------------------------------------------------------------
  void work(size_t number) {
    try {
      set_thread_name(fmt::format("Thread-{} (worker)", number + 1));
      serve(number);
    } catch (...) {  // no node's own fault: memory is out
      stop_for_fault();
    }
    std::lock_guard lock(mutex_);
    slots_[number] = {};
    ++ended_workers_;
    wake_.notify_all();
    changed_.notify_one();
  }

  /// Ends the run with the exception that is being handled.
  void stop_for_fault() {
    std::lock_guard lock(mutex_);
    if (!fault_) fault_ = std::current_exception();
    stop();
  }

  void serve(size_t number) {
    std::unique_ptr<Connection> own;
    std::unique_ptr<SqlSession> session;
    SqlSession* using_session = &main_;
    for (;;) {
      Item item;
      {
        std::unique_lock lock(mutex_);
        wait_for_item(lock, number);
        if (stop_ || remaining_ == 0) break;
        item = ready_.front();
        ready_.pop_front();
        note_begin(item.id, number);
      }
      if (number > 0 && !session) {
        if (main_.connected()) own = connect();
        session = std::make_unique<SqlSession>(shared_.compiler.shared(), own.get());
        using_session = session.get();
      }
      run_item(number, *using_session, item);
    }
  }

  /// Until there is a node that this worker may take, or nothing to wait for.
  void wait_for_item(std::unique_lock<std::mutex>& lock, size_t number) {
    for (;;) {
      wake_.wait(lock, [&] { return stop_ || remaining_ == 0 || !ready_.empty(); });
      if (stop_ || remaining_ == 0 || number == last_writer_ || !writes(ready_.front().id)) return;
      const auto join_at = last_write_ + options_.head_start;
      if (std::chrono::steady_clock::now() >= join_at) return;
      wake_.wait_until(lock, join_at);
    }
  }

  bool writes(NodeId id) const {
    const Node& node = shared_.manifest.node(id);
    return is_relational(node) && !node.is_ephemeral();
  }

  /// A worker begins this node. Of two at work, the one that began last goes on by itself.
  void note_begin(NodeId id, size_t number) {
    if (!writes(id)) return;
    last_writer_ = number;
    last_write_ = std::chrono::steady_clock::now();
  }

  /// Starts up to `count` workers: the system may not allow as many threads, or have no memory for them.
  std::vector<std::thread> start_workers(size_t count) {
    std::vector<std::thread> workers;
    workers.reserve(count);
    try {
      while (workers.size() < count) workers.emplace_back([this, i = workers.size()] { work(i); });
    } catch (const std::exception&) {  // std::system_error, std::bad_alloc
      if (workers.empty()) throw;
      std::lock_guard lock(mutex_);
      ended_workers_ += count - workers.size();
    }
    return workers;
  }

  /// A worker without a connection would fail every node that it gets: its session says so in each result.
  std::unique_ptr<Connection> connect() {
    try {
      return shared_.environment.adapter->connect(thread_name());
    } catch (const Error& error) {
      shared_.log.note("ConnectionFailed", "X022", EventLevel::error, render_brief(error.diagnostic()));
      return nullptr;
    }
  }

  void run_item(size_t number, SqlSession& session, Item item) {
    const Node& node = shared_.manifest.node(item.id);
    if (const auto tests = unit_tests_.find(item.id); tests != unit_tests_.end()) {
      for (NodeId test : tests->second) {
        int index;
        {
          std::lock_guard lock(mutex_);
          index = next_index(shared_.manifest.node(test));
        }
        RunResult result = run_one(number, session, Item{test, index, item.skip, nullptr});
        if (marks_children(result.status)) item.skip = true, item.cause = nullptr;
        std::lock_guard lock(mutex_);
        record(std::move(result));
      }
      std::lock_guard lock(mutex_);
      item.index = next_index(node);
    }
    RunResult result = run_one(number, session, item);
    std::lock_guard lock(mutex_);
    mark_children(result, node.is_ephemeral());
    --unfinished_;
    if (number == last_writer_) last_write_ = std::chrono::steady_clock::now();
    enqueue(queue_.finish(item.id));
    record(std::move(result));
    --remaining_;
    wake_.notify_all();
  }

  RunResult run_one(size_t number, SqlSession& session, const Item& item) {
    const Node& node = shared_.manifest.node(item.id);
    const Position position{item.index, total_};
    if (item.skip) return skip_node(shared_, node, position, item.cause);
    {
      std::lock_guard lock(mutex_);
      slots_[number] = {session.connected() ? &session.connection() : nullptr, &node};
      show_progress();
    }
    RunResult result = run_node(shared_, session, node, position);
    std::lock_guard lock(mutex_);
    slots_[number] = {};
    return result;
  }

  /// "3 of 14, running: customers, orders"
  void show_progress() {
    EventBus& events = *shared_.environment.invocation.events;
    if (!events.options().progress_line) return;
    std::string names;
    for (const auto& slot : slots_) {
      if (slot.node) names += (names.empty() ? "" : ", ") + slot.node->name;
    }
    events.set_progress(fmt::format("{} of {}, running: {}", results_.size(), total_, names));
  }

  // ---- the caller's thread --------------------------------------------------------------------------------------
  /// Waits for the end; passes signals and fail-fast on to the connections.
  void watch() {
    bool announced = false;
    std::unique_lock lock(mutex_);
    while (ended_workers_ < slots_.size()) {
      changed_.wait_for(lock, signal_poll);
      if (InterruptGuard::requested() && !interrupted_) {
        interrupted_ = true;
        stop();
      }
      const bool cancels = interrupted_ || (stop_ && options_.fail_fast);
      if (!cancels) continue;
      // Again and again: a worker may have been between two statements.
      for (const auto& slot : slots_) {
        if (!slot.node) continue;
        if (!announced) shared_.log.cancel_line(slot.node->unique_id);
        cancelled_.push_back(slot.node->id);
        if (slot.connection) slot.connection->cancel();
      }
      announced = true;
    }
  }

  /// What the end of the run kept from running, or cut off, is skipped.
  void finish_unrun() {
    if (!stop_) return;
    const std::string message(interrupted_ ? skipped_by_interrupt : "Skipping due to fail_fast");
    for (auto& result : results_) {
      const bool cut_off = std::find(cancelled_.begin(), cancelled_.end(), result.node) != cancelled_.end();
      if (!cut_off || result.node == stopped_by_ || result.status != RunStatus::error) continue;
      result.status = RunStatus::skipped;
      result.message = message;
      result.diagnostic.reset();
    }
    std::sort(done_.begin(), done_.end());
    for (NodeId id : selected_) {
      const Node& node = shared_.manifest.node(id);
      if (std::binary_search(done_.begin(), done_.end(), id) || node.is_ephemeral()) continue;
      results_.push_back(unrun_result(node, message));
    }
  }

  RunShared& shared_;
  SqlSession& main_;
  ExecutorOptions options_;
  int total_;
  std::vector<NodeId> selected_;
  RunQueue queue_;
  std::unordered_map<NodeId, std::vector<NodeId>> unit_tests_;  ///< by model; constant while workers run

  std::mutex mutex_;                 // guards all below
  std::condition_variable wake_;     // for workers: nodes are ready, or there will be no more
  std::condition_variable changed_;  // for the caller: a worker has ended, or is to be cancelled
  std::deque<Item> ready_;
  size_t remaining_ = 0, ended_workers_ = 0;
  size_t unfinished_ = 0;   ///< nodes that run or wait for a thread alone
  size_t last_writer_ = 0;  ///< the worker that began a node that writes last; it was seen at work at last_write_
  std::chrono::steady_clock::time_point last_write_;
  int index_ = 0;
  bool stop_ = false, interrupted_ = false;
  std::exception_ptr fault_;  ///< what ended a worker
  NodeId stopped_by_ = no_id;
  std::vector<char> skip_;
  std::vector<const RunResult*> causes_;
  std::deque<RunResult> ephemeral_failures_;
  std::vector<RunResult> results_;
  std::vector<NodeId> done_, cancelled_;
  std::vector<WorkerSlot> slots_;
};

}  // namespace

RunResult unrun_result(const Node& node, std::string_view message) {
  RunResult result;
  result.node = node.id;
  result.unique_id = node.unique_id;
  result.thread_id = "";
  result.status = RunStatus::skipped;
  result.relation_name = node.relation_name;
  result.message = message;
  return result;
}

int count_of_nodes(const Manifest& manifest, const std::vector<NodeId>& selected) {
  return static_cast<int>(
      std::count_if(selected.begin(), selected.end(), [&](NodeId id) { return !manifest.node(id).is_ephemeral(); }));
}

ExecutorResult execute_nodes(RunShared& shared, SqlSession& main, const std::vector<NodeId>& selected,
                             const ExecutorOptions& options) {
  if (selected.empty()) return {};
  return Executor(shared, main, selected, options).run();
}

}  // namespace modelc
