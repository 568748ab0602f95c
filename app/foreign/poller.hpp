#pragma once

#include "actors/log/actor_log.hpp"
#include "messages/sample.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace tuner {

/// What watches a foreign host by a connection of its own. Calls follow one
/// another, take as long as the host does within the time limit, and don't
/// throw. One round is `restarted`, then `take`.
struct polled_sensor {
  /// What happened since the last call; empty without a reading before.
  std::function<sample()> take;
  /// Whether the host was started anew, since the last call.
  std::function<bool()> restarted;
};

/// What one look at a host told.
struct look {
  sample seen;
  bool anew = false; ///< The host was started since the last look.
};

/// Looks once a round, whichever of the two calls comes first.
class rounds {
public:
  explicit rounds(std::function<look()> look_at_it)
    : look_(std::move(look_at_it)) {}

  bool restarted() {
    poll();
    return std::exchange(anew_, false);
  }

  sample take() {
    if (!polled_)
      poll();
    polled_ = false;
    return std::exchange(seen_, {});
  }

private:
  void poll() {
    polled_ = true;
    auto now = look_();
    seen_ = std::move(now.seen);
    anew_ = anew_ || now.anew;
  }

  std::function<look()> look_;
  sample seen_;
  bool polled_ = false;
  bool anew_ = false;
};

/// @returns what watches a host by such looks.
inline polled_sensor sensor_of(std::function<look()> look_at_it) {
  auto shared = std::make_shared<rounds>(std::move(look_at_it));
  return {
    [shared] { return shared->take(); },
    [shared] { return shared->restarted(); }};
}

/// Where a sensor tells what went wrong, once, and what is well again.
using sensor_log = std::function<void(log_level, const std::string&)>;

/// Turns readings of counters into samples.
/// @tparam Reading of all counters at one moment.
template <class Reading>
class poller {
public:
  std::function<Reading()> read; ///< Throws std::runtime_error.
  std::function<bool(const Reading& before, const Reading& now)> anew;
  std::function<sample(const Reading* before, const Reading& now)> between;
  sensor_log log;

  look poll() {
    look result;
    try {
      auto now = read();
      result.anew = last_ && anew(*last_, now);
      // Counts of who knows how long would make too high a rate.
      result.seen = between(gapless_ && !result.anew ? &*last_ : nullptr, now);
      last_ = std::move(now);
      gapless_ = true;
      tell({});
    } catch (const std::exception& x) {
      gapless_ = false;
      tell(x.what());
    }
    return result;
  }

private:
  void tell(const std::string& problem) {
    if (problem == problem_)
      return;
    if (log && problem.empty())
      log(log_level::info, "the host can be watched again");
    else if (log)
      log(log_level::warning, "the host can't be watched: " + problem);
    problem_ = problem;
  }

  std::optional<Reading> last_; ///< That worked.
  std::string problem_;
  bool gapless_ = false; ///< The last reading worked.
};

/// @returns what watches a host by such readings.
template <class Reading>
polled_sensor sensor_of(poller<Reading> x) {
  auto shared = std::make_shared<poller<Reading>>(std::move(x));
  return sensor_of([shared] { return shared->poll(); });
}

/// @returns by how much a counter grew; one that fell began again at 0.
template <class T>
T grown(T before, T now) {
  return now < before ? now : now - before;
}

} // namespace tuner
