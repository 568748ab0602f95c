#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tuner {

/// A Fenwick tree over slots of time, each free or taken by the key last asked
/// for then. Tells in O(log slots) how many keys were asked for since a slot.
class recency_counts {
public:
  explicit recency_counts(std::size_t slots) : sums_(slots + 1) {}

  std::size_t slots() const { return sums_.size() - 1; }

  /// Slot `slot` is free, from now on taken.
  void take(std::size_t slot) {
    add(slot, 1);
    ++taken_;
  }

  /// Slot `slot` is taken, from now on free.
  void free(std::size_t slot) {
    add(slot, ~uint32_t{0}); // Minus one: sums are modulo 2^32.
    --taken_;
  }

  /// Takes the first `count` slots and frees the others.
  void take_first(std::size_t count) {
    taken_ = count;
    for (std::size_t i = 1; i < sums_.size(); ++i) {
      auto from = i - (i & (~i + 1));
      sums_[i] = static_cast<uint32_t>(
        (i < count ? i : count) - (from < count ? from : count));
    }
  }

  /// @returns how many slots from `slot` on are taken.
  std::size_t count_from(std::size_t slot) const {
    uint32_t before = 0;
    for (auto i = slot; i > 0; i &= i - 1)
      before += sums_[i];
    return taken_ - before;
  }

  /// @returns what it keeps on the heap, in bytes.
  std::size_t heap_bytes() const { return sums_.capacity() * sizeof(uint32_t); }

private:
  void add(std::size_t slot, uint32_t x) {
    for (auto i = slot + 1; i < sums_.size(); i += i & (~i + 1))
      sums_[i] += x;
  }

  std::vector<uint32_t> sums_; // One-based.
  std::size_t taken_ = 0;
};

} // namespace tuner
