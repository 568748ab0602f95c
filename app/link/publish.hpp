#pragma once

#include "app/ask.hpp"

#include <caf/actor_system.hpp>
#include <caf/io/middleman.hpp>

namespace tuner {

/// Has `whom` found at a port by actor systems that know its interface.
/// @param port 0 picks a free one.
/// @returns the port, or why it can't be had.
template <class Handle>
caf::expected<uint16_t> publish(
  runtime& where, const Handle& whom, const std::string& address,
  uint16_t port) {
  caf::detail::type_list<Handle> interface;
  auto& system = where.system();
  return ask<uint16_t>(
    where, system.middleman().actor_handle(), std::chrono::seconds{10},
    caf::publish_atom_v, port, caf::actor_cast<caf::strong_actor_ptr>(whom),
    system.message_types(interface), address, true);
}

} // namespace tuner
