// Python's re module.
#include <fmt/format.h>

#include <algorithm>

#include "jinja/generator.h"
#include "jinja/globals.h"
#include "jinja/methods.h"
#include "jinja/py_modules_parts.h"
#include "jinja/regex.h"
#include "jinja/unicode.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {
namespace {

using RegexPtr = std::shared_ptr<const Regex>;

std::string_view subject_text(const Value& v) {
  if (v.is_undefined()) throw_undefined(v);
  if (!v.is_string()) type_error(fmt::format("expected string or bytes-like object, got '{}'", type_name(v)));
  return v.as_string();
}

[[noreturn]] void no_such_group() { index_error("no such group"); }

// ---- flags ----------------------------------------------------------------------------------------------------------

/// re.RegexFlag: an int that knows its names.
class FlagObject final : public Object {
 public:
  explicit FlagObject(uint32_t bits) : bits_(bits) {}
  uint32_t bits() const { return bits_; }
  std::string_view type_name() const override { return "RegexFlag"; }
  std::optional<Value> get_attribute(State&, std::string_view name) override {
    return name == "value" ? std::optional<Value>(static_cast<int64_t>(bits_)) : std::nullopt;
  }
  bool truth() const override { return bits_ != 0; }
  std::string str() const override { return repr(); }
  std::string repr() const override {
    constexpr std::pair<uint32_t, const char*> names[] = {
        {kRegexAscii, "ASCII"},         {kRegexIgnoreCase, "IGNORECASE"},
        {kRegexLocale, "LOCALE"},       {kRegexUnicode, "UNICODE"},
        {kRegexMultiline, "MULTILINE"}, {kRegexDotAll, "DOTALL"},
        {kRegexVerbose, "VERBOSE"},     {kRegexDebug, "DEBUG"}};
    std::string out;
    for (auto [bit, name] : names) {
      if (bits_ & bit) out += fmt::format("{}re.{}", out.empty() ? "" : "|", name);
    }
    return out.empty() ? "re.NOFLAG" : out;
  }
  bool equals(const Value& other) const override {
    auto* flag = other.as<FlagObject>();
    return flag ? flag->bits_ == bits_ : other.is_int() && other.as_int() == static_cast<int64_t>(bits_);
  }
  size_t hash() const override { return ValueHash()(Value(static_cast<int64_t>(bits_))); }
  std::optional<Value> binary(BinaryOp op, const Value& other, bool) override {
    // Jinja has no `|` between values; re.I + re.M is how templates combine flags.
    std::optional<uint32_t> more = bits_of(other);
    if (op != BinaryOp::add || !more) return std::nullopt;
    return static_cast<int64_t>(bits_) + static_cast<int64_t>(*more);
  }
  static std::optional<uint32_t> bits_of(const Value& v) {
    if (auto* flag = v.as<FlagObject>()) return flag->bits_;
    if (v.is_int() || v.is_bool()) return static_cast<uint32_t>(v.as_int());
    return std::nullopt;
  }

 private:
  uint32_t bits_;
};

uint32_t flags_argument(const Value& v) {
  if (v.is_undefined() && v.undefined_name().empty()) return 0;
  if (v.is_undefined()) throw_undefined(v);
  auto bits = FlagObject::bits_of(v);
  if (!bits) type_error(fmt::format("unsupported operand type(s) for &: '{}' and 'RegexFlag'", type_name(v)));
  return *bits;
}

// ---- matches --------------------------------------------------------------------------------------------------------

class MatchObject final : public Object {
 public:
  MatchObject(RegexPtr regex, Value pattern, Value subject, RegexMatch match, size_t pos, size_t endpos)
      : regex_(std::move(regex)),
        pattern_(std::move(pattern)),
        subject_(std::move(subject)),
        match_(std::move(match)),
        pos_(pos),
        endpos_(endpos) {}

  std::string_view type_name() const override { return "re.Match"; }
  bool truth() const override { return true; }
  std::string repr() const override {
    auto [begin, end] = span(0);
    return fmt::format("<re.Match object; span=({}, {}), match={}>", begin, end, to_repr(group(0)));
  }

  std::optional<Value> get_item(State&, const Value& key) override { return group(group_number(key)); }

