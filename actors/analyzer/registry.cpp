#include "actors/analyzer/registry.hpp"

#include "actors/analyzer/aimd.hpp"
#include "actors/analyzer/automatic.hpp"
#include "actors/analyzer/cache/cache_aware.hpp"
#include "actors/analyzer/climb/climb.hpp"
#include "actors/analyzer/gradient.hpp"
#include "actors/analyzer/hold.hpp"
#include "actors/analyzer/regime/remembering.hpp"
#include "actors/analyzer/twin/twin.hpp"

#include <algorithm>
#include <array>

namespace tuner {

namespace {

using factory = std::unique_ptr<policy> (*)(const policy_params&);

struct entry {
  std::string_view name;
  factory make;
};

template <class Policy, class Params>
std::unique_ptr<policy> make(const Params& params) {
  return std::make_unique<Policy>(params);
}

/// What serves every policy that pursues an objective: a memory of regimes, and
/// someone who sizes the cache.
std::unique_ptr<policy>
complete(std::unique_ptr<policy> x, const policy_params& p) {
  auto remembering = std::make_unique<remembering_policy>(
    std::move(x), p.aim,
    p.memory ? p.memory : std::make_shared<volatile_memory>());
  return std::make_unique<cache_aware_policy>(std::move(remembering), p.aim);
}

std::unique_ptr<policy> make_automatic(const policy_params& p) {
  auto twin = std::make_unique<twin::twin_policy>(p.aim);
  auto trusted = [x = twin.get()] { return x->trusted(); };
  return complete(
    std::make_unique<automatic_policy>(
      std::move(twin), trusted, make<climb::climb_policy>(p.aim)),
    p);
}

/// The one place that lists every policy. `auto` picks what fits the target.
constexpr std::array entries{
  entry{"auto", make_automatic},
  entry{
    "twin",
    [](const policy_params& p) {
      return complete(make<twin::twin_policy>(p.aim), p);
    }},
  entry{
    "climb",
    [](const policy_params& p) {
      return complete(make<climb::climb_policy>(p.aim), p);
    }},
  entry{
    "threshold",
    [](const policy_params& p) { return make<threshold_policy>(p.threshold); }},
  entry{
    "aimd", [](const policy_params& p) { return make<aimd_policy>(p.aim); }},
  entry{
    "gradient",
    [](const policy_params&) {
      return make<gradient_policy>(gradient_params{});
    }},
  entry{
    "hold",
    [](const policy_params&) -> std::unique_ptr<policy> {
      return std::make_unique<hold_policy>();
    }},
};

} // namespace

std::vector<std::string_view> policy_names() {
  std::vector<std::string_view> result;
  for (const auto& x : entries)
    result.push_back(x.name);
  return result;
}

std::unique_ptr<policy> make_policy(const policy_params& params) {
  auto i = std::find_if(entries.begin(), entries.end(), [&](const entry& x) {
    return x.name == params.name;
  });
  return i == entries.end() ? nullptr : i->make(params);
}

} // namespace tuner
