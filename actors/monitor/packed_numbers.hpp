#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tuner {

/// A row of numbers, small ones in a byte: seven bits a byte, the lowest first,
/// all bytes of a number but its last with the high bit set.
class packed_numbers {
public:
  void push(uint32_t x) {
    for (; x > 0x7f; x >>= 7)
      bytes_.push_back(static_cast<uint8_t>(x | 0x80));
    bytes_.push_back(static_cast<uint8_t>(x));
  }

  /// No more are pushed: gives back what they would have taken.
  void close() { bytes_.shrink_to_fit(); }

  /// Reads them from the first on.
  class reader {
  public:
    explicit reader(const packed_numbers& x) : x_(x) {}

    bool ended() const { return next_ == x_.bytes_.size(); }

    uint32_t next() {
      uint32_t result = 0;
      for (unsigned shift = 0;; shift += 7) {
        auto byte = x_.bytes_[next_++];
        result |= static_cast<uint32_t>(byte & 0x7f) << shift;
        if (byte < 0x80)
          return result;
      }
    }

  private:
    const packed_numbers& x_;
    std::size_t next_ = 0;
  };

private:
  std::vector<uint8_t> bytes_;
};

} // namespace tuner
