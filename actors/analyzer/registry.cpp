#include "actors/analyzer/registry.hpp"

#include "actors/analyzer/hold.hpp"
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

/// The one place that lists every policy. `auto` picks what fits the target.
constexpr std::array entries{
  entry{
    "auto",
    [](const policy_params& p) { return make<threshold_policy>(p.threshold); }},
  entry{
    "threshold",
    [](const policy_params& p) { return make<threshold_policy>(p.threshold); }},
  entry{
    "twin",
    [](const policy_params& p) { return make<twin::twin_policy>(p.aim); }},
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
