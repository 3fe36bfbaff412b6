// A whole project in one text: "==> PATH" begins a file. It is parsed as the binary would, and the files that name
// packages are read too: a manifest comes out that can be written and read back, or errors with words in them.
#include <cstdlib>
#include <map>
#include <string>

#include "project/package_spec.h"
#include "unit/parse/project_fixture.h"

using namespace modelc;

namespace {

std::map<std::string, std::string> files_of(std::string_view text) {
  std::map<std::string, std::string> files;
  std::string* current = nullptr;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view line = text.substr(0, end);
    if (line.starts_with("==> ") && line.size() > 5)
      current = &files[std::string(line.substr(4, line.find_last_not_of("\r\n") - 3))];
    else if (current)
      *current += line;
    text.remove_prefix(end);
  }
  return files;
}

template <class Read>
void expect_error_at_most(const Read& read) {
  try {
    read();
  } catch (const Error& error) {
    if (render_diagnostic(error.diagnostic()).empty()) std::abort();
  }
}

void read_packages(const std::map<std::string, std::string>& files) {
  MemoryFileSystem fs;
  for (const auto& [path, text] : files) fs.files["/p/" + path] = text;
  SourceMap sources;
  Invocation invocation;
  invocation.fs = &fs;
  invocation.sources = &sources;
  expect_error_at_most([&] { package_list_hash(read_package_list(invocation, "/p").packages); });
  expect_error_at_most([&] {
    std::string hash;
    read_lock_file(invocation, "/p/package-lock.yml", hash);
  });
  expect_error_at_most([&] { read_project_name(invocation, "/p"); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto files = files_of({reinterpret_cast<const char*>(data), size});
  if (files.empty()) return 0;
  for (const auto& [path, text] : files)
    if (path.find("..") != std::string::npos) return 0;
  read_packages(files);
  const test::ParsedText parsed = test::parse_text_project(files);
  if (!parsed.parsed && parsed.faults.empty()) std::abort();
  for (const auto& fault : parsed.faults)
    if (fault.find("Internal Error") != std::string::npos) std::abort();
  return 0;
}
