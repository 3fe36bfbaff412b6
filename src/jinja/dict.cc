// DictData: entries in order of insertion, and a hash index past a few of them.
#include <array>
#include <functional>

#include "jinja/destroy.h"
#include "jinja/value.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

constexpr size_t kLinearLimit = 8;
constexpr size_t kNotFound = static_cast<size_t>(-1);

size_t mix(uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  return x;
}

size_t hash_text(std::string_view text) { return std::hash<std::string_view>()(text); }

size_t hash_double(double d) {
  if (d >= -9.2e18 && d <= 9.2e18) {
    auto whole = static_cast<int64_t>(d);
    if (static_cast<double>(whole) == d) return mix(static_cast<uint64_t>(whole));  // as the equal int
  }
  return std::hash<double>()(d);
}

}  // namespace

size_t ValueHash::operator()(const Value& v) const {
  switch (v.type()) {
    case Type::undefined:
      return 17;
    case Type::none:
      return 19;
    case Type::boolean:
    case Type::integer:
      return mix(static_cast<uint64_t>(v.as_int()));
    case Type::floating:
      return hash_double(v.as_float());
    case Type::string:
      return hash_text(v.as_string());
    case Type::tuple: {
      DepthGuard guard("while hashing");
      size_t h = 0x345678;
      for (const Value& item : v.as_tuple()) h = mix(h * 31 + ValueHash()(item));
      return h;
    }
    case Type::object:
      return v.as_object().hash();
    default:
      type_error("unhashable type: '" + std::string(type_name(v)) + "'");
  }
}

bool ValueEqual::operator()(const Value& a, const Value& b) const { return equals(a, b); }

/// Open addressing over positions of the entries. A slot keeps the low half of the hash, which is enough for as many
/// slots as there can be positions.
class DictIndex {
 public:
  explicit DictIndex(const std::vector<DictData::Entry>& entries) : slots_(32) {
    for (size_t i = 0; i < entries.size(); ++i) add(ValueHash()(entries[i].first), i);
  }

  void add(size_t hash, size_t position) {
    if ((used_ + 1) * 4 > slots_.size() * 3) grow();
    ++used_;
    place(static_cast<uint32_t>(hash), static_cast<uint32_t>(position));
  }

  template <class Matches>
  size_t find(size_t hash, Matches matches) const {
    for (size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.position == kEmpty) return kNotFound;
      if (slot.position != kErased && slot.hash == static_cast<uint32_t>(hash) && matches(slot.position)) {
        return slot.position;
      }
    }
  }

  /// Forgets an entry; the later ones have moved down by one.
  void erase(size_t position) {
    for (Slot& slot : slots_) {
      if (slot.position >= kErased) continue;
      if (slot.position == position)
        slot.position = kErased;
      else if (slot.position > position)
        --slot.position;
    }
  }

 private:
  static constexpr uint32_t kEmpty = UINT32_MAX;
  static constexpr uint32_t kErased = UINT32_MAX - 1;
  struct Slot {
    uint32_t position = kEmpty;
    uint32_t hash = 0;
  };

  void place(uint32_t hash, uint32_t position) {
    size_t at = hash & (slots_.size() - 1);
    while (slots_[at].position != kEmpty) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {position, hash};
  }

  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    used_ = 0;
    for (const Slot& slot : old) {
      if (slot.position >= kErased) continue;
      place(slot.hash, slot.position);
      ++used_;
    }
  }

  std::vector<Slot> slots_;
  size_t used_ = 0;  // erased slots included
};

DictData::DictData() = default;

DictData::~DictData() { destroy_entries(entries_); }

namespace {

bool same_text(const Value& key, std::string_view text) { return key.is_string() && key.as_string() == text; }

/// Keys are found by identity before equality, as in Python: a NaN finds itself.
bool same_key(const Value& a, const Value& b) {
  if (a.is_string() || b.is_string()) return a.is_string() && b.is_string() && a.as_string() == b.as_string();
  return equals(a, b) || a.is_same(b);
}

}  // namespace

size_t DictData::locate(const Value& key) const {
  if (key.is_string()) return locate(std::string_view(key.as_string()));
  size_t hash = ValueHash()(key);
  if (index_) return index_->find(hash, [&](size_t i) { return same_key(entries_[i].first, key); });
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (same_key(entries_[i].first, key)) return i;
  }
  return kNotFound;
}

size_t DictData::locate(std::string_view key) const {
  if (index_) return index_->find(hash_text(key), [&](size_t i) { return same_text(entries_[i].first, key); });
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (same_text(entries_[i].first, key)) return i;
  }
  return kNotFound;
}

Value* DictData::find(const Value& key) {
  size_t i = locate(key);
  return i == kNotFound ? nullptr : &entries_[i].second;
}

Value* DictData::find(std::string_view key) {
  size_t i = locate(key);
  return i == kNotFound ? nullptr : &entries_[i].second;
}

namespace {

void append_entry(std::vector<DictData::Entry>& entries, std::unique_ptr<DictIndex>& index, Value key, Value value) {
  if (entries.size() >= UINT32_MAX / 4) limit_error("the dict would have too many items");
  size_t hash = index ? ValueHash()(key) : 0;
  entries.emplace_back(std::move(key), std::move(value));
  if (index) {
    index->add(hash, entries.size() - 1);
  } else if (entries.size() > kLinearLimit) {
    index = std::make_unique<DictIndex>(entries);
  }
}

}  // namespace

namespace {

/// A text as a key. The same few keys stand in most dicts (YAML properties, configs): each thread gives out one string
/// for those that it met last.
Value key_of(std::string_view text) {
  constexpr size_t kSlots = 512, kLongest = 48;
  thread_local std::array<Value, kSlots> recent;
  if (text.size() > kLongest) return Value(text);
  Value& slot = recent[hash_text(text) % kSlots];
  if (!same_text(slot, text)) slot = Value(text);
  return slot;
}

}  // namespace

void DictData::set(const Value& key, Value value) {
  if (Value* found = find(key)) {
    *found = std::move(value);
    return;
  }
  append_entry(entries_, index_, key, std::move(value));
}

void DictData::set(std::string_view key, Value value) {
  if (Value* found = find(key)) {
    *found = std::move(value);
    return;
  }
  append_entry(entries_, index_, key_of(key), std::move(value));
}

bool DictData::erase(const Value& key) {
  size_t i = locate(key);
  if (i == kNotFound) return false;
  Entry removed = std::move(entries_[i]);  // dies after the dict is whole again
  entries_.erase(entries_.begin() + static_cast<ptrdiff_t>(i));
  if (index_) index_->erase(i);
  return true;
}

void DictData::clear() {
  index_.reset();
  std::vector<Entry> old;
  old.swap(entries_);
}

void DictData::update(const DictData& other) {
  if (&other == this) return;
  if (entries_.empty()) reserve(other.size());
  for (const Entry& entry : other.entries_) set(entry.first, entry.second);
}

}  // namespace modelc::jinja
