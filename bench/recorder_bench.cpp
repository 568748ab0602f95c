#include "actors/monitor/recorder.hpp"
#include "bench/bench.hpp"

#include <prometheus/histogram.h>

#include <time.h>

#include <cmath>
#include <latch>
#include <map>
#include <mutex>
#include <random>
#include <thread>

// All contenders take turns within each round, so that a busy machine is as
// bad for each of them. With as many threads as cores or fewer, an operation
// costs what the wall clock says; with more threads than cores that would
// count the waiting for a core, so it costs the CPU time of all threads.

namespace tuner {

namespace {

constexpr std::size_t rounds = 9;
constexpr std::size_t cores = 2;
constexpr std::size_t inputs_max = 4096; // A constant: % is a mask.
constexpr std::size_t vector_limit = 100'000;

/// Latencies as hosts see them: median 20 ms, a long tail.
struct inputs {
  std::vector<std::chrono::nanoseconds> exact;
  std::vector<double> in_seconds;

  inputs() {
    std::mt19937_64 random{42};
    std::lognormal_distribution<> draw{std::log(0.02), 0.7};
    for (std::size_t i = 0; i < inputs_max; ++i) {
      in_seconds.push_back(draw(random));
      exact.push_back(from_seconds(in_seconds.back()));
    }
  }
};

double thread_cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9
    + static_cast<double>(now.tv_nsec);
}

double wall_ns() {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::nano>{now}.count();
}

/// When one thread started and ended, and the CPU time it used.
struct lap {
  double started = 0;
  double ended = 0;
  double cpu = 0;
};

/// Calls `record(i)` for i from 0 to `count` on each of `threads` threads.
/// @returns nanoseconds per call.
template <class Record>
double measure(std::size_t threads, std::size_t count, const Record& record) {
  std::vector<lap> laps(threads);
  std::latch start{static_cast<std::ptrdiff_t>(threads)};
  auto run = [&](lap& mine) {
    record(0); // Registers the thread, outside of the time measured.
    start.arrive_and_wait();
    auto cpu = thread_cpu_ns();
    mine.started = wall_ns();
    for (std::size_t i = 0; i < count; ++i)
      record(i);
    mine.ended = wall_ns();
    mine.cpu = thread_cpu_ns() - cpu;
  };
  std::vector<std::thread> workers;
  for (auto& x : laps)
    workers.emplace_back(run, std::ref(x));
  for (auto& x : workers)
    x.join();
  auto all = laps.front();
  all.cpu = 0;
  for (auto& x : laps) {
    all.started = std::min(all.started, x.started);
    all.ended = std::max(all.ended, x.ended);
    all.cpu += x.cpu;
  }
  auto calls = static_cast<double>(count);
  return threads <= cores ? (all.ended - all.started) / calls
                          : all.cpu / (calls * static_cast<double>(threads));
}

double measure_recorder(const inputs& in, std::size_t threads) {
  recorder counts;
  return measure(threads, 2'000'000, [&](std::size_t i) {
    counts.record_request(in.exact[i % inputs_max], true);
  });
}

/// The other recordings, on one thread. Nobody takes samples: buffers run full,
/// which is the usual state of a busy host's, except for `arrival_timed`.
bench_result measure_other_recordings() {
  std::map<std::string, std::vector<double>> costs;
  for (std::size_t i = 0; i < rounds; ++i) {
    recorder counts;
    costs["batch"].push_back(measure(1, 2'000'000, [&](std::size_t n) {
      counts.record_batch(n % 32, n % 4, std::chrono::nanoseconds{5'000'000});
    }));
    costs["cache_access"].push_back(measure(1, 2'000'000, [&](std::size_t n) {
      counts.record_cache_access(n * 0x9e3779b97f4a7c15, n % 2 == 0);
    }));
    recorder sampled;
    sampled.sample_cache_keys_below(uint64_t{1} << 44); // One in a million.
    costs["cache_access_sampled"].push_back(
      measure(1, 2'000'000, [&](std::size_t n) {
        sampled.record_cache_access(n * 0x9e3779b97f4a7c15, n % 2 == 0);
      }));
    costs["arrival_timed"].push_back(
      measure(1, event_queue::capacity - 1, [&](std::size_t) {
        sampled.record_arrival();
      }));
    costs["arrival"].push_back(
      measure(1, 2'000'000, [&](std::size_t) { counts.record_arrival(); }));
  }
  bench_result result;
  for (auto& [name, seen] : costs)
    result.push_back({name + "_1_ns", median(seen), "ns wall/op"});
  return result;
}

double measure_prometheus(const inputs& in, std::size_t threads) {
  prometheus::Histogram seen{{0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015,
                              0.02,  0.03,  0.05,  0.075, 0.1,    0.15, 0.2,
                              0.3,   0.5,   0.75,  1.0,   2.5,    5.0}};
  return measure(threads, 400'000, [&](std::size_t i) {
    seen.Observe(in.in_seconds[i % inputs_max]);
  });
}

/// What a simple monitor does. Whoever fills the vector plays its reader, who
/// takes what is there by a swap and leaves an empty vector of full capacity.
double measure_mutex_vector(const inputs& in, std::size_t threads) {
  std::mutex mutex;
  std::vector<double> seen;
  std::vector<double> taken;
  seen.reserve(vector_limit);
  taken.reserve(vector_limit);
  return measure(threads, 400'000, [&](std::size_t i) {
    std::lock_guard guard{mutex};
    seen.push_back(in.in_seconds[i % inputs_max]);
    if (seen.size() == vector_limit) {
      taken.clear();
      seen.swap(taken);
    }
  });
}

} // namespace

bench_result bench_recorder() {
  const inputs in;
  auto result = measure_other_recordings();
  for (std::size_t threads : {1, 2, 4}) {
    std::map<std::string, std::vector<double>> costs;
    for (std::size_t i = 0; i < rounds; ++i) {
      costs["recorder"].push_back(measure_recorder(in, threads));
      costs["prometheus"].push_back(measure_prometheus(in, threads));
      costs["mutex_vector"].push_back(measure_mutex_vector(in, threads));
    }
    auto count = std::to_string(threads);
    auto unit = threads <= cores ? "ns wall/op" : "ns cpu/op";
    auto own = median(costs["recorder"]);
    for (std::string name : {"recorder", "prometheus", "mutex_vector"}) {
      auto cost = median(costs[name]);
      result.push_back({name + "_" + count + "_ns", cost, unit});
      if (name != "recorder")
        result.push_back({name + "_over_recorder_" + count, cost / own, "x"});
    }
  }
  return result;
}

} // namespace tuner
