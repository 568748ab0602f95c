#pragma once

#include "actors/targets/host.hpp"
#include "app/foreign/http.hpp"
#include "config/foreign_effector.hpp"

#include <vector>

namespace tuner {

/// @returns a host with the knobs that are in JSON documents which it serves by
/// HTTP: those effectors of `x` that are of kind `http`.
///
/// A `set` reads the document anew, patches the number, writes the whole
/// document and reads back; knobs of one document that a change sets together
/// take one such round. With `reload` it reads back until the value shows, or
/// another one that was not there before: then the host has limited it. It
/// takes at most twice the effector's `timeout_seconds`; a `get`, once. Both
/// throw std::runtime_error, which tells method, URL without its query, what
/// went wrong and what the host said. Ports are for one thread.
host http_host(
  const std::vector<foreign_effector_config>& x, http_exchange exchange);

} // namespace tuner
