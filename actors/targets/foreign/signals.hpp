#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tuner {

/// Where the latency of a foreign host's requests is read from: one of a
/// histogram, a summary, quantiles, or a sum and a count (which give a mean and
/// nothing more).
struct latency_signals {
  std::string histogram; ///< Of `x_bucket`, `x_sum`, `x_count`, it is `x`.
  std::string summary;   ///< Of `x{quantile="0.95"}`, `x_sum` ... it is `x`.
  std::string p50;       ///< Gauges, like the next two.
  std::string p95;
  std::string p99;
  std::string sum; ///< Counters, like the next one.
  std::string count;
  std::string unit = "s";
};

/// What memory a foreign host uses: gauges.
struct memory_signals {
  std::string used;
  std::string limit; ///< Of what may be used.
  std::string ratio; ///< Instead of a limit.
  std::string unit = "bytes";
};

/// Which expressions give the fields of a sample; empty: nothing does. For
/// scraped text they are sums of selectors (`selector_sum`), and counters are
/// told apart from gauges below. For a Prometheus server they are PromQL, and
/// where a counter is meant it is its rate per second.
struct foreign_signals {
  std::string completed; ///< Counter. Empty: the count of the latencies.
  std::string failed;    ///< Counter.
  std::string offered;   ///< Counter.
  latency_signals latency;
  std::string batches;          ///< Counter.
  std::string batched_requests; ///< Counter: the sizes of all batches.
  std::string busy;             ///< Counter: service time of all batches.
  std::string busy_unit = "s";
  std::string cache_hits;   ///< Counter.
  std::string cache_misses; ///< Counter.
  std::string cpu;          ///< Counter: processor time.
  std::string cpu_unit = "s";
  std::string queue_length; ///< Gauge.
  memory_signals memory;
  std::string started; ///< Gauge: when, in seconds since 1970.
  std::string uptime;  ///< Gauge: seconds since then.
};

/// The figures that single expressions give.
enum class foreign_figure : uint8_t {
  completed,
  failed,
  offered,
  batches,
  batched_requests,
  busy,
  cache_hits,
  cache_misses,
  cpu,
  latency_sum,
  latency_count,
  queue_length,
  memory_used,
  memory_limit,
  memory_ratio,
  latency_p50,
  latency_p95,
  latency_p99,
  started,
  uptime,
};

inline constexpr std::size_t figures_max = 20;

/// One expression of `foreign_signals` and what it gives.
struct foreign_signal {
  std::string path; ///< In the sensor's config: `latency.p95`.
  std::string expression;
  foreign_figure what{};
  bool counter = false;
  double scale = 1; ///< To seconds, MiB or plain numbers.
};

/// @returns those that are not empty.
std::vector<foreign_signal> signals_of(const foreign_signals& x);

/// @returns the path of the expression that gives `x`.
const char* path_of(foreign_figure x);

/// @returns what a time in `unit` ("s", "ms", "us", "ns") is multiplied with to
/// be in seconds, or memory ("bytes", "kib", "mib", "gib") in MiB; 0 for no
/// unit.
double scale_of(const std::string& unit);

/// What is known of a target's figures, by `foreign_figure`: counters as what
/// they grew by, times in seconds, memory in MiB.
class foreign_figures {
public:
  std::optional<double>& operator[](foreign_figure x) {
    return values_[static_cast<std::size_t>(x)];
  }
  const std::optional<double>& operator[](foreign_figure x) const {
    return values_[static_cast<std::size_t>(x)];
  }

private:
  std::array<std::optional<double>, figures_max> values_;
};

} // namespace tuner
