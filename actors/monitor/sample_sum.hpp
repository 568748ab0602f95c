#pragma once

#include "actors/monitor/packed_counts.hpp"
#include "messages/facts.hpp"
#include "messages/sample.hpp"

#include <memory>
#include <vector>

namespace tuner {

/// A figure averaged over the samples in which it is known.
struct mean_reading {
  double sum = 0;
  uint32_t known = 0;

  mean_reading() = default;
  explicit mean_reading(const reading& x) : sum(x ? *x : 0), known(x ? 1 : 0) {}

  void add(const mean_reading& x) {
    sum += x.sum;
    known += x.known;
  }

  reading mean() const { return known > 0 ? reading{sum / known} : reading{}; }
};

/// What a target did in one sample, or in several that follow one another: as
/// much of it as an observation needs, in 200 bytes and two for each bucket of
/// latencies.
struct sample_sum {
  /// @param like may have the same settings: they are shared then.
  explicit sample_sum(const sample& x, const sample_sum* like = nullptr);

  /// Adds what came next: its settings count from now on.
  void add(const sample_sum& later);

  /// @returns whether the settings changed in the middle of it.
  bool mixed() const { return in_force_since > opened_at; }

  /// @returns whether both saw one and the same settings.
  bool same_settings(const sample_sum& x) const {
    return in_force_since == x.in_force_since
      && (in_force == x.in_force || *in_force == *x.in_force);
  }

  duration length() const { return closed_at - opened_at; }

  instant opened_at;
  instant closed_at;
  instant in_force_since;
  std::shared_ptr<const settings> in_force; ///< At the end.
  packed_counts latencies;
  double latency_ns; ///< As doubles, no sample overflows these, like the next.
  double busy_ns;
  uint64_t completed;
  uint64_t failed;
  uint64_t invalid;
  uint64_t batches;
  uint64_t batched_requests;
  uint64_t cache_hits;
  uint64_t cache_misses;
  reading offered; ///< Known if it is in each sample.
  mean_reading queue_length;
  mean_reading cpu_cores;
  reading memory_used_ratio; ///< The last one known, like the next.
  reading memory_mib;
  uint32_t samples = 1;

private:
  friend observation seen_in(const std::vector<const sample_sum*>&);
  void add_figures(const sample_sum& later);
};

/// @returns what these saw together: newest first, without gaps, at least one.
/// The settings are those of the newest.
observation seen_in(const std::vector<const sample_sum*>& newest_first);

} // namespace tuner
