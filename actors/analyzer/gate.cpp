#include "actors/analyzer/gate.hpp"

#include <algorithm>

namespace tuner {

namespace {

constexpr auto rollback_memory = std::chrono::hours{1};
constexpr auto advice_memory = std::chrono::hours{24};
constexpr duration advice_longest = std::chrono::hours{24};
constexpr int advice_growth = 6;

void advise_from(const gate_params& p, gate_state& gate, instant now) {
  auto again =
    gate.advice_length > duration{} && now < gate.advice_until + advice_memory;
  gate.advice_length = again
    ? std::min(advice_growth * gate.advice_length, advice_longest)
    : p.advice_first;
  gate.advice_until = now + gate.advice_length;
  for (auto& at : gate.rollbacks) // They don't grow old meanwhile.
    at += gate.advice_length;
}

} // namespace

void close_trial(const gate_params& p, gate_state& gate, const verdict& how) {
  gate.trial_open = false;
  gate.last_trial_ended = how.at;
  if (how.result != outcome::rolled_back)
    return;
  auto& past = gate.rollbacks;
  while (!past.empty() && past.front() + rollback_memory <= how.at)
    past.pop_front();
  past.push_back(how.at);
  if (p.rollbacks_per_hour_max > 0 && past.size() >= p.rollbacks_per_hour_max)
    advise_from(p, gate, how.at);
}

void reopen(gate_state& gate) {
  gate.paused = false;
  gate.rollbacks.clear();
  gate.advice_until = {};
  gate.advice_length = {};
}

std::optional<std::string>
stopped_because(const gate_params& p, const gate_state& gate, instant now) {
  if (gate.paused)
    return "paused by an operator";
  if (auto until = frozen_until(p.freezes, now))
    return "frozen until " + to_string(*until);
  return std::nullopt;
}

std::optional<std::string>
shut_because(const gate_params& p, const gate_state& gate, instant now) {
  if (auto why = stopped_because(p, gate, now))
    return why;
  if (!gate.follows.empty())
    return gate.follows;
  if (gate.trial_open)
    return "a trial is running";
  if (gate.last_trial_ended && now < *gate.last_trial_ended + p.cool_down) {
    auto left = *gate.last_trial_ended + p.cool_down - now;
    return "cooling down for another " + to_string(duration{left});
  }
  return std::nullopt;
}

std::optional<std::string>
too_quiet_because(const gate_params& p, const observation& seen) {
  auto load = load_rps(seen);
  if (load >= p.load_min_rps)
    return std::nullopt;
  return "Too little traffic: " + format_number(load, 3)
    + " requests/s are fewer than the " + format_number(p.load_min_rps)
    + " that tuning needs";
}

bool too_many_rollbacks(const gate_state& gate, instant now) {
  return now < gate.advice_until;
}

std::optional<std::string>
advice_only_because(const gate_params& p, const gate_state& gate, instant now) {
  if (p.mode == tuning_mode::advise)
    return "mode is advise";
  if (!gate.journal_off.empty())
    return "the journal is off, and a change that is not recorded could not be "
           "undone after a crash: "
      + gate.journal_off;
  if (too_many_rollbacks(gate, now))
    return std::to_string(gate.rollbacks.size())
      + " rollbacks within an hour, advice only until "
      + to_string(gate.advice_until) + " or until resumed";
  return std::nullopt;
}

} // namespace tuner
