// Memory for syntax trees: handed out in order, freed all at once. Objects in it are never destroyed, so they must be
// trivially destructible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace modelc::jinja {

/// A sequence in an arena.
template <class T>
struct ArenaList {
  T* items = nullptr;
  uint32_t count = 0;
  T* begin() const { return items; }
  T* end() const { return items + count; }
  bool empty() const { return count == 0; }
  uint32_t size() const { return count; }
  T& operator[](size_t i) const { return items[i]; }
};

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void* allocate(size_t size, size_t alignment) {
    size_t at = (used_ + alignment - 1) & ~(alignment - 1);
    if (at + size > capacity_) {
      grow(size + alignment);
      at = 0;
    }
    used_ = at + size;
    return block_ + at;
  }

  template <class T, class... A>
  T* make(A&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (allocate(sizeof(T), alignof(T))) T(std::forward<A>(args)...);
  }

  /// Copies items [from, end) of a scratch vector and removes them from it.
  template <class T>
  ArenaList<T> take(std::vector<T>& scratch, size_t from) {
    static_assert(std::is_trivially_copyable_v<T>);
    size_t count = scratch.size() - from;
    ArenaList<T> list;
    if (count == 0) return list;
    list.items = static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
    std::memcpy(static_cast<void*>(list.items), scratch.data() + from, count * sizeof(T));
    list.count = static_cast<uint32_t>(count);
    scratch.resize(from);
    return list;
  }

  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* to = static_cast<char*>(allocate(text.size(), 1));
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

 private:
  void grow(size_t least) {
    capacity_ = blocks_.empty() ? 4096 : capacity_ * 2;
    if (capacity_ > kLargestBlock) capacity_ = kLargestBlock;
    if (capacity_ < least) capacity_ = least;
    blocks_.push_back(std::unique_ptr<char[]>(new char[capacity_]));
    block_ = blocks_.back().get();
    used_ = 0;
  }

  static constexpr size_t kLargestBlock = size_t{1} << 20;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* block_ = nullptr;
  size_t used_ = 0;
  size_t capacity_ = 0;
};

}  // namespace modelc::jinja
