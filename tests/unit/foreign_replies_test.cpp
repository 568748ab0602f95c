#include "app/foreign/mariadb_reading.hpp"
#include "app/foreign/redis_reading.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace tuner;

namespace {

redis_reading redis_of(const std::string& figure) {
  redis_reading x;
  for (const char* name :
       {"used_memory", "used_memory_rss", "total_system_memory",
        "keyspace_hits", "keyspace_misses", "server_time_usec", "used_cpu_user",
        "used_cpu_sys"})
    x.info[name] = figure;
  x.info["cmdstat_get"] = "calls=5,usec=18446744073709551615,failed_calls=9";
  x.latencies[3] = UINT64_MAX;
  return x;
}

} // namespace

TEST_CASE("E3 absurd counts of a Redis are none") {
  for (const char* figure : {"nan", "inf", "-inf", "-5", "1e300", "", "x"}) {
    CAPTURE(figure);
    auto before = redis_of("1");
    auto now = redis_of(figure);
    before.info["cmdstat_get"] = "calls=1,usec=1";
    before.latencies.clear();
    auto seen = sample_between(&before, now);
    CHECK_FALSE(seen.memory_mib);
    CHECK_FALSE(seen.memory_used_ratio);
    CHECK_FALSE(seen.cpu_cores);
    CHECK(seen.cache_hits == 0);
    CHECK(seen.completed == 0);
    CHECK(seen.latency_sum.count() > 0);
    for (const auto& x : seen.latencies)
      CHECK(x.count > 0);
  }
}

TEST_CASE("E3 absurd counts of a MariaDB are limited") {
  mariadb_reading before;
  mariadb_reading now;
  before.status = {{"Questions", 5}, {"Innodb_buffer_pool_read_requests", 1}};
  now.status = {
    {"Questions", -1e300}, {"Innodb_buffer_pool_read_requests", 1e300}};
  auto seen = sample_between(&before, now);
  CHECK(seen.completed == 0);
  CHECK(seen.cache_misses == 0);
  CHECK(seen.cache_hits > 0);
}

TEST_CASE("E3 pages that InnoDB keeps free to read into are in use") {
  mariadb_reading now;
  now.status = {
    {"Innodb_buffer_pool_bytes_data", 10 << 20},
    {"Innodb_buffer_pool_pages_free", 1388},
    {"Innodb_page_size", 16'384}};
  CHECK(
    *sample_between(nullptr, now).memory_mib
    == doctest::Approx(31.7).epsilon(0.01));
  now.status["Innodb_buffer_pool_pages_free"] = 100'000; // An empty one.
  CHECK(*sample_between(nullptr, now).memory_mib == doctest::Approx(34));
}
