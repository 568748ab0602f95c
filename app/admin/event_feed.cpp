#include "app/admin/event_feed.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>

namespace tuner {

/// Event number n is `kept[n - first]`.
struct event_feed::state {
  explicit state(limits x) : bounds(x) {}

  uint64_t end() const { return first + kept.size(); }

  const limits bounds;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::string> kept;
  uint64_t first = 0;
  std::size_t streams = 0;
  bool closed = false;
};

namespace {

template <class State>
class cursor final : public event_stream {
public:
  explicit cursor(std::shared_ptr<State> of)
    : state_(std::move(of)), next_(state_->end()) {}

  ~cursor() override {
    std::lock_guard lock{state_->mutex};
    --state_->streams;
  }

  stream_news next(duration patience) override {
    using kind = stream_news::kind;
    std::unique_lock lock{state_->mutex};
    state_->changed.wait_for(lock, patience, [this] {
      return state_->closed || state_->end() > next_;
    });
    if (state_->closed)
      return {kind::ended, {}};
    if (next_ < state_->first)
      return {kind::lagged, event_text("lagged", "{}")};
    if (next_ == state_->end())
      return {kind::idle, ": nothing new\n\n"};
    stream_news result{kind::event, {}};
    for (; next_ < state_->end(); ++next_)
      result.text += state_->kept[next_ - state_->first];
    return result;
  }

private:
  std::shared_ptr<State> state_;
  uint64_t next_;
};

} // namespace

event_feed::event_feed() : event_feed(limits{}) {}

event_feed::event_feed(limits x) : state_(std::make_shared<state>(x)) {}

event_feed::~event_feed() {
  close();
}

void event_feed::publish(std::string_view name, std::string_view data) {
  std::lock_guard lock{state_->mutex};
  if (state_->streams == 0) // Nobody could ever read it.
    return;
  state_->kept.push_back(event_text(name, data));
  if (state_->kept.size() > state_->bounds.events_kept) {
    state_->kept.pop_front();
    ++state_->first;
  }
  state_->changed.notify_all();
}

std::unique_ptr<event_stream> event_feed::open() {
  std::lock_guard lock{state_->mutex};
  if (state_->closed || state_->streams >= state_->bounds.streams_max)
    return nullptr;
  ++state_->streams;
  return std::make_unique<cursor<state>>(state_);
}

std::size_t event_feed::streams() const {
  std::lock_guard lock{state_->mutex};
  return state_->streams;
}

void event_feed::close() {
  std::lock_guard lock{state_->mutex};
  state_->closed = true;
  state_->changed.notify_all();
}

std::string event_text(std::string_view name, std::string_view data) {
  return "event: " + std::string{name} + "\ndata: " + std::string{data}
  + "\n\n";
}

} // namespace tuner
