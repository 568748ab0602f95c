#pragma once

#include "actors/analyzer/policy.hpp"
#include "actors/monitor/histogram.hpp"

namespace tuner {

/// Constants of Envoy's gradient controller, its defaults where it has any.
struct gradient_params {
  double buffer_ratio = 0.25; ///< Of min-RTT that counts as noise.
  double gradient_min = 0.5;
  double gradient_max = 2.0;
  double limit_min = 3; ///< Also the limit while probing.
  double limit_max = 1000;
  uint64_t probe_requests = 50; ///< Requests that make a min-RTT.
  double jitter_ratio = 0.15;   ///< Added to the interval, at most.
  uint32_t at_min_in_a_row = 5; ///< Updates at the minimum: probe again.
  /// Between probes. Envoy has no default; its example has 60 s at an update
  /// every 0.1 s. Here an update takes a trial and a cool-down, and a probe
  /// must not come as often as those.
  duration probe_interval = std::chrono::minutes{10};
};

/// Envoy's gradient controller with the batch size as the limit:
///
///   gradient = clamp(1.25 minRTT / p50, 0.5, 2)
///   n := clamp(floor(n gradient + sqrt(n gradient)), 3, 1000)
///
/// minRTT is the p50 of at least 50 requests at limit 3: to measure it, the
/// policy goes there (the *probe*), and back as soon as it has seen them, by
/// its urgent path. It does so first, then every interval plus a jitter of up
/// to 15 % (from a fixed sequence: policies draw no random numbers), and when
/// five updates in a row ended at the minimum, as Envoy does. Requests of the
/// sample in which the limit changed don't count.
///
/// Source: envoyproxy/envoy, `adaptive_concurrency/controller/
/// gradient_controller.cc` (`calculateNewLimit`, `enterMinRTTSamplingWindow`,
/// `updateMinRTT`, `updateConcurrencyLimit`).
///
/// It knows no objective. Probing hurts latency, under load badly, and a
/// batch is not concurrency: a bigger one may be what the target needs.
class gradient_policy : public policy {
public:
  explicit gradient_policy(gradient_params params = {}) : params_(params) {}

  std::string_view name() const override { return "gradient"; }
  void watch(const sample& x) override;
  decision decide(const observation& seen, const knob_table& knobs) override;
  decision urgent(const knob_table& knobs) override;
  void judged(const verdict& x) override;
  std::map<std::string, double> figures() const override;

private:
  enum class phase : uint8_t { steady, probing, returning };

  decision begin_probe(const knob_spec& spec, double n);
  decision end_probe(const knob_spec& spec, double n);
  decision update(const knob_spec& spec, double n, double p50_ms);
  double probe_limit(const knob_spec& spec) const;
  bool probe_due() const;

  gradient_params params_;
  phase phase_ = phase::steady;
  settings in_force_;
  instant now_{};
  instant next_probe_{};
  uint32_t probes_ = 0;
  histogram probed_;
  std::string knob_;      ///< The limit, while probing.
  double probing_at_ = 0; ///< The limit meanwhile.
  double resume_at_ = 0;  ///< The limit to go back to.
  double min_rtt_ms_ = 0; ///< 0: not known yet.
  uint32_t at_min_ = 0;
};

} // namespace tuner
