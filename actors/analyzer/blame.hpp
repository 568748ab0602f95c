#pragma once

#include "actors/analyzer/regime/regime_memory.hpp"
#include "messages/facts.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tuner {

/// For how long a step that failed is not tried again (A11).
struct blame_params {
  duration first = std::chrono::minutes{10}; ///< 0: it is tried at once.
  duration longest = std::chrono::hours{6};
};

/// Remembers which steps were rolled back: which knob, which way, under which
/// load. Each is off for a first while, and for twice as long each time that it
/// fails again. One that did not fail for as long again as it was off is
/// forgotten. A load may lie on the border of two regimes, so a blame holds in
/// the neighbouring ones too. A move that ends no farther than where the failed
/// one began goes to where it was well, and is not held.
class blame_book {
public:
  explicit blame_book(blame_params p = {}) : params_(p) {}

  /// Blames by these from now on; what is off already stays so.
  void retune(blame_params p) { params_ = p; }

  /// A change with these moves, made under this load, was rolled back at `now`.
  void blame(const std::vector<knob_move>& moves, double load_rps, instant now);

  /// @returns why these moves are not made at `now` under this load, naming the
  ///   one that is off for longest, or nothing if they may be.
  std::optional<std::string> held_because(
    const std::vector<knob_move>& moves, double load_rps, instant now) const;

  /// One step that failed.
  struct entry {
    std::string knob;
    bool up = false;
    double from = 0;
    regime where = 0;
    instant at{};
    duration length{};
    instant until() const { return at + length; }
  };
  const std::vector<entry>& entries() const { return entries_; }
  void restore(entry x) { entries_.push_back(std::move(x)); }

private:
  /// @returns whether `move` is the step that failed.
  static bool concerns(const entry& x, const knob_move& move, regime where);

  blame_params params_;
  std::vector<entry> entries_;
};

} // namespace tuner
