#include "app/simulation/simulated_host.hpp"

#include <algorithm>
#include <cmath>

namespace tuner::simulation {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();

double normal(example::random_source& random) {
  auto radius = std::sqrt(-2 * std::log(random.uniform()));
  return radius * std::cos(6.283185307179586 * random.uniform());
}

/// @returns the last column of the last row that begins at `at` or before.
double stepwise(const rows& x, double at, double otherwise) {
  auto result = otherwise;
  for (const auto& row : x)
    if (row[0] <= at)
      result = row.back();
  return result;
}

double slowdown(const rows& x, double at) {
  double result = 1;
  for (const auto& row : x)
    if (row[0] <= at && at < row[1])
      result *= row[2];
  return result;
}

} // namespace

simulated_host::simulated_host(
  const scenario& from, const recorded_trace& trace, uint64_t seed,
  std::vector<listener*> listeners)
  : service_(from.service), cache_config_(from.cache),
    listeners_(std::move(listeners)),
    load_(make_load(from.arrivals, trace, example::scramble(seed))),
    service_random_(example::scramble(seed + 1'000'003)),
    key_random_(example::scramble(seed + 2'000'003)) {
  if (cache_config_)
    popularity_.emplace(cache_config_->keys, cache_config_->zipf);
  set(knob::batch_size, from.initial.batch_size);
  set(knob::batch_timeout, from.initial.batch_timeout_ms);
  if (cache_config_)
    set(knob::cache_size, from.initial.cache_size_mb);
  next_ = load_->next();
}

void simulated_host::set(const std::string& knob, double value) {
  in_force_[knob] = value;
  if (knob == knob::batch_size)
    batch_size_ = static_cast<size_t>(std::max(1.0, value));
  else if (knob == knob::batch_timeout)
    timeout_ = std::max(0.0, value) * 1e-3;
  else if (cache_config_)
    cache_.limit_to(
      static_cast<size_t>(value * 1024 / cache_config_->entry_kb));
}

double simulated_host::oldest_wait() const {
  return queue_.empty() ? 0 : now_ - queue_.front().since;
}

double simulated_host::memory_mb() const {
  if (!cache_config_)
    return 0;
  return cache_config_->base_mb
    + static_cast<double>(cache_.size()) * cache_config_->entry_kb / 1024;
}

reading simulated_host::memory_used_ratio() const {
  if (!cache_config_)
    return {};
  return (memory_mb() + stepwise(cache_config_->others_mb, now_, 0))
    / cache_config_->memory_limit_mb;
}

double simulated_host::start_of_next_batch() const {
  if (queue_.empty() || running_.size() >= service_.workers)
    return never;
  if (queue_.size() >= batch_size_)
    return now_;
  return std::max(now_, queue_.front().since + timeout_);
}

void simulated_host::advance(double until) {
  while (true) {
    size_t first = 0;
    for (size_t i = 1; i < running_.size(); ++i)
      if (running_[i].ends < running_[first].ends)
        first = i;
    auto end = running_.empty() ? never : running_[first].ends;
    auto start = start_of_next_batch();
    auto event = std::min({end, start, next_.at});
    if (!(event < until))
      break;
    now_ = event;
    if (end == event)
      end_batch(first);
    else if (start == event)
      start_batch();
    else
      accept();
  }
  now_ = std::max(now_, until);
}

uint64_t simulated_host::key_of(const arrival& x) {
  if (x.has_key)
    return example::scramble(x.key);
  auto shift = stepwise(cache_config_->shifts, now_, 0);
  return example::scramble(
    popularity_->draw(key_random_) + static_cast<uint64_t>(shift));
}

void simulated_host::accept() {
  auto request = std::exchange(next_, load_->next());
  for (auto* x : listeners_)
    x->arrived(now_);
  uint64_t key = 0;
  if (cache_config_) {
    key = key_of(request);
    auto hit = cache_.find(key);
    for (auto* x : listeners_)
      x->looked_up(key, hit);
    if (hit) {
      for (auto* x : listeners_)
        x->answered(now_, cache_config_->hit_ms * 1e-3);
      return;
    }
  }
  queue_.push_back({now_, key});
}

double simulated_host::service_seconds(size_t size, size_t others) {
  auto n = static_cast<double>(size);
  auto ms = service_.fixed_ms + service_.per_item_ms * n
    + service_.knee.extra_ms_per_item * std::max(0.0, n - service_.knee.batch);
  ms *= 1 + service_.contention * static_cast<double>(others);
  ms *= slowdown(service_.slowdowns, now_) * slow_by_;
  ms *= 1 + service_.drift_per_hour * now_ / 3600;
  if (auto used = memory_used_ratio(); used && *used > 1)
    ms *= 1 + 20 * (*used - 1);
  // The same count of random numbers for each batch, whatever it is.
  auto noise = normal(service_random_);
  auto luck = service_random_.uniform();
  ms *= std::exp(service_.noise * noise);
  if (luck <= service_.hiccups.probability)
    ms += service_.hiccups.ms;
  return ms * 1e-3;
}

void simulated_host::start_batch() {
  auto& x = running_.emplace_back();
  if (!spare_.empty()) {
    x.requests = std::move(spare_.back());
    spare_.pop_back();
  }
  auto end = queue_.begin()
    + static_cast<std::ptrdiff_t>(std::min(queue_.size(), batch_size_));
  x.requests.assign(queue_.begin(), end);
  queue_.erase(queue_.begin(), end);
  x.others = running_.size() - 1;
  x.took = service_seconds(x.requests.size(), x.others);
  x.ends = now_ + x.took;
}

void simulated_host::end_batch(size_t index) {
  auto done = std::move(running_[index]);
  running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(index));
  for (auto* x : listeners_) {
    x->served(now_, done.requests.size(), done.others, done.took);
    for (const auto& request : done.requests)
      x->answered(now_, now_ - request.since);
  }
  if (cache_config_)
    for (const auto& request : done.requests)
      cache_.insert(request.key);
  done.requests.clear();
  spare_.push_back(std::move(done.requests));
}

} // namespace tuner::simulation
