#include "bench/busy_hosts.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

using namespace tuner;
using namespace std::chrono_literals;

TEST_CASE("E3 a node calls each foreign host on one connection that it keeps") {
  forked_hosts hosts{3};
  forked_node node{hosts.tuning(3)};
  uint64_t scrapes = 0;
  uint64_t connections = 0;
  uint64_t asked = 0; // On a connection of its own each.
  auto deadline = std::chrono::steady_clock::now() + 60s;
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
