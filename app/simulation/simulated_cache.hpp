#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>

namespace tuner::simulation {

/// Which keys a cache of so many entries would hold: the least recently used
/// leaves first.
class simulated_cache {
public:
  explicit simulated_cache(size_t entries_max) : entries_max_(entries_max) {}

  /// @returns whether `key` is held; it is then the most recently used.
  bool find(uint64_t key) {
    auto i = where_.find(key);
    if (i == where_.end())
      return false;
    order_.splice(order_.begin(), order_, i->second);
    return true;
  }

  void insert(uint64_t key) {
    if (entries_max_ == 0 || find(key))
      return;
    order_.push_front(key);
    where_[key] = order_.begin();
    limit_to(entries_max_);
  }

  void limit_to(size_t entries) {
    entries_max_ = entries;
    while (order_.size() > entries_max_) {
      where_.erase(order_.back());
      order_.pop_back();
    }
  }

  size_t size() const { return order_.size(); }

private:
  size_t entries_max_;
  std::list<uint64_t> order_; ///< Most recently used first.
  std::unordered_map<uint64_t, std::list<uint64_t>::iterator> where_;
};

} // namespace tuner::simulation
