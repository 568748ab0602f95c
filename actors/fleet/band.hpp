#pragma once

#include "actors/fleet/member.hpp"

#include <optional>
#include <set>

namespace tuner {

/// What a band wants done, in order.
struct order {
  enum class kind : uint8_t {
    follow, ///< `member` follows, for the reason in `text`; leads without one.
    adopt,  ///< `member` tries `wanted`, and says what came of it.
    undo,   ///< `member` undoes its last change, `undone`, and says so.
    blame,  ///< `wanted` did harm elsewhere: `member` doesn't try it.
    tell,   ///< `text` is for the log.
    warn,   ///< The same, loudly.
  };
  kind what{};
  std::string member{};
  std::string text{};
  proposal wanted{};
  change_id undone{};
};
using orders = std::vector<order>;

/// @returns `#7 of a`.
std::string named(const std::string& member, const change& what);

/// Members that share settings: a group, or those in it with the same hardware.
///
/// One of them, the canary, tries changes by itself, as a host on its own
/// would; the others follow. What the canary keeps is rolled out in waves:
/// first a fifth, then all the rest, each judged where it is made, and none
/// begun before every verdict of the one before is in. A member that rolls it
/// back stands apart, and keeps what it had. Where more than a third of a wave
/// do, nobody shall have it: it is undone at all who got it. What did harm to
/// one is not tried by another.
///
/// Who was away, paused or new is brought to what the group has confirmed when
/// it can be tuned, a fifth of the group at a time.
///
/// Pure: told facts, and the time; asked for orders.
class band {
public:
  explicit band(std::string name) : name_(std::move(name)) {}

  /// By name. Whoever comes or goes is added or erased here.
  std::map<std::string, member>& members() { return members_; }
  const std::map<std::string, member>& members() const { return members_; }

  /// Goes on from what another band had.
  void begin_with(const settings& confirmed) { confirmed_ = confirmed; }
  const settings& confirmed() const { return confirmed_; }
  const std::string& canary() const { return canary_; }
  const std::string& name() const { return name_; }

  /// Something changed at a member.
  void happened(const history_event& x);

  /// A trial that a member was asked for has ended.
  void answered(const std::string& who, const verdict& how, instant now);

  /// A member has done what it was asked for, and there is nothing to judge.
  void done(const std::string& who);

  /// A member did not do what it was asked for.
  void refused(const std::string& who, const std::string& why, instant now);

  /// @returns what is to be done now. Called once a second or so.
  orders look(instant now);

private:
  /// A change on its way to all members.
  struct rollout {
    change what;       ///< As the canary kept it.
    settings values;   ///< That all shall have.
    size_t number = 0; ///< Of the wave under way; 0: before the first.
    std::set<std::string> waiting;        ///< Asked, without a verdict.
    std::set<std::string> seen;           ///< Asked, in this wave or before.
    std::map<std::string, change_id> got; ///< Kept it, as this change.
    size_t judged = 0;                    ///< In this wave.
    size_t rolled_back = 0;               ///< In this wave.
  };

  void settle(instant now);
  void choose();
  void begin_rollout();
  void roll_out(instant now);
  void finish();
  void stop();
  void catch_up(instant now);
  bool may_try(const member& x) const;
  void tell_who_leads();
  void
  ask(const std::string& who, const settings& wanted, const std::string& why);
  void blame_elsewhere(const std::string& who, const change& what);
  std::vector<std::string> standing_apart() const;
  void say(order::kind what, std::string text) {
    out_.push_back({what, {}, std::move(text), {}, {}});
  }

  std::string name_;
  std::map<std::string, member> members_;
  std::string canary_;
  settings confirmed_; ///< Of the group; empty until it is known.
  std::optional<instant> first_seen_;
  std::string last_change_; ///< `#7 of c`: what confirmed them, or empty.
  std::string going_back_;  ///< Why, until all are.
  std::optional<rollout> rollout_;
  /// What the canary kept meanwhile.
  std::optional<std::pair<change, settings>> next_;
  orders out_; ///< Until the next look.
};

} // namespace tuner
