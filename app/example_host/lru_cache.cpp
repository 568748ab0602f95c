#include "app/example_host/lru_cache.hpp"

#include <algorithm>
#include <iterator>

namespace tuner::example {

namespace {

/// Entries that leave under one hold of the lock.
constexpr size_t group = 32;

/// What the allocator takes for `n` bytes: glibc adds a word and rounds up to
/// two words, at least four.
constexpr size_t heap_block(size_t n) {
  constexpr auto unit = 2 * sizeof(void*);
  return std::max(2 * unit, (n + sizeof(void*) + unit - 1) / unit * unit);
}

} // namespace

// A list node has two pointers beside the entry, a table node one beside the
// key and the iterator; each table slot is a pointer.
const size_t lru_cache::entry_bytes =
  heap_block(2 * sizeof(void*) + sizeof(entry))
  + heap_block(sizeof(void*) + sizeof(uint64_t) + sizeof(entry_list::iterator))
  + sizeof(void*);

lru_cache::lru_cache(size_t limit_bytes, size_t expected_entries)
  : limit_(limit_bytes) {
  table_.reserve(expected_entries);
  table_.max_load_factor(1e9f); // a rehash would hold the lock for long
}

bool lru_cache::find(uint64_t key, response& out) {
  std::lock_guard lock{mutex_};
  auto found = table_.find(key);
  if (found == table_.end()) {
    ++misses_;
    return false;
  }
  ++hits_;
  order_.splice(order_.begin(), order_, found->second);
  out = found->second->value;
  return true;
}

void lru_cache::insert(uint64_t key, const response& value) {
  entry_list fresh{{key, value}};
  entry_list gone; // destroyed after the lock is released
  std::lock_guard lock{mutex_};
  auto [at, added] = table_.try_emplace(key, fresh.begin());
  if (!added) {
    gone.splice(gone.begin(), order_, at->second);
    at->second = fresh.begin();
  }
  order_.splice(order_.begin(), fresh);
  entries_ = order_.size();
  evict(gone);
}

void lru_cache::set_limit(size_t bytes) {
  limit_ = bytes;
  for (auto fits = false; !fits;) {
    entry_list gone;
    {
      std::lock_guard lock{mutex_};
      fits = evict(gone);
    }
  }
}

bool lru_cache::evict(entry_list& gone) {
  for (size_t i = 0; i < group && bytes() > limit_; ++i) {
    auto last = std::prev(order_.end());
    table_.erase(last->key);
    gone.splice(gone.begin(), order_, last);
    entries_ = order_.size();
  }
  return bytes() <= limit_;
}

} // namespace tuner::example
