#include "actors/targets/foreign/promql.hpp"
#include "tests/fuzz/inputs.hpp"
#include "tests/fuzz/require.hpp"

#include <cmath>

namespace tuner::fuzz {

void promql(std::string_view input) {
  auto x = read_promql_answer(input);
  require(!x.value || x.problem.empty(), "a value has no problem");
  require(!x.value || std::isfinite(*x.value), "values are finite");
  require(x.problem.find('\n') == x.problem.npos, "problems are lines");
  foreign_signals signals;
  signals.completed = "a";
  signals.offered = "b";
  signals.latency.p50 = signals.latency.p95 = "c";
  promql_sampler sampler{signals, 1};
  for (auto at : {std::chrono::seconds{1}, std::chrono::seconds{2}}) {
    auto seen = sampler.take({x.value, x.value, x.value, x.value}, at);
    require(seen.latency_sum.count() >= 0, "times are not negative");
  }
}

} // namespace tuner::fuzz
