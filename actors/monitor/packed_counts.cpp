#include "actors/monitor/packed_counts.hpp"

namespace tuner {

packed_counts::packed_counts(const std::vector<bucket_count>& counts) {
  uint16_t before = 0;
  for (const auto& x : counts) {
    numbers_.push(
      static_cast<uint16_t>(x.bucket - before)); // Wraps where it descends.
    numbers_.push(x.count);
    before = x.bucket;
  }
  numbers_.close();
}

std::vector<bucket_count> packed_counts::unpacked() const {
  std::vector<bucket_count> result;
  for_each([&](uint16_t bucket, uint32_t count) {
    result.push_back({bucket, count});
  });
  return result;
}

packed_counts operator+(const packed_counts& x, const packed_counts& y) {
  std::vector<bucket_count> result;
  auto a = x.unpacked();
  auto b = y.unpacked();
  result.reserve(a.size() + b.size());
  auto i = a.begin();
  auto j = b.begin();
  while (i != a.end() || j != b.end()) {
    if (j == b.end() || (i != a.end() && i->bucket < j->bucket))
      result.push_back(*i++);
    else if (i == a.end() || j->bucket < i->bucket)
      result.push_back(*j++);
    else
      result.push_back({i->bucket, i++->count + j++->count});
  }
  return packed_counts{result};
}

} // namespace tuner
