#pragma once

#include "app/admin/client_patience.hpp"
#include "app/admin/router.hpp"
#include "config/config.hpp"

#include <memory>
#include <string>

namespace tuner {

/// Serves a router over HTTP: the page, metrics, health and the control API on
/// one port. Hundreds of slow clients may be connected at a time.
class admin_server {
public:
  /// @throws std::runtime_error when it can't listen, or has no token though
  ///   one is configured: the key, why, and what to do.
  admin_server(
    const admin_config& where, admin_content content,
    const client_patience& patience = {});

  /// Ends the event streams, and returns once no request is being answered.
  ~admin_server();

  admin_server(const admin_server&) = delete;
  admin_server& operator=(const admin_server&) = delete;

  /// @returns `http://127.0.0.1:9464`.
  const std::string& url() const { return url_; }

private:
  struct network;

  std::unique_ptr<network> network_;
  std::string url_;
};

} // namespace tuner
