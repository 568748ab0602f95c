#pragma once

#include <caf/io/basp/header.hpp>

#include <string>
#include <vector>

namespace tuner {

// Look at messages from another process before CAF does. They return why a
// message must not be read, or nothing.

/// CAF follows a null pointer where a message has no payload, heartbeats aside.
/// @param header as it came.
/// @param incoming the peer dialed: it gets the server's handshake, and sends
///   none.
std::string
header_refused_because(const std::vector<char>& header, bool incoming);

/// CAF believes its own messages without looking: one that says so ends or
/// links any actor, and one that calls itself part of a stream is read as one,
/// whatever it is. Nodes and agents tell each other none of this, nothing for
/// third parties, and nothing before the handshake.
/// @param payload that belongs to the header.
/// @param known whether the peer has shaken hands.
std::string refused_because(
  const caf::io::basp::header& x, const std::vector<char>& payload, bool known);

} // namespace tuner
