#pragma once

#include "messages/facts.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tuner {

/// What became of a change, all of it at once: it is recorded whole or not at
/// all.
struct settlement {
  std::vector<change> changes{};   ///< That took effect: rollbacks, edits.
  std::vector<verdict> verdicts{}; ///< That were given.
  settings confirmed{}; ///< What the target goes back to from now on; empty: as
                        ///< before.
  instant at{};
};

template <class Inspector>
auto inspect(Inspector& f, settlement& x) {
  return f(x.changes, x.verdicts, x.confirmed, x.at);
}

/// FACT: someone used a command.
struct operation {
  instant at{};
  std::string who;  ///< As the caller named itself, and where it called from.
  std::string what; ///< `rollback 2`, `set batch_size=16`.
};

template <class Inspector>
auto inspect(Inspector& f, operation& x) {
  return f(x.at, x.who, x.what);
}

/// Something learned that outlives a restart: `value` replaces what was noted
/// under `kind` and `key`; an empty one deletes it.
struct memo {
  std::string kind; ///< `regime`, `blame`, `paused`.
  std::string key;
  std::string value;
};

template <class Inspector>
auto inspect(Inspector& f, memo& x) {
  return f(x.kind, x.key, x.value);
}

/// Asks for the newest events of one target.
struct history_query {
  instant since{};      ///< None that is older.
  uint32_t limit = 100; ///< Not more.
  uint64_t id = 0;      ///< Only the change of this id, where it is not 0.
};

template <class Inspector>
auto inspect(Inspector& f, history_query& x) {
  return f(x.since, x.limit, x.id);
}

/// Asks what one target did between two moments: observations of equal length,
/// oldest first, as fine as fits into that many.
struct series_query {
  instant from{};
  instant to{};
  uint32_t points_max = 1000;
};

template <class Inspector>
auto inspect(Inspector& f, series_query& x) {
  return f(x.from, x.to, x.points_max);
}

/// Is told facts as they are recorded. Called by an actor: it must return soon
/// and not throw.
class fact_listener {
public:
  virtual ~fact_listener() = default;

  /// What the target did in the last second or so.
  virtual void seen(const std::string& target, const observation& x) = 0;

  /// A change took effect, or its verdict was given: the event as it is now.
  virtual void happened(const history_event& x) = 0;
};

} // namespace tuner
