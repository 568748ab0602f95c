#pragma once

#include "actors/targets/host.hpp"
#include "app/foreign/http.hpp"
#include "config/foreign_effector.hpp"

#include <map>
#include <string>
#include <vector>

namespace tuner {

/// Knobs in JSON documents that a host serves by HTTP: those effectors of `x`
/// that are of kind `http`.
///
/// A `set` reads the document anew, patches the one number, writes the whole
/// document and reads back; with `reload` it reads back until the value shows.
/// It takes at most twice the effector's `timeout_seconds`; a `get`, once. Both
/// throw std::runtime_error, which tells method, URL without its query, what
/// went wrong and what the host said. Ports are for one thread.
std::map<std::string, host::port> http_ports(
  const std::vector<foreign_effector_config>& x, http_exchange exchange);

} // namespace tuner
