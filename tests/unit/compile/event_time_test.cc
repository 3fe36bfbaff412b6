#include "compile/event_time.h"

#include <doctest/doctest.h>

#include "base/diagnostic.h"
#include "jinja/pymodules.h"

using namespace modelc;

namespace {

Micros at(const char* iso) { return event_time_of(jinja::Value(iso), "test"); }
std::string text(Micros time) { return format_event_time(time); }

}  // namespace

TEST_CASE("instants are truncated to the beginning of their batch") {
  const Micros t = at("2024-09-17T16:06:01");
  CHECK(text(truncate_to_batch(t, BatchSize::hour)) == "2024-09-17 16:00:00+00:00");
  CHECK(text(truncate_to_batch(t, BatchSize::day)) == "2024-09-17 00:00:00+00:00");
  CHECK(text(truncate_to_batch(t, BatchSize::month)) == "2024-09-01 00:00:00+00:00");
  CHECK(text(truncate_to_batch(t, BatchSize::year)) == "2024-01-01 00:00:00+00:00");
}

TEST_CASE("truncating works before 1970 too") {
  CHECK(text(truncate_to_batch(at("1969-12-31T23:59:59"), BatchSize::day)) == "1969-12-31 00:00:00+00:00");
}

TEST_CASE("the ceiling of a beginning is itself, else the next one") {
  CHECK(text(ceil_to_batch(at("2024-09-17T16:06:00"), BatchSize::hour)) == "2024-09-17 17:00:00+00:00");
  CHECK(text(ceil_to_batch(at("2024-09-17T16:00:00"), BatchSize::hour)) == "2024-09-17 16:00:00+00:00");
  CHECK(text(ceil_to_batch(at("2024-12-17"), BatchSize::month)) == "2025-01-01 00:00:00+00:00");
  CHECK(text(ceil_to_batch(at("2024-02-29"), BatchSize::year)) == "2025-01-01 00:00:00+00:00");
}

TEST_CASE("batches are counted from the truncated instant") {
  CHECK(text(offset_batches(at("2024-09-17T23:59:59"), BatchSize::day, 1)) == "2024-09-18 00:00:00+00:00");
  CHECK(text(offset_batches(at("2024-09-17"), BatchSize::month, -1)) == "2024-08-01 00:00:00+00:00");
  CHECK(text(offset_batches(at("2024-01-17"), BatchSize::month, -13)) == "2022-12-01 00:00:00+00:00");
}

TEST_CASE("free offsets keep the time of day and end at the month's last day") {
  CHECK(text(offset_time(at("2024-01-31T16:06:00"), BatchSize::month, 1)) == "2024-02-29 16:06:00+00:00");
  CHECK(text(offset_time(at("2024-02-29T16:06:00"), BatchSize::year, 1)) == "2025-02-28 16:06:00+00:00");
}

TEST_CASE("batch names") {
  const Micros t = at("2024-09-17T16:00:00");
  CHECK(format_batch_start(t, BatchSize::year) == "2024");
  CHECK(format_batch_start(t, BatchSize::month) == "2024-09");
  CHECK(format_batch_start(t, BatchSize::day) == "2024-09-17");
  CHECK(format_batch_start(t, BatchSize::hour) == "2024-09-17T16");
  CHECK(batch_id(t, BatchSize::hour) == "20240917T16");
}

TEST_CASE("microseconds are written when there are some") {
  CHECK(text(at("2024-09-17T16:00:00") + 42) == "2024-09-17 16:00:00.000042+00:00");
}

TEST_CASE("--sample as a span back from now") {
  const auto [start, end] = parse_sample("3 days", at("2024-09-17T12:00:00"));
  CHECK(text(start) == "2024-09-14 12:00:00+00:00");
  CHECK(text(end) == "2024-09-17 12:00:00+00:00");
}

TEST_CASE("--sample as two instants") {
  const auto [start, end] = parse_sample("{start: 2024-01-01, end: 2024-02-01 10:00:00}", 0);
  CHECK(text(start) == "2024-01-01 00:00:00+00:00");
  CHECK(text(end) == "2024-02-01 10:00:00+00:00");
}

TEST_CASE("--sample refuses what dbt refuses, in its words") {
  const auto message = [](const char* sample) -> std::string {
    try {
      parse_sample(sample, 0);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  CHECK(message("yesterday") == "Cannot load SAMPLE_WINDOW from 'yesterday'. Must be of form 'DAYS_INT GRAIN_SIZE'.");
  CHECK(message("x days") == "Unable to convert 'x' to an integer.");
  CHECK(message("3x days") == "Unable to convert '3x' to an integer.");
  CHECK(message("3 weeks").starts_with("Invalid grain size 'weeks'."));
  CHECK(message("{start: 2024-01-01}").starts_with("--sample needs both"));
}
