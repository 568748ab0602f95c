#include "app/agent_engine.hpp"

#include "actors/agent/agent.hpp"
#include "app/ask.hpp"
#include "app/wiring.hpp"
#include "config/address.hpp"
#include "config/token.hpp"
#include "messages/version.hpp"

#include <caf/actor_system.hpp>
#include <caf/io/middleman.hpp>

#include <random>

namespace tuner {

namespace {

enrolment hello_of(const config& c, const target_config& target) {
  enrolment result;
  if (!c.agent.token_file.empty())
    result.token = read_token_file(c.agent.token_file, "agent.token_file");
  result.target = target.name;
  result.group = c.agent.group;
  std::random_device random;
  result.process = (uint64_t{random()} << 31U) ^ random();
  result.version = version();
  result.knobs = knobs_of(c, target);
  return result;
}

template <class T, class... Ts>
answer<T> ask_for(
  runtime& where, const auto& whom, duration patience, const Ts&... what) {
  auto result = ask<T>(where, whom, patience, what...);
  if (result)
    return {std::move(*result), {}};
  return {std::nullopt, describe(result.error()), ec::target_unreachable};
}

} // namespace

agent_engine::agent_engine(engine_params x)
  : node_(x.settings_from.agent.node), patience_(patience_of(x.settings_from)),
    host_(x, link_of(x.settings_from, x.logs)) {
  visit here;
  agent_params params;
  std::tie(params.host, params.port) =
    host_and_port(node_).value_or(std::pair{node_, uint16_t{0}});
  params.hello = hello_of(x.settings_from, x.target);
  params.target = host_.actor();
  auto& system = host_.where().system();
  params.network = system.middleman().actor_handle();
  agent_ = system.spawn(agent, host_.context(), std::move(params));
}

agent_engine::~agent_engine() {
  visit here;
  caf::anon_send_exit(agent_, caf::exit_reason::user_shutdown);
  agent_ = nullptr;
  // What nobody confirmed goes with the node.
  ask<settings>(host_.where(), host_.actor(), patience_, restore_atom_v);
}

answer<settings> agent_engine::in_force() {
  return ask_for<settings>(
    host_.where(), host_.actor(), patience_, read_atom_v);
}

answer<tuning_status> agent_engine::status() {
  return ask_for<tuning_status>(
    host_.where(), agent_, patience_, status_atom_v);
}

} // namespace tuner