  std::optional<Value> get_attribute(State& state, std::string_view name) override {
    if (name == "string") return subject_;
    if (name == "re") return pattern_;
    if (name == "pos") return pos_;
    if (name == "endpos") return endpos_;
    if (name == "lastindex") return match_.last_group ? Value(match_.last_group) : Value::none();
    if (name == "lastgroup") {
      for (const auto& [group_name, number] : regex_->names()) {
        if (number == match_.last_group) return Value(group_name);
      }
      return Value::none();
    }
    if (name == "regs") {
      std::vector<Value> spans;
      for (size_t i = 0; i < match_.groups.size(); ++i) spans.push_back(span_value(i));
      return Value::tuple(std::move(spans));
    }
    return bound(name);
  }

  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override {
    if (name == "group") return group_method(args);
    if (name == "groups") return groups_method(args);
    if (name == "groupdict") return groupdict_method(args);
    if (name == "start" || name == "end" || name == "span") {
      expect_count(fmt::format("Match.{}", name), args, 0, 1);
      size_t number = args.positional.empty() ? 0 : group_number(args.positional[0]);
      return name == "span"    ? span_value(number)
             : name == "start" ? Value(span(number).first)
                               : Value(span(number).second);
    }
    if (name == "expand") return expand(*this, subject_text(expect_one_argument("Match.expand", args)));
    return std::nullopt;
  }

  /// A group's text or None.
  Value group(size_t number) const {
    auto [begin, end] = match_.groups[number];
    if (begin == RegexMatch::kNoGroup) return Value::none();
    return Value(std::string_view(subject_.as_string()).substr(begin, end - begin));
  }

  size_t group_number(const Value& key) const {
    if (key.is_int() || key.is_bool()) {
      if (key.as_int() < 0 || key.as_int() >= static_cast<int64_t>(match_.groups.size())) no_such_group();
      return static_cast<size_t>(key.as_int());
    }
    if (!key.is_string()) no_such_group();
    for (const auto& [name, number] : regex_->names()) {
      if (name == key.as_string()) return number;
    }
    no_such_group();
  }

  const Regex& regex() const { return *regex_; }
  const RegexMatch& match() const { return match_; }
  static std::string expand(const MatchObject& match, std::string_view replacement);

 private:
  std::optional<Value> bound(std::string_view name) {
    constexpr std::string_view methods[] = {"group", "groups", "groupdict", "start", "end", "span", "expand"};
    auto it = std::find(std::begin(methods), std::end(methods), name);
    if (it == std::end(methods)) return std::nullopt;
    return Value::function(std::string(name),
                           [self = Ref<MatchObject>(this), method = *it](State& state, CallArgs& args) {
                             return *self->call_method(state, method, args);
                           });
  }

  /// In code points; (-1, -1) for a group that took no part.
  std::pair<int64_t, int64_t> span(size_t number) const {
    auto [begin, end] = match_.groups[number];
    if (begin == RegexMatch::kNoGroup) return {-1, -1};
    std::string_view text = subject_.as_string();
    return {static_cast<int64_t>(unicode::length(text.substr(0, begin))),
            static_cast<int64_t>(unicode::length(text.substr(0, end)))};
  }
  Value span_value(size_t number) const {
    auto [begin, end] = span(number);
    return Value::tuple({begin, end});
  }

  Value group_method(CallArgs& args) const {
    expect_no_keywords("Match.group", args);
    if (args.positional.empty()) return group(0);
    std::vector<Value> found;
    for (const Value& key : args.positional) found.push_back(group(group_number(key)));
    return found.size() == 1 ? found[0] : Value::tuple(std::move(found));
  }
  Value groups_method(CallArgs& args) const {
    Value fallback = args.bind("groups", {"default"})[0];
    std::vector<Value> found;
    for (size_t i = 1; i < match_.groups.size(); ++i) {
      Value text = group(i);
      found.push_back(text.is_none() && !fallback.is_undefined() ? fallback : text);
    }
    return Value::tuple(std::move(found));
  }
  Value groupdict_method(CallArgs& args) const {
    Value fallback = args.bind("groupdict", {"default"})[0];
    Value found = Value::dict();
    for (const auto& [name, number] : regex_->names()) {
      Value text = group(number);
      found.as_dict().set(name, text.is_none() && !fallback.is_undefined() ? fallback : text);
    }
    return found;
  }

