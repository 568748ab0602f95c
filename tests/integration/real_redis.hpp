#pragma once

#include "tests/integration/foreign_servers.hpp"

namespace tuner::test {

/// A Redis server with a password, by socket and port.
class real_redis {
public:
  explicit real_redis(std::vector<std::string> more = {})
    : more_(std::move(more)) {
    folder_.write("password", secret + '\n');
    start();
  }

  void start() {
    std::vector<std::string> arguments{
      "/usr/bin/redis-server",
      "--port",
      std::to_string(port_),
      "--bind",
      "127.0.0.1",
      "--unixsocket",
      socket(),
      "--dir",
      folder_ / "",
      "--save",
      "",
      "--requirepass",
      secret};
    arguments.insert(arguments.end(), more_.begin(), more_.end());
    server_.reset();
    server_ = std::make_unique<process>(arguments);
    REQUIRE(!server_->wait_for_line("connections at " + socket()).empty());
  }
  void stop() { server_.reset(); }
  void pause() { server_->pause(); }
  void resume() { server_->resume(); }

  foreign_effector_config config() const {
    foreign_effector_config x;
    x.kind = "redis";
    x.scale = 1 << 20;
    x.timeout_seconds = 60;
    x.redis.address = socket();
    x.redis.password_file = folder_ / "password";
    return x;
  }
  std::string socket() const { return folder_ / "redis"; }
  std::string tcp() const { return "127.0.0.1:" + std::to_string(port_); }
  scratch_folder& folder() { return folder_; }

  /// Runs redis-cli with these arguments.
  void run(const std::string& command) const {
    auto done = run_shell(
      "REDISCLI_AUTH=" + secret + " redis-cli -s " + socket() + " " + command);
    REQUIRE(done.exit_code == 0);
  }

private:
  scratch_folder folder_;
  int port_ = free_port();
  std::vector<std::string> more_;
  std::unique_ptr<process> server_;
};

} // namespace tuner::test
