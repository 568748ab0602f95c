#include "app/admin/publisher.hpp"

#include "app/admin/json_line.hpp"

#include "app/admin/pages.hpp"
#include "messages/fact_json.hpp"

#include <boost/json/value.hpp>

#include <chrono>

namespace tuner {

namespace json = boost::json;

void publisher::seen(const std::string& target, const observation& x) {
  if (heard())
    to_->publish(
      "point",
      json_line(json::object{{"target", target}, {"point", to_json(x)}}));
}

void publisher::happened(const history_event& x) {
  if (heard())
    to_->publish("history", json_line(event_json(x)));
}

void publisher::look_at(target_control& target) {
  auto status = status_json(target);
  json::value now = {
    status.at("state"), status.at("reason"), status.at("trial")};
  std::lock_guard lock{mutex_};
  auto& last = last_[target.name()];
  if (last == now)
    return;
  last = std::move(now);
  to_->publish("status", json_line(status));
}

status_watch::status_watch(std::shared_ptr<publisher> by, target_list targets)
  : by_(std::move(by)), targets_(std::move(targets)),
    thread_([this] { run(); }) {}

status_watch::~status_watch() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void status_watch::run() {
  constexpr auto period = std::chrono::seconds{1};
  std::unique_lock lock{mutex_};
  while (!stop_.wait_for(lock, period, [this] { return stopping_; })) {
    lock.unlock();
    if (by_->heard())
      for (auto* x : targets_())
        by_->look_at(*x);
    lock.lock();
  }
}

} // namespace tuner
