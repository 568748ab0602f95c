#pragma once

#include "messages/facts.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tuner {

/// What a member tells its fleet of itself.
struct member_report {
  tuning_status status;
  std::vector<std::string> standing_down; ///< Knobs that an operator has set.
};

template <class Inspector>
auto inspect(Inspector& f, member_report& x) {
  return f(x.status, x.standing_down);
}

/// FACT: what a change on trial did to its host, and what happened meanwhile to
/// hosts that did not change: natural logarithms of after ÷ before. The
/// standard errors are those of the difference of the two.
struct peer_comparison {
  change_id id{};     ///< The change on trial.
  instant at{};       ///< Compared then.
  uint32_t peers = 0; ///< That did not change meanwhile.
  double own_p95 = 0;
  double peers_p95 = 0; ///< Median, like those below.
  double p95_error = 0;
  double own_served = 0; ///< Completed ÷ offered.
  double peers_served = 0;
  double served_error = 0;
  double own_failed_ratio = 0; ///< Of the requests since the change.
  double peers_failed_ratio = 0;
};

template <class Inspector>
auto inspect(Inspector& f, peer_comparison& x) {
  return f(
    x.id, x.at, x.peers, x.own_p95, x.peers_p95, x.p95_error, x.own_served,
    x.peers_served, x.served_error, x.own_failed_ratio, x.peers_failed_ratio);
}

} // namespace tuner
