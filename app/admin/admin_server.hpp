#pragma once

#include "config/config.hpp"
#include "messages/facts.hpp"

#include <prometheus/registry.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tuner {

/// The health of one target, asked for at each request.
struct health_source {
  std::string target;
  std::function<tuning_status()> status;
};

/// What the admin server shows.
struct admin_content {
  std::shared_ptr<prometheus::Registry> registry;
  std::vector<health_source> targets;
};

/// Serves `/metrics` and `/healthz` over HTTP. Health is 200, and 503 while a
/// target is `degraded`. Errors are `{"error":{"code":...,"message":...}}`.
class admin_server {
public:
  /// @throws std::runtime_error when it can't listen: the address, why, and
  ///   what to do.
  admin_server(const admin_config& where, admin_content content);
  ~admin_server();

  admin_server(const admin_server&) = delete;
  admin_server& operator=(const admin_server&) = delete;

  /// @returns `http://127.0.0.1:9464`.
  const std::string& url() const { return url_; }

private:
  class routes;
  struct listener;

  std::unique_ptr<routes> routes_;
  std::unique_ptr<listener> listener_; ///< Uses the routes: ends first.
  std::string address_;
  uint16_t port_ = 0;
  std::string url_;
};

} // namespace tuner
