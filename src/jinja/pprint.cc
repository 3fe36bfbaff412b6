// pprint.pformat: one line when it fits into 80 columns, else one item a line; dicts and sets sorted by key.
#include <algorithm>

#include "jinja/filters.h"
#include "jinja/methods.h"
#include "jinja/set.h"
#include "jinja/unicode.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

constexpr int64_t kWidth = 80;

/// Sorts what has an order; else by type and address in Python, by type here.
void sort_safely(std::vector<Value>& items, std::vector<Value>& keys) {
  try {
    sort_values(items, &keys, false);
  } catch (const Error&) {
    std::vector<Value> names;
    for (const Value& key : keys) names.emplace_back(std::string(type_name(key)));
    sort_values(items, &names, false);
  }
}

std::vector<Value> sorted_items(const Value& v) {
  std::vector<Value> items;
  std::vector<Value> keys;
  if (auto* set = v.as<SetObject>()) {
    items = keys = set->items();
  } else {
    for (const auto& [key, value] : v.as_dict().entries()) {
      items.push_back(Value::tuple({key, value}));
      keys.push_back(key);
    }
  }
  sort_safely(items, keys);
  return items;
}

class PrettyPrinter {
 public:
  std::string print(const Value& v) {
    format(v, 0, 0, 0);
    return std::move(out_);
  }

 private:
  static int64_t width_of(std::string_view text) { return static_cast<int64_t>(unicode::length(text)); }

  bool is_open(const Value& v) const {
    return std::find(open_.begin(), open_.end(), ValueAccess::counted(v)) != open_.end();
  }

  static std::string recursion(const Value& v) { return "<Recursion on " + std::string(type_name(v)) + ">"; }

  /// repr on one line with sorted dicts.
  std::string line(const Value& v) {
    if (!v.is_dict() && !v.is_sequence()) return to_repr(v);
    DepthGuard guard("while getting the repr of an object");
    if (is_open(v)) return recursion(v);
    open_.push_back(ValueAccess::counted(v));
    std::string text;
    if (v.is_dict()) {
      for (const Value& pair : sorted_items(v)) {
        text += text.empty() ? "" : ", ";
        text += line(pair.as_tuple()[0]) + ": " + line(pair.as_tuple()[1]);
      }
      text = "{" + text + "}";
    } else {
      for (const Value& item : v.as_items()) text += (text.empty() ? "" : ", ") + line(item);
      if (v.is_list())
        text = "[" + text + "]";
      else
        text = "(" + text + (v.as_tuple().size() == 1 ? ",)" : ")");
    }
    open_.pop_back();
    return text;
  }

  void format(const Value& v, int64_t indent, int64_t allowance, int level) {
    bool container = v.is_dict() || v.is_sequence() || v.as<SetObject>();
    if (container && is_open(v)) {
      out_ += recursion(v);
      return;
    }
    std::string text = line(v);
    if (width_of(text) <= kWidth - indent - allowance || !(container || v.is_string())) {
      out_ += text;
      return;
    }
    DepthGuard guard("while getting the repr of an object");
    open_.push_back(ValueAccess::counted(v));
    if (v.is_dict())
      format_dict(v, indent, allowance, level + 1);
    else if (v.is_list())
      format_sequence('[', v.as_list(), "]", indent, allowance, level + 1);
    else if (v.is_tuple())
      format_sequence('(', v.as_tuple(), v.as_tuple().size() == 1 ? ",)" : ")", indent, allowance, level + 1);
    else if (v.is_string())
      format_text(v, indent, allowance, level + 1);
    else
      format_sequence('{', sorted_items(v), "}", indent, allowance, level + 1);
    open_.pop_back();
  }

  void format_sequence(char opening, const std::vector<Value>& items, std::string_view closing, int64_t indent,
                       int64_t allowance, int level) {
    out_ += opening;
    for (size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out_ += ",\n" + std::string(static_cast<size_t>(indent + 1), ' ');
      bool last = i + 1 == items.size();
      format(items[i], indent + 1, last ? allowance + static_cast<int64_t>(closing.size()) : 1, level);
    }
    out_ += closing;
  }

  void format_dict(const Value& v, int64_t indent, int64_t allowance, int level) {
    out_ += '{';
    std::vector<Value> pairs = sorted_items(v);
    for (size_t i = 0; i < pairs.size(); ++i) {
      if (i > 0) out_ += ",\n" + std::string(static_cast<size_t>(indent + 1), ' ');
      std::string key = line(pairs[i].as_tuple()[0]);
      out_ += key + ": ";
      format(pairs[i].as_tuple()[1], indent + 1 + width_of(key) + 2, i + 1 == pairs.size() ? allowance + 1 : 1, level);
    }
    out_ += '}';
  }

  /// Words with the blanks behind them.
  static std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    size_t begin = 0;
    bool blank = false;
    for (size_t at = 0; at < text.size();) {
      size_t here = at;
      bool space = unicode::is_space(unicode::next(text, at));
      if (blank && !space) {
        words.push_back(text.substr(begin, here - begin));
        begin = here;
      }
      blank = space;
    }
    if (begin < text.size()) words.push_back(text.substr(begin));
    return words;
  }

  static std::vector<std::string> chunks_of(const Value& text, int64_t indent, int64_t allowance) {
    std::vector<std::string_view> lines;
    std::string_view rest = text.as_string();
    for (size_t at = 0, begin = 0; at < rest.size();) {
      uint32_t c = unicode::next(rest, at);
      if (c == '\r' && at < rest.size() && rest[at] == '\n') ++at;
      bool line_break = (c >= 10 && c <= 13) || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
      if (!line_break && at < rest.size()) continue;
      lines.push_back(rest.substr(begin, at - begin));
      begin = at;
    }
    std::vector<std::string> chunks;
    int64_t width = kWidth - indent;
    for (size_t i = 0; i < lines.size(); ++i) {
      bool last_line = i + 1 == lines.size();
      std::string whole = to_repr(Value(lines[i]));
      if (width_of(whole) <= (last_line ? width - allowance : width)) {
        chunks.push_back(std::move(whole));
        continue;
      }
      std::vector<std::string_view> words = words_of(lines[i]);
      std::string current;
      for (size_t j = 0; j < words.size(); ++j) {
        bool last = last_line && j + 1 == words.size();
        std::string candidate = current + std::string(words[j]);
        if (width_of(to_repr(Value(candidate))) > (last ? width - allowance : width)) {
          if (!current.empty()) chunks.push_back(to_repr(Value(current)));
          current = std::string(words[j]);
        } else {
          current = std::move(candidate);
        }
      }
      if (!current.empty()) chunks.push_back(to_repr(Value(current)));
    }
    return chunks;
  }

  void format_text(const Value& v, int64_t indent, int64_t allowance, int level) {
    if (level == 1) {
      ++indent;
      ++allowance;
    }
    std::vector<std::string> chunks = chunks_of(v, indent, allowance);
    if (chunks.size() <= 1) {
      out_ += to_repr(v);
      return;
    }
    if (level == 1) out_ += '(';
    for (size_t i = 0; i < chunks.size(); ++i) {
      if (i > 0) out_ += "\n" + std::string(static_cast<size_t>(indent), ' ');
      out_ += chunks[i];
    }
    if (level == 1) out_ += ')';
  }

  std::string out_;
  std::vector<const RefCounted*> open_;
};

}  // namespace

std::string pretty_format(const Value& value) { return PrettyPrinter().print(value); }

}  // namespace modelc::jinja
