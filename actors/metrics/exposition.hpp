#pragma once

#include "messages/facts.hpp"

#include <prometheus/registry.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tuner {

/// One target's series in a Prometheus registry. All of them exist, at 0, from
/// the start. A named target adds the label `target`. Recording costs well
/// under a microsecond; reading the registry is thread-safe.
class exposition {
public:
  /// @param registry where the series live; several targets may share it.
  exposition(
    std::shared_ptr<prometheus::Registry> registry, const std::string& target,
    const knob_table& knobs);

  void show(const observation& x);
  void show(const analysis& x);
  void show(const change& x);
  void show(const verdict& x);

private:
  using labels = std::map<std::string, std::string>;

  struct knob_series {
    std::map<std::string, prometheus::Counter*> decisions; ///< By direction.
    prometheus::Counter* rollbacks = nullptr;
    prometheus::Counter* edits = nullptr;
    prometheus::Gauge* value = nullptr;
  };

  labels with_target(labels x) const;
  knob_series make_series(const knob_spec& spec);

  std::shared_ptr<prometheus::Registry> registry_;
  std::string target_;
  std::map<std::string, knob_series> knobs_;
  std::map<std::string, prometheus::Counter*> trials_; ///< By verdict.
  std::map<std::string, prometheus::Gauge*> model_;    ///< By figure.
  std::vector<prometheus::Gauge*> figures_; ///< By row; null until known.
};

} // namespace tuner
