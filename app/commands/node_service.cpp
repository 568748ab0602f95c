#include "app/commands/node_service.hpp"

#include "actors/fleet/fleet.hpp"
#include "actors/node/node.hpp"
#include "app/link/publish.hpp"
#include "app/pipeline_engine.hpp"
#include "app/wiring.hpp"
#include "config/token.hpp"
#include "messages/version.hpp"

namespace tuner {

namespace {

constexpr auto stop_patience = std::chrono::seconds{15};

target_config target_of(const enrolment& who) {
  target_config result;
  result.name = who.target;
  result.knobs = who.knobs.knobs;
  return result;
}

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

node_service::node_service(const std::string& file, const config& c)
  : first_(c), face_(c), runtime_(clock_kind::real, link_of(c, face_.logs())),
    journal_(open_journal(c)) {
  visit here;
  node_params params;
  params.name = c.node.name + " (auto_tuner " + version() + ')';
  params.knows = token_check();
  params.targets_max = c.node.max_targets;
  params.start = [this](const enrolment& who, const target_actor& target) {
    return start(who, target);
  };
  face_.open(file, c, [this] { return controls(); });
  node_ = runtime_.system().spawn(
    node, runtime_.context("", face_.logs()), std::move(params));
  publish();
}

node_service::~node_service() {
  face_.close();
  ask<uint64_t>(runtime_, node_, stop_patience, stop_atom_v);
  visit here;
  caf::anon_send_exit(node_, caf::exit_reason::kill);
  controls_.clear();
  node_ = nullptr;
  for (auto& [group, x] : fleets_)
    caf::anon_send_exit(x, caf::exit_reason::kill);
  fleets_.clear();
}

std::function<bool(const std::string&)> node_service::token_check() const {
  const auto& file = first_.node.token_file;
  if (file.empty())
    return [](const std::string&) { return true; };
  return [secret = read_token_file(file, "node.token_file")](
           const std::string& token) { return same_secret(token, secret); };
}

void node_service::publish() {
  const auto& where = first_.node;
  auto port = tuner::publish(runtime_, node_, where.address, where.port);
  if (!port)
    throw std::runtime_error{
      "node.port: " + std::to_string(where.port) + " on " + where.address
      + " can't be had: " + describe(port.error())
      + "; stop what listens there, or choose another"};
  port_ = *port;
  actor_log{face_.logs(), {node_state::name, 0, {}}}(
    log_level::info, "awaits agents at ", where.address, ':', port_);
}

pipeline_actor
node_service::start(const enrolment& who, const target_actor& target) {
  auto c = face_.again().present();
  auto which = target_of(who);
  auto params = wire(c, which, journal_);
  params.monitor.phase = phase_of(which.name);
  params.target = target;
  params.journal.listener = face_.listener();
  fleet_actor group;
  if (!who.group.empty())
    make_member(params, group = fleet_for(who.group, c));
  params.series = std::make_shared<exposition>(
    face_.registry(), which.name, params.analyzer.knobs);
  auto context = runtime_.context(which.name, face_.logs());
  auto result = runtime_.system().spawn(pipeline, context, std::move(params));
  if (group)
    caf::anon_send(group, join_atom_v, which.name, result);
  auto control = std::make_unique<tuned_control>(
    c, which,
    std::make_unique<tuned_elsewhere>(runtime_, result, which, patience_of(c)),
    actor_log{face_.logs(), {"admin", 0, which.name}});
  std::lock_guard lock{mutex_};
  controls_.emplace(which.name, std::move(control));
  return result;
}

fleet_actor node_service::fleet_for(const std::string& group, const config& c) {
  auto& result = fleets_[group];
  if (!result)
    result = runtime_.system().spawn(
      fleet, runtime_.context("", face_.logs()), fleet_of(c, group));
  return result;
}

std::vector<target_control*> node_service::controls() {
  std::lock_guard lock{mutex_};
  std::vector<target_control*> result;
  for (auto i = controls_.begin(); i != controls_.end();) {
    i = controls_.upper_bound(i->first);
    result.push_back(std::prev(i)->second.get()); // The newest of this name.
  }
  return result;
}

} // namespace tuner