  RegexPtr regex_;
  Value pattern_;
  Value subject_;
  RegexMatch match_;
  size_t pos_, endpos_;
};

// ---- replacements ---------------------------------------------------------------------------------------------------

/// A replacement text cut into literals and group references: "\1", "\g<name>", "\n".
class Replacement {
 public:
  Replacement(std::string_view text, const Regex& regex) : text_(text), regex_(regex) {
    while (at_ < text_.size()) {
      size_t slash = std::min(text_.find('\\', at_), text_.size());
      literal(text_.substr(at_, slash - at_));
      at_ = slash;
      if (at_ < text_.size()) escape();
    }
  }

  std::string expand(std::string_view subject, const RegexMatch& match) const {
    std::string out;
    for (const Part& part : parts_) {
      out += part.text;
      if (part.group == kLiteral || match.groups[part.group].first == RegexMatch::kNoGroup) continue;
      auto [begin, end] = match.groups[part.group];
      out += subject.substr(begin, end - begin);
    }
    return out;
  }

 private:
  static constexpr size_t kLiteral = static_cast<size_t>(-1);
  struct Part {
    std::string text;
    size_t group = kLiteral;
  };

  [[noreturn]] void fail(const std::string& message, size_t at) const {
    throw Error(ErrorKind::compilation, "jinja/bad-regex",
                fmt::format("{} at position {}", message, unicode::length(text_.substr(0, at))));
  }

  void literal(std::string_view text) {
    if (parts_.empty() || parts_.back().group != kLiteral) parts_.push_back({});
    parts_.back().text += text;
  }
  void reference(size_t group, size_t at) {
    if (group > regex_.group_count()) fail(fmt::format("invalid group reference {}", group), at);
    parts_.push_back({"", group});
  }

  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_octal(char c) { return c >= '0' && c <= '7'; }

  void escape() {
    size_t begin = at_++;
    if (at_ >= text_.size()) fail("bad escape (end of pattern)", begin);
    char c = text_[at_++];
    if (c == 'g') return named(begin);
    if (is_digit(c)) return numbered(begin, c);
    constexpr std::string_view letters = "abfnrtv\\";
    constexpr std::string_view meanings = "\a\b\f\n\r\t\v\\";
    if (size_t i = letters.find(c); i != std::string_view::npos) return literal(meanings.substr(i, 1));
    if ((c | 32) >= 'a' && (c | 32) <= 'z') fail(fmt::format("bad escape \\{}", c), begin);
    literal(text_.substr(begin, 2));
  }

  void named(size_t begin) {
    if (at_ >= text_.size() || text_[at_] != '<') fail("missing <", at_);
    if (++at_ >= text_.size()) fail("missing group name", at_);
    size_t end = text_.find('>', at_);
    if (end == std::string_view::npos) fail("missing >, unterminated name", at_);
    std::string_view name = text_.substr(at_, end - at_);
    if (name.empty()) fail("missing group name", at_);
    size_t name_at = at_;
    at_ = end + 1;
    if (std::all_of(name.begin(), name.end(), is_digit)) {
      if (name.size() > 6) fail(fmt::format("invalid group reference {}", name), name_at);
      return reference(std::stoul(std::string(name)), begin + 1);
    }
    for (const auto& [known, number] : regex_.names()) {
      if (known == name) return reference(number, name_at);
    }
    throw Error(ErrorKind::compilation, "jinja/bad-regex", fmt::format("unknown group name {}", to_repr(Value(name))));
  }

  void numbered(size_t begin, char first) {
    bool second = at_ < text_.size() && is_digit(text_[at_]);
    if (first == '0') {
      size_t end = at_;
      while (end < text_.size() && end < at_ + 2 && is_octal(text_[end])) ++end;
      std::string digits = "0" + std::string(text_.substr(at_, end - at_));
      at_ = end;
      return character(static_cast<uint32_t>(std::stoul(digits, nullptr, 8)));
    }
    if (second && is_octal(first) && is_octal(text_[at_]) && at_ + 1 < text_.size() && is_octal(text_[at_ + 1])) {
      auto value = static_cast<uint32_t>(std::stoul(std::string(text_.substr(begin + 1, 3)), nullptr, 8));
      if (value > 0377)
        fail(fmt::format("octal escape value {} outside of range 0-0o377", text_.substr(begin, 4)), begin);
      at_ += 2;
      return character(value);
    }
    size_t group = static_cast<size_t>(first - '0');
    if (second) group = group * 10 + static_cast<size_t>(text_[at_++] - '0');
    reference(group, begin + 1);
  }

