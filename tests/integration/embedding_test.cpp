#include <auto_tuner/auto_tuner.hpp>

#include <doctest/doctest.h>
#include <prometheus/registry.h>

#include <condition_variable>
#include <fstream>
#include <functional>
#include <future>
#include <thread>

using namespace tuner;
using namespace std::chrono_literals;

namespace {

int thread_count() {
  std::ifstream in{"/proc/self/status"};
  for (std::string word; in >> word;)
    if (word == "Threads:") {
      int count = 0;
      in >> count;
      return count;
    }
  return -1;
}

/// Decides by hand only, and judges late.
/// @param host_timeout_seconds after which callbacks hang: on a busy machine
/// others may take as long.
config quiet_config(double host_timeout_seconds = 60) {
  config result;
  result.tuner.enabled = true;
  result.tuner.policy = "hold";
  result.tuner.host_timeout_seconds = host_timeout_seconds;
  result.tuner.watchdog.check_delay_seconds = 3600;
  result.logging.level = "off";
  return result;
}

proposal batch_to(double value) {
  proposal result;
  result.moves = {{knob::batch_size, 0, value, "by hand"}};
  result.reason = "by hand";
  return result;
}

/// Time enough for a callback that is no test of being late.
constexpr double short_timeout_seconds = 0.2;

/// Asks until the pipeline has started.
answer<change> apply(auto_tuner& t, double batch_size) {
  for (;;) {
    auto result = t.apply(batch_to(batch_size));
    if (result || result.refusal.find("restarting") == std::string::npos)
      return result;
    std::this_thread::yield();
  }
}

/// Asks until `done` or an answer: so early, a busy machine may refuse.
answer<change> apply_until(
  auto_tuner& t, double batch_size, const std::function<bool()>& done) {
  for (;;) {
    auto result = apply(t, batch_size);
    if (result || done())
      return result;
  }
}

} // namespace

TEST_CASE("E1 a host embeds the tuner in a few lines and has every verb") {
  double batch = 32;
  auto_tuner t{
    quiet_config(),
    host{}
      .on(knob::batch_size, [&](double v) { batch = v; })
      .queue_length([] { return 3.0; })
      .workers(2)};
  t.start();
  t.record_arrival();
  t.record_request(12ms, true);
  t.record_batch(8, 0, 5ms);
  t.record_cache_access(42, true);
  CHECK(t.analyze().reason == "Insufficient performance data for analysis");
  auto applied = apply(t, 64);
  REQUIRE(applied);
  CHECK(batch == 64);
  CHECK(applied->moves.at(0).from == 32);
  CHECK_FALSE(t.degraded());
  CHECK(t.history().size() == 1);
  CHECK(t.in_force()->at(knob::batch_size) == 64);
  CHECK(t.status().state == tuning_state::enabled);
  CHECK(t.pause().state == tuning_state::paused);
  CHECK(t.resume().state == tuning_state::enabled);
  CHECK_FALSE(t.apply(batch_to(80)));
  auto undone = t.rollback_last();
  REQUIRE(undone);
  CHECK(batch == 32);
  CHECK_FALSE(t.rollback_last());
  t.stop();
  CHECK(
    t.apply(batch_to(64)).refusal == "the tuner is not running; call start()");
  t.start(); // Again.
  CHECK(apply(t, 48));
  t.stop();
  CHECK(batch == 32); // On trial until then.
}

TEST_CASE("E1 stopping does not wait for threads that asked something once") {
  auto_tuner t{quiet_config(), host{}.on(knob::batch_size, [](double) {})};
  t.start();
  std::promise<void> asked;
  std::promise<void> stopped;
  auto lives_on = std::async(std::launch::async, [&] {
    t.status();
    asked.set_value();
    stopped.get_future().wait();
  });
  asked.get_future().wait();
  t.stop(); // Else a deadlock.
  stopped.set_value();
  lives_on.get();
  CHECK(t.status().state == tuning_state::degraded);
}

