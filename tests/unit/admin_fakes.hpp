#pragma once

#include "app/admin/router.hpp"
#include "messages/fact_json.hpp"

#include <boost/json/parse.hpp>
#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <mutex>
#include <string>
#include <vector>

namespace tuner::test {

/// A target that answers what a test tells it to, and notes what it was asked.
class fake_target final : public target_control {
public:
  explicit fake_target(std::string called = "") : called_(std::move(called)) {
    how.mode = "auto";
    how.policy = "twin";
    how.judge = "replay";
    how.p95_latency_ms = 8;
    how.error_ratio = 0.01;
    how.knobs = standard_knobs({});
    how.check_delay = std::chrono::seconds{30};
  }

  std::string name() const override { return called_; }
  target_setup setup() const override { return how; }
  tuning_status status() override { return state; }
  answer<settings> in_force() override { return answered(values); }

  answer<std::vector<history_event>>
  recall(const history_query& which) override {
    asked_history = which;
    return answered(events);
  }

  answer<std::vector<observation>> series(const series_query& which) override {
    asked_series = which;
    return answered(points);
  }

  answer<tuning_status> pause(const std::string& who) override {
    note("pause", who);
    return answered(tuning_status{tuning_state::paused, "paused"});
  }

  answer<tuning_status> resume(const std::string& who) override {
    note("resume", who);
    return answered(tuning_status{tuning_state::enabled, "watching"});
  }

  answer<std::vector<change>>
  rollback(uint32_t steps, const std::string& who) override {
    note("rollback " + std::to_string(steps), who);
    change back;
    back.id = change_id{7};
    back.kind = change_kind::rollback;
    back.moves = {{"batch_size", 23, 32, "as told"}};
    return answered(std::vector<change>{back});
  }

  answer<tuning_status> reconfigure(const config&) override {
    return answered(state);
  }

  answer<change> set(const settings& wanted, const std::string& who) override {
    note("set " + to_string(wanted), who);
    change edit;
    edit.kind = change_kind::edit;
    for (const auto& [knob, value] : wanted)
      edit.moves.push_back({knob, values[knob], value, "set"});
    return answered(edit);
  }

  target_setup how;
  tuning_status state{tuning_state::enabled, "watching"};
  settings values{{"batch_size", 32}, {"batch_timeout_ms", 50}};
  std::vector<history_event> events;
  std::vector<observation> points;
  ec refusing{}; ///< Everything, for this reason.
  history_query asked_history;
  series_query asked_series;

  /// @returns the commands so far, each followed by who gave it.
  std::vector<std::string> commands() const {
    std::lock_guard lock{mutex_};
    return commands_;
  }

private:
  template <class T>
  answer<T> answered(T x) const {
    if (refusing != ec{})
      return {std::nullopt, "it refuses", refusing};
    return {std::move(x), {}};
  }

  void note(const std::string& what, const std::string& who) {
    std::lock_guard lock{mutex_};
    commands_.push_back(what + " by " + who);
  }

  std::string called_;
  mutable std::mutex mutex_;
  std::vector<std::string> commands_;
};

inline const std::string token = "correct-horse-battery-staple";

/// Fake targets behind a real router.
struct fake_service {
  explicit fake_service(
    std::vector<std::string> names = {""}, std::string address = "127.0.0.1",
    std::string secret = token)
    : keeper(std::move(address), std::move(secret)) {
    for (const auto& name : names)
      targets.push_back(std::make_unique<fake_target>(name));
    prometheus::BuildCounter().Name("a_total").Register(*registry).Add({});
  }

  admin_content content() {
    admin_content result;
    result.registry = registry;
    result.targets = [this] {
      std::vector<target_control*> all;
      for (auto& x : targets)
        all.push_back(x.get());
      return all;
    };
    result.feed = feed;
    result.logs = logs;
    result.reload = [this](const std::string& who) {
      reloaded_by = who;
      return reloaded;
    };
    result.page = {{"/", "text/html; charset=utf-8", "<!doctype html>"}};
    result.now = [] { return instant_from(1000); };
    result.started_at = instant_from(900);
    return result;
  }

  reply ask(const admin_request& x) {
    return router{content(), keeper}.answer_to(x);
  }

  fake_target& target() { return *targets.front(); }

  guard keeper;
  std::vector<std::unique_ptr<fake_target>> targets;
  std::shared_ptr<prometheus::Registry> registry =
    std::make_shared<prometheus::Registry>();
  std::shared_ptr<event_feed> feed = std::make_shared<event_feed>();
  std::shared_ptr<log_hub> logs =
    std::make_shared<log_hub>(log_params{}, nullptr, [](std::string_view) {});
  std::string reloaded_by;
  answer<std::vector<std::string>> reloaded{
    std::vector<std::string>{"tuner.min_rps"}, {}};
};

/// @returns a request as a program on this machine sends it.
inline admin_request get(const std::string& target) {
  admin_request result;
  auto mark = std::min(target.find('?'), target.size());
  result.path = target.substr(0, mark);
  result.query = target.substr(std::min(mark + 1, target.size()));
  result.headers = {{"Host", "localhost:9464"}};
  result.peer = "127.0.0.1";
  return result;
}

/// @returns a command as an operator on this machine sends it.
inline admin_request post(const std::string& path, const std::string& body) {
  auto result = get(path);
  result.method = "POST";
  result.headers.emplace_back("Content-Type", "application/json");
  result.headers.emplace_back("Authorization", "Bearer " + token);
  result.body = body;
  return result;
}

/// Replaces a header, or removes it where there is no value.
inline admin_request
with(admin_request x, const std::string& header, const std::string& value) {
  std::erase_if(
    x.headers, [&](const auto& h) { return same_word(h.first, header); });
  if (!value.empty())
    x.headers.emplace_back(header, value);
  return x;
}

inline boost::json::object json_in(const reply& x) {
  return boost::json::parse(x.body).as_object();
}

/// @returns the code of the error that `x` is.
inline std::string code_in(const reply& x) {
  return std::string{json_in(x).at("error").at("code").as_string()};
}

inline std::string message_in(const reply& x) {
  return std::string{json_in(x).at("error").at("message").as_string()};
}

} // namespace tuner::test
