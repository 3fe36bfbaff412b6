// Digests, clock and threads.
#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/hash.h"
#include "base/thread_pool.h"

using namespace modelc;

TEST_CASE("digests of known texts") {
  CHECK(md5_hex("") == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(md5_hex("abc") == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(sha1_hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha512_hex("abc").substr(0, 16) == "ddaf35a193617aba");
  CHECK(md5_raw("abc").size() == 16);
  CHECK(content_hash("abc") == 0x44BC2CF5AD770999ull);
}

TEST_CASE("instants are written as dbt does, before 1970 too") {
  CHECK(format_iso_utc(1769862896123456) == "2026-01-31T12:34:56.123456Z");
  CHECK(format_iso_naive(0) == "1970-01-01T00:00:00.000000");
  CHECK(format_iso_naive(-1) == "1969-12-31T23:59:59.999999");
}

TEST_CASE("ids are version-4 UUIDs and differ") {
  const std::string id = random_uuid();
  REQUIRE(id.size() == 36);
  CHECK(id[14] == '4');
  CHECK(std::string("89ab").find(id[19]) != std::string::npos);
  CHECK(id != random_uuid());
}

TEST_CASE("every job runs once, whatever the number of threads") {
  for (size_t threads : {0, 1, 3, 100}) {
    std::vector<std::atomic<int>> runs(257);
    parallel_for(
        runs.size(), [&](size_t i) { ++runs[i]; }, threads);
    for (const auto& n : runs) CHECK(n == 1);
  }
  parallel_for(0, [](size_t) { FAIL("there is no job"); });
}

TEST_CASE("parallel_for may be called by jobs and by several threads at once") {
  std::atomic<int> runs{0};
  const auto nested = [&] {
    parallel_for(
        8,
        [&](size_t) {
          parallel_for(
              8, [&](size_t) { ++runs; }, 3);
        },
        3);
  };
  {
    const std::jthread other(nested);
    nested();
  }
  CHECK(runs == 2 * 8 * 8);
}

TEST_CASE("parallel_for rethrows what a job throws, and works afterwards") {
  for (int round = 0; round < 20; ++round) {
    const auto fail = [](size_t i) {
      if (i == 7) throw std::runtime_error("seven");
    };
    CHECK_THROWS_WITH(parallel_for(50, fail, 4), "seven");
  }
}
