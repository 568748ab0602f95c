#include "actors/watchdog/judge.hpp"

#include "actors/watchdog/sequential_judge.hpp"
#include "actors/watchdog/threshold_judge.hpp"

#include <algorithm>
#include <array>

namespace tuner {

namespace {

struct entry {
  std::string_view name;
  std::unique_ptr<judge> (*make)(const judge_params&);
};

template <class Judge>
std::unique_ptr<judge> make(const judge_params& params) {
  return std::make_unique<Judge>(params);
}

/// The one place that lists every judge. `auto` picks what fits the target.
constexpr std::array entries{
  entry{"auto", make<sequential_judge>},
  entry{"load_normalised", make<sequential_judge>},
  entry{"replay", make<sequential_judge>},
  entry{"threshold", make<threshold_judge>},
};

} // namespace

std::vector<std::string_view> judge_names() {
  std::vector<std::string_view> result;
  for (const auto& x : entries)
    result.push_back(x.name);
  return result;
}

std::unique_ptr<judge> make_judge(const judge_params& params) {
  auto i = std::find_if(entries.begin(), entries.end(), [&](const entry& x) {
    return x.name == params.name;
  });
  return i == entries.end() ? nullptr : i->make(params);
}

} // namespace tuner
