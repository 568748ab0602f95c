#include "app/foreign/mariadb.hpp"
#include "app/foreign/mariadb_sensor.hpp"
#include "tests/integration/real_mariadb.hpp"

#include <chrono>
#include <filesystem>

using namespace tuner;
using namespace tuner::test;

TEST_CASE("E3 MariaDB has the values that it was given, before and after it "
          "was started anew") {
  real_mariadb mariadb;
  for (auto address : {mariadb.socket(), mariadb.tcp()}) {
    auto config = mariadb.config();
    config.mariadb.address = address;
    auto port = mariadb_port(config);
    port.set(24);
    CHECK(port.get() == 24);
    config.scale = 1000;
    config.mariadb.variable = "binlog_commit_wait_usec";
    auto wait = mariadb_port(config);
    wait.set(1.1);
    CHECK(wait.get() == 1.1);
    mariadb.stop();
    CHECK(thrown_by([&] { port.set(20); }) != "");
    mariadb.start();
    CHECK(port.get() == 16);
    port.set(20);
    CHECK(port.get() == 20);
  }
}

TEST_CASE("E3 what MariaDB refuses is told with what to do, without the "
          "password") {
  real_mariadb mariadb;
  auto config = mariadb.config();
  auto problem = [&] {
    return thrown_by([&] { mariadb_port(config).set(20); });
  };
  config.mariadb.password_file = mariadb.folder().write("wrong", "x" + secret);
  CHECK(contains(problem(), "Access denied"));
  CHECK(contains(problem(), "mariadb.password_file"));

  config = mariadb.config();
  config.mariadb.user = "guest";
  CHECK(contains(problem(), "GRANT the user that privilege"));

  config = mariadb.config();
  config.mariadb.variable = "no_such_variable";
  CHECK(contains(problem(), "Unknown system variable 'no_such_variable'"));

  config.mariadb.variable = "max_connections = 1; DROP TABLE x; --";
  CHECK(contains(problem(), "is no variable's name"));

  config = mariadb.config();
  config.mariadb.address = "127.0.0.1:" + std::to_string(free_port());
  CHECK(contains(problem(), "see that it runs"));
  CHECK(contains(problem(), config.mariadb.address));

  config = mariadb.config();
  config.timeout_seconds = 1;
  auto port = mariadb_port(config);
  // On a busy machine it may take longer, too.
  CHECK(comes_true([&] { return thrown_by([&] { port.set(24); }).empty(); }));
  mariadb.pause();
  CHECK(contains(thrown_by([&] { port.get(); }), "see whether it hangs"));
  CHECK(contains(problem(), "can't connect"));
  mariadb.resume();
  auto patient = mariadb_port(mariadb.config());
  CHECK(patient.get() == 24);
}

TEST_CASE("E3 a sample of MariaDB has what others did, and nothing of ours") {
  real_mariadb mariadb;
  auto config = mariadb.config();
  auto port = mariadb_port(config);
  auto sensor = make_mariadb_sensor(config.mariadb, 60);
  port.get();
  CHECK(sensor.take().completed == 0);
  port.set(24);
  port.get();
  CHECK_FALSE(sensor.restarted());
  CHECK(sensor.take().completed == 0);

  mariadb.run("CREATE DATABASE x");
  mariadb.run("CREATE TABLE x.y (i INT) ENGINE=InnoDB");
  sensor.take();
  mariadb.run("INSERT INTO x.y VALUES (1)");
  port.get();
  auto x = sensor.take();
  CHECK(x.completed >= 1);
  CHECK(x.completed <= 3); // The client may ask for something of its own.
  CHECK(x.batches == 1);
  CHECK(x.batched_requests == 1);
  CHECK(x.cache_hits > 0);
  CHECK(*x.memory_mib > 0.1);
  CHECK(x.latencies.empty());
  CHECK_FALSE(x.queue_length.known);
}

TEST_CASE("E3 MariaDB started anew is noticed once, and told once when it is "
          "gone") {
  real_mariadb mariadb;
  std::vector<std::string> told;
  auto sensor = make_mariadb_sensor(
    mariadb.config().mariadb, 60,
    [&](log_level, const std::string& x) { told.push_back(x); });
  mariadb.await_uptime(3); // It counts whole seconds.
  CHECK_FALSE(sensor.restarted());
  sensor.take();
  mariadb.stop();
  for (int i = 0; i < 3; ++i) {
    CHECK_FALSE(sensor.restarted());
    CHECK(sensor.take().completed == 0);
  }
  mariadb.start();
  CHECK(sensor.restarted());
  CHECK(sensor.take().completed == 0);
  CHECK_FALSE(sensor.restarted());
  REQUIRE(told.size() >= 2);
  CHECK(contains(told.front(), "can't be watched"));
  CHECK(contains(told.back(), "can be watched again"));
  CHECK(told.size() <= 3); // The connection broke, then none is made.
  for (const auto& x : told)
    CHECK_FALSE(contains(x, secret));
}
