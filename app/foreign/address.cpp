#include "app/foreign/address.hpp"

#include <charconv>
#include <stdexcept>

namespace tuner {

server_address server_address_of(const std::string& x) {
  if (!x.empty() && x.front() == '/')
    return {x, "", 0};
  server_address result;
  auto colon = x.rfind(':');
  if (colon != x.npos && colon > 0) {
    result.host = x.substr(0, colon);
    std::from_chars(x.data() + colon + 1, x.data() + x.size(), result.port);
  }
  if (result.host.size() > 2 && result.host.front() == '[')
    result.host = result.host.substr(1, result.host.size() - 2);
  if (result.host.empty() || result.port < 1 || result.port > 65535)
    throw std::runtime_error{
      "address " + x + " is neither HOST:PORT nor the path of a socket"};
  return result;
}

} // namespace tuner
