#pragma once

#include "messages/answer.hpp"
#include "messages/facts.hpp"
#include "messages/records.hpp"

#include <functional>
#include <string>
#include <vector>

namespace tuner {

struct config;

/// What a target is tuned by.
struct target_setup {
  std::string mode;   ///< `auto` or `advise`.
  std::string policy; ///< As configured.
  std::string judge;
  reading p95_latency_ms; ///< The objective, if there is one.
  double error_ratio = 0;
  knob_table knobs;
  duration check_delay{}; ///< From a change to its verdict, if all goes well.
};

/// One target as operators see it. Calls may come from any thread, and wait
/// for an answer. `who` names the operator, for the journal.
class target_control {
public:
  virtual ~target_control() = default;

  /// @returns its name; may be empty where it is the only one.
  virtual std::string name() const = 0;
  virtual target_setup setup() const = 0;

  virtual tuning_status status() = 0;
  virtual answer<settings> in_force() = 0;

  /// @returns what happened, oldest first.
  virtual answer<std::vector<history_event>>
  recall(const history_query& which) = 0;
  virtual answer<std::vector<observation>>
  series(const series_query& which) = 0;

  virtual answer<tuning_status> pause(const std::string& who) = 0;
  virtual answer<tuning_status> resume(const std::string& who) = 0;

  /// @returns the rollbacks, newest first.
  virtual answer<std::vector<change>>
  rollback(uint32_t steps, const std::string& who) = 0;

  /// Runs by what of `c` can change meanwhile.
  virtual answer<tuning_status> reconfigure(const config& c) = 0;

  /// Sets knobs for good; they stand down until resumed.
  virtual answer<change>
  set(const settings& wanted, const std::string& who) = 0;
};

/// Returns the targets there are now. Those it ever returned stay alive as long
/// as it does.
using target_list = std::function<std::vector<target_control*>()>;

} // namespace tuner
