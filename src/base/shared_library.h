// Libraries that few commands need, opened when one of them does: the others start faster without them.
#pragma once

#include <initializer_list>
#include <string>

namespace modelc {

/// A library of the system, open until the program ends. Any thread.
class SharedLibrary {
 public:
  /// Opens the first of these file names that is there. Throws Error{runtime, "base/library"} with `package` as the
  /// hint when none is.
  SharedLibrary(std::initializer_list<const char*> names, const char* package);
  /// Sets `function` to the symbol of that name; throws the same error when the library has none.
  template <class Function>
  void find(const char* name, Function*& function) const {
    function = reinterpret_cast<Function*>(symbol(name));
  }

 private:
  void* symbol(const char* name) const;

  std::string file_;
  void* handle_ = nullptr;
};

}  // namespace modelc
