#pragma once

#include "messages/time.hpp"

#include <map>
#include <string>
#include <utility>

namespace tuner::climb {

/// Where a knob goes.
enum class direction : uint8_t { down, up };

constexpr direction opposite(direction x) {
  return x == direction::up ? direction::down : direction::up;
}

/// Which steps not to try again yet (A11). A step that failed is off for a
/// first while; each time it fails again, twice as long, up to four hours. One
/// that has not failed for four times as long as it was last off starts anew.
class back_off {
public:
  static constexpr duration longest = std::chrono::hours{4};

  explicit back_off(duration first) : first_(first) {}

  void failed(const std::string& knob, direction where, instant now);

  /// @returns for how long the step is off; zero if it may be tried.
  duration left(const std::string& knob, direction where, instant now) const;

  /// @returns how many steps are off.
  int steps_off(instant now) const;

private:
  struct entry {
    instant until{};
    duration length{};
  };

  duration first_;
  std::map<std::pair<std::string, direction>, entry> entries_;
};

} // namespace tuner::climb
