// Runs a fuzz target over every file of a folder, so that ctest replays what fuzzing once found, without libFuzzer.
// Each file is also fed cut off at several places and with one byte changed: a cheap search around the known inputs.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

void feed(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

void feed_neighbours(const std::string& input) {
  const size_t step = input.size() / 16 + 1;
  for (size_t at = 0; at < input.size(); at += step) {
    feed(input.substr(0, at));
    feed(input.substr(at));
    std::string changed = input;
    changed[at] = static_cast<char>(changed[at] ^ 0x15);
    feed(changed);
  }
}

}  // namespace

int main(int argc, char** argv) {
  size_t inputs = 0;
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) {
      std::fprintf(stderr, "%s is no folder\n", argv[i]);
      return 1;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string input((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
      feed(input);
      feed_neighbours(input);
      ++inputs;
    }
  }
  std::printf("%zu inputs replayed\n", inputs);
  return inputs == 0;
}
