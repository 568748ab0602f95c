#pragma once

#include "app/admin/event_feed.hpp"

#include <atomic>
#include <chrono>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

namespace tuner {

/// Sends event streams to clients, each by a thread of its own: there are few,
/// and a slow one holds up nobody else. Thread-safe.
class event_senders {
public:
  event_senders();

  /// Hangs up on every client.
  ~event_senders();

  event_senders(const event_senders&) = delete;
  event_senders& operator=(const event_senders&) = delete;

  /// Sends `what` until it ends or the client is gone or too slow.
  /// @param socket is a connected one; it is closed in the end.
  /// @param place is let go then.
  /// @param patience while the client takes nothing.
  void take(
    int socket, std::unique_ptr<event_stream> what, std::shared_ptr<void> place,
    std::chrono::seconds patience);

private:
  struct sender;

  void remove_ended();

  std::mutex mutex_;
  std::list<std::unique_ptr<sender>> senders_;
};

} // namespace tuner
