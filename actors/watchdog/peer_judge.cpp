#include "actors/watchdog/peer_judge.hpp"

#include "actors/watchdog/comparison.hpp"

#include <cmath>

namespace tuner {

namespace {

constexpr auto fresh = std::chrono::seconds{5};
constexpr double errors = 3; ///< Standard ones, to be sure.
const double little = std::log(1.05);

/// @returns whether a figure that is up by `own` is up by half as much or more
/// elsewhere.
bool shared(double own, double peers) {
  return peers > little && peers >= own / 2;
}

/// @returns whether the others fared about as badly.
bool excused(
  const peer_comparison& x, double tolerated, const judge_params& p) {
  return (shared(x.own_p95, x.peers_p95)
          || shared(-x.own_served, -x.peers_served))
    && x.own_p95 - x.peers_p95 <= tolerated
    && x.peers_served - x.own_served <= tolerated
    && x.own_failed_ratio <= x.peers_failed_ratio + p.error_ratio_max;
}

/// @returns whether a figure that is up by `log` is so surely.
bool surely(double log, double error, double tolerated) {
  return log > tolerated && log - errors * error > little;
}

/// @returns whether the host fared surely worse than the others.
bool worse(const peer_comparison& x, double tolerated) {
  return surely(x.own_p95 - x.peers_p95, x.p95_error, tolerated)
    || surely(x.peers_served - x.own_served, x.served_error, tolerated);
}

std::string in_words(const peer_comparison& x) {
  return "p95 is " + compared_with(x.own_p95, "before") + " here, and "
    + compared(x.peers_p95) + " at " + std::to_string(x.peers)
    + " hosts that did not change";
}

} // namespace

peer_judge::peer_judge(const judge_params& params)
  : params_(params), inner_(make_judge(params)) {}

void peer_judge::retune(const judge_params& x) {
  params_ = x;
  inner_->retune(x);
}

void peer_judge::begin(const change& what) {
  peers_.reset();
  inner_->begin(what);
}

std::optional<verdict> peer_judge::consider(const trial_view& x) const {
  return weigh(x, inner_->consider(x));
}

std::optional<verdict> peer_judge::look(const trial_view& x) {
  return weigh(x, inner_->look(x));
}

std::optional<verdict>
peer_judge::weigh(const trial_view& x, std::optional<verdict> inner) const {
  auto known = peers_ && peers_->id == x.what.id && peers_->at + fresh >= x.now;
  if (!inner || !known || !ends_trial(inner->result))
    return inner;
  auto& n = inner->numbers;
  n["peers"] = peers_->peers;
  n["p95_ratio_of_peers"] = std::exp(peers_->peers_p95);
  n["p95_ratio_against_peers"] = std::exp(peers_->own_p95 - peers_->peers_p95);
  auto tolerated = std::log1p(threshold_for(params_, x.what));
  if (
    inner->result == outcome::rolled_back
    && excused(*peers_, tolerated, params_)) {
    inner->result = outcome::inconclusive;
    inner->reason =
      "not to blame: " + in_words(*peers_) + " (" + inner->reason + ')';
  } else if (inner->result == outcome::kept && worse(*peers_, tolerated)) {
    inner->result = outcome::rolled_back;
    inner->reason =
      "worse than its peers: " + in_words(*peers_) + " (" + inner->reason + ')';
  }
  return inner;
}

} // namespace tuner
