#pragma once

#include "app/commands/script.hpp"
#include "app/example_host/host.hpp"
#include "app/example_host/traffic_meter.hpp"
#include "config/config.hpp"

#include <auto_tuner/auto_tuner.hpp>

#include <memory>

namespace tuner {

/// Tells a tuner what the example host does.
class tuner_feed : public example::observer {
public:
  explicit tuner_feed(auto_tuner& to) : to_(to) {}

  void on_arrival() override { to_.record_arrival(); }
  void on_request(duration latency, bool ok) override {
    to_.record_request(latency, ok);
  }
  void on_batch(const example::batch_report& x) override {
    to_.record_batch(x.size, x.others_running, x.service);
  }
  void on_cache_access(uint64_t key_hash, bool hit) override {
    to_.record_cache_access(key_hash, hit);
  }

private:
  auto_tuner& to_;
};

/// The example host of one target, tuned: a host's half of the embedding.
class served_target {
public:
  served_target(
    const config& c, const target_config& target,
    std::shared_ptr<prometheus::Registry> registry,
    std::shared_ptr<log_hub> logs,
    std::shared_ptr<fact_listener> listener = nullptr);

  /// Stops.
  ~served_target();

  /// Serves first, then tunes.
  void start();

  /// Stops tuning first, which undoes an unconfirmed change; then serves what
  /// waits, and ends.
  void stop();

  /// Makes the scripted changes that are due.
  /// @returns when the next one is, in seconds after the start; infinity for
  ///   none.
  double follow_script(double seconds_after_start) {
    return script_.follow(seconds_after_start);
  }

  const std::string& name() const { return name_; }
  auto_tuner& tuning() { return *tuner_; }
  example::host& server() { return *server_; }

  /// @returns the traffic since the last call.
  example::traffic take_traffic() { return meter_.take(); }

private:
  host callbacks();

  std::string name_;
  script script_;
  example::traffic_meter meter_;
  std::unique_ptr<auto_tuner> tuner_;
  std::unique_ptr<tuner_feed> feed_;
  std::unique_ptr<example::host> server_;
};

} // namespace tuner
