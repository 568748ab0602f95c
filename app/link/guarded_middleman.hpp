#pragma once

#include "app/link/link_params.hpp"

#include <caf/actor_system_config.hpp>

namespace tuner {

/// The config of an actor system that others can connect to.
///
/// CAF's own connections are not made for a port that anyone can reach. These
/// are those of CAF, but:
/// - a message longer than `message_bytes_max` is not read, and before the
///   handshake none longer than 64 KiB: CAF would make room for as many bytes
///   as a peer says it will send, up to 4 GiB;
/// - a connection on which nothing comes is closed after `silence_max`, also
///   one that never said anything, which CAF keeps for ever;
/// - a connection that is being made is not closed by the heartbeat that falls
///   into its handshake, which CAF takes for silence since 1970;
/// - messages that end or corrupt a process of CAF are not read
///   (`message_guard.hpp`);
/// - whatever is refused gives a line in the log.
struct linked_system_config : caf::actor_system_config {
  /// Has systems of this config make and take connections.
  void connect_by(const link_params& x);

  link_params link;
};

} // namespace tuner
