#include "app/foreign/redis.hpp"
#include "app/foreign/redis_sensor.hpp"
#include "tests/integration/real_redis.hpp"

using namespace tuner;
using namespace tuner::test;

TEST_CASE("E3 Redis has the values that it was given, before and after it "
          "was started anew") {
  real_redis redis;
  for (auto address : {redis.socket(), redis.tcp()}) {
    auto config = redis.config();
    config.redis.address = address;
    auto port = redis_port(config);
    port.set(64);
    CHECK(port.get() == 64);
    port.set(10.1); // Bytes are whole.
    CHECK(port.get() == doctest::Approx(10.1));

    redis.stop();
    CHECK(thrown_by([&] { port.set(3); }) != "");
    redis.start();
    CHECK(port.get() == 0);
    port.set(32);
    CHECK(port.get() == 32);
  }
}

TEST_CASE("E3 what Redis refuses is told with what to do, without the "
          "password") {
  real_redis redis;
  auto config = redis.config();
  auto problem = [&] { return thrown_by([&] { redis_port(config).get(); }); };
  SUBCASE("no password") {
    config.redis.password_file = "";
    CHECK(contains(problem(), "put it into a file"));
  }
  SUBCASE("a wrong one") {
    config.redis.password_file = redis.folder().write("wrong", "x" + secret);
    CHECK(contains(problem(), "refused the password"));
    CHECK(contains(problem(), "(WRONGPASS)"));
  }
  SUBCASE("one that others can read") {
    redis.folder().write("password", secret, 0644);
    CHECK(contains(problem(), "chmod 600"));
  }
  SUBCASE("an unknown parameter") {
    config.redis.parameter = "max_memory";
    CHECK(contains(problem(), "max_memory is not one that it has"));
    CHECK(contains(
      thrown_by([&] { redis_port(config).set(1); }), "refused CONFIG"));
  }
  SUBCASE("several parameters") {
    config.redis.parameter = "max*";
    CHECK(contains(problem(), "max* is not one that it has"));
  }
  SUBCASE("one without a number") {
    config.redis.parameter = "maxmemory-policy";
    CHECK(contains(problem(), "no number, but \"noeviction\""));
  }
  SUBCASE("nobody listens") {
    config.redis.address = "127.0.0.1:" + std::to_string(free_port());
    CHECK(contains(problem(), "see that it runs"));
    CHECK(contains(problem(), config.redis.address));
  }
}

TEST_CASE("E3 a Redis that repeats the password in an error is not quoted") {
  real_redis redis{{"--rename-command", "AUTH", "HIDDEN"}};
  auto said = thrown_by([&] { redis_port(redis.config()).get(); });
  CHECK(contains(said, "refused the password"));
}

TEST_CASE("E3 a stopped Redis is given up at the time limit, and set again "
          "when it goes on") {
  real_redis redis;
  auto config = redis.config();
  config.timeout_seconds = 0.2;
  auto port = redis_port(config);
  auto sensor = make_redis_sensor(config.redis, 0.2);
  // On a busy machine it may take longer, too.
  CHECK(comes_true([&] { return thrown_by([&] { port.set(64); }).empty(); }));
  sensor.take();
  redis.pause();
  CHECK(contains(
    thrown_by([&] { port.get(); }), "no answer within 200 ms; see whether"));
  CHECK(contains(thrown_by([&] { port.set(1); }), "no answer"));
  CHECK_FALSE(sensor.restarted());
  CHECK(sensor.take().completed == 0);
  redis.resume();
  config.timeout_seconds = 120;
  auto patient = redis_port(config);
  patient.set(65);
  CHECK(patient.get() == 65);
}

TEST_CASE("E3 a sample of Redis has what clients did, and nothing of ours") {
  real_redis redis;
  auto config = redis.config();
  auto port = redis_port(config);
  auto sensor = make_redis_sensor(config.redis, 60);
  CHECK(sensor.take().completed == 0);
  redis.run("set a b");
  redis.run("get a");
  redis.run("get c");
  redis.run("lpop a"); // Fails: no list.
  port.set(64);
  port.get();
  CHECK_FALSE(sensor.restarted());
  auto x = sensor.take();
  CHECK(x.completed == 3);
  CHECK(x.failed == 1);
  CHECK(x.cache_hits == 1);
  CHECK(x.cache_misses == 1);
  uint64_t latencies = 0;
  for (const auto& bucket : x.latencies)
    latencies += bucket.count;
  CHECK(latencies == 4);
  CHECK(x.latency_sum > duration{0});
  CHECK(*x.memory_mib > 0.1);
  CHECK(*x.memory_used_ratio > 0);
  CHECK(*x.memory_used_ratio < 1);
  CHECK(*x.cpu_cores > 0);
  CHECK_FALSE(x.queue_length.known);
  CHECK(sensor.take().completed == 0);
}

TEST_CASE("E3 Redis started anew is noticed once, and told once when it is "
          "gone") {
  real_redis redis;
  std::vector<std::string> told;
  auto sensor = make_redis_sensor(
    redis.config().redis, 60,
    [&](log_level, const std::string& x) { told.push_back(x); });
  CHECK_FALSE(sensor.restarted());
  sensor.take();
  redis.stop();
  for (int i = 0; i < 3; ++i) {
    CHECK_FALSE(sensor.restarted());
    CHECK_FALSE(sensor.take().memory_mib.known);
  }
  redis.start();
  redis.run("get a");
  CHECK(sensor.restarted());
  CHECK(sensor.take().completed == 0); // Since who knows when.
  CHECK_FALSE(sensor.restarted());
  REQUIRE(told.size() >= 2);
  CHECK(contains(told.front(), "can't be watched"));
  CHECK(contains(told.back(), "can be watched again"));
  CHECK(told.size() <= 3); // The connection broke, then none is made.
}

TEST_CASE("E3 a user without the right to LATENCY leaves latencies unknown") {
  real_redis redis;
  redis.run("acl setuser watcher on '>" + secret + "' +info +config");
  auto config = redis.config().redis;
  config.user = "watcher";
  std::vector<std::string> told;
  auto sensor = make_redis_sensor(
    config, 60, [&](log_level, const std::string& x) { told.push_back(x); });
  sensor.take();
  redis.run("set a b");
  auto x = sensor.take();
  CHECK(x.completed == 1);
  CHECK(x.latencies.empty());
  REQUIRE(told.size() == 1);
  CHECK(contains(told[0], "latencies stay unknown"));
  CHECK(contains(told[0], "ACL SETUSER"));
}
