#pragma once

#include "messages/knob.hpp"

#include <map>
#include <optional>

namespace tuner {

/// A kind of load: requests per second in steps of a quarter, so that 100 and
/// 120 are the same regime and 100 and 200 are not.
using regime = int;

/// @returns the regime of a rate; that of 0 for anything that is no rate.
regime regime_of(double rate_rps);

/// Remembers which settings did well in which regime (A9).
class regime_memory {
public:
  virtual ~regime_memory() = default;

  /// Replaces what is remembered of `where`.
  virtual void remember(regime where, const settings& x) = 0;
  virtual void forget(regime where) = 0;
  virtual std::optional<settings> recall(regime where) const = 0;
};

/// Remembers as long as it lives, at most 200 regimes: all there can be.
class volatile_memory : public regime_memory {
public:
  void remember(regime where, const settings& x) override { all_[where] = x; }
  void forget(regime where) override { all_.erase(where); }
  std::optional<settings> recall(regime where) const override {
    auto i = all_.find(where);
    return i == all_.end() ? std::nullopt : std::optional{i->second};
  }
  const std::map<regime, settings>& all() const { return all_; }

private:
  std::map<regime, settings> all_;
};

} // namespace tuner