  void character(uint32_t code) {
    std::string text;
    unicode::append(text, code);
    literal(text);
  }

  std::string_view text_;
  const Regex& regex_;
  size_t at_ = 0;
  std::vector<Part> parts_;
};

std::string MatchObject::expand(const MatchObject& match, std::string_view replacement) {
  return Replacement(replacement, match.regex()).expand(match.subject_.as_string(), match.match());
}

// ---- operations -----------------------------------------------------------------------------------------------------

/// A pattern with its object, for matches to point to.
struct Pattern {
  RegexPtr regex;
  Value object;
};
Pattern to_pattern(const Value& v, uint32_t flags);

/// The part of a subject between pos and endpos, which count code points.
struct Region {
  std::string_view text;  ///< up to endpos
  size_t start = 0;       ///< byte of pos
  size_t pos = 0, endpos = 0;
};

Region region_of(std::string_view text, const Value& pos, const Value& endpos) {
  Region region{text, 0, 0, 0};
  size_t length = unicode::length(text);
  region.endpos = endpos.is_undefined()
                      ? length
                      : static_cast<size_t>(std::clamp<int64_t>(expect_index(endpos), 0, static_cast<int64_t>(length)));
  region.pos = pos.is_undefined()
                   ? 0
                   : static_cast<size_t>(std::clamp<int64_t>(expect_index(pos), 0, static_cast<int64_t>(length)));
  region.text = unicode::substring(text, 0, region.endpos);
  region.start = unicode::offset_of(text, region.pos);
  return region;
}

Value match_once(const Pattern& pattern, const Value& subject, const Region& region, RegexAnchor anchor) {
  RegexMatch match;
  if (!pattern.regex->match(region.text, region.start, anchor, false, match)) return Value::none();
  return Value(
      make_ref<MatchObject>(pattern.regex, pattern.object, subject, std::move(match), region.pos, region.endpos));
}

Value group_text(std::string_view subject, const RegexMatch& match, size_t group) {
  auto [begin, end] = match.groups[group];
  return begin == RegexMatch::kNoGroup ? Value("") : Value(subject.substr(begin, end - begin));
}

Value find_all(const Pattern& pattern, const Region& region) {
  std::vector<Value> found;
  for (const RegexMatch& match : pattern.regex->find_all(region.text, region.start)) {
    if (match.groups.size() <= 2) {
      found.push_back(group_text(region.text, match, match.groups.size() - 1));
      continue;
    }
    std::vector<Value> groups;
    for (size_t i = 1; i < match.groups.size(); ++i) groups.push_back(group_text(region.text, match, i));
    found.push_back(Value::tuple(std::move(groups)));
  }
  return Value::list(std::move(found));
}

Value find_iter(const Pattern& pattern, const Value& subject, const Region& region) {
  std::vector<Value> found;
  for (RegexMatch& match : pattern.regex->find_all(region.text, region.start)) {
    found.emplace_back(
        make_ref<MatchObject>(pattern.regex, pattern.object, subject, std::move(match), region.pos, region.endpos));
  }
  return Value(make_ref<GeneratorObject>("callable_iterator", "<callable_iterator object>", std::move(found)));
}

Value split(const Pattern& pattern, std::string_view text, int64_t limit) {
  std::vector<Value> parts;
  size_t from = 0;
  for (const RegexMatch& match : pattern.regex->find_all(text, 0, limit > 0 ? static_cast<size_t>(limit) : 0)) {
    if (limit < 0) break;
    parts.emplace_back(text.substr(from, match.begin() - from));
    for (size_t i = 1; i < match.groups.size(); ++i) {
      auto [begin, end] = match.groups[i];
      parts.push_back(begin == RegexMatch::kNoGroup ? Value::none() : Value(text.substr(begin, end - begin)));
    }
    from = match.end();
  }
  parts.emplace_back(text.substr(from));
  return Value::list(std::move(parts));
}

struct Substitution {
  std::string text;
  int64_t count;
};

Substitution substitute(State& state, const Pattern& pattern, const Value& replacement, const Value& subject,
                        int64_t limit) {
  std::string_view text = subject_text(subject);
  bool function = is_callable(replacement);
  std::optional<Replacement> parsed;
  if (!function) {
    if (replacement.is_undefined()) throw_undefined(replacement);
    if (!replacement.is_string())
      type_error(fmt::format("decoding to str: need a bytes-like object, {} found", type_name(replacement)));
    parsed.emplace(replacement.as_string(), *pattern.regex);
  }
  Substitution result{"", 0};
  size_t from = 0;
  if (limit < 0) return {std::string(text), 0};
  for (RegexMatch& match : pattern.regex->find_all(text, 0, static_cast<size_t>(limit))) {
    result.text += text.substr(from, match.begin() - from);
    from = match.end();
    if (function) {
      CallArgs args;
      args.positional.emplace_back(
          make_ref<MatchObject>(pattern.regex, pattern.object, subject, match, 0, unicode::length(text)));
      Value made = call(state, replacement, args);
      if (!made.is_string() && !made.is_none())
        type_error(fmt::format("expected str instance, {} found", type_name(made)));
      if (made.is_string()) result.text += made.as_string();
    } else {
      result.text += parsed->expand(text, match);
    }
    check_text_size(static_cast<double>(result.text.size()));
    ++result.count;
  }
  result.text += text.substr(from);
  return result;
}

Value substitution_value(const Substitution& done, bool with_count) {
  return with_count ? Value::tuple({done.text, done.count}) : Value(done.text);
}

RegexAnchor anchor_of(std::string_view name) {
  return name == "match" ? RegexAnchor::start : name == "fullmatch" ? RegexAnchor::both : RegexAnchor::none;
}

// ---- patterns -------------------------------------------------------------------------------------------------------

class PatternObject final : public Object {
 public:
  explicit PatternObject(RegexPtr regex) : regex_(std::move(regex)) {}
  const RegexPtr& regex() const { return regex_; }
  std::string_view type_name() const override { return "re.Pattern"; }
  std::string repr() const override {
    std::string out = "re.compile(" + to_repr(Value(regex_->pattern()));
    uint32_t shown = regex_->flags() & ~static_cast<uint32_t>(kRegexUnicode);
    if (shown) out += ", " + FlagObject(shown).repr();
    return out + ")";
  }
  bool equals(const Value& other) const override {
    auto* pattern = other.as<PatternObject>();
    return pattern && pattern->regex_->pattern() == regex_->pattern() && pattern->regex_->flags() == regex_->flags();
  }
  size_t hash() const override { return std::hash<std::string>()(regex_->pattern()); }

