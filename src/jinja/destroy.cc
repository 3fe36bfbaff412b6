#include "jinja/destroy.h"

#include <utility>

namespace modelc::jinja {
namespace {

constexpr unsigned kMaxDestroyDepth = 100;
thread_local unsigned destroy_depth = 0;
thread_local std::vector<Value>* postponed = nullptr;  // a pointer, so that it needs no destructor at the thread's end

void postpone(Value&& value) {
  if (value.type() < Type::list) return;
  if (!postponed) postponed = new std::vector<Value>();
  postponed->push_back(std::move(value));
}
void postpone(DictData::Entry&& entry) {
  postpone(std::move(entry.first));
  postpone(std::move(entry.second));
}

void destroy_postponed() {
  while (postponed) {
    std::vector<Value>* batch = std::exchange(postponed, nullptr);
    ++destroy_depth;
    delete batch;
    --destroy_depth;
  }
}

template <class T>
void destroy(std::vector<T>& items) {
  if (items.empty()) return;
  if (destroy_depth >= kMaxDestroyDepth) {
    for (T& item : items) postpone(std::move(item));
    return;
  }
  ++destroy_depth;
  items.clear();
  if (--destroy_depth == 0 && postponed) destroy_postponed();
}

}  // namespace

void destroy_items(std::vector<Value>& items) { destroy(items); }
void destroy_entries(std::vector<DictData::Entry>& entries) { destroy(entries); }

}  // namespace modelc::jinja
