#include "actors/analyzer/gate.hpp"

namespace tuner {

namespace {

constexpr auto rollback_memory = std::chrono::hours{1};

} // namespace

void close_trial(gate_state& gate, const verdict& how) {
  gate.trial_open = false;
  gate.last_trial_ended = how.at;
  if (how.result == outcome::rolled_back)
    gate.rollbacks.push_back(how.at);
}

std::optional<std::string>
shut_because(const gate_params& p, const gate_state& gate, instant now) {
  if (gate.paused)
    return "paused by an operator";
  if (gate.trial_open)
    return "a trial is running";
  if (gate.last_trial_ended && now < *gate.last_trial_ended + p.cool_down) {
    auto left = *gate.last_trial_ended + p.cool_down - now;
    return "cooling down for another " + to_string(duration{left});
  }
  return std::nullopt;
}

std::optional<std::string>
advice_only_because(const gate_params& p, gate_state& gate, instant now) {
  while (!gate.rollbacks.empty()
         && gate.rollbacks.front() + rollback_memory <= now)
    gate.rollbacks.pop_front();
  if (p.mode == tuning_mode::advise)
    return "mode is advise";
  if (
    p.rollbacks_per_hour_max > 0
    && gate.rollbacks.size() >= p.rollbacks_per_hour_max)
    return std::to_string(gate.rollbacks.size())
      + " rollbacks within an hour, advice only until "
      + to_string(instant{gate.rollbacks.front() + rollback_memory});
  return std::nullopt;
}

} // namespace tuner