  std::optional<Value> get_attribute(State&, std::string_view name) override {
    if (name == "pattern") return Value(regex_->pattern());
    if (name == "flags") return static_cast<int64_t>(regex_->flags());
    if (name == "groups") return regex_->group_count();
    if (name == "groupindex") {
      Value index = Value::dict();
      for (const auto& [group, number] : regex_->names()) index.as_dict().set(group, number);
      return index;
    }
    constexpr std::string_view methods[] = {"match",    "search", "fullmatch", "findall",
                                            "finditer", "sub",    "subn",      "split"};
    auto it = std::find(std::begin(methods), std::end(methods), name);
    if (it == std::end(methods)) return std::nullopt;
    return Value::function(std::string(name),
                           [self = Ref<PatternObject>(this), method = *it](State& state, CallArgs& args) {
                             return *self->call_method(state, method, args);
                           });
  }

  std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args) override {
    Pattern pattern{regex_, Value(Ref<Object>(this))};
    if (name == "sub" || name == "subn") {
      auto bound = bind_fields(args, name, {"repl", "string", "count"}, 2);
      return substitution_value(substitute(state, pattern, bound[0], bound[1], int_or(bound[2], 0)), name == "subn");
    }
    if (name == "split") {
      auto bound = bind_fields(args, name, {"string", "maxsplit"}, 1);
      return jinja::split(pattern, subject_text(bound[0]), int_or(bound[1], 0));
    }
    bool search = name == "match" || name == "search" || name == "fullmatch" || name == "findall" || name == "finditer";
    if (!search) return std::nullopt;
    auto bound = bind_fields(args, name, {"string", "pos", "endpos"}, 1);
    Region region = region_of(subject_text(bound[0]), bound[1], bound[2]);
    if (name == "findall") return find_all(pattern, region);
    if (name == "finditer") return find_iter(pattern, bound[0], region);
    return match_once(pattern, bound[0], region, anchor_of(name));
  }

