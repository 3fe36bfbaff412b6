#include <map>
#include <string>
#include <vector>

#include "cli/cli.h"

extern char** environ;

int main(int argc, char** argv) {
  std::map<std::string, std::string> environment;
  for (char** entry = environ; *entry; ++entry) {
    const std::string text(*entry);
    const auto equals = text.find('=');
    if (equals != std::string::npos) environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return modelc::run_cli(std::vector<std::string>(argv, argv + argc), environment);
}
