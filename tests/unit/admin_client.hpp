#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace tuner::test {

/// A connection to a server on loopback, byte by byte.
class raw_client {
public:
  /// @param url is like `http://127.0.0.1:9464`.
  explicit raw_client(const std::string& url)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    where.sin_port =
      htons(static_cast<uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&where), sizeof where))
      throw std::runtime_error{"can't connect to " + url};
  }

  ~raw_client() { ::close(socket_); }
  raw_client(const raw_client&) = delete;
  raw_client& operator=(const raw_client&) = delete;

  /// Sends what the server takes: it may have hung up already.
  void send(std::string_view text) {
    ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
  }

  void send_no_more() { ::shutdown(socket_, SHUT_WR); }

  /// Reads until `text` was seen, or to the end. @returns all that came so
  /// far. Gives up, with an exception, after a minute without a byte.
  const std::string& read_until(std::string_view text) {
    while (seen_.find(text) == seen_.npos && read_some()) {
    }
    return seen_;
  }

  const std::string& read_all() {
    while (read_some()) {
    }
    return seen_;
  }

  /// @returns whether the server has hung up, without waiting for it.
  bool ended() {
    pollfd look{socket_, POLLIN, 0};
    return ::poll(&look, 1, 0) > 0 && !read_some();
  }

private:
  bool read_some() {
    pollfd look{socket_, POLLIN, 0};
    if (::poll(&look, 1, 60'000) <= 0)
      throw std::runtime_error{"the server says nothing; so far: " + seen_};
    char part[4096];
    auto n = ::recv(socket_, part, sizeof part, 0);
    if (n > 0)
      seen_.append(part, static_cast<size_t>(n));
    return n > 0;
  }

  int socket_;
  std::string seen_;
};

} // namespace tuner::test
