#include "actors/analyzer/gradient.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

std::string number(double x) {
  return format_number(x, 3);
}

/// @returns the k-th of a sequence that fills [0, 1) evenly.
double golden_fraction(uint32_t k) {
  return std::fmod(0.6180339887498949 * k, 1.0);
}

decision hold(std::string why) {
  return {{}, std::move(why), {}};
}

} // namespace

std::map<std::string, double> gradient_policy::figures() const {
  return {{"min_rtt_ms", min_rtt_ms_}};
}

double gradient_policy::probe_limit(const knob_spec& spec) const {
  return clamp(spec, params_.limit_min);
}

bool gradient_policy::probe_due() const {
  return now_ >= next_probe_ || at_min_ >= params_.at_min_in_a_row;
}

void gradient_policy::watch(const sample& x) {
  in_force_ = x.in_force;
  now_ = x.closed_at;
  if (phase_ != phase::probing || x.in_force_since > x.opened_at)
    return;
  auto present = in_force_.find(knob_);
  if (present == in_force_.end() || present->second != probing_at_)
    return;
  probed_.merge(x.latencies);
  if (probed_.total() < params_.probe_requests)
    return;
  min_rtt_ms_ = milliseconds(probed_.quantile(0.5));
  auto jitter = params_.jitter_ratio * golden_fraction(++probes_);
  next_probe_ = now_ + params_.probe_interval
    + from_seconds(seconds(params_.probe_interval) * jitter);
  at_min_ = 0;
  phase_ = phase::returning;
}

void gradient_policy::judged(const verdict& x) {
  if (phase_ != phase::probing || x.result != outcome::rolled_back)
    return;
  phase_ = phase::steady; // The target can't bear it: not soon again.
  next_probe_ = std::max(now_, x.at) + params_.probe_interval;
}

decision gradient_policy::begin_probe(const knob_spec& spec, double n) {
  probed_ = {};
  knob_ = spec.name;
  resume_at_ = n;
  probing_at_ = probe_limit(spec);
  phase_ = phase::probing;
  auto why = "probe: p50 of " + std::to_string(params_.probe_requests)
    + " requests at limit " + number(probing_at_) + " will be the new min-RTT";
  if (probing_at_ == n)
    return hold(why);
  return {{{spec.name, n, probing_at_, why}}, {}, {}};
}

decision gradient_policy::end_probe(const knob_spec& spec, double n) {
  auto resume_at = clamp(spec, resume_at_);
  if (n != probing_at_ || n == resume_at) {
    phase_ = phase::steady; // It is back, or somebody else moved it.
    return {};
  }
  auto why = "probe done: min-RTT is " + number(min_rtt_ms_)
    + " ms, back to limit " + number(resume_at);
  return {{{spec.name, n, resume_at, why}}, {}, {}};
}

decision gradient_policy::urgent(const knob_table& knobs) {
  if (phase_ != phase::returning)
    return {};
  const auto* spec = knobs.tunable(knob_role::batch_size);
  auto present = spec ? in_force_.find(spec->name) : in_force_.end();
  if (!spec || spec->name != knob_ || present == in_force_.end())
    return {};
  return end_probe(*spec, present->second);
}

decision
gradient_policy::update(const knob_spec& spec, double n, double p50_ms) {
  auto gradient = std::clamp(
    (1 + params_.buffer_ratio) * min_rtt_ms_ / p50_ms, params_.gradient_min,
    params_.gradient_max);
  auto limit = n * gradient;
  auto wanted = std::clamp(
    std::floor(limit + std::sqrt(limit)), params_.limit_min, params_.limit_max);
  auto to = clamp(spec, wanted);
  auto least = probe_limit(spec);
  at_min_ = n == least && to == least ? at_min_ + 1 : 0;
  auto why = "gradient " + number(gradient) + ": min-RTT " + number(min_rtt_ms_)
    + " ms, p50 " + number(p50_ms) + " ms, headroom "
    + number(std::sqrt(limit));
  if (to == n)
    return hold(why);
  return {{{spec.name, n, to, why}}, {}, {}};
}

decision
gradient_policy::decide(const observation& seen, const knob_table& knobs) {
  const auto* spec = knobs.tunable(knob_role::batch_size);
  auto present = spec ? seen.in_force.find(spec->name) : seen.in_force.end();
  if (!spec || present == seen.in_force.end())
    return hold("There is no batch size to tune");
  auto n = present->second;
  auto p50 = milliseconds(seen.latency_p50);
  if (!(n > 0) || !std::isfinite(n) || seen.completed == 0 || !(p50 > 0))
    return hold("Nothing completed to judge by");
  now_ = std::max(now_, seen.closed_at);
  if (phase_ == phase::probing && n == probing_at_)
    return hold(
      "probing: " + std::to_string(probed_.total()) + " of "
      + std::to_string(params_.probe_requests) + " requests seen at limit "
      + number(n));
  if (phase_ == phase::returning)
    if (auto back = end_probe(*spec, n); !back.moves.empty())
      return back;
  phase_ = phase::steady;
  if (probe_due())
    return begin_probe(*spec, n);
  if (!(min_rtt_ms_ > 0))
    return hold("No min-RTT yet: the last probe was undone");
  return update(*spec, n, p50);
}

} // namespace tuner
