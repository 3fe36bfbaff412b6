#include "jinja/template.h"

#include "jinja/codegen.h"

namespace modelc::jinja {
namespace {

std::shared_ptr<CompiledTemplate> new_template(const SourceFile& file) {
  auto tmpl = std::make_shared<CompiledTemplate>(file);
  tmpl->keyword_names.emplace_back();  // 0: no keywords
  tmpl->names.reserve(32);
  tmpl->constants.reserve(32);
  return tmpl;
}

/// Templates live as long as their nodes, of which there may be ten thousands: what was reserved is given back.
void shrink(CompiledTemplate& tmpl) {
  for (const std::unique_ptr<Function>& function : tmpl.functions) {
    function->code.shrink_to_fit();
    function->places.shrink_to_fit();
    function->slot_names.shrink_to_fit();
  }
  tmpl.functions.shrink_to_fit();
  tmpl.constants.shrink_to_fit();
  tmpl.names.shrink_to_fit();
  tmpl.methods.shrink_to_fit();
  tmpl.filters.shrink_to_fit();
  tmpl.mutable_calls().shrink_to_fit();
}

void check_size(const SourceFile& file) {
  if (file.text().size() > 0x7fffffff) {
    throw Error(ErrorKind::compilation, "jinja/limit-size", "the text is too long for a template", Span{&file, 0, 0});
  }
}

}  // namespace

TemplatePtr compile(const SourceFile& file, const Syntax& syntax) {
  check_size(file);
  auto tmpl = new_template(file);
  Arena arena;
  NameTable names(tmpl->names);
  Parser parser(file, syntax, arena, *tmpl, names);
  StmtList body = parser.parse_template();
  CodeGenerator(file, arena, *tmpl, names).generate(body, parser.blocks(), parser.has_extends());
  shrink(*tmpl);
  return tmpl;
}

TemplatePtr compile_expression(const SourceFile& file, const Syntax& syntax) {
  check_size(file);
  auto tmpl = new_template(file);
  tmpl->is_expression = true;
  Arena arena;
  NameTable names(tmpl->names);
  Parser parser(file, syntax, arena, *tmpl, names, true);
  Expr* e = parser.parse_whole_expression();
  CodeGenerator(file, arena, *tmpl, names).generate_expression(e);
  shrink(*tmpl);
  return tmpl;
}

bool has_markup(std::string_view text) {
  for (size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    if (at + 1 < text.size() && (text[at + 1] == '{' || text[at + 1] == '%' || text[at + 1] == '#')) return true;
  }
  return false;
}

}  // namespace modelc::jinja
