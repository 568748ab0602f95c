#pragma once

#include "tests/fuzz/require.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace tuner::fuzz {

/// A connection to a port of this machine.
class loopback {
public:
  explicit loopback(uint16_t port)
    : socket_(
      ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    // Closed by a reset: else each port would stay taken for a minute.
    linger reset{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // NOLINTNEXTLINE(*-reinterpret-cast): as connect has it.
    ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to);
  }
  loopback(loopback&& x) noexcept : socket_(std::exchange(x.socket_, -1)) {}
  loopback(const loopback&) = delete;
  loopback& operator=(const loopback&) = delete;
  ~loopback() {
    if (socket_ >= 0)
      ::close(socket_);
  }

  /// Sends all, unless the other end has closed.
  void send(const std::vector<char>& x) const {
    auto sent = ::send(socket_, x.data(), x.size(), MSG_NOSIGNAL);
    require(
      sent < 0 || static_cast<std::size_t>(sent) == x.size(),
      "what is sent fits into the socket's buffer");
  }

private:
  int socket_;
};

} // namespace tuner::fuzz
