#pragma once

#include <string>

namespace tuner {

/// Where a server listens.
struct server_address {
  std::string socket; ///< Path; empty: host and port count.
  std::string host;
  int port = 0;
};

/// @param x as `HOST:PORT`, `[IPV6]:PORT` or the path of a socket.
/// @throws std::runtime_error where it is none of these.
server_address server_address_of(const std::string& x);

} // namespace tuner
