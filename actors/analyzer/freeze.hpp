#pragma once

#include "messages/time.hpp"

#include <bitset>
#include <optional>
#include <string_view>
#include <vector>

namespace tuner {

/// Moments that come back, as cron has them, in UTC: minutes that match all
/// five fields. As there, a day matches if its day of the month or its weekday
/// does, unless one of the two fields begins with `*`: then both must.
struct cron {
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;    ///< Of the month, from 1.
  std::bitset<13> months;  ///< From 1.
  std::bitset<7> weekdays; ///< From Sunday.
  bool either_day = false; ///< Both fields for days are restricted.
};

/// @param text `minute hour day month weekday`, each a list of numbers, ranges
///   and `*`, the last two with an optional step: `0,30 9-17 * * 1-5`. Sunday
///   is 0 or 7.
/// @returns nothing where it is not that.
std::optional<cron> cron_of(std::string_view text);

/// @returns the last moment before `from` and not before `earliest` that `x`
/// matches; only whole minutes match.
std::optional<instant>
last_match(const cron& x, instant earliest, instant from);

/// When no change is to be made: once, or each time that comes back.
struct freeze_window {
  instant from{}; ///< Without `starts`: from here ...
  instant to{};   ///< ... up to here.
  std::optional<cron> starts;
  duration length{}; ///< With `starts`: for so long.
};

/// @returns when the last of the windows that `now` lies in ends, or nothing if
/// it lies in none.
std::optional<instant>
frozen_until(const std::vector<freeze_window>& windows, instant now);

} // namespace tuner
