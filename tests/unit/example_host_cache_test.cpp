#include "app/example_host/lru_cache.hpp"
#include "app/example_host/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <list>
#include <thread>
#include <vector>

using namespace tuner::example;

namespace {

/// What the cache is held to: a list, most recently used first.
struct naive_cache {
  size_t entries_max;
  std::list<std::pair<uint64_t, float>> order;

  auto position(uint64_t key) {
    return std::find_if(order.begin(), order.end(), [&](const auto& x) {
      return x.first == key;
    });
  }
  void trim() {
    while (order.size() > entries_max)
      order.pop_back();
  }
  bool find(uint64_t key, float& out) {
    auto i = position(key);
    if (i == order.end())
      return false;
    order.splice(order.begin(), order, i);
    out = order.front().second;
    return true;
  }
  void insert(uint64_t key, float value) {
    if (auto i = position(key); i != order.end())
      order.erase(i);
    order.emplace_front(key, value);
    trim();
  }
};

} // namespace

TEST_CASE(
  "E1 example host: the cache does what a naive one does, resized live") {
  random_source random{7};
  naive_cache naive{20, {}};
  lru_cache cache{20 * lru_cache::entry_bytes, 100};
  uint64_t hits = 0;
  for (int i = 0; i < 50'000; ++i) {
    auto key = random.bits() % 60;
    auto action = random.bits() % 100;
    if (action == 0) {
      naive.entries_max = random.bits() % 50;
      naive.trim();
      cache.set_limit(naive.entries_max * lru_cache::entry_bytes);
    } else if (action < 50) {
      auto value = static_cast<float>(i);
      naive.insert(key, value);
      response x{};
      x.fill(value);
      cache.insert(key, x);
    } else {
      float wanted = 0;
      response seen{};
      auto found = cache.find(key, seen);
      REQUIRE(found == naive.find(key, wanted));
      if (found) {
        ++hits;
        REQUIRE(seen[0] == wanted);
        REQUIRE(seen[row_width - 1] == wanted);
      }
    }
    REQUIRE(cache.entries() == naive.order.size());
    REQUIRE(cache.bytes() <= cache.limit_bytes());
  }
  CHECK(cache.hits() == hits);
  CHECK(hits > 1000);
}

TEST_CASE(
  "E1 example host: the cache is safe from many threads while resized") {
  lru_cache cache{64 * lru_cache::entry_bytes, 100};
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 3; ++t)
    threads.emplace_back([&, t] {
      random_source random{t};
      response x{};
      for (int i = 0; i < 3000; ++i) {
        auto key = random.bits() % 100;
        x.fill(static_cast<float>(key));
        cache.insert(key, x);
        response seen{};
        if (cache.find(key, seen))
          CHECK(seen[100] == static_cast<float>(key));
        cache.set_limit((random.bits() % 64) * lru_cache::entry_bytes);
      }
    });
  for (auto& x : threads)
    x.join();
  CHECK(cache.bytes() <= cache.limit_bytes());
}
