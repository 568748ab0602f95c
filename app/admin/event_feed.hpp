#pragma once

#include "messages/time.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace tuner {

/// What a stream has to say now.
struct stream_news {
  enum class kind {
    event,  ///< One or more: to be sent.
    idle,   ///< Nothing happened: send a comment, so that a dead client shows.
    lagged, ///< The client was too slow and missed events: tell it, and end.
    ended,  ///< The feed is closed: end.
  };

  kind what = kind::idle;
  std::string text; ///< In the format of server-sent events; empty if ended.
};

/// One client's place in the feed. Destroying it frees the place.
class event_stream {
public:
  virtual ~event_stream() = default;

  /// Waits for what comes next, `patience` at most.
  virtual stream_news next(duration patience) = 0;
};

/// Server-sent events for a few clients, each with a cursor of its own on one
/// bounded ring: a slow one delays nobody and costs no memory. Thread-safe.
class event_feed {
public:
  struct limits {
    std::size_t streams_max = 8;
    std::size_t events_kept = 512; ///< A client that lags by more is told so.
  };

  event_feed();
  explicit event_feed(limits x);
  ~event_feed();

  event_feed(const event_feed&) = delete;
  event_feed& operator=(const event_feed&) = delete;

  /// @param data one line.
  void publish(std::string_view name, std::string_view data);

  /// @returns a stream of what is published from now on, which may outlive the
  /// feed; nothing where there are as many as allowed, or the feed is closed.
  std::unique_ptr<event_stream> open();

  /// @returns how many streams are open.
  std::size_t streams() const;

  /// Ends every stream.
  void close();

private:
  struct state;
  std::shared_ptr<state> state_;
};

/// @returns `data`, one line, as a server-sent event.
std::string event_text(std::string_view name, std::string_view data);

} // namespace tuner
