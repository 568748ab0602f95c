#pragma once

#include "actors/targets/foreign/counters.hpp"
#include "actors/targets/foreign/sample_maker.hpp"
#include "actors/targets/foreign/selector.hpp"
#include "actors/targets/foreign/start_watch.hpp"

#include <string_view>
#include <unordered_map>
#include <vector>

namespace tuner {

/// Makes samples of the expositions that a host answers.
///
/// A sample is of the time since the last call, whether that was a scrape or a
/// miss. After a miss the counters tell what happened since the last scrape:
/// of that, a sample gets its own share by time, so that rates are right. After
/// a gap of more than `gap_max` samples it gets nothing: counters begin anew,
/// as they do with the first scrape.
///
/// Where nothing is said of when the host was started, the series that
/// Prometheus clients show of it is looked for, and not missed.
class scrape_sampler {
public:
  /// @param x expressions that `problems_with` has nothing against.
  scrape_sampler(const foreign_signals& x, uint32_t workers);

  /// How many samples long what counters grew by may have taken.
  static constexpr double gap_max = 5;

  /// @param exposition what the host answered.
  /// @param at when, on any clock that does not jump.
  /// @param problems gets what is missing or wrong in it.
  sample
  take(std::string_view exposition, duration at, source_problems& problems);

  /// @returns whether the last exposition was of a host that was started after
  /// the one before.
  bool started_anew() const { return started_anew_; }

  /// Takes note that there was no answer at `at`. @returns no data.
  sample miss(duration at);

private:
  /// What a series of some name is good for.
  enum class use : uint8_t { term, bucket, quantile, sum, count };
  struct rule {
    use what{};
    std::size_t term = 0; ///< Index.
    selector wanted;
  };
  struct term {
    std::size_t signal = 0; ///< Index.
    double sign = 1;
  };
  struct by_text : std::hash<std::string_view> {
    using is_transparent = void;
  };

  struct scrape;

  void add_latency(const std::string& expression, bool summary);
  void see(const series_view& x, scrape& seen);
  void apply(
    const rule& to, const series_view& x, const std::optional<growth>& grown,
    scrape& seen) const;
  bool counts(const rule& x) const;
  reported
  finish(const scrape& seen, double share, double elapsed_seconds) const;
  void name_missing(const scrape& seen, source_problems& problems) const;

  std::vector<foreign_signal> signals_;
  std::vector<term> terms_;
  std::string latency_path_; ///< Of the histogram or summary, if any.
  double latency_scale_ = 1;
  /// By the name of the series.
  std::unordered_multimap<std::string, rule, by_text, std::equal_to<>> rules_;
  bool may_hide_start_ = false; ///< Nobody asked for it.
  counter_memory counters_;
  start_watch start_;
  bool started_anew_ = false;
  sample_maker maker_;
  duration last_call_{};
  duration last_scrape_{};
  bool called_ = false;
  bool scraped_ = false; ///< And `counters_` still tell of it.
};

} // namespace tuner
