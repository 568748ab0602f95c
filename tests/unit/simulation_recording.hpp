#pragma once

#include "app/simulation/simulated_host.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace tuner::simulation {

struct answer_seen {
  double at = 0;
  double latency = 0;
};

struct batch_seen {
  double at = 0; ///< Its end.
  size_t size = 0;
  size_t others = 0;
  double took = 0;

  double began() const { return at - took; }
};

/// Keeps everything that happens in a host.
struct recording : listener {
  void arrived(double at) override { arrivals.push_back(at); }
  void answered(double at, double latency) override {
    answers.push_back({at, latency});
  }
  void served(double at, size_t size, size_t others, double took) override {
    batches.push_back({at, size, others, took});
  }
  void looked_up(uint64_t key, bool hit) override {
    lookups.emplace_back(key, hit);
  }

  std::vector<double> arrivals;
  std::vector<answer_seen> answers;
  std::vector<batch_seen> batches;
  std::vector<std::pair<uint64_t, bool>> lookups;
};

/// Requests at these seconds.
inline recorded_trace requests(const std::vector<double>& at) {
  auto result = std::make_shared<std::vector<arrival>>();
  for (auto x : at)
    result->push_back({x, 0, false});
  return result;
}

/// One request each second from 1 on, for these keys.
inline recorded_trace requests_for(const std::vector<uint64_t>& keys) {
  auto result = std::make_shared<std::vector<arrival>>();
  for (auto x : keys)
    result->push_back({static_cast<double>(result->size()) + 1, x, true});
  return result;
}

/// Leaves nothing to chance: a trace, and batches that take 10 ms and 1 ms for
/// each request, one by one.
inline scenario exact_host(standard_values initial) {
  scenario result;
  result.initial = initial;
  result.arrivals.kind = "trace";
  result.service.noise = 0;
  result.service.contention = 0;
  return result;
}

/// @returns what the host does until all is done.
inline recording play(const scenario& what, const recorded_trace& trace = {}) {
  recording seen;
  simulated_host host{what, trace, what.seed, {&seen}};
  host.advance(what.duration_seconds);
  return seen;
}

/// A file that is gone with the test.
struct temporary_file {
  temporary_file(const std::string& name, const std::string& text) {
    path = std::filesystem::temp_directory_path()
      / ("auto_tuner_" + std::to_string(::getpid()) + '_' + name);
    std::ofstream{path} << text;
  }
  ~temporary_file() { std::filesystem::remove(path); }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;

  std::string path;
};

} // namespace tuner::simulation
