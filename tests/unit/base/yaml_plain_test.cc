// The quick YAML reader against the full parser: what the first accepts, the second must read in the same way.
#include "base/yaml_plain.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "base/source.h"
#include "base/yaml_guard.h"

namespace modelc {
namespace {

void describe(const YamlNode& node, std::string& out, int depth = 0) {
  out += fmt::format("{:{}}{} {}-{} {} {} {} '{}'\n", "", depth * 2, static_cast<int>(node.kind), node.begin, node.end,
                     node.quoted, node.integer, node.floating, node.text);
  for (const YamlNode& child : node.children) describe(child, out, depth + 1);
}

std::string description(const YamlNode& node) {
  std::string out;
  describe(node, out);
  return out;
}

/// Whether the quick reader took `text`; fails the test when the full parser sees something else.
bool agrees(const std::string& text) {
  if (yaml_detail::check_characters(text) || text.starts_with("\xEF\xBB\xBF")) return false;
  const auto quick = yaml_detail::read_plain(text, {});
  if (!quick) return false;
  SourceMap sources;
  YamlDocument full;
  full.file = sources.add("a.yml", text);
  INFO(text);
  try {
    yaml_detail::parse_with_yaml_cpp(full, {});
  } catch (const Error& e) {
    FAIL_CHECK("the full parser refuses it: " << e.what());
    return true;
  }
  CHECK(full.warnings.empty());
  CHECK_EQ(description(*quick), description(full.root));
  return true;
}

std::vector<std::string> texts_of_repository() {
  std::vector<std::string> texts;
  for (const char* folder : {"models", "seeds", "snapshots", "macros", "tests"}) {
    const auto root = std::filesystem::path(MODELC_SOURCE_DIR) / folder;
    if (!std::filesystem::exists(root)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (entry.path().extension() != ".yml" || texts.size() > 200) continue;
      std::ostringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      texts.push_back(text.str());
    }
  }
  return texts;
}

const char* const kPlain[] = {
    "a: 1\n",
    "---\na: b\n",
    "models:\n  - name: x\n    tests:\n    - unique\n    - not_null: {severity: warn, where: \"a = 1\"}\n",
    "a:\n- b\n- c: d\n  e: f\ng: h\n",
    "- - a\n  - b\n-\n  c: d\n",
    "text: >\n  one\n  two\n\n  three\n    deeper\n  four\nnext: |\n  a\n\n  b\n\n\nlast: |-\n  z\n",
    "text: one\n  two\n\n  three  # comment\nb: 'it''s'\n",
    "list: [a, 'b', \"c\", 1, -2.5, [x, y], {k: v}]\nempty: []\nnone: {}\n",
    "list: [\n    a,\n    b\n  ]\n",
    "a: ~\nb: null\nc: yes\nd: 2020-01-02\ne: 0x1f\nf: .inf\ng: 1:30\n",
    "# head\n\na:   # nothing\n  # comment\n  b: c # d\n\n# tail\n",
    "\"quoted\": \"value\"\n'other': x\n",
    "a: http://x.y/z?q#frag\nb: a,b]}\n",
    "a: &x 1\nb: *x\nc: [*x, {d: *x}]\n",
    "all: &all\n  - &one\n    name: a\n    tests: [b,c,'d',\"e\"]\n  - *one # again\n  - name: z\nagain: *all\nmore: "
    "&m\n- n\n",
    "a:\nb: # none\n\nc:\n  d:\n  e:\nf:\n- g\n",
    "- a:\n- b:\n  c: d\n-\n- e\n",
    "a:",
    "a: \"\\n\\t\\\"\\\\ \"\n",
    "a: |\n  x",
    "a:\n  b: >\n    x\n    y\n\n    z",
};

TEST_CASE("the quick YAML reader takes common forms and agrees with the full parser") {
  for (const char* text : kPlain) {
    CAPTURE(std::string(text));
    CHECK(agrees(text));
  }
}

TEST_CASE("the quick YAML reader leaves the rest to the full parser") {
  for (const char* text : {"",
                           "a",
                           "a: *x\n",
                           "a: !!str 1\n",
                           "a: &x 1\nb: &x 2\n",
                           "a: &x\n  b: *x\n",
                           "a: &x\nb: c\n",
                           "- &x a: b\n",
                           "*x : a\n",
                           "a: \"\\x41\"\n",
                           "a: 1\na: 2\n",
                           "<<: {a: b}\n",
                           "a:\tb\n",
                           "a: b: c\n",
                           "a: 1\n  b: 2\n",
                           "a:\n    b: 1\n  c: 2\n",
                           "a: [b\n",
                           "a: 1\n---\nb: 2\n",
                           "? a\n: b\n",
                           "a: |2\n   b\n",
                           "yes: 1\n",
                           "a: 'x\n  y'\n",
                           "{a: b}: c\n",
                           "%YAML 1.1\n---\na: b\n",
                           "a: {b: 1, b: 2}\n"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(yaml_detail::read_plain(text, {}).has_value());
  }
}

TEST_CASE("the quick YAML reader leaves texts that grow or nest without bound to the full parser") {
  std::string bomb = "a0: &a0 [b, b, b, b, b, b, b, b, b, b]\n", deep;
  for (int i = 1; i < 8; ++i) {
    bomb += fmt::format("a{}: &a{} [", i, i);
    for (int n = 0; n < 10; ++n) bomb += fmt::format("{}*a{}", n ? ", " : "", i - 1);
    bomb += "]\n";
  }
  for (int i = 0; i < 300; ++i) deep += std::string(static_cast<size_t>(i), ' ') + "a:\n";
  CHECK_FALSE(yaml_detail::read_plain(bomb, {}).has_value());
  CHECK_FALSE(yaml_detail::read_plain(deep, {}).has_value());
}

TEST_CASE("the quick YAML reader agrees with the full parser on the repository's files and on damaged ones") {
  std::mt19937 random(11);
  const auto texts = texts_of_repository();
  const std::string_view alphabet = " \n\n  :-'\"#[]{},|>&*&*x!?~%@`\\aZ0.\xC3\xA9";
  size_t taken = 0;
  for (const std::string& text : texts) {
    taken += agrees(text);
    for (int round = 0; round < 400; ++round) {
      std::string damaged = text.substr(0, 1500);
      for (int edits = 1 + static_cast<int>(random() % 3); edits > 0 && !damaged.empty(); --edits) {
        const size_t at = random() % damaged.size();
        switch (random() % 4) {
          case 0:
            damaged.erase(at, 1 + random() % 4);
            break;
          case 1:
            damaged.insert(at, 1, alphabet[random() % alphabet.size()]);
            break;
          case 2:
            damaged[at] = alphabet[random() % alphabet.size()];
            break;
          default:
            damaged.insert(at, damaged.substr(random() % damaged.size(), 12));
            break;
        }
      }
      agrees(damaged);
    }
  }
  for (const char* seed : kPlain) {
    for (int round = 0; round < 400; ++round) {
      std::string damaged = seed;
      for (int edits = 1 + static_cast<int>(random() % 3); edits > 0; --edits) {
        const size_t at = random() % damaged.size();
        if (random() % 2)
          damaged.insert(at, 1, alphabet[random() % alphabet.size()]);
        else
          damaged[at] = alphabet[random() % alphabet.size()];
      }
      agrees(damaged);
    }
  }
  CHECK_GT(taken, texts.size() / 2);
}

}  // namespace
}  // namespace modelc
