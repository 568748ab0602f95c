#include "app/example_host/host.hpp"
#include "app/example_host/traffic_meter.hpp"

#include <doctest/doctest.h>

#include <latch>
#include <limits>
#include <stdexcept>

using namespace tuner;
using namespace tuner::example;

namespace {

struct idle_model : model {
  void run(size_t, std::span<const float>, std::span<float>) override {}
  size_t bytes() const override { return 0; }
};

void check_equal(const host_settings& a, const host_settings& b) {
  CHECK(a.batch_size == b.batch_size);
  CHECK(a.batch_timeout_ms == doctest::Approx(b.batch_timeout_ms));
  CHECK(a.cache_size_mb == doctest::Approx(b.cache_size_mb));
}

} // namespace

TEST_CASE("E1 example host: the settings in force are the last ones that make "
          "sense") {
  host x{{}, {8, 12.5, 3}, {}, std::make_unique<idle_model>()};
  check_equal(x.settings(), {8, 12.5, 3});
  x.set_batch_size(15.6);
  x.set_batch_timeout_ms(0.25);
  x.set_cache_size_mb(1.5);
  check_equal(x.settings(), {16, 0.25, 1.5});
  constexpr auto nan = std::numeric_limits<double>::quiet_NaN();
  x.set_batch_size(nan);
  x.set_batch_timeout_ms(nan);
  x.set_cache_size_mb(nan);
  check_equal(x.settings(), {16, 0.25, 1.5});
  x.set_batch_size(-5);
  x.set_batch_timeout_ms(-5);
  x.set_cache_size_mb(-5);
  check_equal(x.settings(), {1, 0, 0});
  constexpr auto infinity = std::numeric_limits<double>::infinity();
  x.set_batch_size(infinity);
  x.set_batch_timeout_ms(infinity);
  x.set_cache_size_mb(infinity);
  CHECK(x.settings().batch_size > 1e5);
  CHECK(x.settings().batch_timeout_ms > 1e6);
  CHECK(x.settings().cache_size_mb > 1e6);
}

TEST_CASE("E1 example host: a host refuses a load that makes no sense") {
  example_host_config config;
  config.load.kind = "burst";
  CHECK_THROWS_AS(
    host(config, {}, {}, std::make_unique<idle_model>()),
    std::invalid_argument);
}

TEST_CASE("E1 example host: the load carries the times of its schedule, "
          "however late it is sent") {
  constexpr size_t sent = 500;
  load_config load;
  load.rate_rps = 100'000;
  load.keys = 50;
  std::vector<request> got;
  std::latch enough{1};
  load_generator x{load, [&](const request& r) {
                     got.push_back(r);
                     if (got.size() == sent)
                       enough.count_down();
                   }};
  x.start();
  x.start();
  enough.wait();
  x.stop();
  x.start();
  x.stop();
  REQUIRE(got.size() >= sent);
  auto wanted = make_schedule(load);
  auto start = got[0].intended - *wanted->next();
  for (size_t i = 1; i < got.size(); ++i)
    REQUIRE(got[i].intended - start == *wanted->next());
  for (auto& r : got)
    REQUIRE((r.key >= 1 && r.key <= 50));
}

TEST_CASE("E1 example host: a load that is stopped before it starts sends "
          "nothing") {
  auto sent = 0;
  load_generator x{{}, [&](const request&) { ++sent; }};
  x.stop();
  x.start();
  x.stop();
  CHECK(sent == 0);
}

TEST_CASE("E1 example host: a stop does not wait for a request due years "
          "ahead") {
  load_config load;
  load.rate_rps = 1e-8;
  load_generator x{load, [](const request&) {}};
  x.start();
  x.stop();
}

TEST_CASE("E1 example host: the traffic meter knows quantiles to 2 % and "
          "starts anew after each look") {
  traffic_meter x;
  for (auto ms = 1; ms <= 1000; ++ms)
    x.on_request(std::chrono::milliseconds{ms}, true);
  x.on_request(std::chrono::hours{1}, false);
  for (auto n = 0; n < 1002; ++n)
    x.on_arrival();
  x.on_batch({30, 0, {}});
  x.on_batch({10, 0, {}});
  x.on_cache_access(1, true);
  x.on_cache_access(2, false);
  auto seen = x.take();
  CHECK(seen.completed == 1000);
  CHECK(seen.failed == 1);
  for (auto q : {0.01, 0.5, 0.95, 0.99, 1.0})
    CHECK(seen.quantile_ms(q) == doctest::Approx(1000 * q).epsilon(0.02));
  seen.period = std::chrono::seconds{10};
  auto text = to_string(seen);
  CHECK(text.starts_with("100 req/s  p50 "));
  CHECK(
    text.ends_with("hits 50 %  mean batch 20.0  completed 1000, failed 1 of "
                   "1002"));
  auto rest = x.take();
  CHECK(
    rest.offered + rest.completed + rest.failed + rest.lookups + rest.batches
    == 0);
  CHECK(rest.quantile_ms(0.5) == 0);
}
