#include "actors/targets/sample_limits.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

constexpr instant earliest{
  -std::chrono::nanoseconds{1'000'000'000'000'000'000}};
constexpr instant latest{std::chrono::nanoseconds{4'000'000'000'000'000'000}};
constexpr duration longest = std::chrono::hours{1'000'000};
constexpr uint32_t workers_max = 4096;

template <class T>
void shorten(std::vector<T>& x, std::size_t most) {
  if (x.size() > most)
    x.resize(most);
}

} // namespace

void limit(sample& x) {
  for (auto* at : {&x.opened_at, &x.closed_at, &x.in_force_since})
    *at = std::clamp(*at, earliest, latest);
  for (auto* length : {&x.latency_sum, &x.busy, &x.arrivals_until})
    *length = std::clamp(*length, duration{0}, longest);
  for (auto* figure :
       {&x.offered, &x.queue_length, &x.memory_used_ratio, &x.memory_mib,
        &x.cpu_cores})
    if (!std::isfinite(**figure))
      *figure = {};
  std::erase_if(
    x.in_force, [](const auto& knob) { return !std::isfinite(knob.second); });
  x.workers = std::min(x.workers, workers_max);
  shorten(x.batch_records, batch_records_max);
  shorten(x.arrivals_us, arrivals_max);
  shorten(x.cache_keys, cache_keys_max);
}

} // namespace tuner
