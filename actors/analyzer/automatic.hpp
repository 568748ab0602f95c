#pragma once

#include "actors/analyzer/policy.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace tuner {

/// Policy `auto`: one that needs a model of the target where the target gives
/// what it needs, else one that does not. The first learns all the time, the
/// other one while it decides or may soon have to.
class automatic_policy : public policy {
public:
  /// @param trusted asks whether `modelled` can be relied on now.
  automatic_policy(
    std::unique_ptr<policy> modelled, std::function<bool()> trusted,
    std::unique_ptr<policy> black_box);

  std::string_view name() const override { return "auto"; }
  void watch(const sample& x) override;
  decision decide(const observation& seen, const knob_table& knobs) override;
  decision urgent(const knob_table& knobs) override;
  void aim_at(const objective& x) override;
  bool weighs(const settings& x) override { return active().weighs(x); }
  void judged(const verdict& how) override;
  std::map<std::string, double> figures() const override;
  knowledge known() const override;
  void take_up(const knowledge& x) override;
  std::string news() override { return std::exchange(news_, {}); }

private:
  enum class choice : uint8_t { none, modelled, black_box };

  policy& active() const;
  void choose(const sample& x);

  std::unique_ptr<policy> modelled_;
  std::function<bool()> trusted_;
  std::unique_ptr<policy> black_box_;
  choice chosen_ = choice::none;
  double seconds_ = 0;            ///< Watched so far.
  double distrusted_seconds_ = 0; ///< In a row.
  double trusted_seconds_ = 0;    ///< In a row.
  bool reports_batches_ = false;
  std::string news_;
};

} // namespace tuner
