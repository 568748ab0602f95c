#include "actors/analyzer/registry.hpp"
#include "actors/monitor/window.hpp"
#include "actors/targets/clock_offset.hpp"
#include "actors/targets/sample_limits.hpp"
#include "actors/watchdog/judge.hpp"
#include "messages/enrolment.hpp"
#include "messages/interfaces.hpp"
#include "tests/fuzz/inputs.hpp"
#include "tests/fuzz/lines.hpp"
#include "tests/fuzz/require.hpp"

#include <caf/binary_deserializer.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <vector>

namespace tuner::fuzz {

namespace {

constexpr int samples_max = 12;
constexpr uint64_t requests_max = 5000;

std::optional<enrolment> enrolled(const std::string& text) {
  try {
    return enrolment_from(text);
  } catch (const std::exception&) {
    return {};
  }
}

knob_table check_enrolment(const std::string& text) {
  auto who = enrolled(text);
  if (!who)
    return standard_knobs({});
  require(
    who->target.find_first_of("\n\"/") == std::string::npos,
    "names can stand in files and labels");
  auto again = enrolled(to_text(*who));
  require(again && to_text(*again) == to_text(*who), "what is told is kept");
  for (const auto& [name, value] : who->knobs.initial()) {
    const auto* spec = who->knobs.find(name);
    require(
      spec && value >= spec->min && value <= spec->max,
      "knobs begin within their bounds");
  }
  return who->knobs;
}

void check(const observation& x) {
  require(x.length() >= duration{0}, "windows have a length");
  require(
    x.latency_p50 <= x.latency_p95 && x.latency_p95 <= x.latency_p99,
    "quantiles ascend");
  require(x.latency_mean >= duration{0}, "times are not negative");
}

void check(const decision& x, const knob_table& knobs) {
  for (const auto& move : x.moves) {
    const auto* spec = knobs.find(move.knob);
    require(
      spec && move.to >= spec->min && move.to <= spec->max,
      "moves end within the bounds");
  }
}

/// Whoever learns from the samples of one target.
struct pupils {
  explicit pupils(const settings& in_force) {
    for (const char* name :
         {"threshold", "aimd", "gradient", "climb", "twin"}) {
      policy_params x;
      x.name = name;
      x.aim.p95_slo_ms = 50;
      policies.push_back(make_policy(x));
    }
    for (auto name : judge_names()) {
      judge_params x;
      x.name = name;
      judges.push_back(make_judge(x));
    }
    changed.id = change_id{1};
    for (const auto& [knob, value] : in_force)
      changed.moves.push_back({knob, value, value + 1, "a change"});
  }

  void watch(const sample& x, const knob_table& knobs) {
    for (auto& who : policies) {
      who->watch(x);
      check(who->urgent(knobs), knobs);
    }
    auto few = x; // A million of requests take a while.
    few.completed = std::min(few.completed, requests_max);
    if (*few.offered > static_cast<double>(requests_max))
      few.offered = static_cast<double>(requests_max);
    for (auto& who : judges)
      who->watch(few);
  }

  void begin(instant at) {
    changed.at = at;
    for (auto& who : judges)
      who->begin(changed);
  }

  void conclude(
    const observation& before, const observation& after,
    const knob_table& knobs) {
    for (auto& who : policies)
      check(who->decide(after, knobs), knobs);
    for (auto& who : judges)
      who->look({changed, before, after, after.closed_at, true, true});
  }

  std::vector<std::unique_ptr<policy>> policies;
  std::vector<std::unique_ptr<judge>> judges;
  change changed;
};

} // namespace

void agent(std::string_view input) {
  auto knobs = check_enrolment(std::string{line_of(input)});
  pupils all{knobs.initial()};
  sample_ring ring{std::chrono::minutes{5}};
  clock_offset clocks;
  instant now{std::chrono::hours{500'000}};
  observation before;
  caf::binary_deserializer from{nullptr, input.data(), input.size()};
  for (int i = 0; i < samples_max; ++i) {
    sample x;
    if (from(x))
      break;
    now += std::chrono::seconds{1};
    limit(x);
    clocks.move(x, now);
    require(x.opened_at <= x.closed_at, "samples open before they close");
    ring.push(x);
    all.watch(x, knobs);
    auto seen = ring.window(now - std::chrono::minutes{1}, now);
    check(seen);
    if (i == samples_max / 2) {
      all.begin(now);
      before = seen;
    }
  }
  all.conclude(before, ring.latest(std::chrono::minutes{1}), knobs);
}

} // namespace tuner::fuzz
