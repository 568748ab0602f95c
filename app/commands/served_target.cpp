#include "app/commands/served_target.hpp"

#include <limits>

namespace tuner {

namespace {

double initial_of(const settings& x, const char* name, double fallback) {
  auto i = x.find(name);
  return i == x.end() ? fallback : i->second;
}

example::host_settings initial_settings(const settings& x) {
  example::host_settings defaults;
  return {
    initial_of(x, knob::batch_size, defaults.batch_size),
    initial_of(x, knob::batch_timeout, defaults.batch_timeout_ms),
    initial_of(x, knob::cache_size, defaults.cache_size_mb)};
}

} // namespace

served_target::served_target(
  const config& c, const target_config& target,
  std::shared_ptr<prometheus::Registry> registry, std::shared_ptr<log_hub> logs,
  std::shared_ptr<fact_listener> listener)
  : name_(target.name), script_(target, logs, [this](const proposal& x) {
      return tuner_->apply(x);
    }) {
  // The callbacks reach for the server when they are called: once started.
  tuner_ = std::make_unique<auto_tuner>(
    c, callbacks().workers(target.example_host.workers),
    tuner_options{
      target, std::move(registry), std::move(logs), std::move(listener)});
  feed_ = std::make_unique<tuner_feed>(*tuner_);
  server_ = std::make_unique<example::host>(
    target.example_host, initial_settings(knobs_of(c, target).initial()),
    std::vector<example::observer*>{feed_.get(), &meter_});
}

served_target::~served_target() {
  stop();
}

void served_target::start() {
  server_->start();
  tuner_->start();
}

void served_target::stop() {
  tuner_->stop();
  server_->stop();
}

host served_target::callbacks() {
  return host{}
    .on(
      knob::batch_size, [this](double v) { server_->set_batch_size(v); },
      [this] { return server_->settings().batch_size; })
    .on(
      knob::batch_timeout,
      [this](double v) { server_->set_batch_timeout_ms(v); },
      [this] { return server_->settings().batch_timeout_ms; })
    .on(
      knob::cache_size, [this](double v) { server_->set_cache_size_mb(v); },
      [this] { return server_->settings().cache_size_mb; })
    .queue_length(
      [this] { return static_cast<double>(server_->queue_length()); })
    .memory_used_ratio([this] { return server_->memory_used_ratio(); })
    .memory_mib([this] { return server_->memory_used_mb(); });
}

} // namespace tuner
