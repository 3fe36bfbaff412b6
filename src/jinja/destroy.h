// Destruction of nested values. Values nested thousands deep must not overflow the stack when they die: past a depth
// they are put aside and destroyed by the outermost call.
#pragma once

#include <vector>

#include "jinja/value.h"

namespace modelc::jinja {

void destroy_items(std::vector<Value>& items);
void destroy_entries(std::vector<DictData::Entry>& entries);

}  // namespace modelc::jinja
