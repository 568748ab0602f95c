#pragma once

#include "app/admin/router.hpp"
#include "config/config.hpp"

#include <memory>
#include <string>

namespace tuner {

/// Serves a router over HTTP: the page, metrics, health and the control API on
/// one port. Each connection carries one request and has a few seconds for it;
/// there are threads enough for a hundred that dawdle.
class admin_server {
public:
  /// @throws std::runtime_error when it can't listen, or has no token though
  ///   one is configured: the key, why, and what to do.
  admin_server(const admin_config& where, admin_content content);

  /// Ends the event streams, and returns once no request is being answered.
  ~admin_server();

  admin_server(const admin_server&) = delete;
  admin_server& operator=(const admin_server&) = delete;

  /// @returns `http://127.0.0.1:9464`.
  const std::string& url() const { return url_; }

private:
  struct listener;

  std::unique_ptr<router> router_;
  std::unique_ptr<listener> listener_; ///< Uses the router: ends first.
  std::string address_;
  uint16_t port_ = 0;
  std::string url_;
};

} // namespace tuner
