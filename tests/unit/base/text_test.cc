#include "base/text.h"

#include <doctest/doctest.h>

using namespace modelc;

TEST_CASE("split and join") {
  CHECK(split("a,,b", ',') == std::vector<std::string_view>{"a", "", "b"});
  CHECK(split("", ',') == std::vector<std::string_view>{""});
  CHECK(split_whitespace("  a \t b\n") == std::vector<std::string_view>{"a", "b"});
  CHECK(split_whitespace(" ").empty());
  CHECK(join({"a", "b"}, ", ") == "a, b");
  CHECK(trim(" \n a b\t") == "a b");
  CHECK(replace_all("aXbXX", "X", "--") == "a--b----");
  CHECK(replace_all("abc", "", "x") == "abc");
  CHECK(indent("a\n\nb", "  ") == "  a\n  \n  b");
  CHECK(equals_ignore_case("AbC", "aBc"));
  CHECK_FALSE(equals_ignore_case("ab", "abc"));
}

TEST_CASE("fnmatch is Python's fnmatchcase") {
  CHECK(fnmatch("models/staging/x.sql", "models/*.sql"));  // '*' crosses '/'
  CHECK(fnmatch("abc", "a?c"));
  CHECK_FALSE(fnmatch("ac", "a?c"));
  CHECK(fnmatch("a-c", "a[a-c-]c"));
  CHECK(fnmatch("abc", "a[!x]c"));
  CHECK_FALSE(fnmatch("abc", "a[!b]c"));
  CHECK(fnmatch("a]c", "a[]]c"));
  CHECK(fnmatch("a[c", "a[c"));  // a set that is never closed is a plain bracket
  CHECK(fnmatch("", "*"));
  CHECK_FALSE(fnmatch("Abc", "abc"));
  CHECK(fnmatch("\xC3\xA9x", "?x"));  // one character, two bytes
  CHECK(fnmatch("aaaaaaaaaaaaaaaaaaaaaaaaaaaab", "*a*a*a*a*a*a*b"));
  CHECK_FALSE(fnmatch("aaaaaaaaaaaaaaaaaaaaaaaaaaaa", "*a*a*a*a*a*a*b"));
}

TEST_CASE("UTF-8 is checked as Python does") {
  CHECK(is_valid_utf8("h\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"));
  CHECK_FALSE(is_valid_utf8("\xC0\x80"));          // overlong
  CHECK_FALSE(is_valid_utf8("\xED\xA0\x80"));      // surrogate
  CHECK_FALSE(is_valid_utf8("\xF4\x90\x80\x80"));  // above U+10FFFF
  CHECK_FALSE(is_valid_utf8("a\xE2\x82"));         // cut off
}
