#include "app/commands/tuned_targets.hpp"

#include "app/pipeline_engine.hpp"
#include "app/wiring.hpp"

namespace tuner {

namespace {

/// @returns nothing where it can't be opened: then each target finds that out,
/// says so, and is not changed.
std::shared_ptr<database> open_journal(const config& c) {
  if (c.journal.file.empty())
    return database::temporary();
  try {
    return std::make_shared<database>(c.journal.file);
  } catch (const std::exception&) {
    return nullptr;
  }
}

/// So that not all decide in the same moment.
double phase_of(const std::string& target) {
  return static_cast<double>(std::hash<std::string>{}(target) % 1000) / 1000;
}

} // namespace

tuned_targets::tuned_targets(const config& c, public_face& face, runtime& where)
  : face_(face), where_(where), journal_(open_journal(c)) {}

pipeline_actor tuned_targets::start(
  const config& c, const target_config& which, const target_actor& target,
  const fleet_actor& group) {
  auto params = wire(c, which, journal_);
  params.monitor.phase = phase_of(which.name);
  params.target = target;
  params.journal.listener = face_.listener();
  if (group)
    make_member(params, group);
  params.series = std::make_shared<exposition>(
    face_.registry(), which.name, params.analyzer.knobs);
  auto result = where_.system().spawn(
    pipeline, where_.context(which.name, face_.logs()), std::move(params));
  if (group)
    caf::anon_send(group, join_atom_v, which.name, result);
  auto control = std::make_unique<tuned_control>(
    c, which,
    std::make_unique<tuned_elsewhere>(where_, result, which, patience_of(c)),
    actor_log{face_.logs(), {"admin", 0, which.name}});
  std::lock_guard lock{mutex_};
  controls_.emplace(which.name, std::move(control));
  return result;
}

std::vector<target_control*> tuned_targets::controls() {
  std::lock_guard lock{mutex_};
  std::vector<target_control*> result;
  for (auto i = controls_.begin(); i != controls_.end();) {
    i = controls_.upper_bound(i->first);
    result.push_back(std::prev(i)->second.get());
  }
  return result;
}

} // namespace tuner
