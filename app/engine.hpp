#pragma once

#include "actors/log/actor_log.hpp"
#include "actors/targets/host.hpp"
#include "config/config.hpp"
#include "messages/answer.hpp"
#include "messages/facts.hpp"
#include "messages/records.hpp"
#include "messages/sample.hpp"

#include <functional>
#include <memory>

namespace prometheus {
class Registry;
} // namespace prometheus

namespace tuner {

/// What tunes a host in this process from construction to destruction: the
/// actors and all they need. It is a library of its own, so that a host whose
/// tuner is disabled never loads it. Calls may come from any thread.
class engine {
public:
  /// Undoes an unconfirmed change and ends all actors. A callback that hangs
  /// is left behind with its thread, and never called again.
  virtual ~engine() = default;

  virtual answer<analysis> analyze() = 0;
  virtual answer<change> apply(const proposal& x) = 0;
  virtual answer<verdict> degraded() = 0;
  virtual answer<std::vector<change>> rollback(uint32_t steps) = 0;
  virtual answer<change> set(const settings& wanted) = 0;
  virtual answer<std::vector<history_event>> history() = 0;
  virtual answer<std::vector<history_event>> recall(const history_query& x) = 0;
  virtual answer<std::vector<observation>> series(const series_query& x) = 0;
  virtual void note(const operation& x) = 0;
  virtual answer<settings> in_force() = 0;
  virtual answer<tuning_status> status() = 0;
  virtual answer<tuning_status> pause() = 0;
  virtual answer<tuning_status> resume() = 0;

  /// Runs by what of `c` can change meanwhile.
  virtual answer<tuning_status> reconfigure(const config& c) = 0;
};

struct engine_params {
  config settings_from;
  target_config target;
  host callbacks;
  /// Returns what was counted since the last call.
  std::function<sample()> take;
  std::shared_ptr<prometheus::Registry> registry; ///< May be null.
  std::shared_ptr<log_hub> logs;
  std::shared_ptr<fact_listener> listener; ///< May be null.
};

/// Makes an engine, running. The caller owns it.
using engine_maker = engine* (*)(engine_params&&);

/// @returns how to make an engine: that which is linked in or else that of the
/// engine's library, which is opened and stays open. It is looked for where
/// the dynamic loader looks, the run path of the program included, and must
/// come from the same build as the caller.
/// @throws std::runtime_error if the library can't be opened or is another
///   version: its name and what to do.
engine_maker find_engine();

} // namespace tuner
