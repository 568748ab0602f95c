#pragma once

#include "config/foreign_effector.hpp"
#include "messages/time.hpp"

#include <hiredis.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace tuner {

/// A server answered, and said no.
struct server_refusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A connection to a Redis server that is made when it is needed, and anew
/// after a failure. Not for two threads at once.
class redis_connection {
public:
  using reply = std::unique_ptr<redisReply, void (*)(void*)>;

  redis_connection(const redis_effector_config& where, duration limit);

  /// Sends a command and waits for its answer: both and what connecting takes
  /// end within the limit; but names of hosts are looked up before that.
  /// @throws std::runtime_error with the address, what failed and what to do;
  ///   an answer that is an error is a `server_refusal`. No secret is in it.
  reply ask(const std::vector<std::string>& command);

private:
  using instant_here = std::chrono::steady_clock::time_point;

  void connect(instant_here deadline);
  void log_in(instant_here deadline);
  reply exchange(const std::vector<std::string>& command, instant_here until);
  void send(const std::vector<std::string>& command, instant_here deadline);
  void await(short events, instant_here deadline);
  [[noreturn]] void fail(const std::string& what);

  redis_effector_config where_;
  duration limit_;
  std::unique_ptr<redisContext, void (*)(redisContext*)> context_;
};

} // namespace tuner
