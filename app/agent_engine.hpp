#pragma once

#include "app/hosted_target.hpp"

namespace tuner {

/// Has a host in this process tuned by a node in another one (E2). Commands
/// are refused here: the node takes them.
class agent_engine final : public engine {
public:
  /// @throws std::runtime_error for a token file that can't be used.
  explicit agent_engine(engine_params x);
  ~agent_engine() override;

  answer<analysis> analyze() override { return elsewhere<analysis>(); }
  answer<change> apply(const proposal&) override { return elsewhere<change>(); }
  answer<verdict> degraded() override { return elsewhere<verdict>(); }
  answer<std::vector<change>> rollback(uint32_t) override {
    return elsewhere<std::vector<change>>();
  }
  answer<change> set(const settings&) override { return elsewhere<change>(); }
  answer<std::vector<history_event>> history() override {
    return elsewhere<std::vector<history_event>>();
  }
  answer<std::vector<history_event>> recall(const history_query&) override {
    return {std::vector<history_event>{}, {}};
  }
  answer<std::vector<observation>> series(const series_query&) override {
    return {std::vector<observation>{}, {}};
  }
  void note(const operation&) override {}
  answer<settings> in_force() override;
  answer<tuning_status> status() override;
  answer<tuning_status> pause() override { return elsewhere<tuning_status>(); }
  answer<tuning_status> resume() override { return elsewhere<tuning_status>(); }
  answer<tuning_status> reconfigure(const config&) override {
    return elsewhere<tuning_status>();
  }

private:
  template <class T>
  answer<T> elsewhere() const {
    return {
      std::nullopt, "this target is tuned by the node at " + node_ + ": ask it",
      ec::refused};
  }

  std::string node_;
  duration patience_;
  hosted_target host_;
  agent_actor agent_;
};

} // namespace tuner
