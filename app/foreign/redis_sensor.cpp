#include "app/foreign/redis_sensor.hpp"

#include "app/foreign/redis_connection.hpp"
#include "app/foreign/redis_reading.hpp"

namespace tuner {

namespace {

std::string_view text_of(const redisReply& x) {
  return x.str ? std::string_view{x.str, x.len} : std::string_view{};
}

/// Asks one server.
class redis_reader {
public:
  redis_reader(
    const redis_effector_config& x, double timeout_seconds, sensor_log log)
    : to_(x, from_seconds(timeout_seconds)), log_(std::move(log)) {}

  redis_reading read() {
    redis_reading result;
    result.info = redis_info_of(text_of(*to_.ask({"INFO", "ALL"})));
    if (auto run = result.info["run_id"]; run != run_) {
      run_ = run;
      has_latencies_ = true;
    }
    if (has_latencies_)
      read_latencies(result);
    return result;
  }

private:
  void read_latencies(redis_reading& to) {
    try {
      add_histograms(to, *to_.ask({"LATENCY", "HISTOGRAM"}));
    } catch (const server_refusal& x) {
      has_latencies_ = false;
      if (log_)
        log_(
          log_level::warning,
          std::string{"latencies stay unknown: "} + x.what());
    }
  }

  redis_connection to_;
  sensor_log log_;
  std::string run_;
  bool has_latencies_ = true;
};

} // namespace

polled_sensor make_redis_sensor(
  const redis_effector_config& x, double timeout_seconds, sensor_log log) {
  auto from = std::make_shared<redis_reader>(x, timeout_seconds, log);
  poller<redis_reading> result;
  result.read = [from] { return from->read(); };
  result.anew = [](const redis_reading& before, const redis_reading& now) {
    return before.info.at("run_id") != now.info.at("run_id");
  };
  result.between = [](const auto* before, const auto& now) {
    return sample_between(before, now);
  };
  result.log = std::move(log);
  return sensor_of(std::move(result));
}

} // namespace tuner
