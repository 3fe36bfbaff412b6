// Bounds the parser's recursion.
#pragma once

#include "jinja/parser.h"

namespace modelc::jinja {

class NestingGuard {
 public:
  explicit NestingGuard(Parser& parser) : parser_(parser) {
    if (++parser_.depth_ > kMaxNesting) {
      parser_.fail("expression is nested too deeply", {parser_.current_.begin, parser_.current_.end},
                   "jinja/limit-nesting");
    }
  }
  ~NestingGuard() { --parser_.depth_; }
  NestingGuard(const NestingGuard&) = delete;
  NestingGuard& operator=(const NestingGuard&) = delete;

 private:
  Parser& parser_;
};

}  // namespace modelc::jinja
