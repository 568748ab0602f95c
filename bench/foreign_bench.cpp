#include "bench/busy_hosts.hpp"
#include "bench/commands.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <cstdio>
#include <iostream>
#include <thread>

namespace tuner {

namespace {

namespace json = boost::json;

constexpr auto settling = std::chrono::seconds{10};

} // namespace

void bench_foreign(const foreign_options& options) {
  forked_hosts hosts{options.targets};
  double lone_kib = 0;
  {
    forked_node lone{hosts.tuning(1)};
    std::this_thread::sleep_for(std::chrono::seconds{2});
    lone_kib = lone.resident_kib();
  }
  forked_node node{hosts.tuning(options.targets)};
  std::this_thread::sleep_for(settling);
  hosts.take_calls();
  auto cpu_before = node.cpu_seconds();
  std::this_thread::sleep_for(std::chrono::seconds{options.seconds});
  auto core_ratio = (node.cpu_seconds() - cpu_before) / options.seconds;
  auto calls = hosts.take_calls();
  auto kib_per_target =
    (node.resident_kib() - lone_kib) / std::max(options.targets - 1, 1);
  auto scrapes_per_second =
    static_cast<double>(calls.scrapes) / options.seconds;
  if (options.json)
    std::cout << json::serialize(json::object{
      {"targets", options.targets},
      {"node_core_ratio", core_ratio},
      {"node_kib_per_target", kib_per_target},
      {"node_threads", node.threads()},
      {"scrapes_per_second", scrapes_per_second},
      {"scrape_lateness_p99_ms", calls.lateness_p99_ms},
      {"connections_made", calls.connections}})
              << '\n';
  else
    std::printf(
      "targets  node core  KiB/target  threads  scrapes/s  lateness p99  "
      "connections made\n%7d %9.1f%% %11.0f %8.0f %10.1f %10.3g ms %17llu\n",
      options.targets, 100 * core_ratio, kib_per_target, node.threads(),
      scrapes_per_second, calls.lateness_p99_ms,
      static_cast<unsigned long long>(calls.connections));
}

} // namespace tuner
