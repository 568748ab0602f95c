#include "app/embedded.hpp"

#include "app/agent_engine.hpp"
#include "app/wiring.hpp"

#include <caf/actor_system.hpp>

namespace tuner {

embedded::embedded(engine_params x)
  : pipeline_engine(x.target, patience_of(x.settings_from)), host_(x) {
  visit here;
  auto params = wire(x.settings_from, x.target);
  params.target = host_.actor();
  params.journal_has_thread = true;
  params.journal.listener = std::move(x.listener);
  if (!x.registry)
    x.registry = std::make_shared<prometheus::Registry>();
  params.series = std::make_shared<exposition>(
    std::move(x.registry), x.target.name, params.analyzer.knobs);
  pipeline_ =
    where().system().spawn(pipeline, host_.context(), std::move(params));
}

embedded::~embedded() {
  stop();
  caf::anon_send_exit(pipeline_, caf::exit_reason::kill);
  pipeline_ = nullptr;
}

} // namespace tuner

extern "C" tuner::engine* auto_tuner_make_engine(tuner::engine_params&& x) {
  if (x.settings_from.agent.node.empty())
    return new tuner::embedded{std::move(x)};
  return new tuner::agent_engine{std::move(x)};
}
