#include "base/clock.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <time.h>

#include <chrono>

#include "base/diagnostic.h"

namespace modelc {
namespace {

constexpr int64_t kSecond = 1'000'000;

/// Overwrites `count` characters from `at` with the last digits of a number that is not negative.
void put_digits(std::string& text, size_t at, size_t count, int64_t number) {
  for (size_t i = at + count; i-- > at; number /= 10) text[i] = static_cast<char>('0' + number % 10);
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
  using namespace std::chrono;
  const sys_time<microseconds> instant{microseconds(time)};
  const sys_days midnight = floor<days>(instant);
  const year_month_day date(midnight);
  const hh_mm_ss clock(instant - midnight);
  std::string text = "0000-00-00T00:00:00.000000";
  if (const int year = static_cast<int>(date.year()); year >= 0 && year <= 9999)
    put_digits(text, 0, 4, year);
  else
    text.replace(0, 4, fmt::format("{:04}", year));
  const size_t behind_year = text.size() - 22;
  put_digits(text, behind_year + 1, 2, static_cast<unsigned>(date.month()));
  put_digits(text, behind_year + 4, 2, static_cast<unsigned>(date.day()));
  put_digits(text, behind_year + 7, 2, clock.hours().count());
  put_digits(text, behind_year + 10, 2, clock.minutes().count());
  put_digits(text, behind_year + 13, 2, clock.seconds().count());
  put_digits(text, behind_year + 16, 6, clock.subseconds().count());
  return text;
}

std::string format_clock_local(Micros time) {
  const time_t seconds = std::chrono::floor<std::chrono::seconds>(std::chrono::microseconds(time)).count();
  tm parts{};
  localtime_r(&seconds, &parts);
  return fmt::format("{:02}:{:02}:{:02}", parts.tm_hour, parts.tm_min, parts.tm_sec);
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
