#include "app/example_host/schedule.hpp"

#include "app/example_host/trace.hpp"
#include "messages/knob.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace tuner::example {

namespace {

void refuse(const char* name, double value, const char* allowed) {
  throw std::invalid_argument{
    "load." + std::string{name} + ": " + format_number(value) + " is not "
    + allowed};
}

void check_rate(const char* name, double value) {
  if (!(value >= 0 && std::isfinite(value)))
    refuse(name, value, "a finite number of at least 0");
}

void check_positive(const char* name, double value) {
  if (!(value > 0 && std::isfinite(value)))
    refuse(name, value, "a finite number above 0");
}

void check(const load_config& load) {
  if (load.kind == "poisson" || load.kind == "sine")
    check_rate("rate_rps", load.rate_rps);
  if (load.kind == "sine") {
    check_rate("amplitude_rps", load.amplitude_rps);
    check_positive("period_seconds", load.period_seconds);
  }
  if (load.kind == "on_off") {
    check_rate("on_rate_rps", load.on_rate_rps);
    check_rate("off_rate_rps", load.off_rate_rps);
    check_positive("on_seconds", load.on_seconds);
    check_positive("off_seconds", load.off_seconds);
  }
  if (load.kind == "trace")
    check_positive("speedup", load.speedup);
}

double highest_rate(const load_config& load) {
  if (load.kind == "sine")
    return load.rate_rps + load.amplitude_rps;
  if (load.kind == "on_off")
    return std::max(load.on_rate_rps, load.off_rate_rps);
  return load.rate_rps;
}

/// Nothing for what nobody lives to see, as it may not fit a duration.
std::optional<duration> due_after(double time_s) {
  constexpr double horizon_s = 1e9;
  if (!(time_s < horizon_s))
    return std::nullopt;
  return from_seconds(time_s);
}

} // namespace

double rate_at(const load_config& load, double at) {
  if (load.kind == "sine") {
    auto phase = 2 * std::numbers::pi * at / load.period_seconds;
    return std::max(0.0, load.rate_rps + load.amplitude_rps * std::sin(phase));
  }
  if (load.kind == "on_off") {
    auto into = std::fmod(at, load.on_seconds + load.off_seconds);
    return into < load.on_seconds ? load.on_rate_rps : load.off_rate_rps;
  }
  return load.rate_rps;
}

poisson_schedule::poisson_schedule(const load_config& load)
  : load_(load), highest_(highest_rate(load)), random_(load.seed) {}

std::optional<duration> poisson_schedule::next() {
  if (highest_ <= 0)
    return std::nullopt;
  do
    at_ -= std::log(random_.uniform()) / highest_;
  while (random_.uniform() * highest_ > rate_at(load_, at_));
  return due_after(at_);
}

trace_schedule::trace_schedule(std::vector<double> times, double speedup)
  : times_(std::move(times)), speedup_(speedup),
    period_(
      times_.back() + times_.back() / static_cast<double>(times_.size() - 1)) {}

std::optional<duration> trace_schedule::next() {
  if (next_ == times_.size()) {
    next_ = 0;
    round_start_ += period_;
  }
  return due_after((round_start_ + times_[next_++]) / speedup_);
}

std::unique_ptr<schedule> make_schedule(const load_config& load) {
  check(load);
  if (load.kind == "trace")
    return std::make_unique<trace_schedule>(
      read_trace(load.file, load.time_column), load.speedup);
  if (load.kind == "poisson" || load.kind == "sine" || load.kind == "on_off")
    return std::make_unique<poisson_schedule>(load);
  throw std::invalid_argument{
    "load.kind: \"" + load.kind
    + "\" is unknown; allowed are poisson, on_off, sine, trace"};
}

} // namespace tuner::example
