#pragma once

#include "actors/targets/foreign/latency_shape.hpp"
#include "actors/targets/foreign/signals.hpp"
#include "messages/sample.hpp"

#include <array>
#include <map>
#include <string>

namespace tuner {

/// What is wrong with a source of figures: what kind of problem, and in words.
/// A kind is one figure's path, or `answer` where nothing can be used.
using source_problems = std::map<std::string, std::string>;

/// What a source told of one sample's time.
struct reported {
  figures values;        ///< Of `cpu`, the cores it kept busy.
  latency_shape latency; ///< Empty: unknown.
};

/// @returns the latencies that single figures tell of: quantiles, or a sum and
/// a count.
latency_shape shape_of(const figures& x);

/// Makes samples of what was reported. Whole numbers add up over time: what is
/// rounded off one sample is in the next.
///
/// The requests completed and, where it is configured, their latency are what
/// all the rest is about: without either there is no data, which is a sample
/// with nothing in it. Of pairs (hits and misses, batches and their sizes) both
/// count or neither. Failures that are not told of are none: many hosts show
/// such a counter only once something failed.
class sample_maker {
public:
  explicit sample_maker(const foreign_signals& x, uint32_t workers);

  sample make(const reported& x);

private:
  uint64_t whole(figure what, double x);

  figure completed_ = figure::completed; ///< What tells of it.
  bool needs_latency_ = false;
  uint32_t workers_ = 0;
  std::array<double, figures_max> left_over_{};
  double offset_ = 0.5; ///< Of the next sample's latencies.
};

} // namespace tuner