TEST_CASE("C1 disabled there is no thread, no metric, no history, no call") {
  config c; // As it comes.
  c.logging.level = "off";
  int calls = 0;
  auto registry = std::make_shared<prometheus::Registry>();
  tuner_options options;
  options.registry = registry;
  auto threads_before = thread_count();
  auto_tuner t{
    c, host{}.on(knob::batch_size, [&](double) { ++calls; }), options};
  t.start();
  for (int i = 0; i < 1000; ++i)
    t.record_request(1800ms, true);
  CHECK(thread_count() == threads_before);
  CHECK(t.analyze().reason == "Auto-tuning is disabled");
  CHECK(t.apply(batch_to(64)).refusal == "Auto-tuning is disabled");
  CHECK(t.rollback_last().refusal == "Auto-tuning is disabled");
  CHECK_FALSE(t.degraded());
  CHECK(t.history().empty());
  CHECK(t.status().state == tuning_state::disabled);
  CHECK(calls == 0);
  CHECK(registry->Collect().empty());
  CHECK(thread_count() == threads_before);
}

TEST_CASE("C1 disabled is logged once, and each refusal says why") {
  std::vector<std::string> lines;
  tuner_options options;
  options.logs = std::make_shared<log_hub>(
    log_params{}, nullptr,
    [&](std::string_view line) { lines.emplace_back(line); });
  auto_tuner t{config{}, host{}, options};
  t.start();
  t.start();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("Auto-tuning is disabled") != std::string::npos);
  t.apply(batch_to(64));
  REQUIRE(lines.size() == 2);
  CHECK(
    lines[1].find("apply refused: Auto-tuning is disabled")
    != std::string::npos);
}

TEST_CASE("E1 a config that can't be run is refused by the constructor") {
  auto c = quiet_config();
  c.tuner.policy = "wishful";
  CHECK_THROWS_WITH(
    (auto_tuner{c, host{}}), "tuner.policy: \"wishful\" is no policy");
  c = quiet_config();
  c.tuner.judge = "lenient";
  CHECK_THROWS_AS((auto_tuner{c, host{}}), std::invalid_argument);
}

TEST_CASE("B1 fault: a callback that hangs is noticed, undone and survived") {
  std::mutex mutex;
  std::condition_variable changed;
  bool hanging = false;
  bool release = false;
  double batch = 32;
  auto set = [&](double v) {
    std::unique_lock lock{mutex};
    if (v == 64) {
      hanging = true;
      changed.notify_all();
      changed.wait(lock, [&] { return release; });
    }
    batch = v;
    changed.notify_all();
  };
  auto_tuner t{
    quiet_config(short_timeout_seconds), host{}.on(knob::batch_size, set)};
  t.start();
  auto hangs = [&] {
    std::lock_guard lock{mutex};
    return hanging;
  };
  auto answered =
    std::async(std::launch::async, [&] { return apply_until(t, 64, hangs); });
  std::unique_lock lock{mutex};
  changed.wait(lock, [&] { return hanging; });
  lock.unlock();
  auto answer = answered.get(); // It does not hang with the callback.
  CHECK_FALSE(answer);
  while (t.status().state != tuning_state::degraded) // Any moment now.
    std::this_thread::yield();
  lock.lock();
  release = true;
  changed.notify_all();
  changed.wait(lock, [&] { return batch == 32; }); // Written 64, then undone.
  lock.unlock();
  t.stop();
  CHECK(batch == 32);
}

TEST_CASE("B1 fault: a callback that hangs for good does not hang stop") {
  // What the stuck thread uses outlives the test.
  auto never = std::make_shared<std::promise<void>>();
  auto entered = std::make_shared<std::promise<void>>();
  auto calls = std::make_shared<std::atomic<int>>(0);
  {
    auto_tuner t{
      quiet_config(short_timeout_seconds),
      host{}.on(knob::batch_size, [=](double) {
        if (++*calls == 1)
          entered->set_value();
        never->get_future().wait();
      })};
    t.start();
    auto answered = std::async(std::launch::async, [&] {
      return apply_until(t, 64, [&] { return *calls > 0; });
    });
    entered->get_future().wait();
    CHECK_FALSE(answered.get());
    t.stop();
  }
  CHECK(*calls == 1);
}
