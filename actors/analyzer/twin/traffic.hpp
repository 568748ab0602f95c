#pragma once

#include "actors/analyzer/twin/arrival_log.hpp"
#include "messages/sample.hpp"

#include <cstdint>
#include <deque>
#include <vector>

namespace tuner::twin {

/// Requests per second: now, and how far it went lately.
struct rate_outlook {
  double forecast = 0;
  double peak = 0; ///< Highest 10 s mean of the last 300 s.
  double low = 0;  ///< Lowest.
  double mean = 0; ///< Over the same time.
};

/// Knows what arrives: how fast, how that changes, and how bursty it is.
///
/// The rate is followed every 2 s by an exponential average (gain 0.3), faster
/// when it is out of the noise, and starts afresh on a jump. The noise is that
/// of a Poisson process, or what steps differ by commonly, if that is more. It
/// has a trend when the slope of the last minute is more than 3.5 standard
/// errors, and a line fits it better than one jump. Burstiness is kept as the
/// last gaps between arrivals, each relative to the mean gap of the 10 s around
/// it, or of what of these is on its side of a jump: a burst shorter than that
/// is burstiness, a longer one a change of the rate. Of a sample that names
/// only some arrivals, these are the context.
/// Where arrivals are not reported one by one, they count as Poisson.
class traffic {
public:
  traffic();

  /// Learns from a sample. @returns whether a 2 s step was completed.
  bool learn(const sample& x);

  /// @param ahead seconds until the forecast. Peak and low take in what the
  /// rate is heading for within a minute.
  rate_outlook outlook(double ahead) const;

  /// @returns the highest 10 s mean of the last 300 s that is at most this; 0:
  /// there was none.
  double peak_below(double rate_rps) const;

  /// @returns whether that is about the rate of the last 300 s for 20 s in all,
  /// rather than passed on the way from one rate to another.
  bool stayed_at(double rate_rps) const;

  /// @returns whether far less arrives than in a sample of the last twenty
  /// seconds or so.
  bool came_down() const;

  bool ready() const { return steps_ >= 3; }

  /// @returns how long ago, in seconds before the newest sample closed, the
  /// request arrived that has `later` requests after it; the oldest known at
  /// most.
  double age_of(double later) const;

  /// Makes `count` arrivals at this mean rate, from 0 on, out of the gaps: at
  /// the usual rate, the mean of the last 300 s, these as they came. At a
  /// higher one as many clients more come beside them, with gaps from earlier
  /// on, at a lower one some stay away. Were the gaps shortened instead, a
  /// burst of a second would become a shorter and fiercer one, which never
  /// comes.
  std::vector<double> synthesise(double rate_rps, size_t count) const;

  /// @returns the arrivals of the last `span` seconds, shifted so that the
  /// first second of the span is 0; empty if they are not completely known.
  std::vector<double> recent(double span) const;

private:
  struct step_rates {
    double at = 0;   ///< When the step ended.
    double mean = 0; ///< Of the 10 s up to then.
    double step = 0; ///< Of the step.
  };

  void note_gaps();
  double noise_of(double rate, double length);
  void note_jump(double length);
  void follow_rate(double rate, double length);
  void find_trend(double length);
  double usual_rate() const;

  std::vector<uint16_t> gaps_; ///< Relative, shortened; a ring.
  size_t next_gap_ = 0;
  arrival_log arrivals_;
  std::deque<double> jumps_;    ///< Of the rate, where gaps are to be noted.
  double gaps_noted_until_ = 0; ///< Up to these arrivals, or they can't be.
  double now_ = 0;
  double offered_ = 0; ///< Of the step under way, like the next.
  double length_ = 0;
  uint64_t steps_ = 0;
  double level_ = 0;
  double trend_ = 0;                ///< Per second.
  std::deque<double> last_steps_;   ///< Rates of up to a minute.
  std::deque<double> step_changes_; ///< Between them, even jumps.
  double step_before_ = 0;
  std::deque<double> last_samples_; ///< Arrivals of each.
  std::deque<double> last_means_;   ///< Rates of up to 10 s.
  std::deque<step_rates> late_;     ///< Of the last 300 s.
};

} // namespace tuner::twin
