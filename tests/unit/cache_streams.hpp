#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <list>
#include <random>
#include <unordered_map>
#include <vector>

namespace tuner::test {

/// Mixes 64 bits well (splitmix64).
inline uint64_t mixed(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

/// Draws keys from 0 up, key k as often as 1 ÷ (k + 1)^exponent says.
class zipf_keys {
public:
  zipf_keys(std::size_t keys, double exponent) {
    double sum = 0;
    for (std::size_t i = 0; i < keys; ++i)
      sums_.push_back(sum += std::pow(static_cast<double>(i + 1), -exponent));
  }

  template <class Random>
  uint32_t operator()(Random& random) const {
    std::uniform_real_distribution<> draw{0, sums_.back()};
    auto at = std::lower_bound(sums_.begin(), sums_.end(), draw(random));
    return static_cast<uint32_t>(at - sums_.begin());
  }

private:
  std::vector<double> sums_;
};

/// The miss ratio of an LRU cache at every size, exactly: each access is found
/// at one more than the number of other keys asked for since the last time.
class exact_curve {
public:
  /// Counts from access number `warm` on.
  explicit exact_curve(
    const std::vector<uint32_t>& stream, std::size_t warm = 0)
    : hits_(stream.size() + 1), sums_(stream.size() + 1) {
    std::unordered_map<uint32_t, std::size_t> last;
    for (std::size_t i = 0; i < stream.size(); ++i) {
      auto [at, is_new] = last.try_emplace(stream[i], i);
      if (!is_new) {
        if (i >= warm)
          ++hits_[last.size() - sum(at->second)];
        add(at->second, -1);
        at->second = i;
      }
      add(i, 1);
    }
    for (std::size_t i = 1; i < hits_.size(); ++i)
      hits_[i] += hits_[i - 1];
    accesses_ = static_cast<double>(stream.size() - warm);
    keys_ = last.size();
  }

  double keys() const { return static_cast<double>(keys_); }

  double miss_ratio(double entries) const {
    auto i = std::min(static_cast<std::size_t>(entries), hits_.size() - 1);
    return 1 - static_cast<double>(hits_[i]) / accesses_;
  }

private:
  std::size_t sum(std::size_t slot) const { // Of all before it.
    std::size_t result = 0;
    for (; slot > 0; slot &= slot - 1)
      result += static_cast<std::size_t>(sums_[slot]);
    return result;
  }

  void add(std::size_t slot, int x) {
    for (++slot; slot < sums_.size(); slot += slot & (~slot + 1))
      sums_[slot] += x;
  }

  std::vector<std::size_t> hits_;
  std::vector<int> sums_;
  std::size_t keys_ = 0;
  double accesses_ = 0;
};

/// A real LRU cache.
class simulated_cache {
public:
  explicit simulated_cache(std::size_t entries) : entries_(entries) {}

  void resize(std::size_t entries) {
    entries_ = entries;
    while (order_.size() > entries_)
      drop();
  }

  /// @returns whether it was a hit; a miss is inserted.
  bool access(uint32_t key) {
    auto at = where_.find(key);
    if (at != where_.end()) {
      order_.splice(order_.begin(), order_, at->second);
      return true;
    }
    if (order_.size() == entries_)
      drop();
    order_.push_front(key);
    where_[key] = order_.begin();
    return false;
  }

  std::size_t filled() const { return order_.size(); }

private:
  void drop() {
    where_.erase(order_.back());
    order_.pop_back();
  }

  std::size_t entries_;
  std::list<uint32_t> order_;
  std::unordered_map<uint32_t, std::list<uint32_t>::iterator> where_;
};

} // namespace tuner::test
