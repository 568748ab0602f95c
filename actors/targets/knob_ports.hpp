#pragma once

#include "actors/log/actor_log.hpp"
#include "actors/targets/host.hpp"
#include "messages/facts.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tuner {

/// A host's knobs: writes are provisional until confirmed. Exceptions of the
/// host's callbacks end here and come out as text.
class knob_ports {
public:
  /// @param closed once true, no callback is called any more.
  knob_ports(
    const host& callbacks, knob_table knobs,
    std::shared_ptr<std::atomic<bool>> closed, actor_log log);

  /// @returns the values in effect, of the knobs that have a callback.
  const settings& in_force() const { return in_force_; }

  /// Reads the knobs back, up to the first one that can't be read. A value that
  /// nobody here wrote is an operator's: it is respected, which makes it a
  /// confirmed one, and logged (A12). One that could not be read before is just
  /// what the host runs with.
  /// @returns whether anything changed.
  bool refresh();

  /// @returns what others changed since the last call, oldest first.
  std::vector<knob_move> take_edits() { return std::exchange(edits_, {}); }

  /// Writes the knobs named, clamped to their bounds, and reads them back.
  /// Knobs without a callback are skipped and the log says so (B1). One that
  /// was never read is not written: nobody knows what to go back to.
  /// @returns what went wrong, or nothing.
  std::optional<std::string> write(const settings& wanted);

  /// What is in effect now is what `restore` goes back to.
  void confirm();

  /// Writes the confirmed values of all knobs written since.
  /// @returns what went wrong and which values are wanted, or nothing.
  std::optional<std::string> restore();

  /// The host was started anew, and runs with values of its own: writes again
  /// what it was told before, confirmed or not. What it was never told is read
  /// as if for the first time.
  /// @returns what went wrong, or nothing.
  std::optional<std::string> renew();

  /// Writes what was found when each knob was first read, where it was written.
  /// @returns what went wrong, or nothing.
  std::optional<std::string> give_back();

  /// @returns whether there are unconfirmed writes.
  bool provisional() const { return !unconfirmed_.empty(); }

private:
  /// By knob, what went wrong.
  using problems = std::map<std::string, std::string>;

  /// Sets these as they are and reads them back: in one step those that can be.
  problems write_all(settings wanted, bool up_to_a_problem = false);
  problems write_part(const settings& part, const std::function<void()>& set);
  std::optional<double> read_one(const std::string& name);
  bool read_all();

  std::map<std::string, host::port> ports_;
  std::vector<host::joint> joints_;
  knob_table knobs_;
  std::shared_ptr<std::atomic<bool>> closed_;
  actor_log log_;
  settings in_force_;
  settings confirmed_;
  settings found_; ///< When first read.
  std::vector<knob_move> edits_;
  std::set<std::string> unconfirmed_; ///< Written since the last confirm.
  std::set<std::string> written_;     ///< Ever.
  std::set<std::string> unread_;      ///< Can be read, but were not.
  std::set<std::string> complained_;  ///< Can't be read, and the log says so.
};

} // namespace tuner
