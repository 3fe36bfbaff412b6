#include "base/clock.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <time.h>

#include "base/diagnostic.h"

namespace modelc {
namespace {

constexpr int64_t kSecond = 1'000'000;

struct BrokenDown {
  tm parts{};
  int64_t micros = 0;
};

BrokenDown break_down(Micros time, bool local) {
  BrokenDown out;
  int64_t seconds = time / kSecond;
  out.micros = time % kSecond;
  if (out.micros < 0) {
    out.micros += kSecond;
    --seconds;
  }
  const time_t t = seconds;
  if (local)
    localtime_r(&t, &out.parts);
  else
    gmtime_r(&t, &out.parts);
  return out;
}

}  // namespace

Micros now_micros() {
  timespec t{};
  clock_gettime(CLOCK_REALTIME, &t);
  return t.tv_sec * kSecond + t.tv_nsec / 1000;
}

int64_t monotonic_nanos() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1'000'000'000 + t.tv_nsec;
}

std::string format_iso_utc(Micros time) { return format_iso_naive(time) + "Z"; }

std::string format_iso_naive(Micros time) {
  const BrokenDown t = break_down(time, false);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}", t.parts.tm_year + 1900, t.parts.tm_mon + 1,
                     t.parts.tm_mday, t.parts.tm_hour, t.parts.tm_min, t.parts.tm_sec, t.micros);
}

std::string format_clock_local(Micros time) {
  const BrokenDown t = break_down(time, true);
  return fmt::format("{:02}:{:02}:{:02}", t.parts.tm_hour, t.parts.tm_min, t.parts.tm_sec);
}

std::string random_uuid() {
  unsigned char b[16];
  if (getrandom(b, sizeof b, 0) != static_cast<ssize_t>(sizeof b)) {
    throw Error(ErrorKind::internal, "base/random", "the system gives no random bytes");
  }
  b[6] = static_cast<unsigned char>((b[6] & 0x0f) | 0x40);
  b[8] = static_cast<unsigned char>((b[8] & 0x3f) | 0x80);
  std::string out;
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    fmt::format_to(std::back_inserter(out), "{:02x}", b[i]);
  }
  return out;
}

}  // namespace modelc
