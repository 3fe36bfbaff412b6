// Expressions, from conditional ones down to literals.
#include <fmt/format.h>

#include <algorithm>

#include "jinja/big_integer.h"
#include "jinja/parser.h"
#include "jinja/parser_guard.h"

namespace modelc::jinja {
namespace {

// Binding strength of the operators, weakest first. `~` binds closer than `+`, as in Jinja2.
enum Strength { kOr = 1, kAnd, kNot, kCompare, kSum, kConcat, kProduct, kPower };

int height_of(const ExprList& list) {
  int height = 0;
  for (const Expr* e : list) height = std::max<int>(height, e->height);
  return height;
}

int height_of(const Arguments& a) {
  int height = std::max(height_of(a.positional), height_of(a.named));
  if (a.starred) height = std::max<int>(height, a.starred->height);
  if (a.double_starred) height = std::max<int>(height, a.double_starred->height);
  return height;
}

int higher(const Expr* a, const Expr* b) { return std::max<int>(a->height, b ? b->height : 0); }

Value integer_value(const Token& token) {
  if (token.text.empty()) return token.integer;
  std::string digits;
  std::copy_if(token.text.begin(), token.text.end(), std::back_inserter(digits), [](char c) { return c != '_'; });
  const char prefix = digits.size() > 1 && digits[0] == '0' ? static_cast<char>(digits[1] | 0x20) : '0';
  const int base = prefix == 'x' ? 16 : prefix == 'o' ? 8 : prefix == 'b' ? 2 : 10;
  return Value(make_ref<BigInteger>(std::string_view(digits).substr(base == 10 ? 0 : 2), base));
}

}  // namespace

uint16_t Parser::checked_height(int height, Range at) {
  if (height > kMaxHeight) fail("expression is nested too deeply", at, "jinja/limit-nesting");
  return static_cast<uint16_t>(height);
}

Expr* Parser::constant(Value value, Range at) {
  auto* e = expr<ConstExpr>(ExprKind::constant, at.begin, 1);
  e->at = at;
  e->constant = static_cast<uint32_t>(template_.constants.size());
  template_.constants.push_back(std::move(value));
  return e;
}

Expr* Parser::parse_whole_expression() {
  current_ = lexer_.next();
  Expr* e = parse_expression();
  if (current_.type != Tok::eof) fail_here("chunk after expression");
  return e;
}

Expr* Parser::parse_expression(bool with_condition) {
  NestingGuard guard(*this);
  return with_condition ? parse_conditional() : parse_binary(kOr);
}

Expr* Parser::parse_conditional() {
  uint32_t begin = current_.begin;
  Expr* yes = parse_binary(kOr);
  while (skip_if_name("if")) {
    Expr* test = parse_binary(kOr);
    Expr* no = skip_if_name("else") ? parse_expression() : nullptr;
    auto* e = expr<ConditionalExpr>(ExprKind::conditional, begin, 1 + std::max(higher(yes, no), higher(test, nullptr)));
    e->test = test;
    e->yes = yes;
    e->no = no;
    yes = e;
  }
  return yes;
}

Expr* Parser::parse_binary(int least) {
  uint32_t begin = current_.begin;
  Expr* left;
  if (least <= kNot && current_.is_name("not")) {
    NestingGuard guard(*this);
    advance();
    Expr* operand = parse_binary(kNot);
    auto* e = expr<UnaryExpr>(ExprKind::logical_not, begin, 1 + operand->height);
    e->operand = operand;
    left = e;
  } else {
    left = parse_unary();
  }
  for (;;) {
    int strength = 0;
    int op = 0;
    switch (current_.type) {
      case Tok::name:
        if (current_.text == "or")
          strength = kOr;
        else if (current_.text == "and")
          strength = kAnd;
        else if (current_.text == "in")
          strength = kCompare;
        else if (current_.text == "not" && look().is_name("in"))
          strength = kCompare;
        break;
      case Tok::eq:
      case Tok::ne:
      case Tok::lt:
      case Tok::lteq:
      case Tok::gt:
      case Tok::gteq:
        strength = kCompare;
        break;
      case Tok::add:
        strength = kSum, op = static_cast<int>(BinaryOp::add);
        break;
      case Tok::sub:
        strength = kSum, op = static_cast<int>(BinaryOp::sub);
        break;
      case Tok::tilde:
        strength = kConcat;
        break;
      case Tok::mul:
        strength = kProduct, op = static_cast<int>(BinaryOp::mul);
        break;
      case Tok::div:
        strength = kProduct, op = static_cast<int>(BinaryOp::div);
        break;
      case Tok::floordiv:
        strength = kProduct, op = static_cast<int>(BinaryOp::floordiv);
        break;
      case Tok::mod:
        strength = kProduct, op = static_cast<int>(BinaryOp::mod);
        break;
      case Tok::pow:
        strength = kPower, op = static_cast<int>(BinaryOp::pow);
        break;
      default:
        break;
    }
    if (strength == 0 || strength < least) return left;
    if (strength == kCompare) {
      left = parse_compare_rest(left);
      continue;
    }
    if (strength == kConcat) {
      size_t from = exprs_.size();
      exprs_.push_back(left);
      while (skip_if(Tok::tilde)) {
        Expr* part = parse_binary(kProduct);
        exprs_.push_back(part);
      }
      ExprList parts = arena_.take(exprs_, from);
      auto* e = expr<SequenceExpr>(ExprKind::concat, begin, 1 + height_of(parts));
      e->items = parts;
      left = e;
      continue;
    }
    advance();
    Expr* right = parse_binary(strength + 1);
    bool logic = strength <= kAnd;
    auto* e = expr<BinaryExpr>(logic ? ExprKind::logic : ExprKind::binary, begin, 1 + higher(left, right));
    e->left = left;
    e->right = right;
    e->op = static_cast<uint8_t>(logic ? strength == kOr : op);
    left = e;
  }
}

Expr* Parser::parse_compare_rest(Expr* first) {
  std::vector<Operand> rest;
  int height = first->height;
  for (;;) {
    uint8_t op;
    switch (current_.type) {
      case Tok::eq:
        op = static_cast<uint8_t>(CompareOp::eq);
        break;
      case Tok::ne:
        op = static_cast<uint8_t>(CompareOp::ne);
        break;
      case Tok::lt:
        op = static_cast<uint8_t>(CompareOp::lt);
        break;
      case Tok::lteq:
        op = static_cast<uint8_t>(CompareOp::le);
        break;
      case Tok::gt:
        op = static_cast<uint8_t>(CompareOp::gt);
        break;
      case Tok::gteq:
        op = static_cast<uint8_t>(CompareOp::ge);
        break;
      default:
        op = 0xff;
    }
    if (current_.is_name("in")) {
      op = kCompareIn;
    } else if (current_.is_name("not") && look().is_name("in")) {
      advance();
      op = kCompareNotIn;
    }
    if (op == 0xff) break;
    advance();
    Expr* operand = parse_binary(kSum);
    height = std::max<int>(height, operand->height);
    rest.push_back({op, operand});
  }
  auto* e = expr<CompareExpr>(ExprKind::compare, first->at.begin, 1 + height);
  e->first = first;
  e->rest = arena_.take(rest, 0);
  return e;
}

Expr* Parser::parse_unary(bool with_filter) {
  Expr* e;
  if (current_.type == Tok::sub || current_.type == Tok::add) {
    NestingGuard guard(*this);
    Token sign = advance();
    Expr* operand = parse_unary(false);
    auto* unary =
        expr<UnaryExpr>(sign.type == Tok::sub ? ExprKind::negate : ExprKind::positive, sign.begin, 1 + operand->height);
    unary->operand = operand;
    e = unary;
  } else {
    e = parse_primary();
  }
  e = parse_postfix(e);
  return with_filter ? parse_filters_and_tests(e) : e;
}

// ---- primaries ----------------------------------------------------------------------------------------------------

Expr* Parser::parse_primary(bool with_namespace) {
  Range at{current_.begin, current_.end};
  switch (current_.type) {
    case Tok::name:
      return parse_name(with_namespace);
    case Tok::string:
      return parse_string();
    case Tok::integer:
      return constant(integer_value(advance()), at);
    case Tok::floating:
      return constant(advance().floating, at);
    case Tok::lparen: {
      advance();
      TupleOptions options;
      options.parenthesised = true;
      Expr* e = parse_tuple(options);
      expect(Tok::rparen);
      return e;
    }
    case Tok::lbracket:
      return parse_list();
    case Tok::lbrace:
      return parse_dict();
    default:
      fail_here(fmt::format("unexpected {}", to_repr(Value(describe(current_)))));
  }
}

Expr* Parser::parse_name(bool with_namespace) {
  Token token = advance();
  Range at{token.begin, token.end};
  std::string_view text = token.text;
  if (text == "true" || text == "True") return constant(true, at);
  if (text == "false" || text == "False") return constant(false, at);
  if (text == "none" || text == "None") return constant(nullptr, at);
  if (with_namespace && current_.type == Tok::dot) {
    advance();
    Token attribute = expect(Tok::name);
    auto* e = expr<NamespaceRef>(ExprKind::namespace_ref, token.begin, 1);
    e->name = names_.intern(text);
    e->attribute = attribute.text;
    return e;
  }
  auto* e = expr<NameExpr>(ExprKind::name, token.begin, 1);
  e->at = at;
  e->name = names_.intern(text);
  return e;
}

Expr* Parser::parse_string() {
  Token first = advance();
  if (current_.type != Tok::string) return constant(Value(first.text), {first.begin, first.end});
  std::string text(first.text);
  while (current_.type == Tok::string) text += advance().text;
  return constant(Value(std::move(text)), {first.begin, last_end_});
}

Expr* Parser::parse_list() {
  uint32_t begin = advance().begin;
  size_t from = exprs_.size();
  while (current_.type != Tok::rbracket) {
    if (exprs_.size() > from) expect(Tok::comma);
    if (current_.type == Tok::rbracket) break;
    Expr* item = parse_expression();
    exprs_.push_back(item);
  }
  expect(Tok::rbracket);
  ExprList items = arena_.take(exprs_, from);
  auto* e = expr<SequenceExpr>(ExprKind::list, begin, 1 + height_of(items));
  e->items = items;
  return e;
}

Expr* Parser::parse_dict() {
  uint32_t begin = advance().begin;
  size_t from = exprs_.size();
  size_t values_from = values_.size();
  while (current_.type != Tok::rbrace) {
    if (exprs_.size() > from) expect(Tok::comma);
    if (current_.type == Tok::rbrace) break;
    Expr* key = parse_expression();
    exprs_.push_back(key);
    expect(Tok::colon);
    Expr* value = parse_expression();
    values_.push_back(value);
  }
  expect(Tok::rbrace);
  ExprList keys = arena_.take(exprs_, from);
  ExprList values = arena_.take(values_, values_from);
  auto* e = expr<DictExpr>(ExprKind::dict, begin, 1 + std::max(height_of(keys), height_of(values)));
  e->keys = keys;
  e->values = values;
  return e;
}

/// Expressions with commas between them, or one without.
Expr* Parser::parse_tuple(const TupleOptions& options) {
  uint32_t begin = options.parenthesised ? last_end_ - 1 : current_.begin;
  size_t from = exprs_.size();
  bool is_tuple = false;
  for (;;) {
    if (exprs_.size() > from) expect(Tok::comma);
    if (current_.type == Tok::variable_end || current_.type == Tok::block_end || current_.type == Tok::rparen) break;
    Expr* item = options.simplified ? parse_primary(options.with_namespace) : parse_expression(options.with_condition);
    exprs_.push_back(item);
    if (current_.type != Tok::comma) break;
    is_tuple = true;
  }
  if (!is_tuple) {
    if (exprs_.size() > from) {
      Expr* only = exprs_.back();
      exprs_.pop_back();
      return only;
    }
    if (!options.parenthesised) {
      fail_here(fmt::format("Expected an expression, got {}", to_repr(Value(describe(current_)))));
    }
  }
  ExprList items = arena_.take(exprs_, from);
  auto* e = expr<SequenceExpr>(ExprKind::tuple, begin, 1 + height_of(items));
  e->items = items;
  return e;
}

// ---- what follows a primary ---------------------------------------------------------------------------------------

Expr* Parser::parse_postfix(Expr* e) {
  for (;;) {
    if (current_.type == Tok::dot || current_.type == Tok::lbracket)
      e = parse_subscript(e);
    else if (current_.type == Tok::lparen)
      e = parse_call(e);
    else
      return e;
  }
}

Expr* Parser::parse_filters_and_tests(Expr* e) {
  for (;;) {
    if (current_.type == Tok::pipe)
      e = parse_filter(e);
    else if (current_.is_name("is"))
      e = parse_test(e);
    else if (current_.type == Tok::lparen)
      e = parse_call(e);
    else
      return e;
  }
}

Expr* Parser::parse_subscript(Expr* subject) {
  if (advance().type == Tok::dot) {
    Token attribute = advance();
    if (attribute.type == Tok::name) {
      auto* e = expr<AttributeExpr>(ExprKind::attribute, subject->at.begin, 1 + subject->height);
      e->subject = subject;
      e->name = attribute.text;
      return e;
    }
    if (attribute.type != Tok::integer) fail("expected name or number", {attribute.begin, attribute.end});
    auto* e = expr<ItemExpr>(ExprKind::item, subject->at.begin, 1 + subject->height);
    e->subject = subject;
    e->key = constant(integer_value(attribute), {attribute.begin, attribute.end});
    return e;
  }
  size_t from = exprs_.size();
  uint32_t begin = current_.begin;
  while (current_.type != Tok::rbracket) {
    if (exprs_.size() > from) expect(Tok::comma);
    Expr* key = parse_subscribed();
    exprs_.push_back(key);
  }
  ExprList keys = arena_.take(exprs_, from);
  Expr* key;
  if (keys.size() == 1) {
    key = keys[0];
  } else {
    auto* tuple = expr<SequenceExpr>(ExprKind::tuple, begin, 1 + height_of(keys));
    tuple->items = keys;
    key = tuple;
  }
  expect(Tok::rbracket);
  auto* e = expr<ItemExpr>(ExprKind::item, subject->at.begin, 1 + higher(subject, key));
  e->subject = subject;
  e->key = key;
  return e;
}

Expr* Parser::parse_subscribed() {
  uint32_t begin = current_.begin;
  Expr* parts[3] = {nullptr, nullptr, nullptr};
  if (current_.type != Tok::colon) {
    parts[0] = parse_expression();
    if (current_.type != Tok::colon) return parts[0];
  }
  advance();
  auto ends = [this] { return current_.type == Tok::rbracket || current_.type == Tok::comma; };
  if (current_.type != Tok::colon && !ends()) parts[1] = parse_expression();
  if (skip_if(Tok::colon) && !ends()) parts[2] = parse_expression();
  int height = 0;
  for (Expr* part : parts) height = std::max<int>(height, part ? part->height : 0);
  auto* e = expr<SliceExpr>(ExprKind::slice, begin, 1 + height);
  e->start = parts[0];
  e->stop = parts[1];
  e->step = parts[2];
  return e;
}

Arguments Parser::parse_arguments() {
  Token open = expect(Tok::lparen);
  Arguments a;
  size_t from = exprs_.size();
  size_t values_from = values_.size();
  size_t keywords_from = keywords_.size();
  auto ensure = [&](bool valid) {
    if (!valid) fail("invalid syntax for function call expression", {open.begin, current_.end});
  };
  bool need_comma = false;
  while (current_.type != Tok::rparen) {
    if (need_comma) {
      expect(Tok::comma);
      if (current_.type == Tok::rparen) break;
    }
    if (current_.type == Tok::mul) {
      ensure(!a.starred && !a.double_starred);
      advance();
      a.starred = parse_expression();
    } else if (current_.type == Tok::pow) {
      ensure(!a.double_starred);
      advance();
      a.double_starred = parse_expression();
    } else if (current_.type == Tok::name && look().type == Tok::assign) {
      ensure(!a.double_starred);
      Token key = advance();
      for (size_t i = keywords_from; i < keywords_.size(); ++i) {
        if (keywords_[i] == key.text) {
          fail(fmt::format("keyword argument repeated: {}", key.text), {key.begin, key.end});
        }
      }
      keywords_.push_back(key.text);
      advance();
      Expr* value = parse_expression();
      values_.push_back(value);
    } else {
      ensure(!a.starred && !a.double_starred && values_.size() == values_from);
      Expr* value = parse_expression();
      exprs_.push_back(value);
    }
    need_comma = true;
  }
  expect(Tok::rparen);
  a.positional = arena_.take(exprs_, from);
  a.named = arena_.take(values_, values_from);
  a.names = arena_.take(keywords_, keywords_from);
  return a;
}

Expr* Parser::parse_call(Expr* callee) {
  NestingGuard guard(*this);
  size_t index = calls_.size();
  std::string path;
  bool is_static = static_path(callee, path);
  if (is_static) {
    calls_.emplace_back();
    calls_.back().path = std::move(path);
  }
  Arguments arguments = parse_arguments();
  auto* e =
      expr<CallExpr>(ExprKind::call, callee->at.begin, 1 + std::max(height_of(arguments), higher(callee, nullptr)));
  e->callee = callee;
  e->arguments = arguments;
  if (is_static) fill_static_call(calls_[index], e);
  return e;
}

std::string_view Parser::dotted_name() {
  Token first = expect(Tok::name);
  if (current_.type != Tok::dot) return first.text;
  std::string name(first.text);
  while (skip_if(Tok::dot)) {
    name += '.';
    name += expect(Tok::name).text;
  }
  return arena_.copy(name);
}

Expr* Parser::parse_filter(Expr* subject, bool start_inline) {
  while (start_inline || current_.type == Tok::pipe) {
    if (!start_inline) advance();
    start_inline = false;
    uint32_t begin = subject ? subject->at.begin : current_.begin;
    std::string_view name = dotted_name();
    Arguments arguments;
    if (current_.type == Tok::lparen) {
      NestingGuard guard(*this);
      arguments = parse_arguments();
    }
    int height = std::max(height_of(arguments), subject ? int{subject->height} : 0);
    auto* e = expr<FilterExpr>(ExprKind::filter, begin, 1 + height);
    e->subject = subject;
    e->name = name;
    e->arguments = arguments;
    subject = e;
  }
  return subject;
}

Expr* Parser::parse_test(Expr* subject) {
  advance();
  bool negated = skip_if_name("not");
  std::string_view name = dotted_name();
  Arguments arguments;
  switch (current_.type) {
    case Tok::lparen: {
      NestingGuard guard(*this);
      arguments = parse_arguments();
      break;
    }
    case Tok::name:
      if (current_.text == "else" || current_.text == "or" || current_.text == "and") break;
      if (current_.text == "is") fail_here("You cannot chain multiple tests with is");
      [[fallthrough]];
    case Tok::string:
    case Tok::integer:
    case Tok::floating:
    case Tok::lbracket:
    case Tok::lbrace: {
      size_t from = exprs_.size();
      Expr* argument = parse_postfix(parse_primary());
      exprs_.push_back(argument);
      arguments.positional = arena_.take(exprs_, from);
      break;
    }
    default:
      break;
  }
  int height = 1 + std::max(height_of(arguments), higher(subject, nullptr));
  auto* test = expr<FilterExpr>(ExprKind::test, subject->at.begin, height);
  test->subject = subject;
  test->name = name;
  test->arguments = arguments;
  if (!negated) return test;
  auto* e = expr<UnaryExpr>(ExprKind::logical_not, subject->at.begin, 1 + height);
  e->operand = test;
  return e;
}

// ---- targets of assignments ---------------------------------------------------------------------------------------

void Parser::check_target(const Expr* target) {
  switch (target->kind) {
    case ExprKind::name: {
      const auto* name = static_cast<const NameExpr*>(target);
      if (!open_loops_.empty() && template_.names[name->name].text == "loop") {
        for (ForStmt* loop : open_loops_) {
          if (loop->loop_assigned.end == 0) loop->loop_assigned = target->at;
        }
      }
      return;
    }
    case ExprKind::namespace_ref:
      return;
    case ExprKind::tuple:
      for (const Expr* item : static_cast<const SequenceExpr*>(target)->items) {
        bool assignable =
            item->kind == ExprKind::name || item->kind == ExprKind::namespace_ref || item->kind == ExprKind::tuple;
        if (!assignable) fail("can't assign to 'tuple'", target->at);
        check_target(item);
      }
      return;
    case ExprKind::constant:
      fail("can't assign to 'const'", target->at);
    case ExprKind::list:
      fail("can't assign to 'list'", target->at);
    case ExprKind::dict:
      fail("can't assign to 'dict'", target->at);
    default:
      fail("can't assign to 'expression'", target->at);
  }
}

Expr* Parser::parse_target(bool with_namespace) {
  TupleOptions options;
  options.simplified = true;
  options.with_namespace = with_namespace;
  Expr* target = parse_tuple(options);
  check_target(target);
  return target;
}

/// A single name that is assigned to. Gives its number.
uint32_t Parser::parse_target_name(Range* at) {
  Token token = expect(Tok::name);
  std::string_view t = token.text;
  if (t == "true" || t == "false" || t == "none" || t == "True" || t == "False" || t == "None") {
    fail("can't assign to 'name'", {token.begin, token.end});
  }
  if (at) *at = {token.begin, token.end};
  return names_.intern(t);
}

// ---- static calls -------------------------------------------------------------------------------------------------

bool Parser::static_path(const Expr* callee, std::string& path) const {
  if (callee->kind == ExprKind::name) {
    path = template_.names[static_cast<const NameExpr*>(callee)->name].text;
    return true;
  }
  if (callee->kind != ExprKind::attribute) return false;
  const auto* attribute = static_cast<const AttributeExpr*>(callee);
  if (!static_path(attribute->subject, path)) return false;
  path += '.';
  path += attribute->name;
  return true;
}

std::optional<Value> Parser::literal(const Expr* e) const {
  if (e->kind == ExprKind::constant) return template_.constants[static_cast<const ConstExpr*>(e)->constant];
  if (e->kind == ExprKind::negate) {
    auto value = literal(static_cast<const UnaryExpr*>(e)->operand);
    if (value && value->is_int() && value->as_int() != INT64_MIN) return Value(-value->as_int());
    if (value && value->is_float()) return Value(-value->as_float());
    return std::nullopt;
  }
  if (e->kind != ExprKind::list) return std::nullopt;
  std::vector<Value> items;
  for (const Expr* item : static_cast<const SequenceExpr*>(e)->items) {
    auto value = literal(item);
    if (!value) return std::nullopt;
    items.push_back(std::move(*value));
  }
  return Value::list(std::move(items));
}

void Parser::fill_static_call(StaticCall& call, const CallExpr* e) const {
  const Arguments& a = e->arguments;
  call.span = {&file_, e->at.begin, e->at.end};
  call.positional.reserve(a.positional.size());
  for (const Expr* argument : a.positional) call.positional.push_back(literal(argument));
  if (a.starred) call.positional.push_back(std::nullopt);
  for (size_t i = 0; i < a.named.size(); ++i) call.named.emplace_back(std::string(a.names[i]), literal(a.named[i]));
}

}  // namespace modelc::jinja
