#include "jinja/globals.h"

#include <random>

#include "base/text.h"
#include "jinja/builtins.h"
#include "jinja/dict_view.h"
#include "jinja/methods.h"
#include "jinja/range.h"
#include "jinja/unicode.h"
#include "jinja/value_errors.h"

namespace modelc::jinja {

std::optional<Value> NamespaceObject::get_attribute(State&, std::string_view name) {
  const Value* found = attributes_.as_dict().find(name);
  return found ? std::optional<Value>(*found) : std::nullopt;
}

bool NamespaceObject::set_attribute(State&, std::string_view name, Value value) {
  attributes_.as_dict().set(name, std::move(value));
  return true;
}

std::optional<Value> TypeObject::get_attribute(State&, std::string_view name) {
  const Value* found = members_.find(name);
  return found ? std::optional<Value>(*found) : std::nullopt;
}

TypeObject& TypeObject::with(std::string_view name, Value value) {
  members_.set(name, std::move(value));
  return *this;
}

namespace {

Value make_dict(State& state, CallArgs& args) {
  expect_count("dict", CallArgs{args.positional, {}}, 0, 1);
  Value made = Value::dict();
  if (!args.positional.empty()) update_dict(state, made.as_dict(), args.positional[0]);
  for (const auto& [name, value] : args.named) made.as_dict().set(name, value);
  return made;
}

Value dict_from_keys(State& state, CallArgs& args) { return find_dict_method("fromkeys")(state, Value::dict(), args); }

Value make_namespace(State& state, CallArgs& args) { return Value(make_ref<NamespaceObject>(make_dict(state, args))); }

class Cycler final : public Object {
 public:
  explicit Cycler(std::vector<Value> items) : items_(std::move(items)) {}
  std::string_view type_name() const override { return "Cycler"; }
  std::string_view qualified_name() const override { return "jinja2.utils.Cycler"; }
  std::optional<Value> get_attribute(State&, std::string_view name) override {
    if (name == "current") return items_[position_];
    if (name == "pos") return position_;
    if (name == "items") return Value::tuple(items_);
    return std::nullopt;
  }
  std::optional<Value> call_method(State&, std::string_view name, CallArgs& args) override {
    if (name != "next" && name != "reset") return std::nullopt;
    args.bind(name == "next" ? "Cycler.next" : "Cycler.reset", {});
    Value current = items_[position_];
    position_ = name == "next" ? (position_ + 1) % items_.size() : 0;
    return name == "next" ? current : Value::none();
  }

 private:
  std::vector<Value> items_;
  size_t position_ = 0;
};

Value make_cycler(State&, CallArgs& args) {
  expect_no_keywords("cycler", args);
  if (args.positional.empty()) value_error("at least one item has to be provided");
  return Value(make_ref<Cycler>(args.positional));
}

class Joiner final : public Object {
 public:
  explicit Joiner(Value separator) : separator_(std::move(separator)) {}
  std::string_view type_name() const override { return "Joiner"; }
  std::string_view qualified_name() const override { return "jinja2.utils.Joiner"; }
  bool is_callable() const override { return true; }
  Value call(State&, CallArgs& args) override {
    args.bind("__call__", {});
    return std::exchange(used_, true) ? separator_ : Value("");
  }

