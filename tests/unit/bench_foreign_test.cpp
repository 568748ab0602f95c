#include "bench/busy_hosts.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

using namespace tuner;
using namespace std::chrono_literals;

TEST_CASE("E3 a node calls each foreign host on one connection that it keeps") {
  forked_hosts hosts{3};
  auto c = hosts.tuning(3);
  for (auto& x : c.targets) { // Who is late is called on another connection.
    x.sensor.timeout_seconds = 60;
    x.effectors.front().timeout_seconds = 60;
  }
  forked_node node{c};
  uint64_t scrapes = 0;
  uint64_t connections = 0;
  uint64_t asked = 0; // On a connection of its own each.
  auto deadline = std::chrono::steady_clock::now() + 300s;
  while (scrapes < 12 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(100ms);
    auto x = hosts.take_calls();
    scrapes += x.scrapes;
    connections += x.connections;
    ++asked;
  }
  CHECK(scrapes >= 12);
  CHECK(connections - asked == 3);
}
