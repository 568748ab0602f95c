#include "app/rehearsal.hpp"

#include "actors/agent/agent.hpp"
#include "actors/node/node.hpp"
#include "app/link/publish.hpp"

#include <prometheus/text_serializer.h>

#include <cmath>
#include <cstdlib>
#include <sstream>

namespace tuner {

namespace {

constexpr auto second = std::chrono::seconds{1};

bool apart() {
  const auto* how = std::getenv("AUTO_TUNER_REHEARSAL");
  return how && how == std::string_view{"apart"};
}

/// Takes the whole part out of `owed`.
uint64_t whole_part(double& owed) {
  auto result = std::floor(owed + 1e-9);
  owed -= result;
  return static_cast<uint64_t>(result);
}

} // namespace

rehearsal::rehearsal(
  const config& c, const std::function<void(host&)>& adjust_host)
  : far_(
    apart() ? std::make_unique<runtime>(clock_kind::simulated, link_params{})
            : nullptr),
    clock_(
      clock_kind::simulated,
      far_ ? std::optional{link_params{}} : std::nullopt) {
  auto target = c.targets.empty() ? target_config{} : c.targets.front();
  auto params = wire(c, target);
  host_runs_with = params.analyzer.knobs.initial();
  auto shown = callbacks();
  if (adjust_host)
    adjust_host(shown);
  auto logs = std::make_shared<log_hub>(
    c.logging, [this] { return clock_.now(); },
    [this](std::string_view line) {
      if (on_log)
        on_log(line);
      log.emplace_back(line);
    });
  auto context = clock_.context(target.name, logs);
  auto& host_runs_in = far_ ? *far_ : clock_;
  target_ = host_runs_in.system().spawn(
    callback_target, host_runs_in.context(target.name, logs),
    callback_target_params{
      shown, params.analyzer.knobs, [this] { return counts_->take(); }});
  params.target = target_;
  params.series =
    std::make_shared<exposition>(registry_, target.name, params.analyzer.knobs);
  params.started = [this](const pipeline_parts& x) { parts_ = x; };
  if (far_)
    meet(context, std::move(params));
  else
    pipeline_ = clock_.system().spawn(pipeline, context, std::move(params));
  clock_.drain();
}

/// Has an agent of the host enroll with a node, which then starts the pipeline.
void rehearsal::meet(const actor_context& context, pipeline_params params) {
  clock_.join(*far_);
  agent_params there;
  there.host = "127.0.0.1";
  there.hello.target = "rehearsed";
  there.hello.knobs = params.analyzer.knobs;
  there.target = target_;
  there.network = far_->system().middleman().actor_handle();
  node_params here;
  here.knows = [](const std::string&) { return true; };
  here.start = [this, context, params = std::move(params)](
                 const enrolment&, const target_actor& target) {
    auto x = params;
    x.target = target;
    return pipeline_ = clock_.system().spawn(pipeline, context, std::move(x));
  };
  node_ = clock_.system().spawn(node, context, std::move(here));
  auto port = publish(clock_, node_, "127.0.0.1", 0);
  there.port = port ? *port : uint16_t{0};
  agent_ = far_->system().spawn(
    agent, far_->context(context.target, context.logs), std::move(there));
  clock_.drain();
  if (!pipeline_)
    throw std::runtime_error{"the agent did not come to the node"};
}

rehearsal::~rehearsal() {
  stop();
}

host rehearsal::callbacks() {
  host result;
  for (const auto& [knob, value] : host_runs_with) {
    auto set = [this, name = knob](double v) {
      calls.emplace_back(name, v);
      host_runs_with[name] = v;
    };
    result.on(knob, set, [this, name = knob] { return host_runs_with[name]; });
  }
  result.memory_used_ratio([this] { return memory_used_ratio; });
  return result;
}

void rehearsal::play(duration length, const steady_traffic& traffic) {
  for (auto left = length; left > duration{0}; left -= second) {
    auto step = std::min<duration>(left, second);
    owed_requests_ += traffic.offered_rps * seconds(step);
    for (auto n = whole_part(owed_requests_); n > 0; --n) {
      counts_->record_arrival();
      owed_failures_ += traffic.failed_ratio;
      counts_->record_request(traffic.latency, whole_part(owed_failures_) == 0);
    }
    clock_.advance(step);
  }
}

void rehearsal::stop() {
  if (!pipeline_)
    return;
  caf::scoped_actor self{clock_.system()};
  self->send(pipeline_, stop_atom_v);
  clock_.drain();
  // Whatever did not answer gets its timeouts.
  clock_.advance(std::chrono::seconds{10});
  self->send_exit(pipeline_, caf::exit_reason::kill);
  self->send_exit(target_, caf::exit_reason::kill);
  if (far_) {
    self->send_exit(node_, caf::exit_reason::kill);
    self->send_exit(agent_, caf::exit_reason::kill);
  }
  parts_ = {};
  pipeline_ = nullptr;
  node_ = nullptr;
  agent_ = nullptr;
  target_ = nullptr;
  clock_.drain();
}

std::optional<double> rehearsal::metric(const std::string& series) const {
  std::istringstream lines{
    prometheus::TextSerializer{}.Serialize(registry_->Collect())};
  for (std::string line; std::getline(lines, line);)
    if (line.rfind(series + ' ', 0) == 0)
      return std::stod(line.substr(series.size()));
  return std::nullopt;
}

} // namespace tuner