 private:
  static int64_t int_or(const Value& v, int64_t fallback) { return v.is_undefined() ? fallback : expect_index(v); }
  RegexPtr regex_;
};

Pattern to_pattern(const Value& v, uint32_t flags) {
  if (auto* pattern = v.as<PatternObject>()) {
    if (flags) value_error("cannot process flags argument with a compiled pattern");
    return {pattern->regex(), v};
  }
  if (v.is_undefined()) throw_undefined(v);
  if (!v.is_string()) type_error("first argument must be string or compiled pattern");
  RegexPtr regex = Regex::compile(v.as_string(), flags);
  return {regex, Value(make_ref<PatternObject>(regex))};
}

// ---- the module -----------------------------------------------------------------------------------------------------

int64_t count_argument(const Value& v) { return v.is_undefined() ? 0 : expect_index(v); }

NativeFunction searching(std::string_view name) {
  return [name](State&, CallArgs& args) {
    auto bound = args.bind(name, {"pattern", "string", "flags"}, 2);
    Pattern pattern = to_pattern(bound[0], flags_argument(bound[2]));
    Region region = region_of(subject_text(bound[1]), Value(), Value());
    if (name == "findall") return find_all(pattern, region);
    if (name == "finditer") return find_iter(pattern, bound[1], region);
    return match_once(pattern, bound[1], region, anchor_of(name));
  };
}

NativeFunction substituting(std::string_view name) {
  return [name](State& state, CallArgs& args) {
    auto bound = args.bind(name, {"pattern", "repl", "string", "count", "flags"}, 3);
    Pattern pattern = to_pattern(bound[0], flags_argument(bound[4]));
    auto limit = FlagObject::bits_of(bound[3]);  // re.I given as count by mistake works in Python too
    return substitution_value(substitute(state, pattern, bound[1], bound[2],
                                         limit && bound[3].is_object() ? *limit : count_argument(bound[3])),
                              name == "subn");
  };
}

Value re_split(State&, CallArgs& args) {
  auto bound = args.bind("split", {"pattern", "string", "maxsplit", "flags"}, 2);
  Pattern pattern = to_pattern(bound[0], flags_argument(bound[3]));
  return split(pattern, subject_text(bound[1]), count_argument(bound[2]));
}

Value re_compile(State&, CallArgs& args) {
  auto bound = args.bind("compile", {"pattern", "flags"}, 1);
  return to_pattern(bound[0], flags_argument(bound[1])).object;
}

Value re_escape(State&, CallArgs& args) {
  Value text = args.bind("escape", {"pattern"}, 1)[0];
  return escape_regex(subject_text(text));
}

Value re_purge(State&, CallArgs& args) {
  args.bind("purge", {});
  return Value::none();
}

}  // namespace

Value re_module() {
  Value module = Value::dict();
  DictData& names = module.as_dict();
  for (std::string_view name : {"match", "fullmatch", "search", "findall", "finditer"}) {
    names.set(name, Value::function(std::string(name), searching(name)));
  }
  for (std::string_view name : {"sub", "subn"}) names.set(name, Value::function(std::string(name), substituting(name)));
  names.set("split", Value::function("split", re_split));
  names.set("compile", Value::function("compile", re_compile));
  names.set("escape", Value::function("escape", re_escape));
  names.set("purge", Value::function("purge", re_purge));
  constexpr std::pair<std::string_view, uint32_t> flags[] = {{"A", kRegexAscii},
                                                             {"ASCII", kRegexAscii},
                                                             {"I", kRegexIgnoreCase},
                                                             {"IGNORECASE", kRegexIgnoreCase},
                                                             {"L", kRegexLocale},
                                                             {"LOCALE", kRegexLocale},
                                                             {"M", kRegexMultiline},
                                                             {"MULTILINE", kRegexMultiline},
                                                             {"S", kRegexDotAll},
                                                             {"DOTALL", kRegexDotAll},
                                                             {"U", kRegexUnicode},
                                                             {"UNICODE", kRegexUnicode},
                                                             {"X", kRegexVerbose},
                                                             {"VERBOSE", kRegexVerbose},
                                                             {"NOFLAG", 0}};
  for (auto [name, bits] : flags) names.set(name, Value(make_ref<FlagObject>(bits)));
  return module;
}

}  // namespace modelc::jinja
