#include "bench/judge_cells.hpp"

#include <cmath>
#include <limits>
#include <numbers>

namespace tuner {

namespace {

using example::random_source;
using draw_function = decltype(trial_traffic::draw);

constexpr double never = std::numeric_limits<double>::infinity();
/// From before the change until the last look, at most.
constexpr double trial_seconds_max = 240;

double between(random_source& random, double low, double high) {
  return low + (high - low) * random.uniform();
}

double change_at(const judge_trial& x) {
  return static_cast<double>(x.change_second);
}

/// A host with little waiting for company: a slow batch is a slow answer.
judge_trial draw_host(random_source& random) {
  judge_trial result;
  result.change_second = static_cast<size_t>(between(random, 60, 91));
  auto& s = result.host.service;
  s.workers = random.uniform() < 0.5 ? 1 : 2;
  s.fixed_ms = between(random, 8, 12);
  s.per_item_ms = between(random, 0.8, 1.2);
  s.noise = between(random, 0.05, 0.12);
  s.contention = between(random, 0.1, 0.3);
  result.host.initial = {32, between(random, 1, 5), 0};
  return result;
}

draw_function steady(double rate) {
  return [rate](judge_trial& x, random_source&) {
    x.host.arrivals.rates = {{0, rate}};
  };
}

/// The load jumps within 3 s after the change.
void jump(judge_trial& x, double from, double to, random_source& random) {
  x.host.arrivals.rates = {
    {0, from}, {change_at(x) + between(random, 0, 3), to}};
}

/// Up to 500/s: some hosts are near saturation then.
draw_function jumping(bool up) {
  return [up](judge_trial& x, random_source& random) {
    auto low = between(random, 75, 250);
    jump(x, up ? low : 2 * low, up ? 2 * low : low, random);
  };
}

void sine(judge_trial& x, random_source& random) {
  auto period = between(random, 40, 240);
  auto phase = random.uniform();
  auto& rates = x.host.arrivals.rates;
  rates.clear();
  for (double at = 0; at < trial_seconds_max; ++at)
    rates.push_back(
      {at, 220 + 180 * std::sin(2 * std::numbers::pi * (at / period + phase))});
}

void on_off(judge_trial& x, random_source& random) {
  auto on = between(random, 15, 30);
  auto off = between(random, 15, 45);
  auto& rates = x.host.arrivals.rates;
  rates.clear();
  for (auto at = -(on + off) * random.uniform(); at < trial_seconds_max;
       at += on + off) {
    rates.push_back({at, 400});
    rates.push_back({at + on, 50});
  }
}

draw_function hiccups(double probability) {
  return [probability](judge_trial& x, random_source&) {
    x.host.arrivals.rates = {{0, 100}};
    x.host.service.hiccups = {probability, 50};
  };
}

void co_tenant(judge_trial& x, random_source& random) {
  x.host.arrivals.rates = {{0, 100}};
  auto from = change_at(x) + between(random, -60, 60);
  x.host.service.slowdowns = {{from, from + 60, 1.5}};
}

/// @param slower by the last check.
draw_function drift(double slower) {
  return [slower](judge_trial& x, random_source&) {
    x.host.arrivals.rates = {{0, 100}};
    x.host.service.drift_per_hour = slower * 3600 / (change_at(x) + 90);
  };
}

/// Batches of more than 12 come only with twice the load, when p95 is a third
/// higher for the knee.
void unseen_knee(judge_trial& x, random_source& random) {
  auto& s = x.host.service;
  s.workers = 1;
  s.fixed_ms *= 4;
  s.knee = {12, 1};
  x.host.initial.batch_size = 64;
  auto rate = between(random, 130, 150);
  jump(x, rate, 2 * rate, random);
}

/// A cut from recorded arrivals.
trial_traffic
recorded(const recorded_traffic& what, const std::string& folder) {
  simulation::arrivals_config file;
  file.kind = "trace";
  file.file = folder + '/' + what.file;
  file.copies = what.copies;
  trial_traffic result;
  result.name = what.name;
  result.bars.slower_min = result.bars.slowest_min = 0.90;
  result.bars.overload_min = 0.85;
  auto all = simulation::read_trace(file);
  result.draw = [all](judge_trial& x, random_source& random) {
    x.host.arrivals.kind = "trace";
    auto from = between(random, 0, all->back().at - trial_seconds_max);
    auto earlier = [](const simulation::arrival& a, double at) {
      return a.at < at;
    };
    auto first = std::lower_bound(all->begin(), all->end(), from, earlier);
    auto last =
      std::lower_bound(first, all->end(), from + trial_seconds_max, earlier);
    auto cut = std::make_shared<std::vector<simulation::arrival>>(first, last);
    for (auto& arrival : *cut)
      arrival.at -= from;
    x.trace = std::move(cut);
  };
  return result;
}

/// @returns how much slower the host must be to serve three fifths of what
/// arrives within 30 s of the change.
double overloading_factor(const judge_trial& x) {
  auto load = simulation::make_load(
    x.host.arrivals, x.trace, example::scramble(x.host.seed));
  auto from = change_at(x);
  double arrivals = 0;
  for (auto at = load->next().at; at < from + 30; at = load->next().at)
    arrivals += at >= from;
  const auto& s = x.host.service;
  auto batch_size = x.host.initial.batch_size;
  auto others = static_cast<double>(s.workers - 1);
  auto batch_ms =
    (s.fixed_ms + s.per_item_ms * batch_size
     + s.knee.extra_ms_per_item * std::max(0.0, batch_size - s.knee.batch))
    * (1 + s.contention * others);
  auto capacity_rps = (others + 1) * batch_size / batch_ms * 1e3;
  return capacity_rps / (0.6 * std::max(1.0, arrivals / 30));
}

uint64_t mixed(uint64_t seed, const std::string& name, uint64_t index) {
  auto result = example::scramble(seed);
  for (auto c : name)
    result = example::scramble(result ^ static_cast<unsigned char>(c));
  return example::scramble(result + index);
}

} // namespace

const std::vector<trial_truth>& trial_truths() {
  static const std::vector<trial_truth> result{
    {"no_change", 1, true, false, false},
    {"neutral", 1, true, true, false},
    {"slower_1.2", 1.2, false, false, false},
    {"slower_1.3", 1.3, false, false, false},
    {"slower_1.5", 1.5, false, false, false},
    {"slower_2", 2, false, false, false},
    {"better_0.8", 0.8, false, false, false},
    {"overload", 1, false, false, true},
  };
  return result;
}

const std::vector<recorded_traffic>& recorded_traffics() {
  static const std::vector<recorded_traffic> result{
    {"azure_20x", "azure_llm_2023_conversation.csv", 20},
    {"azure_60x", "azure_llm_2023_conversation.csv", 60},
    {"mooncake_20x", "mooncake_conversation.csv", 20},
    {"mooncake_60x", "mooncake_conversation.csv", 60},
  };
  return result;
}

std::vector<trial_traffic> trial_traffics(const std::string& traces) {
  traffic_bars usual;
  traffic_bars fixed;
  fixed.blamed_max = 0;
  auto tiny = fixed;
  tiny.inconclusive_max = 1;
  tiny.harm = false;
  traffic_bars bursty;
  bursty.overload_min = 0.85;
  auto rough = usual;
  rough.inconclusive_max = 0.15;
  traffic_bars shared;
  shared.blamed_max = 0.02;
  shared.doubted_max = never;
  auto drifting = usual;
  drifting.inconclusive_max = 0.35;
  drifting.slower_min = 0.90;
  auto unseen = usual;
  unseen.doubted_max = never;
  std::vector<trial_traffic> result{
    {"fixed_1", tiny, false, steady(1)},
    {"fixed_10", fixed, false, steady(10)},
    {"fixed_100", fixed, false, steady(100)},
    {"fixed_300", fixed, false, steady(300)},
    {"doubling", usual, false, jumping(true)},
    {"halving", usual, false, jumping(false)},
    {"sine", usual, false, sine},
    {"on_off", bursty, false, on_off},
    {"hiccups_0.2", usual, false, hiccups(0.002)},
    {"hiccups_2", rough, false, hiccups(0.02)},
    {"co_tenant", shared, true, co_tenant},
    {"drift_5", usual, false, drift(0.05)},
    {"drift_10", drifting, false, drift(0.10)},
    {"unseen_knee", unseen, false, unseen_knee},
  };
  if (traces.empty())
    return result;
  for (const auto& x : recorded_traffics())
    result.push_back(recorded(x, traces));
  return result;
}

judge_trial draw_trial(
  const trial_traffic& traffic, const trial_truth& truth, uint64_t seed,
  uint64_t index) {
  random_source random{mixed(seed, traffic.name, index)};
  auto result = draw_host(random);
  result.host.seed = random.bits();
  traffic.draw(result, random);
  result.slow_factor =
    truth.overload ? overloading_factor(result) : truth.slow_factor;
  auto timeout = result.host.initial.batch_timeout_ms;
  result.move = truth.small_move
    ? knob_move{knob::batch_timeout, timeout, 1.02 * timeout, "on trial"}
    : knob_move{"idle_knob", 4, 8, "on trial"};
  return result;
}

} // namespace tuner