 private:
  Value separator_;
  bool used_ = false;
};

Value make_joiner(State&, CallArgs& args) {
  Value separator = args.bind("joiner", {"sep"})[0];
  return Value(make_ref<Joiner>(separator.is_undefined() ? Value(", ") : separator));
}

// ---- lipsum ---------------------------------------------------------------------------------------------------------

constexpr std::string_view kWords =
    "a ac accumsan ad adipiscing aenean aliquam aliquet amet ante aptent arcu at auctor augue bibendum blandit "
    "class commodo condimentum congue consectetuer consequat conubia convallis cras cubilia cum curabitur curae "
    "cursus dapibus diam dictum dictumst dignissim dis dolor donec dui duis egestas eget eleifend elementum "
    "elit enim erat eros est et etiam eu euismod facilisi facilisis fames faucibus felis fermentum feugiat "
    "fringilla fusce gravida habitant habitasse hac hendrerit hymenaeos iaculis id imperdiet in inceptos "
    "integer interdum ipsum justo lacinia lacus laoreet lectus leo libero ligula litora lobortis lorem luctus "
    "maecenas magna magnis malesuada massa mattis mauris metus mi molestie mollis montes morbi mus nam nascetur "
    "natoque nec neque netus nibh nisi nisl non nonummy nostra nulla nullam nunc odio orci ornare parturient "
    "pede pellentesque penatibus per pharetra phasellus placerat platea porta porttitor posuere potenti "
    "praesent pretium primis proin pulvinar purus quam quis quisque rhoncus ridiculus risus rutrum sagittis "
    "sapien scelerisque sed sem semper senectus sit sociis sociosqu sodales sollicitudin suscipit suspendisse "
    "taciti tellus tempor tempus tincidunt torquent tortor tristique turpis ullamcorper ultrices ultricies urna "
    "ut varius vehicula vel velit venenatis vestibulum vitae vivamus viverra volutpat vulputate ";

using Random = std::mt19937_64;

int64_t pick(Random& random, int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high - 1)(random);
}

std::string paragraph(Random& random, int64_t least, int64_t most) {
  static const std::vector<std::string_view> words = split_whitespace(kWords);
  std::string text;
  std::string_view last;
  bool capital = true;
  int64_t last_comma = 0;
  int64_t last_stop = 0;
  int64_t count = pick(random, least, most);
  for (int64_t i = 0; i < count; ++i) {
    std::string_view word = last;
    while (word == last) word = words[static_cast<size_t>(pick(random, 0, static_cast<int64_t>(words.size())))];
    last = word;
    if (i > 0) text += ' ';
    text += capital ? unicode::capitalize(word) : std::string(word);
    capital = false;
    if (i - pick(random, 3, 8) > last_comma) {
      last_comma = i;
      last_stop += 2;
      text += ',';
    }
    if (i - pick(random, 10, 20) > last_stop) {
      last_comma = last_stop = i;
      text += '.';
      capital = true;
    }
  }
  if (text.ends_with(','))
    text.back() = '.';
  else if (!text.ends_with('.'))
    text += '.';
  return text;
}

Value make_lipsum(State&, CallArgs& args) {
  auto bound = args.bind("generate_lorem_ipsum", {"n", "html", "min", "max"});
  int64_t count = bound[0].is_undefined() ? 5 : expect_index(bound[0]);
  bool html = bound[1].is_undefined() || truth(bound[1]);
  int64_t least = bound[2].is_undefined() ? 20 : expect_index(bound[2]);
  int64_t most = bound[3].is_undefined() ? 100 : expect_index(bound[3]);
  if (least >= most) value_error("empty range for randrange()");
  check_text_size(static_cast<double>(count) * static_cast<double>(most) * 12);
  Random random{std::random_device{}()};
  std::string text;
  for (int64_t i = 0; i < count; ++i) {
    if (i > 0) text += html ? "\n" : "\n\n";
    std::string one = paragraph(random, least, most);
    text += html ? "<p>" + one + "</p>" : one;
  }
  return html ? Value(std::move(text), StringKind::markup) : Value(std::move(text));
}

}  // namespace

Value find_global(std::string_view name) {
  if (name == "range") return Value::function("range", make_range);
  if (name == "dict") {
    auto type = make_ref<TypeObject>("dict", make_dict);
    type->with("fromkeys", Value::function("fromkeys", dict_from_keys));
    return Value(type);
  }
  if (name == "namespace") return Value(make_ref<TypeObject>("jinja2.utils.Namespace", make_namespace));
  if (name == "cycler") return Value(make_ref<TypeObject>("jinja2.utils.Cycler", make_cycler));
  if (name == "joiner") return Value(make_ref<TypeObject>("jinja2.utils.Joiner", make_joiner));
  if (name == "lipsum") return Value::function("lipsum", make_lipsum);
  return Value();
}

}  // namespace modelc::jinja
