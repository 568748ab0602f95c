#include "config/address.hpp"

#include <arpa/inet.h>

#include <string>

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

} // namespace tuner
