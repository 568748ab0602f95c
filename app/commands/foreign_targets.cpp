#include "app/commands/foreign_targets.hpp"

#include "actors/targets/callback_target.hpp"
#include "app/ask.hpp"
#include "app/foreign/foreign_host.hpp"
#include "app/pipeline_engine.hpp"
#include "app/wiring.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <algorithm>
#include <limits>

namespace tuner {

namespace {

/// Beyond the time limits of one target's calls.
constexpr auto end_patience = std::chrono::seconds{30};

bool is_foreign(const target_config& x) {
  return x.kind == "foreign";
}

/// @returns an actor with a thread of its own: its calls block.
target_actor spawn_target(
  const config& c, const target_config& which, runtime& where,
  const std::shared_ptr<log_hub>& logs) {
  auto host = foreign_host_of(which, {logs, {"target", 0, which.name}});
  callback_target_params x;
  x.callbacks = std::move(host.knobs);
  x.knobs = knobs_of(c, which);
  x.take = std::move(host.take);
  x.restarted = std::move(host.restarted);
  x.may_have_no_data = true;
  x.restore_on_exit = which.restore_on_exit;
  return where.system().spawn<caf::detached>(
    callback_target, where.context(which.name, logs), std::move(x));
}

} // namespace

foreign_targets::foreign_targets(
  const config& c, const std::shared_ptr<log_hub>& logs, runtime& where,
  tuned_targets& by)
  : patience_(patience_of(c)), where_(where) {
  visit here;
  for (const auto& which : c.targets)
    if (is_foreign(which)) {
      targets_.push_back(spawn_target(c, which, where, logs));
      pipelines_.push_back(by.start(c, which, targets_.back()));
      auto tuner = std::make_shared<tuned_elsewhere>(
        where_, pipelines_.back(), which, patience_);
      scripts_.emplace_back(
        which, logs, [tuner](const proposal& x) { return tuner->apply(x); });
    }
}

double foreign_targets::follow_scripts(double seconds_after_start) {
  auto next = std::numeric_limits<double>::infinity();
  for (auto& x : scripts_)
    next = std::min(next, x.follow(seconds_after_start));
  return next;
}

foreign_targets::~foreign_targets() {
  for (const auto& x : pipelines_)
    ask<settings>(where_, x, patience_, stop_atom_v);
  visit here;
  caf::scoped_actor self{where_.system()};
  for (const auto& x : pipelines_)
    caf::anon_send_exit(x, caf::exit_reason::kill);
  for (const auto& x : targets_) {
    self->monitor(x);
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
  }
  for (auto left = targets_.size(); left > 0; --left)
    self->receive(
      [](const caf::down_msg&) {},
      caf::after(end_patience) >> [&] { left = 1; });
  scripts_.clear();
  pipelines_.clear();
  targets_.clear();
}

bool has_foreign_targets(const config& c) {
  return std::any_of(c.targets.begin(), c.targets.end(), is_foreign);
}

} // namespace tuner
