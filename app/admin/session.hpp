#pragma once

#include "app/admin/client_patience.hpp"
#include "app/admin/event_senders.hpp"
#include "app/admin/router.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>

#include <memory>

namespace tuner {

/// What every session uses, and is outlived by.
struct session_needs {
  const router& by;
  boost::asio::thread_pool& answering; ///< An answer may wait for a target.
  event_senders& senders;
  client_patience patience;
};

/// Answers the one request of a connection, and closes it. Nothing blocks the
/// thread of the socket: a client that dawdles costs a socket for the seconds
/// that it is given, and nothing else.
/// @param place is held for as long as the connection is.
void serve(
  boost::asio::ip::tcp::socket client, std::shared_ptr<void> place,
  const session_needs& needs);

} // namespace tuner
