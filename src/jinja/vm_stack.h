// The stack of values that all renders of a thread share, one behind the other.
#pragma once

#include <cstddef>
#include <cstdlib>

#include "jinja/value.h"

namespace modelc::jinja {

struct VmStack {
  static constexpr size_t kSize = size_t{1} << 16;  // values: 1 MiB, of which only what is used is ever touched
  VmStack();
  ~VmStack();
  VmStack(const VmStack&) = delete;
  VmStack& operator=(const VmStack&) = delete;

  Value* base;
  Value* limit;
  Value* top;  // behind what the topmost frame may use
};

VmStack& vm_stack();

}  // namespace modelc::jinja
