#pragma once

#include "actors/metrics/metric_table.hpp"
#include "messages/facts.hpp"

#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tuner {

/// One target's series in a Prometheus registry. All of them exist, at 0, from
/// the start, but for figures that are not known yet. A named target adds the
/// label `target`. Recording costs well under a microsecond; reading the
/// registry is thread-safe.
class exposition {
public:
  /// @param registry where the series live; several targets may share it.
  exposition(
    std::shared_ptr<prometheus::Registry> registry, const std::string& target,
    const knob_table& knobs);

  /// For the METRICS actor alone.
  void show(const observation& x);
  void show(const analysis& x);
  void show(const change& x);
  void show(const verdict& x);

  /// For any thread, like the rest.
  void show(const tuning_status& x);

  /// The objective that windows are held to. @param p95_ms unknown: none.
  void show_objective(const reading& p95_ms);

  /// How far knobs may go: NaN for those that are not tuned.
  void show_bounds(const knob_table& knobs);

  /// @param up whether the journal is written.
  void show_journal(bool up);

  /// So many actors run in all.
  void show_actors(uint64_t n) { actors_->Set(static_cast<double>(n)); }

  /// @param actor its role: `analyzer`.
  void show_mailbox(const std::string& actor, uint64_t waiting);

private:
  using labels = std::map<std::string, std::string>;

  struct knob_series {
    std::map<std::string, prometheus::Counter*> decisions; ///< By direction.
    prometheus::Counter* rollbacks = nullptr;
    prometheus::Counter* edits = nullptr;
    prometheus::Gauge* value = nullptr;
  };

  labels with_target(labels x) const;
  prometheus::Counter& counter(const metric::row& what, labels x) const;
  prometheus::Gauge& gauge(const metric::row& what, labels x = {}) const;
  knob_series make_series(const knob_spec& spec) const;

  std::shared_ptr<prometheus::Registry> registry_;
  std::string target_;
  std::map<std::string, knob_series> knobs_;
  std::map<std::string, prometheus::Counter*> trials_; ///< By verdict.
  prometheus::Histogram* thinking_ = nullptr;
  prometheus::Histogram* lag_ = nullptr;
  prometheus::Gauge* actors_ = nullptr;
  std::map<std::string, prometheus::Gauge*> model_; ///< By figure.
  std::map<tuning_state, prometheus::Gauge*> states_;
  prometheus::Counter* slo_met_ = nullptr;
  prometheus::Counter* slo_missed_ = nullptr;
  std::vector<prometheus::Gauge*> figures_;   ///< By row; null until known.
  std::atomic<double> objective_seconds_ = 0; ///< 0: none.
};

} // namespace tuner
