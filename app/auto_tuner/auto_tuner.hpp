#pragma once

#include "actors/log/actor_log.hpp"
#include "actors/monitor/recorder.hpp"
#include "actors/targets/host.hpp"
#include "config/config.hpp"
#include "messages/answer.hpp"
#include "messages/facts.hpp"
#include "messages/records.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace prometheus {
class Registry;
} // namespace prometheus

namespace tuner {

/// What a host may bring along.
struct tuner_options {
  /// Name and knobs; the config's only target by default, else an unnamed one
  /// with the standard knobs.
  std::optional<target_config> target;
  /// Where the metrics go. Without one they are kept and shown nowhere.
  std::shared_ptr<prometheus::Registry> registry;
  /// Where the log goes; made from `config::logging` by default.
  std::shared_ptr<log_hub> logs;
  /// Told what happens. May be null.
  std::shared_ptr<fact_listener> listener{};
};

/// The tuner of one serving host, embedded in it. Disabled, it has no thread
/// and no actor system, loads no library, and recording costs a comparison.
///
/// The `record_` functions may be called by any thread at any time until the
/// destructor; the rest by any thread between `start` and `stop`, which are for
/// one thread, and never from a callback of the host.
class auto_tuner {
public:
  /// @throws std::invalid_argument for a config that can't be run.
  /// @throws std::runtime_error if the log file can't be opened, or, enabled,
  ///   the library of the engine.
  auto_tuner(config c, host callbacks, tuner_options options = {});

  /// Stops.
  ~auto_tuner();

  auto_tuner(const auto_tuner&) = delete;
  auto_tuner& operator=(const auto_tuner&) = delete;

  /// Starts tuning; does nothing when disabled or started.
  void start();

  /// Undoes an unconfirmed change and stops; returns once no callback runs or
  /// will run, except one that hangs: that is left behind and logged.
  void stop();

  /// A request arrived: call it for what is offered, refused or not.
  void record_arrival() {
    if (recorder_)
      recorder_->record_arrival();
  }

  /// A request was answered, or failed, after `latency`.
  template <class Rep, class Period>
  void record_request(std::chrono::duration<Rep, Period> latency, bool ok) {
    if (recorder_)
      recorder_->record_request(latency, ok);
  }

  /// A batch of `size` requests was served in `service`, having started while
  /// `others_running` other batches ran.
  template <class Rep, class Period>
  void record_batch(
    uint64_t size, uint64_t others_running,
    std::chrono::duration<Rep, Period> service) {
    if (recorder_)
      recorder_->record_batch(size, others_running, service);
  }

  /// The cache was asked for the key with this hash.
  void record_cache_access(uint64_t key_hash, bool hit) {
    if (recorder_)
      recorder_->record_cache_access(key_hash, hit);
  }

  /// @returns what the policy would do now, and does nothing.
  analysis analyze();

  /// Applies the moves on trial: returns once they took effect; the watchdog
  /// judges them later and undoes them if they do harm.
  answer<change> apply(const analysis& x);
  answer<change> apply(const proposal& x);

  /// @returns whether the last change did harm, by what happened so far.
  bool degraded();

  /// Undoes the last change, or the last `steps`, newest first.
  answer<std::vector<change>> rollback_last(uint32_t steps = 1);

  /// Sets knobs for good, on nobody's trial: they stand down until `resume`.
  answer<change> set(const settings& wanted);

  /// @returns the last changes, oldest first.
  std::vector<history_event> history();

  /// @returns changes as far back as the journal goes, oldest first.
  answer<std::vector<history_event>> recall(const history_query& x);

  /// @returns what the host did, as far back as the journal goes.
  answer<std::vector<observation>> series(const series_query& x);

  /// Records in the journal that someone used a command.
  void note(const operation& x);

  /// @returns the settings in effect, as the host reports them.
  answer<settings> in_force();

  /// @returns what the tuner does, and why (C4).
  tuning_status status();

  /// Starts no more trials, until resumed. One that runs goes on.
  tuning_status pause();
  tuning_status resume();

  /// Runs by what of `c` can change meanwhile (`difference` in
  /// config/diff.hpp), without losing a trial or what was learned. Does nothing
  /// when disabled.
  answer<tuning_status> reconfigure(const config& c);

  /// @returns whether the config enables tuning.
  bool enabled() const { return recorder_ != nullptr; }

private:
  struct impl;
  std::unique_ptr<impl> impl_;
  recorder* recorder_ = nullptr; ///< Null when disabled.
};

} // namespace tuner
