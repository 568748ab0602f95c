#include "app/foreign/mariadb.hpp"
#include "app/foreign/mariadb_sensor.hpp"
#include "tests/integration/foreign_servers.hpp"

#include <chrono>
#include <filesystem>

using namespace tuner;
using namespace tuner::test;

namespace {

/// A MariaDB server with a user `tuner` that has a password.
class real_mariadb {
public:
  real_mariadb() {
    folder_.write("password", secret + '\n');
    folder_.write(
      "init.sql",
      "CREATE OR REPLACE USER tuner@localhost IDENTIFIED BY '" + secret
        + "';\nGRANT SUPER, BINLOG ADMIN ON *.* TO tuner@localhost;\n"
          "CREATE OR REPLACE USER guest@localhost IDENTIFIED BY '"
        + secret + "';\n");
    // A server that starts removes all temporary tables of its folder, those
    // of the test beside it too: each has its own.
    std::filesystem::create_directory(temporary());
    auto made = run_shell(
      "mariadb-install-db --no-defaults --skip-test-db --user=$(id -un) "
      "--auth-root-authentication-method=normal --datadir="
      + folder_ / "data" + " --tmpdir=" + temporary());
    CAPTURE(made.output);
    REQUIRE(made.exit_code == 0);
    start();
  }

  void start() {
    server_.reset();
    auto user = run_shell("id -un").output;
    user.pop_back();
    server_ = std::make_unique<process>(std::vector<std::string>{
      "/usr/sbin/mariadbd", "--no-defaults", "--user=" + user,
      "--datadir=" + folder_ / "data", "--tmpdir=" + temporary(),
      "--socket=" + socket(), "--port=" + std::to_string(port_),
      "--bind-address=127.0.0.1", "--log-bin", "--innodb-buffer-pool-size=16M",
      "--innodb-buffer-pool-chunk-size=1M",
      "--init-file=" + folder_ / "init.sql"});
    REQUIRE(!server_->wait_for_line("ready for connections").empty());
  }
  void stop() { server_.reset(); }
  void pause() { server_->pause(); }
  void resume() { server_->resume(); }

  foreign_effector_config config() const {
    foreign_effector_config x;
    x.kind = "mariadb";
    x.scale = 1 << 20;
    x.timeout_seconds = 5;
    x.mariadb.address = socket();
    x.mariadb.user = "tuner";
    x.mariadb.password_file = folder_ / "password";
    return x;
  }
  std::string socket() const { return folder_ / "mariadb"; }
  std::string temporary() const { return folder_ / "temporary"; }
  std::string tcp() const { return "127.0.0.1:" + std::to_string(port_); }
  scratch_folder& folder() { return folder_; }

  /// Waits until it has been up for so long.
  void await_uptime(double at_least_seconds) const {
    auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    while (std::stod(run("SELECT VARIABLE_VALUE FROM "
                         "information_schema.GLOBAL_STATUS WHERE "
                         "VARIABLE_NAME = \"Uptime\""))
           < at_least_seconds)
      REQUIRE(std::chrono::steady_clock::now() < deadline);
  }

  /// Runs one statement of another client. @returns what it prints.
  std::string run(const std::string& statement) const {
    auto done = run_shell(
      "mariadb --no-defaults -N -u root -S " + socket() + " -e '" + statement
      + "'");
    CAPTURE(done.output);
    REQUIRE(done.exit_code == 0);
    return done.output;
  }

private:
  scratch_folder folder_;
  int port_ = free_port();
  std::unique_ptr<process> server_;
};

} // namespace

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
  port.set(24);
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
  auto sensor = make_mariadb_sensor(config.mariadb, 5);
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
    mariadb.config().mariadb, 5,
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
