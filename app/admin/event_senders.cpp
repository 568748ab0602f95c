#include "app/admin/event_senders.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tuner {

namespace {

constexpr auto look_period = std::chrono::seconds{1};
constexpr int looks_between_comments = 15;

/// @returns false if the client is gone or takes nothing for too long.
bool send_all(int socket, std::string_view text) {
  while (!text.empty()) {
    auto n = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (n <= 0)
      return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool hung_up(int socket) {
  pollfd look{socket, POLLRDHUP, 0};
  return ::poll(&look, 1, 0) != 0;
}

void send_news(int socket, event_stream& stream) {
  using kind = stream_news::kind;
  for (int idle = 0; !hung_up(socket);) {
    auto news = stream.next(look_period);
    idle = news.what == kind::idle ? idle + 1 : 0;
    if (news.what == kind::idle && idle < looks_between_comments)
      continue;
    idle = 0;
    if (!send_all(socket, news.text))
      return;
    if (news.what == kind::lagged || news.what == kind::ended)
      return;
  }
}

} // namespace

struct event_senders::sender {
  sender(
    int to, std::unique_ptr<event_stream> what, std::shared_ptr<void> place)
    : socket(to) {
    thread = std::thread{
      [this, stream = std::move(what), held = std::move(place)]() mutable {
        send_news(socket, *stream);
        stream.reset();
        held.reset();
        ::shutdown(socket, SHUT_RDWR);
        ended = true;
      }};
  }

  ~sender() {
    ::shutdown(socket, SHUT_RDWR);
    thread.join();
    ::close(socket);
  }

  sender(const sender&) = delete;
  sender& operator=(const sender&) = delete;

  int socket;
  std::atomic<bool> ended{false};
  std::thread thread;
};

event_senders::event_senders() = default;

event_senders::~event_senders() = default;

void event_senders::take(
  int socket, std::unique_ptr<event_stream> what, std::shared_ptr<void> place,
  std::chrono::seconds patience) {
  timeval limit{patience.count(), 0};
  ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) & ~O_NONBLOCK);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  std::lock_guard lock{mutex_};
  remove_ended();
  senders_.push_back(
    std::make_unique<sender>(socket, std::move(what), std::move(place)));
}

void event_senders::remove_ended() {
  senders_.remove_if([](const auto& x) { return x->ended.load(); });
}

} // namespace tuner
