#include "base/clock.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <time.h>

#include <random>

namespace modelc {
namespace {

struct Parts {
  std::tm calendar;
  int64_t micros;
};

Parts split_time(Micros time) {
  int64_t seconds = time / 1'000'000, micros = time % 1'000'000;
  if (micros < 0) {
    micros += 1'000'000;
    --seconds;
  }
  return {fmt::gmtime(static_cast<std::time_t>(seconds)), micros};
}

}  // namespace

Micros now_micros() {
  timespec t{};
  clock_gettime(CLOCK_REALTIME, &t);
  return t.tv_sec * 1'000'000 + t.tv_nsec / 1000;
}

int64_t monotonic_nanos() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1'000'000'000 + t.tv_nsec;
}

std::string format_iso_naive(Micros time) {
  const Parts parts = split_time(time);
  const auto& c = parts.calendar;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}", c.tm_year + 1900, c.tm_mon + 1, c.tm_mday, c.tm_hour, c.tm_min,
                     c.tm_sec, parts.micros);
}

std::string format_iso_utc(Micros time) { return format_iso_naive(time) + "Z"; }

std::string format_clock_local(Micros time) { return fmt::format("{:%H:%M:%S}", fmt::localtime(static_cast<std::time_t>(time / 1'000'000))); }

std::string random_uuid() {
  std::random_device device;
  uint32_t words[4];
  for (auto& word : words) word = device();
  words[1] = (words[1] & 0xFFFF0FFF) | 0x00004000;  // version 4
  words[2] = (words[2] & 0x3FFFFFFF) | 0x80000000;  // RFC 4122 variant
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:04x}{:08x}", words[0], words[1] >> 16, words[1] & 0xFFFF, words[2] >> 16,
                     words[2] & 0xFFFF, words[3]);
}

}  // namespace modelc
