#pragma once

#include "config/foreign_effector.hpp"

#include <mysql.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tuner {

/// A connection to a MariaDB server that is made when it is needed, and anew
/// after a failure. Not for two threads at once.
class mariadb_connection {
public:
  using row = std::vector<std::string>;

  /// @param limit_seconds for connecting, sending and each wait for an answer:
  ///   the client library counts whole seconds, so it is rounded up.
  mariadb_connection(
    const mariadb_effector_config& where, double limit_seconds);

  /// Runs one statement. @returns its rows, NULL as an empty text.
  /// @throws std::runtime_error with the address, what failed and what to do;
  ///   no secret is in it.
  std::vector<row> ask(const std::string& statement);

  /// @returns how many statements this process sent to the server so far, by
  /// all connections with this address.
  uint64_t statements() const { return *statements_; }

private:
  void connect();
  [[noreturn]] void fail(const std::string& what);
  [[noreturn]] void fail_of_server(const std::string& doing);

  mariadb_effector_config where_;
  unsigned limit_seconds_;
  std::shared_ptr<std::atomic<uint64_t>> statements_;
  std::unique_ptr<MYSQL, void (*)(MYSQL*)> connection_;
};

} // namespace tuner
