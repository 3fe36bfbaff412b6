// fqn: names with dots, versions and wildcards (dbt: is_selected_node).
#include <algorithm>

#include "base/text.h"
#include "select/methods.h"

namespace modelc {
namespace {

bool is_wild(std::string_view part) { return part.find_first_of("*?[]") != std::string_view::npos; }

/// A value of fqn:, taken apart once for all nodes.
class FqnPattern {
 public:
  explicit FqnPattern(std::string_view value) : value_(value), parts_(split(value, '.')) {
    wild_from_ = static_cast<size_t>(std::find_if(parts_.begin(), parts_.end(), is_wild) - parts_.begin());
    for (size_t i = wild_from_; i < parts_.size(); ++i) {
      if (i > wild_from_) wild_rest_ += '.';
      wild_rest_ += parts_[i];
    }
  }

  bool matches(const Node& node) {
    const std::string* first = node.fqn.data();
    const std::string* last = first + node.fqn.size();
    if (first == last) return false;
    const bool versioned = node.is_versioned();
    return matches(first, last, versioned) || (last - first > 1 && matches(first + 1, last, versioned));
  }

 private:
  bool matches(const std::string* first, const std::string* last, bool versioned) {
    if (versioned && last - first >= 2) {
      if (last[-2] == value_ || is_version_name(last[-2], last[-1])) return true;
    } else if (last[-1] == value_) {
      return true;
    }
    return matches_components(first, last, versioned);
  }

  /// "name.v2" and "name_v2" both name one version.
  bool is_version_name(std::string_view name, std::string_view version) const {
    if (parts_.size() == 1) {
      return value_.size() == name.size() + 1 + version.size() && value_.starts_with(name) &&
             value_[name.size()] == '_' && value_.ends_with(version);
    }
    // dbt joins the last two components of both with '_' and compares the results.
    std::string_view a = parts_[parts_.size() - 2], b = parts_.back();
    if (a == name && b == version) return true;
    scratch_.assign(a).append(1, '_').append(b);
    return scratch_.size() == name.size() + 1 + version.size() && scratch_.starts_with(name) &&
           scratch_[name.size()] == '_' && scratch_.ends_with(version);
  }

  /// Compares component by component; dots inside names divide too. From the first wildcard on, fnmatch decides.
  bool matches_components(const std::string* first, const std::string* last, bool versioned) {
    flat_.clear();
    for (const std::string* segment = first; segment != last; ++segment) {
      for (size_t from = 0;;) {
        const size_t dot = segment->find('.', from);
        flat_.push_back(std::string_view(*segment).substr(from, dot == std::string::npos ? dot : dot - from));
        if (dot == std::string::npos) break;
        from = dot + 1;
      }
    }
    if (flat_.size() < parts_.size()) return false;
    for (size_t i = 0; i < wild_from_; ++i)
      if (flat_[i] != parts_[i]) return false;
    if (wild_from_ == parts_.size() || wild_rest_ == "*") return true;
    scratch_.clear();
    for (size_t i = wild_from_; i < flat_.size(); ++i) {
      if (i > wild_from_) scratch_ += '.';
      scratch_ += flat_[i];
    }
    if (fnmatch(scratch_, wild_rest_)) return true;
    // Without a dot the pattern may also mean the name alone, however deep it lies; of a version that is the last but
    // one.
    if (parts_.size() > 1 || (versioned && last - first < 2)) return false;
    return fnmatch(versioned ? last[-2] : last[-1], wild_rest_);
  }

  std::string_view value_;
  std::vector<std::string_view> parts_;
  size_t wild_from_ = 0;
  std::string wild_rest_;
  std::vector<std::string_view> flat_;  // reused
  mutable std::string scratch_;         // reused
};

}  // namespace

NodeSet match_fqn(const MethodContext& context, const SelectionCriteria& criteria) {
  FqnPattern pattern(criteria.value);
  return nodes_where(context.manifest, [&](const Node& node) {
    return node.resource_type != ResourceType::source && pattern.matches(node);
  });
}

}  // namespace modelc
