#include "actors/targets/foreign/counters.hpp"

#include <cmath>
#include <utility>

namespace tuner {

void counter_memory::close() {
  std::erase_if(
    seen_, [this](const auto& x) { return x.second.scrape != scrape_; });
  ++scrape_;
}

std::optional<growth> counter_memory::grown(const series_view& x) {
  if (!std::isfinite(x.value) || x.value < 0)
    return {};
  key_ = x.name;
  for (const auto& label : x.labels) {
    key_ += '\n'; // Stands in no name and in no label but as an escape.
    key_ += label.name;
    key_ += '=';
    key_ += label.value;
  }
  auto [at, is_new] = seen_.try_emplace(key_);
  auto& known = at->second;
  if (known.scrape == scrape_)
    return {};
  known.scrape = scrape_;
  if (!is_new && x.timestamp && x.timestamp == known.timestamp)
    return {};
  known.timestamp = x.timestamp;
  auto before = std::exchange(known.value, x.value);
  if (is_new)
    return {};
  auto reset = x.value < before;
  return growth{reset ? x.value : x.value - before, x.value, reset};
}

} // namespace tuner
