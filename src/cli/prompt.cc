#include "cli/prompt.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <charconv>
#include <iostream>

#include "base/diagnostic.h"
#include "base/text.h"

namespace modelc {
namespace {

/// No echo for the time of its life, where the input is a terminal.
class SilentInput {
 public:
  explicit SilentInput(bool wanted) : active_(wanted && tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!active_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  ~SilentInput() {
    if (active_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  SilentInput(const SilentInput&) = delete;

 private:
  termios before_{};
  bool active_;
};

std::string read_answer(const std::string& question, bool hidden) {
  fmt::print("{}: ", question);
  std::fflush(stdout);
  std::string answer;
  const SilentInput silent(hidden);
  if (!std::getline(std::cin, answer)) {
    fmt::print("\n");
    throw Error(ErrorKind::runtime, "cli/aborted", "Aborted!", {},
                "the question needs an answer on the standard input");
  }
  return std::string(trim(answer));
}

template <class Number>
bool is_number(const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

bool is_bool(const std::string& text) {
  const std::string word = to_lower(text);
  for (std::string_view known : {"1", "true", "t", "yes", "y", "on", "0", "false", "f", "no", "n", "off"}) {
    if (word == known) return true;
  }
  return false;
}

/// What is wrong with an answer, or nothing.
std::string fault_of(const std::string& answer, const std::string& type) {
  if (type == "int" && !is_number<long long>(answer)) return fmt::format("'{}' is not a valid integer.", answer);
  if (type == "float" && !is_number<double>(answer)) return fmt::format("'{}' is not a valid float.", answer);
  if (type == "bool" && !is_bool(answer)) return fmt::format("'{}' is not a valid boolean.", answer);
  return "";
}

}  // namespace

std::string prompt(const std::string& question, const std::optional<std::string>& fallback, const std::string& type,
                   bool hidden) {
  const std::string shown = fallback ? fmt::format("{} [{}]", question, *fallback) : question;
  for (;;) {
    std::string answer = read_answer(shown, hidden);
    if (answer.empty() && fallback) answer = *fallback;
    if (answer.empty()) continue;
    const std::string fault = fault_of(answer, type);
    if (fault.empty()) return answer;
    fmt::print("Error: {}\n", fault);
  }
}

bool confirm(const std::string& question) {
  for (;;) {
    const std::string answer = to_lower(read_answer(question + " [y/N]", false));
    if (answer == "y" || answer == "yes") return true;
    if (answer.empty() || answer == "n" || answer == "no") return false;
    fmt::print("Error: invalid input\n");
  }
}

}  // namespace modelc
