#include "config/address.hpp"

#include <arpa/inet.h>

#include <charconv>

namespace tuner {

bool is_loopback(std::string_view address) {
  std::string text{address};
  in_addr four{};
  if (inet_pton(AF_INET, text.c_str(), &four) == 1)
    return (ntohl(four.s_addr) >> 24U) == 127;
  in6_addr six{};
  if (inet_pton(AF_INET6, text.c_str(), &six) != 1)
    return false;
  if (IN6_IS_ADDR_V4MAPPED(&six))
    return six.s6_addr[12] == 127;
  return IN6_IS_ADDR_LOOPBACK(&six);
}

std::optional<std::pair<std::string, uint16_t>>
host_and_port(std::string_view x) {
  auto colon = x.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return std::nullopt;
  auto host = x.substr(0, colon);
  auto digits = x.substr(colon + 1);
  if (host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  uint16_t port = 0;
  auto [end, error] =
    std::from_chars(digits.data(), digits.data() + digits.size(), port);
  auto whole = end == digits.data() + digits.size();
  if (host.empty() || error != std::errc{} || !whole || port == 0)
    return std::nullopt;
  return std::pair{std::string{host}, port};
}

} // namespace tuner
