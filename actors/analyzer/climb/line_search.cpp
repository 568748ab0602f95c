#include "actors/analyzer/climb/line_search.hpp"

#include <algorithm>
#include <cmath>

namespace tuner::climb {

namespace {

constexpr double growth = 1.5;
constexpr double shrink = 0.5;
constexpr duration first_rest = std::chrono::minutes{10};
constexpr duration longest_rest = std::chrono::hours{4};

} // namespace

line_search::line_search(const knob_spec& spec, const start& from)
  : spec_(spec), best_(clamp(spec, from.present)), tried_(best_), stride_(0),
    sign_(from.sign < 0 ? -1 : 1), grain_(from.grain > 0 ? from.grain : 0) {
  stride_ = first_stride();
}

double line_search::first_stride() const {
  auto above = best_ - spec_.min;
  auto at_minimum = std::min(1.0, 0.02 * (spec_.max - spec_.min));
  return std::max({spec_.step, grain_, above > 0 ? 0.4 * above : at_minimum});
}

double line_search::least_stride() const {
  return std::max({spec_.step, grain_, 0.02 * (best_ - spec_.min), 1e-9});
}

void line_search::turn_round(instant now) {
  sign_ = -sign_;
  if (stride_ > least_stride()) {
    stride_ = std::max(least_stride(), shrink * stride_);
    return;
  }
  if (++failures_ < 2) // The other way is still to be tried.
    return;
  rest_ = found_ || rest_ == duration{} ? first_rest
                                        : std::min(2 * rest_, longest_rest);
  rest_until_ = now + rest_;
  stride_ = std::max(least_stride(), shrink * first_stride());
  failures_ = 0;
  found_ = false;
}

std::optional<double> line_search::next(double present, instant now) {
  for (int tries = 0; tries < 64 && !rests(now); ++tries) {
    auto to = clamp(spec_, best_ + sign_ * stride_);
    if (to != best_ && to != present && std::isfinite(to))
      return tried_ = to;
    turn_round(now); // At a bound, or nothing between here and there.
  }
  if (present != best_)
    return best_;
  return std::nullopt;
}

void line_search::tell(double value, bool better, instant now) {
  if (value == best_)
    return;
  if (!better)
    return turn_round(now);
  sign_ = value > best_ ? 1 : -1;
  best_ = clamp(spec_, value);
  stride_ *= growth;
  failures_ = 0;
  found_ = true;
}

} // namespace tuner::climb
