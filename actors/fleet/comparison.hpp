#pragma once

#include "messages/membership.hpp"
#include "messages/time.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <tuple>
#include <vector>

namespace tuner {

/// What a host did in one second, as little as a comparison needs.
struct host_second {
  int64_t at = 0;     ///< Unix time.
  double log_p95 = 0; ///< Of seconds.
  double completed = 0;
  double failed = 0;
  double offered = 0;  ///< What completed, where it is not known.
  size_t in_force = 0; ///< Differs where settings differ.
};

/// The last few minutes of one host, in order of time.
using host_seconds = std::deque<host_second>;

/// Adds the newest second, and drops those older than a trial may last.
void add(host_seconds& to, const observation& x);

/// What became of one host at a moment: natural logarithms of after ÷ before.
struct shift {
  double p95 = 0;
  double served = 0;       ///< Completed ÷ offered.
  double failed_ratio = 0; ///< After.
};

/// The seconds of two windows: before a change, and on its settings after it.
struct compared_seconds {
  std::vector<int64_t> before; ///< Unix times, ascending.
  std::vector<int64_t> after;

  bool operator<(const compared_seconds& x) const {
    return std::tie(before, after) < std::tie(x.before, x.after);
  }
};

/// @returns the seconds to compare for a change that took effect at `at`: as
/// many as half a minute before it, and those since then on its settings (a
/// switchback has others meanwhile), but for the first one, which is mixed.
compared_seconds
seconds_around(const host_seconds& own, instant at, duration settle);

/// @returns what became of a host; nothing where it served too few of these
/// seconds to say.
/// @param constant nothing either where its settings changed meanwhile.
std::optional<shift>
shift_of(const host_seconds& x, const compared_seconds& which, bool constant);

/// Difference in differences: what became of the host with the change, less
/// the median of what became of those without. What hits all of them alike
/// cancels out, as do differences between hosts that were there before
/// (Angrist and Pischke, Mostly Harmless Econometrics, 2009, section 5.2;
/// Cruise Control's finder of slow brokers compares with a broker's own past
/// and with its peers in the same way).
///
/// The standard error comes from the scatter s of the peers, which shows how
/// much one host strays without any change: s·√(1 + π / 2n), the second term
/// being that of a median of n. s is 1.4826 times the median absolute deviation
/// from the median, and at least 0.03. It fails where hosts are hit one by one,
/// and where the peers' traffic is none of this host's: then s is large, and
/// nothing is significant.
/// @returns it without its id and time; nothing with fewer than three peers.
std::optional<peer_comparison>
compare(const shift& own, const std::vector<shift>& peers);

} // namespace tuner
