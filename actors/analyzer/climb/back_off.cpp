#include "actors/analyzer/climb/back_off.hpp"

#include <algorithm>

namespace tuner::climb {

void back_off::failed(const std::string& knob, direction where, instant now) {
  auto& x = entries_[{knob, where}];
  if (now < x.until) // The same failure, or what it led to.
    return;
  auto anew = x.length == duration{} || now - x.until > 4 * x.length;
  x.length = anew ? first_ : std::min(2 * x.length, longest);
  x.until = now + x.length;
}

duration
back_off::left(const std::string& knob, direction where, instant now) const {
  auto i = entries_.find({knob, where});
  if (i == entries_.end() || now >= i->second.until)
    return duration{};
  // Never longer than it was to be, should the clock have been set back.
  return std::min(duration{i->second.until - now}, i->second.length);
}

int back_off::steps_off(instant now) const {
  return static_cast<int>(
    std::count_if(entries_.begin(), entries_.end(), [&](const auto& x) {
      return now < x.second.until;
    }));
}

} // namespace tuner::climb
