#pragma once

#include "actors/targets/callback_target.hpp"
#include "app/ask.hpp"
#include "app/engine.hpp"
#include "app/pipeline.hpp"

namespace tuner {

/// A pipeline for a host in this process, on an actor system of its own.
class embedded final : public engine {
public:
  explicit embedded(engine_params x);
  ~embedded() override;

  embedded(const embedded&) = delete;
  embedded& operator=(const embedded&) = delete;

  answer<analysis> analyze() override;
  answer<change> apply(const proposal& x) override;
  answer<verdict> degraded() override;
  answer<std::vector<change>> rollback(uint32_t steps) override;
  answer<change> set(const settings& wanted) override;
  answer<std::vector<history_event>> history() override;
  answer<std::vector<history_event>> recall(const history_query& x) override;
  answer<std::vector<observation>> series(const series_query& x) override;
  void note(const operation& x) override;
  answer<settings> in_force() override;
  answer<tuning_status> status() override;
  answer<tuning_status> pause() override;
  answer<tuning_status> resume() override;
  answer<tuning_status> reconfigure(const config& c) override;

private:
  /// Asks the pipeline; every command is answered or times out.
  template <class Result, class... Ts>
  answer<Result> ask(const Ts&... what);

  bool end_target();

  std::unique_ptr<runtime> runtime_;
  std::shared_ptr<std::atomic<bool>> closed_ =
    std::make_shared<std::atomic<bool>>(false);
  target_config which_;
  actor_log log_;
  duration patience_; ///< For one command: some reads and writes.
  target_actor target_;
  pipeline_actor pipeline_;
};

} // namespace tuner
