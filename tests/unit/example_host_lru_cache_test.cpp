#include "app/example_host/lru_cache.hpp"
#include "app/example_host/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <thread>
#include <utility>
#include <vector>

using namespace tuner::example;

namespace {

response filled(float x) {
  response result;
  result.fill(x);
  return result;
}

/// What the cache must do, in the plainest way: most recently used last.
class naive_cache {
public:
  explicit naive_cache(size_t limit) : limit_(limit) {}

  bool find(uint64_t key, response& out) {
    auto at = locate(key);
    if (at == entries_.end())
      return false;
    std::rotate(at, at + 1, entries_.end());
    out = entries_.back().second;
    return true;
  }

  void insert(uint64_t key, const response& value) {
    if (auto at = locate(key); at != entries_.end())
      entries_.erase(at);
    entries_.emplace_back(key, value);
    set_limit(limit_);
  }

  void set_limit(size_t limit) {
    limit_ = limit;
    while (entries_.size() > limit_)
      entries_.erase(entries_.begin());
  }

  size_t entries() const { return entries_.size(); }

private:
  using entry = std::pair<uint64_t, response>;

  std::vector<entry>::iterator locate(uint64_t key) {
    return std::find_if(entries_.begin(), entries_.end(), [key](auto& x) {
      return x.first == key;
    });
  }

  size_t limit_;
  std::vector<entry> entries_;
};

bool has(lru_cache& cache, uint64_t key) {
  response ignored;
  return cache.find(key, ignored);
}

} // namespace

TEST_CASE("E1 example host: the cache behaves like a naive LRU under random "
          "operations and resizes") {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    random_source random{seed};
    auto below = [&](uint64_t n) { return random.bits() % n; };
    lru_cache cache{20 * lru_cache::entry_bytes, 10};
    naive_cache naive{20};
    uint64_t hits = 0;
    uint64_t misses = 0;
    for (auto step = 0; step < 10'000; ++step) {
      auto key = below(150);
      auto what = below(100);
      if (what < 49) {
        auto value = filled(static_cast<float>(step));
        cache.insert(key, value);
        naive.insert(key, value);
      } else if (what < 98) {
        auto got = filled(-1);
        auto wanted = filled(-1);
        auto hit = naive.find(key, wanted);
        ++(hit ? hits : misses);
        REQUIRE(cache.find(key, got) == hit);
        REQUIRE(got == wanted);
      } else {
        auto entries = below(120);
        auto slack = below(lru_cache::entry_bytes);
        cache.set_limit(entries * lru_cache::entry_bytes + slack);
        naive.set_limit(entries);
      }
      REQUIRE(cache.entries() == naive.entries());
    }
    CHECK(cache.hits() == hits);
    CHECK(cache.misses() == misses);
    CHECK(cache.bytes() == naive.entries() * lru_cache::entry_bytes);
  }
}

TEST_CASE("E1 example host: a cache without room stores nothing") {
  for (auto limit : {size_t{0}, lru_cache::entry_bytes - 1}) {
    lru_cache cache{limit, 0};
    cache.insert(1, filled(1));
    CHECK_FALSE(has(cache, 1));
    CHECK(cache.bytes() == 0);
  }
}

TEST_CASE("E1 example host: a cache that shrinks far keeps the entries used "
          "most recently") {
  lru_cache cache{1000 * lru_cache::entry_bytes, 1000};
  for (uint64_t key = 0; key < 1000; ++key)
    cache.insert(key, filled(static_cast<float>(key)));
  CHECK(cache.entries() == 1000);
  CHECK(has(cache, 0));
  cache.set_limit(10 * lru_cache::entry_bytes);
  CHECK(cache.limit_bytes() == 10 * lru_cache::entry_bytes);
  CHECK(cache.entries() == 10);
  CHECK(has(cache, 0));
  for (uint64_t key = 1; key < 1000; ++key)
    CHECK(has(cache, key) == (key >= 991));
}

TEST_CASE("E1 example host: a cache grows beyond the entries it expected") {
  lru_cache cache{5000 * lru_cache::entry_bytes, 1};
  for (uint64_t key = 0; key < 5000; ++key)
    cache.insert(key, filled(static_cast<float>(key)));
  response got;
  REQUIRE(cache.find(4321, got));
  CHECK(got == filled(4321));
  CHECK(cache.entries() == 5000);
}

TEST_CASE("E1 example host: threads find only the values that belong to a key "
          "while the cache is resized") {
  constexpr auto users = 2;
  lru_cache cache{100 * lru_cache::entry_bytes, 300};
  std::atomic<uint64_t> wrong = 0;
  std::atomic<uint64_t> lookups = 0;
  std::latch begin{users + 1};
  std::vector<std::thread> threads;
  for (auto i = 0; i < users; ++i)
    threads.emplace_back([&, i] {
      random_source random{static_cast<uint64_t>(i)};
      begin.arrive_and_wait();
      for (auto step = 0; step < 5000; ++step) {
        auto key = random.bits() % 300;
        response got;
        ++lookups;
        if (!cache.find(key, got))
          cache.insert(key, filled(static_cast<float>(key)));
        else if (got != filled(static_cast<float>(key)))
          ++wrong;
      }
    });
  begin.arrive_and_wait();
  for (size_t i = 0; i < 500; ++i)
    cache.set_limit(i % 7 * 40 * lru_cache::entry_bytes);
  for (auto& thread : threads)
    thread.join();
  cache.set_limit(5 * lru_cache::entry_bytes);
  CHECK(wrong == 0);
  CHECK(cache.hits() + cache.misses() == lookups);
  CHECK(cache.entries() <= 5);
}
