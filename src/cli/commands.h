// One function a command. Each reads as the list of its stages and gives the exit code; errors are thrown.
#pragma once

#include <string_view>

#include "cli/session.h"

namespace modelc {

struct Command {
  std::string_view name;  ///< "run", "source freshness"
  bool needs_project;
  int (*run)(Session&);
};

/// Null for an unknown name.
const Command* find_command(std::string_view name);

int command_init(Session&);
int command_debug(Session&);
int command_deps(Session&);
int command_clean(Session&);
int command_parse(Session&);
int command_list(Session&);
int command_compile(Session&);
int command_show(Session&);
int command_run(Session&);  ///< also test, build, seed, snapshot, clone
int command_run_operation(Session&);
int command_freshness(Session&);
int command_docs_generate(Session&);
int command_retry(Session&);

}  // namespace modelc
