#include "jinja/call_text.h"

#include <fmt/format.h>

#include "base/text.h"
#include "jinja/parser.h"

namespace modelc::jinja {
namespace {

/// Prints expressions as jinja2.nodes.Node.__repr__ does.
class TreeText {
 public:
  explicit TreeText(const CompiledTemplate& tmpl) : tmpl_(tmpl) {}

  std::string keyword(std::string_view name, const Expr* value) const {
    return fmt::format("Keyword(key={}, value={})", quoted(name), text(value));
  }

  std::string text(const Expr* e) const {
    if (!e) return "None";
    switch (e->kind) {
      case ExprKind::constant:
        return fmt::format("Const(value={})", to_repr(tmpl_.constants[as<ConstExpr>(e).constant]));
      case ExprKind::name:
        return fmt::format("Name(name={}, ctx='load')", quoted(tmpl_.names[as<NameExpr>(e).name].text));
      case ExprKind::tuple:
        return fmt::format("Tuple(items={}, ctx='load')", list(as<SequenceExpr>(e).items));
      case ExprKind::list:
        return fmt::format("List(items={})", list(as<SequenceExpr>(e).items));
      case ExprKind::concat:
        return fmt::format("Concat(nodes={})", list(as<SequenceExpr>(e).items));
      case ExprKind::dict:
        return dict(as<DictExpr>(e));
      case ExprKind::negate:
      case ExprKind::positive:
      case ExprKind::logical_not:
        return fmt::format("{}(node={})", unary_name(e->kind), text(as<UnaryExpr>(e).operand));
      case ExprKind::binary:
        return binary(binary_names[as<BinaryExpr>(e).op], as<BinaryExpr>(e));
      case ExprKind::logic:
        return binary(as<BinaryExpr>(e).op == 0 ? "And" : "Or", as<BinaryExpr>(e));
      case ExprKind::compare:
        return compare(as<CompareExpr>(e));
      case ExprKind::conditional: {
        const auto& c = as<ConditionalExpr>(e);
        return fmt::format("CondExpr(test={}, expr1={}, expr2={})", text(c.test), text(c.yes), text(c.no));
      }
      case ExprKind::attribute:
        return fmt::format("Getattr(node={}, attr={}, ctx='load')", text(as<AttributeExpr>(e).subject),
                           quoted(as<AttributeExpr>(e).name));
      case ExprKind::item:
        return fmt::format("Getitem(node={}, arg={}, ctx='load')", text(as<ItemExpr>(e).subject),
                           text(as<ItemExpr>(e).key));
      case ExprKind::slice: {
        const auto& s = as<SliceExpr>(e);
        return fmt::format("Slice(start={}, stop={}, step={})", text(s.start), text(s.stop), text(s.step));
      }
      case ExprKind::call:
        return fmt::format("Call(node={}, {})", text(as<CallExpr>(e).callee), arguments(as<CallExpr>(e).arguments));
      case ExprKind::filter:
      case ExprKind::test: {
        const auto& f = as<FilterExpr>(e);
        return fmt::format("{}(node={}, name={}, {})", e->kind == ExprKind::filter ? "Filter" : "Test", text(f.subject),
                           quoted(f.name), arguments(f.arguments));
      }
      case ExprKind::namespace_ref:
        break;  // a target, which no argument is
    }
    return "None";
  }

 private:
  static constexpr std::string_view binary_names[] = {"Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow"};
  static constexpr std::string_view compare_names[] = {"eq", "ne", "lt", "lteq", "gt", "gteq", "in", "notin"};

  template <class Kind>
  static const Kind& as(const Expr* e) {
    return *static_cast<const Kind*>(e);
  }
  static std::string quoted(std::string_view name) { return to_repr(Value(name)); }
  static std::string_view unary_name(ExprKind kind) {
    return kind == ExprKind::negate ? "Neg" : kind == ExprKind::positive ? "Pos" : "Not";
  }

  std::string list(const ExprList& items) const {
    std::vector<std::string> parts;
    for (const Expr* item : items) parts.push_back(text(item));
    return "[" + join(parts, ", ") + "]";
  }

  std::string dict(const DictExpr& e) const {
    std::vector<std::string> pairs;
    for (uint32_t i = 0; i < e.keys.size(); ++i)
      pairs.push_back(fmt::format("Pair(key={}, value={})", text(e.keys[i]), text(e.values[i])));
    return "Dict(items=[" + join(pairs, ", ") + "])";
  }

  std::string binary(std::string_view name, const BinaryExpr& e) const {
    return fmt::format("{}(left={}, right={})", name, text(e.left), text(e.right));
  }

  std::string compare(const CompareExpr& e) const {
    std::vector<std::string> rest;
    for (const Operand& operand : e.rest)
      rest.push_back(fmt::format("Operand(op='{}', expr={})", compare_names[operand.op], text(operand.expr)));
    return fmt::format("Compare(expr={}, ops=[{}])", text(e.first), join(rest, ", "));
  }

  std::string arguments(const Arguments& given) const {
    std::vector<std::string> named;
    for (uint32_t i = 0; i < given.named.size(); ++i) named.push_back(keyword(given.names[i], given.named[i]));
    return fmt::format("args={}, kwargs=[{}], dyn_args={}, dyn_kwargs={}", list(given.positional), join(named, ", "),
                       text(given.starred), text(given.double_starred));
  }

  const CompiledTemplate& tmpl_;
};

}  // namespace

std::vector<std::pair<std::string, std::string>> call_keywords(const SourceFile& file) {
  CompiledTemplate tmpl(file);
  tmpl.keyword_names.emplace_back();  // 0: no keywords
  Arena arena;
  NameTable names(tmpl.names);
  Parser parser(file, Syntax(), arena, tmpl, names, true);
  const Expr* whole = parser.parse_whole_expression();
  std::vector<std::pair<std::string, std::string>> result;
  if (whole->kind != ExprKind::call) return result;
  const Arguments& arguments = static_cast<const CallExpr*>(whole)->arguments;
  const TreeText tree(tmpl);
  for (uint32_t i = 0; i < arguments.named.size(); ++i)
    result.emplace_back(std::string(arguments.names[i]), tree.keyword(arguments.names[i], arguments.named[i]));
  return result;
}

}  // namespace modelc::jinja
