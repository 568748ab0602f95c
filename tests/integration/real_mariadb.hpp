#pragma once

#include "tests/integration/foreign_servers.hpp"

#include <filesystem>

namespace tuner::test {

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
    x.timeout_seconds = 60;
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
    REQUIRE(comes_true([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds{200});
      return std::stod(run("SELECT VARIABLE_VALUE FROM "
                           "information_schema.GLOBAL_STATUS WHERE "
                           "VARIABLE_NAME = \"Uptime\""))
        >= at_least_seconds;
    }));
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

} // namespace tuner::test
