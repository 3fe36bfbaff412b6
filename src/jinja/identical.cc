#include "jinja/identical.h"

#include <algorithm>
#include <bit>
#include <functional>

#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

bool identical_entries(const DictData::Entry& a, const DictData::Entry& b) {
  return identical(a.first, b.first) && identical(a.second, b.second);
}

bool identical_strings(const Value& a, const Value& b) {
  return a.as_string() == b.as_string() && a.string_kind() == b.string_kind() && !a.provenance() && !b.provenance();
}

size_t combine(size_t seed, size_t hash) { return (seed ^ hash) * 0x9e3779b97f4a7c15ULL + (seed >> 29); }

}  // namespace

bool identical(const Value& a, const Value& b) {
  if (a.type() != b.type()) return false;
  if (a.type() != Type::floating && ValueAccess::counted(a) == ValueAccess::counted(b)) return true;  // or equal ints
  DepthGuard guard("in comparison");
  switch (a.type()) {
    case Type::floating:
      return std::bit_cast<uint64_t>(a.as_float()) == std::bit_cast<uint64_t>(b.as_float());
    case Type::string:
      return identical_strings(a, b);
    case Type::list:
    case Type::tuple:
      return std::equal(a.as_items().begin(), a.as_items().end(), b.as_items().begin(), b.as_items().end(), identical);
    case Type::dict: {
      const auto &left = a.as_dict().entries(), &right = b.as_dict().entries();
      return std::equal(left.begin(), left.end(), right.begin(), right.end(), identical_entries);
    }
    default:
      return false;
  }
}

size_t identical_hash(const Value& v) {
  DepthGuard guard("while hashing");
  size_t hash = static_cast<size_t>(v.type()) + 1;
  switch (v.type()) {
    case Type::string:
      return combine(hash, std::hash<std::string_view>()(v.as_string()));
    case Type::boolean:
    case Type::integer:
      return combine(hash, static_cast<size_t>(v.as_int()));
    case Type::floating:
      return combine(hash, std::bit_cast<uint64_t>(v.as_float()));
    case Type::list:
    case Type::tuple:
      for (const Value& item : v.as_items()) hash = combine(hash, identical_hash(item));
      return hash;
    case Type::dict:
      for (const auto& [key, value] : v.as_dict().entries())
        hash = combine(combine(hash, identical_hash(key)), identical_hash(value));
      return hash;
    case Type::object:
      return combine(hash, std::hash<const void*>()(&v.as_object()));
    default:
      return hash;
  }
}

}  // namespace modelc::jinja
