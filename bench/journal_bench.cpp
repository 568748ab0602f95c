#include "actors/journal/downsampler.hpp"
#include "actors/journal/intent_slot.hpp"
#include "actors/journal/ledger.hpp"
#include "bench/bench.hpp"
#include "bench/journal_folder.hpp"
#include "messages/fact_json.hpp"

#include <boost/json/serialize.hpp>

#include <chrono>

namespace tuner {

namespace {

using clock = std::chrono::steady_clock;

constexpr uint64_t decisions = 100'000;
constexpr int64_t day_seconds = 86'400;

template <class F>
double us_of(F f) {
  auto begin = clock::now();
  f();
  return std::chrono::duration<double, std::micro>{clock::now() - begin}
    .count();
}

observation seen(int64_t at, int64_t length) {
  observation x;
  x.opened_at = instant{std::chrono::seconds{at}};
  x.closed_at = x.opened_at + std::chrono::seconds{length};
  x.completed = 480;
  x.offered = 480.0;
  x.latency_p50 = std::chrono::milliseconds{12};
  x.latency_p95 = std::chrono::milliseconds{38};
  x.batches = 20;
  x.batch_size_mean = 24;
  x.busy_workers = 0.41;
  x.cache_hit_ratio = 0.5;
  x.in_force = {
    {"batch_size", 32}, {"batch_timeout_ms", 6.65}, {"cache_size_mb", 256}};
  return x;
}

change decision(uint64_t id) {
  change x;
  x.id = change_id{id};
  x.kind = change_kind::tuning;
  x.at = instant{std::chrono::seconds{id}};
  x.moves = {
    {"batch_size", 32, 23, "rescue: p95 26.1 ms misses 8 ms"},
    {"batch_timeout_ms", 50, 6.65, "rescue: p95 26.1 ms misses 8 ms"}};
  x.reason = "rescue: p95 26.1 ms misses 8 ms: p95 7.68 ms and 0.148 busy "
             "workers expected, against 19.2 ms and 0.0847 as it is";
  x.evidence = seen(static_cast<int64_t>(id), 30);
  for (int i = 0; i < 10; ++i)
    x.considered.push_back({x.evidence.in_force, 7.0 + i, 0.1, i < 5});
  return x;
}

/// As the applier does: before the write, after it, and at the end.
void record(
  ledger& on, intent_slot& slot, uint64_t id, std::vector<double>& intents) {
  auto what = decision(id);
  intents.push_back(
    us_of([&] { slot.put(boost::json::serialize(to_json(what))); }));
  on.happened(what);
  verdict how;
  how.id = what.id;
  how.result = outcome::kept;
  how.before = how.after = what.evidence;
  how.numbers = {{"effect", 0.1}, {"lowest", -0.1}, {"highest", 0.2}};
  on.settle({{}, {how}, what.evidence.in_force, what.at});
}

} // namespace

bench_result bench_journal() {
  journal_folder folder;
  bench_result result;
  auto open = [&] { return ledger{{folder.file(), "", decisions}}; };
  {
    auto on = open();
    intent_slot slot{folder.file() + "-intent"};
    std::vector<double> intents;
    for (uint64_t id = 1; id <= decisions; ++id) {
      record(on, slot, id, intents);
      if (id % 1000 == 0)
        on.tidy(instant{});
    }
    result.push_back({"intent_median", median(intents), "us"});
    result.push_back({"intent_p99", quantile(intents, 0.99), "us"});
    std::vector<double> points;
    for (int64_t at = 0; at < day_seconds; ++at) {
      points.push_back(us_of([&] { on.add(series_steps[0], seen(at, 1)); }));
      if (at % 10 == 0)
        on.add(series_steps[1], seen(at, 10));
      if (at % 60 == 0)
        on.add(series_steps[2], seen(at, 60));
      if (at % 1000 == 0)
        on.tidy(instant{});
    }
    result.push_back({"point_median", median(points), "us"});
    on.tidy(instant{});
  }
  std::vector<double> starts;
  std::vector<double> days;
  std::vector<double> pages;
  for (int i = 0; i < 21; ++i) {
    starts.push_back(us_of([&] {
      auto on = open();
      on.recover(100);
    }));
    auto on = open();
    days.push_back(us_of([&] {
      on.series({instant{}, instant{std::chrono::seconds{day_seconds}}, 1000});
    }));
    pages.push_back(us_of([&] { on.history({{}, 2000, 0}); }));
  }
  auto size = std::filesystem::file_size(folder.file());
  result.push_back({"start_with_100000", median(starts) / 1000, "ms"});
  result.push_back({"series_of_a_day", median(days) / 1000, "ms"});
  result.push_back({"history_of_2000", median(pages) / 1000, "ms"});
  result.push_back({"size", static_cast<double>(size) / (1 << 20), "MiB"});
  return result;
}

} // namespace tuner
