#pragma once

#include "app/ask.hpp"
#include "app/engine.hpp"

namespace tuner {

/// The commands of a pipeline, for threads outside of its actor system.
class pipeline_engine : public engine {
public:
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

protected:
  /// @param patience for one command.
  pipeline_engine(target_config which, duration patience)
    : which_(std::move(which)), patience_(patience) {}

  /// @returns where the pipeline runs.
  virtual runtime& where() = 0;

  /// Asks the pipeline; every command is answered or times out.
  template <class Result, class... Ts>
  answer<Result> ask(const Ts&... what);

  /// Has it put the last kept settings back and end.
  answer<settings> stop();

  pipeline_actor pipeline_;

private:
  target_config which_;
  duration patience_;
};

/// A target whose pipeline belongs to someone else, who outlives this.
class tuned_elsewhere final : public pipeline_engine {
public:
  tuned_elsewhere(
    runtime& where, pipeline_actor pipeline, target_config which,
    duration patience)
    : pipeline_engine(std::move(which), patience), where_(where) {
    pipeline_ = std::move(pipeline);
  }

protected:
  runtime& where() override { return where_; }

private:
  runtime& where_;
};

} // namespace tuner
