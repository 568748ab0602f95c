#include "messages/facts.hpp"

namespace tuner {

double throughput_rps(const observation& x) {
  auto length = seconds(x.length());
  return length > 0 ? static_cast<double>(x.completed) / length : 0;
}

double load_rps(const observation& x) {
  auto length = seconds(x.length());
  return x.offered && length > 0 ? *x.offered / length : throughput_rps(x);
}

reading served_ratio(const observation& x) {
  if (!x.offered || *x.offered <= 0)
    return {};
  return static_cast<double>(x.completed) / *x.offered;
}

std::string summary(const observation& x) {
  std::string result;
  // A target that answers and tells of no latency does not take none.
  if (x.completed == 0 || x.latency_p99 > duration{})
    result = "p50 " + to_string(x.latency_p50) + ", p95 "
      + to_string(x.latency_p95) + ", p99 " + to_string(x.latency_p99) + ", ";
  result += format_number(throughput_rps(x), 4) + " rps, "
    + std::to_string(x.completed) + " requests in " + to_string(x.length());
  if (x.failed > 0)
    result += ", " + std::to_string(x.failed) + " failed";
  if (x.memory_used_ratio)
    result += ", memory " + format_number(100 * *x.memory_used_ratio, 3) + " %";
  return result;
}

std::string to_string(const std::vector<knob_move>& x) {
  std::string result;
  for (const auto& m : x) {
    if (!result.empty())
      result += ", ";
    result +=
      m.knob + ' ' + format_number(m.from) + " -> " + format_number(m.to);
  }
  return result;
}

const char* to_string(change_kind x) {
  switch (x) {
  case change_kind::initial:
    return "initial";
  case change_kind::tuning:
    return "tuning";
  case change_kind::rollback:
    return "rollback";
  case change_kind::edit:
    return "edit";
  }
  return "tuning";
}

const char* to_string(outcome x) {
  switch (x) {
  case outcome::open:
    return "open";
  case outcome::kept:
    return "kept";
  case outcome::rolled_back:
    return "rolled_back";
  case outcome::inconclusive:
    return "inconclusive";
  case outcome::doubted:
    return "doubted";
  case outcome::retried:
    return "retried";
  }
  return "open";
}

bool ends_trial(outcome x) {
  return x == outcome::kept || x == outcome::rolled_back
    || x == outcome::inconclusive;
}

const char* to_string(tuning_state x) {
  switch (x) {
  case tuning_state::disabled:
    return "disabled";
  case tuning_state::enabled:
    return "enabled";
  case tuning_state::advise:
    return "advise";
  case tuning_state::paused:
    return "paused";
  case tuning_state::degraded:
    return "degraded";
  }
  return "degraded";
}

} // namespace tuner
