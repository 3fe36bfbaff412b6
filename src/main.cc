#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <map>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "cli/cli.h"

extern char** environ;

namespace {

int run(int argc, char** argv) {
  std::map<std::string, std::string> environment;
  for (char** entry = environ; *entry; ++entry) {
    const std::string text(*entry);
    const auto equals = text.find('=');
    if (equals != std::string::npos) environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return modelc::run_cli(std::vector<std::string>(argv, argv + argc), environment);
}

/// Says that memory ran out where too little is left to report it in the usual way. The exit code.
int tell_out_of_memory() noexcept {
  constexpr std::string_view text = "Out of memory. What was in the database before still stands.\n";
  return write(STDERR_FILENO, text.data(), text.size()) < 0 ? 3 : 2;
}

/// Sees that memory that runs out where nothing can catch it (libraries make constants before main() begins, some
/// functions are noexcept) ends the process as elsewhere.
struct TerminateSetter {
  TerminateSetter() : usual(std::set_terminate(end)) {}
  [[noreturn]] static void end() noexcept;
  std::terminate_handler usual;
};
[[gnu::init_priority(101)]] const TerminateSetter terminate_setter;  // before every other constant of the program

void TerminateSetter::end() noexcept {
  try {
    if (std::current_exception()) throw;
  } catch (const std::bad_alloc&) {
    _exit(tell_out_of_memory());
  } catch (...) {
    terminate_setter.usual();
  }
  terminate_setter.usual();
  std::abort();
}

}  // namespace

#ifdef MODELC_MIMALLOC
// mimalloc is written in C: its own operator new ends the process where it should throw.
void* operator new(size_t size) {
  if (void* memory = std::malloc(size ? size : 1)) return memory;
  throw std::bad_alloc();
}
void* operator new[](size_t size) { return operator new(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }
#endif

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    return tell_out_of_memory();
  }
}
