#pragma once

#include "actors/targets/foreign/sample_maker.hpp"
#include "actors/targets/foreign/start_watch.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tuner {

/// What a Prometheus server answered to one instant query.
struct promql_answer {
  std::optional<double> value; ///< Finite; nothing where it was NaN.
  std::string problem;         ///< Why there is none, and what to do.
};

/// Reads the body of an answer of `GET /api/v1/query`, any bytes at all: a
/// vector of one series or a scalar is a value.
promql_answer read_promql_answer(std::string_view body);

/// Makes samples of the answers to PromQL queries. Where a counter is meant,
/// what was queried is its rate per second: a sample counts that rate times its
/// own length, the time since the last call.
class promql_sampler {
public:
  promql_sampler(const foreign_signals& x, uint32_t workers)
    : signals_(signals_of(x)), maker_(x, workers) {}

  /// What to query, in this order.
  const std::vector<foreign_signal>& queries() const { return signals_; }

  /// @param answers to all of `queries`, unknown ones too.
  /// @param at when, on any clock that does not jump.
  /// @returns no data the first time, when no time is over yet.
  sample take(const std::vector<std::optional<double>>& answers, duration at);

  /// @returns whether the last answers were of a host that was started after
  /// the one before.
  bool started_anew() const { return started_anew_; }

  /// Takes note that there were no answers at `at`. @returns no data.
  sample miss(duration at);

private:
  std::vector<foreign_signal> signals_;
  sample_maker maker_;
  std::optional<duration> last_call_;
  start_watch start_;
  bool started_anew_ = false;
};

} // namespace tuner
