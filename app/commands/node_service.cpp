#include "app/commands/node_service.hpp"

#include "actors/fleet/fleet.hpp"
#include "actors/node/node.hpp"
#include "app/link/publish.hpp"
#include "app/wiring.hpp"
#include "config/token.hpp"
#include "messages/version.hpp"

#include <malloc.h>

namespace tuner {

namespace {

constexpr auto stop_patience = std::chrono::seconds{15};

target_config target_of(const enrolment& who) {
  target_config result;
  result.name = who.target;
  result.knobs = who.knobs.knobs;
  return result;
}

} // namespace

void share_one_heap() {
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_MMAP_THRESHOLD, 128 << 10);
}

node_service::node_service(const std::string& file, const config& c)
  : first_(c), face_(c), runtime_(clock_kind::real, link_of(c, face_.logs())),
    targets_(std::make_unique<tuned_targets>(c, face_, runtime_)) {
  visit here;
  node_params params;
  params.name = c.node.name + " (auto_tuner " + version() + ')';
  params.knows = token_check();
  params.targets_max = c.node.max_targets;
  params.start = [this](const enrolment& who, const target_actor& target) {
    return start(who, target);
  };
  if (has_foreign_targets(c))
    foreign_ =
      std::make_unique<foreign_targets>(c, face_.logs(), runtime_, *targets_);
  face_.open(file, c, [this] { return targets_->controls(); });
  node_ = runtime_.system().spawn(
    node, runtime_.context("", face_.logs()), std::move(params));
  publish();
}

node_service::~node_service() {
  face_.close();
  foreign_.reset();
  ask<uint64_t>(runtime_, node_, stop_patience, stop_atom_v);
  visit here;
  caf::anon_send_exit(node_, caf::exit_reason::kill);
  targets_.reset();
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
  fleet_actor group;
  if (!who.group.empty())
    group = fleet_for(who.group, c);
  return targets_->start(c, target_of(who), target, group);
}

fleet_actor node_service::fleet_for(const std::string& group, const config& c) {
  auto& result = fleets_[group];
  if (!result)
    result = runtime_.system().spawn(
      fleet, runtime_.context("", face_.logs()), fleet_of(c, group));
  return result;
}

} // namespace tuner
