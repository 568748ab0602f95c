#pragma once

#include "app/example_host/model.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <unordered_map>

namespace tuner::example {

/// Remembers the responses used most recently, up to a number of bytes that can
/// be changed at any time. Safe from any thread.
///
/// No call holds the lock for more than a few microseconds, however far the
/// limit falls: entries leave in small groups, their memory is given back
/// outside the lock, and the table is sized once so that it never rehashes.
class lru_cache {
public:
  /// Memory that one entry takes: list node, table node, their heap blocks and
  /// its share of the table.
  static const size_t entry_bytes;

  /// @param limit_bytes 0 caches nothing.
  /// @param expected_entries sizes the table; more of them only slow it down.
  lru_cache(size_t limit_bytes, size_t expected_entries);

  /// Looks `key` up and makes it the most recently used.
  /// @returns whether it was there; only then `out` is written.
  bool find(uint64_t key, response& out);

  /// Adds or replaces `key` as the most recently used, at the cost of the least
  /// recently used. An entry larger than the whole cache is not stored.
  void insert(uint64_t key, const response& value);

  /// Changes the limit; on return the entries fit it.
  void set_limit(size_t bytes);

  size_t limit_bytes() const { return limit_; }
  size_t bytes() const { return entries() * entry_bytes; }
  size_t entries() const { return entries_; }
  uint64_t hits() const { return hits_; }
  uint64_t misses() const { return misses_; }

private:
  struct entry {
    uint64_t key;
    response value;
  };

  using entry_list = std::list<entry>;

  bool evict(entry_list& gone);

  std::mutex mutex_;
  entry_list order_; ///< Most recently used first.
  std::unordered_map<uint64_t, entry_list::iterator> table_;
  std::atomic<size_t> limit_;
  std::atomic<size_t> entries_ = 0; ///< Written under the lock, like the rest.
  std::atomic<uint64_t> hits_ = 0;
  std::atomic<uint64_t> misses_ = 0;
};

} // namespace tuner::example
