#include "base/shared_library.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include "base/diagnostic.h"

namespace modelc {

SharedLibrary::SharedLibrary(std::initializer_list<const char*> names, const char* package) {
  for (const char* name : names) {
    file_ = name;
    handle_ = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (handle_) return;
  }
  throw Error(ErrorKind::runtime, "base/library", fmt::format("the library {} can't be opened", *names.begin()), {},
              fmt::format("install the package {}", package));
}

void* SharedLibrary::symbol(const char* name) const {
  void* found = dlsym(handle_, name);
  if (!found)
    throw Error(ErrorKind::runtime, "base/library", fmt::format("the library {} has no function {}", file_, name));
  return found;
}

}  // namespace modelc
