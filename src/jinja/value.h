// Values of the template language: Python's, because dbt's users write Python in their templates.
//
// A Value is 16 bytes: small ones (none, bool, int, float) inline, the rest behind an intrusive, atomic reference
// count. Lists and dicts are mutable and shared by reference, as in Python; strings and tuples are immutable. str() and
// repr() give Python's text exactly. Copying a Value never copies a container: use deep_copy().
//
// Threads: different threads may read the same value at once; a container must not be mutated while another thread
// reads it. Values reachable from a frozen manifest are therefore deep-copied before templates see them.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/source.h"

namespace modelc::jinja {

class Value;
class State;  // the running render: state.h
struct CallArgs;
struct SpanMap;  // provenance of rendered text: render.h

enum class Type : uint8_t { undefined, none, boolean, integer, floating, string, list, tuple, dict, object };

/// Base of everything behind a pointer. Values hold it by intrusive count.
class RefCounted {
 public:
  virtual ~RefCounted() = default;
  void retain() const { count_.fetch_add(1, std::memory_order_relaxed); }
  void release() const {
    // A sole owner needs no read-modify-write: nobody else is left who could retain.
    if (count_.load(std::memory_order_acquire) == 1 || count_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  uint32_t use_count() const { return count_.load(std::memory_order_relaxed); }

 protected:
  RefCounted() = default;
  RefCounted(const RefCounted&) : count_(0) {}
  RefCounted& operator=(const RefCounted&) { return *this; }

 private:
  mutable std::atomic<uint32_t> count_{0};
};

/// Owning pointer to a RefCounted.
template <class T>
class Ref {
 public:
  Ref() = default;
  explicit Ref(T* p) : p_(p) {
    if (p_) p_->retain();
  }
  Ref(const Ref& o) : p_(o.p_) {
    if (p_) p_->retain();
  }
  Ref(Ref&& o) noexcept : p_(o.p_) { o.p_ = nullptr; }
  template <class U>
  Ref(const Ref<U>& o) : p_(o.get()) {
    if (p_) p_->retain();
  }
  ~Ref() {
    if (p_) p_->release();
  }
  Ref& operator=(Ref o) noexcept {
    std::swap(p_, o.p_);
    return *this;
  }
  T* get() const { return p_; }
  T* operator->() const { return p_; }
  T& operator*() const { return *p_; }
  explicit operator bool() const { return p_ != nullptr; }

 private:
  T* p_ = nullptr;
};
template <class T, class... A>
Ref<T> make_ref(A&&... args) {
  return Ref<T>(new T(std::forward<A>(args)...));
}

class StringData;
class ListData;
class TupleData;
class DictData;
class Object;
class UndefinedData;

/// Python's subclasses of str that Jinja2 and dbt know. They behave as str; what is made of them is plain again, except
/// that Markup stays Markup.
enum class StringKind : uint8_t {
  plain,
  markup,         ///< markupsafe.Markup, as of the filters escape, safe, tojson
  native_text,    ///< dbt's |as_text: never read as a literal by render_native
  native_value,   ///< |as_native: read as a literal
  native_bool,    ///< |as_bool: read as a literal, which must be a bool
  native_number,  ///< |as_number: read as a literal, which must be a number
};

using NativeFunction = std::function<Value(State&, CallArgs&)>;

class Value {
 public:
  Value() = default;  ///< undefined without a name
  Value(const Value& o) : type_(o.type_), u_(o.u_) { retain(); }
  Value(Value&& o) noexcept : type_(o.type_), u_(o.u_) {
    o.type_ = Type::undefined;
    o.u_.counted = nullptr;
  }
  Value& operator=(const Value& o) {
    Value c(o);
    swap(c);
    return *this;
  }
  Value& operator=(Value&& o) noexcept {
    swap(o);
    return *this;
  }
  ~Value() { release(); }
  void swap(Value& o) noexcept {
    std::swap(type_, o.type_);
    std::swap(u_, o.u_);
  }

  Value(std::nullptr_t) : type_(Type::none) {}
  Value(bool v) : type_(Type::boolean) { u_.integer = v; }
  Value(int v) : type_(Type::integer) { u_.integer = v; }
  Value(int64_t v) : type_(Type::integer) { u_.integer = v; }
  Value(uint32_t v) : type_(Type::integer) { u_.integer = v; }
  Value(size_t v) : type_(Type::integer) { u_.integer = static_cast<int64_t>(v); }
  Value(double v) : type_(Type::floating) { u_.floating = v; }
  Value(std::string text);
  Value(std::string text, StringKind kind);
  Value(std::string_view text);
  Value(const char* text);
  Value(const Ref<Object>& object);
  template <class T, std::enable_if_t<std::is_base_of_v<Object, T>, int> = 0>
  Value(const Ref<T>& object) : Value(Ref<Object>(object)) {}
  template <class T>
  Value(T*) = delete;  // no silent pointer -> bool

  static Value none() { return Value(nullptr); }
  /// Undefined that remembers what was missing, for "'name' is undefined" or a whole `hint` of its own.
  static Value undefined(std::string_view name, std::string_view hint = {});
  static Value list(std::vector<Value> items = {});
  static Value tuple(std::vector<Value> items = {});
  static Value dict();
  static Value dict(std::initializer_list<std::pair<std::string_view, Value>> items);
  /// A callable. `name` is for messages ("name() takes ...").
  static Value function(std::string name, NativeFunction fn);
  /// Python's set: hashable values, each once; walked in the order of insertion. Throws Error for unhashable ones.
  static Value set(const std::vector<Value>& items = {});
  /// A generator, as the filters map and select give: walked once; `items` are made only when somebody asks for the
  /// first. `function` is for its repr.
  static Value generator(std::string_view function, std::function<std::vector<Value>(State&)> items);
  /// A string that knows where its parts came from.
  static Value traced_string(std::string text, std::shared_ptr<const SpanMap> map);

  Type type() const { return type_; }
  bool is_undefined() const { return type_ == Type::undefined; }
  bool is_none() const { return type_ == Type::none; }
  bool is_bool() const { return type_ == Type::boolean; }
  bool is_int() const { return type_ == Type::integer; }
  bool is_float() const { return type_ == Type::floating; }
  bool is_number() const { return is_int() || is_float() || is_bool(); }
  bool is_string() const { return type_ == Type::string; }
  bool is_list() const { return type_ == Type::list; }
  bool is_tuple() const { return type_ == Type::tuple; }
  bool is_sequence() const { return is_list() || is_tuple(); }
  bool is_dict() const { return type_ == Type::dict; }
  bool is_object() const { return type_ == Type::object; }

  // Unchecked access: the caller has looked at type().
  bool as_bool() const { return u_.integer != 0; }
  int64_t as_int() const { return u_.integer; }
  double as_float() const { return type_ == Type::floating ? u_.floating : static_cast<double>(u_.integer); }
  inline const std::string& as_string() const;
  inline StringKind string_kind() const;       ///< of a string
  inline std::vector<Value>& as_list() const;  ///< shared: a change is seen by every holder
  inline const std::vector<Value>& as_tuple() const;
  inline const std::vector<Value>& as_items() const;  ///< of a list or a tuple
  inline DictData& as_dict() const;
  inline Object& as_object() const;
  /// The object as T, or null when this is no T.
  template <class T>
  T* as() const;
  /// Provenance of a traced string, or null.
  const std::shared_ptr<const SpanMap>& provenance() const;
  /// Of an undefined: the name that was missing, and a whole message if one was given. May be empty.
  std::string_view undefined_name() const;
  std::string_view undefined_hint() const;

  /// Same value and same type, or the same container (Python's `is`, close enough for the `sameas` test).
  bool is_same(const Value& o) const;

  // Convenience for C++ callers with dict-like data.
  /// The entry of a dict under a string key; undefined when absent or when this is no dict.
  Value get(std::string_view key) const;
  /// The string under `key`, or `fallback` when absent or no string.
  std::string get_string(std::string_view key, std::string_view fallback = {}) const;
  bool get_bool(std::string_view key, bool fallback = false) const;

 private:
  friend class ValueAccess;
  bool counted() const { return (kCountedTypes >> static_cast<unsigned>(type_) & 1) && u_.counted; }
  void retain() const {
    if (counted()) u_.counted->retain();
  }
  void release() {
    if (counted()) u_.counted->release();
  }

  static constexpr unsigned kCountedTypes =
      1u << static_cast<unsigned>(Type::undefined) | 1u << static_cast<unsigned>(Type::string) |
      1u << static_cast<unsigned>(Type::list) | 1u << static_cast<unsigned>(Type::tuple) |
      1u << static_cast<unsigned>(Type::dict) | 1u << static_cast<unsigned>(Type::object);

  Type type_ = Type::undefined;
  union Payload {
    const RefCounted* counted;
    int64_t integer;
    double floating;
  } u_{nullptr};
};

/// The text of a string. Most values of a project are strings: this is kept small.
class StringData : public RefCounted {
 public:
  explicit StringData(std::string t, StringKind k = StringKind::plain) : kind(k), text(std::move(t)) {}
  const StringKind kind;
  const bool traced = false;  ///< this is a TracedString
  const std::string text;

 protected:
  StringData(std::string t, bool is_traced) : kind(StringKind::plain), traced(is_traced), text(std::move(t)) {}
};

/// A string that knows where its parts came from.
class TracedString final : public StringData {
 public:
  TracedString(std::string t, std::shared_ptr<const SpanMap> m) : StringData(std::move(t), true), map(std::move(m)) {}
  const std::shared_ptr<const SpanMap> map;
};

class ListData final : public RefCounted {
 public:
  explicit ListData(std::vector<Value> v) : items(std::move(v)) {}
  ~ListData() override;
  std::vector<Value> items;
};

class TupleData final : public RefCounted {
 public:
  explicit TupleData(std::vector<Value> v) : items(std::move(v)) {}
  ~TupleData() override;
  std::vector<Value> items;
};

struct ValueHash {
  size_t operator()(const Value& v) const;
};  // throws Error for unhashable (list, dict)
struct ValueEqual {
  bool operator()(const Value& a, const Value& b) const;
};

/// A dict that keeps insertion order. Keys are any hashable values; 1, 1.0 and True are the same key, as in Python.
/// Small dicts are searched linearly; an index is built past 8 entries. Erasing keeps order (O(n)).
class DictData : public RefCounted {
 public:
  using Entry = std::pair<Value, Value>;
  const std::vector<Entry>& entries() const { return entries_; }
  size_t size() const { return entries_.size(); }
  Value* find(const Value& key);
  Value* find(std::string_view key);
  const Value* find(std::string_view key) const { return const_cast<DictData*>(this)->find(key); }
  void set(const Value& key, Value value);
  void set(std::string_view key, Value value);
  // A literal or a std::string would fit both forms above.
  Value* find(const char* key) { return find(std::string_view(key)); }
  Value* find(const std::string& key) { return find(std::string_view(key)); }
  void set(const char* key, Value value) { set(std::string_view(key), std::move(value)); }
  void set(const std::string& key, Value value) { set(std::string_view(key), std::move(value)); }
  bool erase(const Value& key);
  void clear();
  void update(const DictData& other);
  void reserve(size_t entries) { entries_.reserve(entries); }  ///< makes room for so many in all

 private:
  size_t locate(const Value& key) const;
  size_t locate(std::string_view key) const;
  std::vector<Entry> entries_;
  std::unique_ptr<class DictIndex> index_;

 public:
  DictData();
  ~DictData() override;
};

enum class BinaryOp : uint8_t { add, sub, mul, div, floordiv, mod, pow };
enum class CompareOp : uint8_t { eq, ne, lt, le, gt, ge };

/// Anything that is not plain data: functions, namespaces, loop, relations, tables, datetimes, modules. Derive,
/// override what the thing can do; every default refuses as Python would ("'X' object is not callable").
class Object : public RefCounted {
 public:
  virtual std::string_view type_name() const = 0;  ///< as in Python's messages: "Relation", "datetime.datetime"
  /// With its module, as Jinja2 names it when an attribute is missing: "jinja2.utils.Namespace".
  virtual std::string_view qualified_name() const { return type_name(); }
  /// An attribute; std::nullopt = there is none. Methods may come back as callable Values, but call_method is cheaper.
  virtual std::optional<Value> get_attribute(State& state, std::string_view name);
  virtual bool set_attribute(State& state, std::string_view name, Value value);  ///< false = not assignable
  virtual std::optional<Value> get_item(State& state, const Value& key);
  virtual bool set_item(State& state, const Value& key, Value value);
  virtual bool is_callable() const { return false; }
  virtual Value call(State& state, CallArgs& args);
  /// Called for x.name(...). std::nullopt = not handled here: the VM then tries get_attribute and calls the result.
  virtual std::optional<Value> call_method(State& state, std::string_view name, CallArgs& args);
  /// All items in order, or std::nullopt when not iterable. `range` and the like may override iterate lazily instead.
  virtual std::optional<std::vector<Value>> iterate(State& state);
  /// Python's iterators: things that give one item at a time and are then used up (generators, itertools.count()). They
  /// may be endless: who can stop early calls next() rather than iterate(). next() gives false at the end.
  virtual bool is_iterator() const { return false; }
  virtual bool next(State& state, Value& item);
  virtual std::optional<size_t> length() const { return std::nullopt; }
  virtual bool truth() const {
    auto n = length();
    return !n || *n > 0;
  }
  virtual bool contains(State& state, const Value& item);
  virtual std::string str() const { return repr(); }
  virtual std::string repr() const;
  /// format(self, spec) with a specification that is not empty; std::nullopt = there is none for this type.
  virtual std::optional<std::string> format(std::string_view spec) const { return std::nullopt; }
  virtual bool is_mapping() const { return false; }   ///< `is mapping`
  virtual bool is_sequence() const { return false; }  ///< `is sequence`
  /// What a slice of this sequence with these items is: a list, unless the object knows better.
  virtual Value from_slice(std::vector<Value> items) const { return Value::list(std::move(items)); }
  /// The same for those who want to know the bounds, as Python's slice.indices() gives them.
  virtual Value slice(std::vector<Value> items, int64_t, int64_t, int64_t) const {
    return from_slice(std::move(items));
  }
  virtual bool equals(const Value& other) const;  ///< default: identity
  virtual size_t hash() const;                    ///< default: by identity
  /// self OP other, or other OP self when `reflected`; std::nullopt = not supported.
  virtual std::optional<Value> binary(BinaryOp op, const Value& other, bool reflected);
  /// <0, 0, >0, or std::nullopt when there is no order between the two.
  virtual std::optional<int> compare(const Value& other) const;
  virtual Value deep_copy() const;  ///< default: the same object
};

/// The arguments of one call, with Python's rules for reading them.
struct CallArgs {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> named;

  /// Binds the arguments to `names` (in order): positional first, then by name; absent ones are undefined. Throws
  /// Error{compilation, "jinja/bad-arguments"} with Python's wording for too many, repeated, unknown, or (among the
  /// first `required`) missing ones.
  std::vector<Value> bind(std::string_view function, std::initializer_list<std::string_view> names,
                          size_t required = 0);
  const Value* find_named(std::string_view name) const;
};

// ---- Python semantics over all types (value_ops.cc) -------------------------------------------------------------
bool truth(const Value& v);
bool equals(const Value& a, const Value& b);
std::string to_str(const Value& v);                 ///< Python's str(); undefined gives ""
std::string to_repr(const Value& v);                ///< Python's repr()
std::string_view type_name(const Value& v);         ///< "int", "str", "NoneType", ...
void append_str(std::string& out, const Value& v);  ///< to_str at the end of a text, without a copy between
void append_repr(std::string& out, const Value& v);
/// Why `v`, an undefined, cannot be used: Jinja2's "'x' is undefined", or its hint.
std::string undefined_message(const Value& v);
[[noreturn]] void throw_undefined(const Value& v);  ///< Error{compilation, "jinja/undefined-name"}
Value negate(const Value& v);                       ///< -v; +v is `positive`
Value positive(const Value& v);
Value binary(BinaryOp op, const Value& a, const Value& b);  ///< throws Error{compilation} as Python's TypeError
bool compare(CompareOp op, const Value& a, const Value& b);
bool contains(State& state, const Value& container, const Value& item);
std::optional<size_t> length(const Value& v);  ///< in code points for strings
Value deep_copy(const Value& v);               ///< containers copied, strings and objects' defaults shared
bool is_callable(const Value& v);

/// x.name and x[key] by Jinja's rules (attribute first or item first, then the other); undefined when there is neither.
Value get_attribute(State& state, const Value& v, std::string_view name);
Value get_item(State& state, const Value& v, const Value& key);
/// x[start:stop:step] of strings, lists, tuples and sequence objects; absent bounds are None. Unlike x[key] it throws
/// as Python does ("'int' object is not subscriptable"), because Jinja2 compiles slices to Python's.
Value get_slice(State& state, const Value& v, const Value& start, const Value& stop, const Value& step);
/// x.name(args): built-in methods of str, list, dict, tuple, int, float; objects; callables in dicts.
Value call_method(State& state, const Value& v, std::string_view name, CallArgs& args);
Value call(State& state, const Value& callee, CallArgs& args);
/// The items that `for` walks: list, tuple, dict keys, characters, or what the object gives. Throws "'x' object is not
/// iterable".
std::vector<Value> iterate(State& state, const Value& v);

// ---- inline parts -----------------------------------------------------------------------------------------------
class ValueAccess {
 public:
  static const RefCounted* counted(const Value& v) { return v.u_.counted; }
  static Value make(Type type, const RefCounted* data);
};

inline const std::string& Value::as_string() const { return static_cast<const StringData*>(u_.counted)->text; }
inline StringKind Value::string_kind() const { return static_cast<const StringData*>(u_.counted)->kind; }
inline std::vector<Value>& Value::as_list() const {
  return static_cast<ListData*>(const_cast<RefCounted*>(u_.counted))->items;
}
inline const std::vector<Value>& Value::as_tuple() const { return static_cast<const TupleData*>(u_.counted)->items; }
inline const std::vector<Value>& Value::as_items() const { return is_list() ? as_list() : as_tuple(); }
inline DictData& Value::as_dict() const { return *static_cast<DictData*>(const_cast<RefCounted*>(u_.counted)); }
inline Object& Value::as_object() const { return *static_cast<Object*>(const_cast<RefCounted*>(u_.counted)); }
template <class T>
T* Value::as() const {
  return is_object() ? dynamic_cast<T*>(&as_object()) : nullptr;
}

}  // namespace modelc::jinja
