// Any bytes either load as YAML or are refused with a place inside of the text; every span of the tree lies in it too.
#include <cstdlib>

#include "base/yaml.h"

using namespace modelc;

namespace {

void check_spans(const YamlNode& node, size_t size) {
  if (node.begin > node.end || node.end > size) std::abort();
  for (const YamlNode& child : node.children) check_spans(child, size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const SourceFile file("fuzz.yml", std::string(reinterpret_cast<const char*>(data), size));
  YamlLimits limits;
  limits.max_nodes = 100'000;
  limits.max_bytes = 1 << 20;
  try {
    const YamlDocument document = load_yaml(file, limits);
    check_spans(document.root, size);
    for (const Diagnostic& warning : document.warnings) render_diagnostic(warning);
  } catch (const Error& error) {
    const Diagnostic& diagnostic = error.diagnostic();
    if (!diagnostic.span || diagnostic.span.end > size) std::abort();
    render_diagnostic(diagnostic);
  }
  return 0;
}
