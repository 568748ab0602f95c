#include "app/example_host/host.hpp"

#include "app/example_host/engine.hpp"
#include "app/example_host/random.hpp"

#include <algorithm>
#include <cmath>

namespace tuner::example {

namespace {

constexpr double mib = 1024 * 1024;

size_t requests_of(double x) {
  return static_cast<size_t>(std::clamp(std::round(x), 1.0, 1e6));
}

duration timeout_of(double ms) {
  return from_milliseconds(std::clamp(ms, 0.0, 1e9));
}

size_t bytes_of(double mebibytes) {
  return static_cast<size_t>(std::clamp(mebibytes, 0.0, 1e9) * mib);
}

/// Entries that the cache may come to hold: bounds the size of its table.
size_t entries_of(const example_host_config& config) {
  auto room = bytes_of(config.memory_limit_mb) / lru_cache::entry_bytes;
  return std::min<size_t>(config.load.keys, room);
}

std::unique_ptr<model> or_engine(std::unique_ptr<model> given, size_t workers) {
  return given ? std::move(given) : std::make_unique<engine>(workers);
}

size_t workers_of(const example_host_config& config) {
  return std::max<size_t>(config.workers, 1);
}

} // namespace

struct host::buffers {
  std::vector<float> in;  ///< Shape [batch, row_width].
  std::vector<float> out; ///< Same shape.
};

host::host(
  const example_host_config& config, const host_settings& initial,
  std::vector<observer*> observers, std::unique_ptr<model> compute)
  : memory_limit_mb_(config.memory_limit_mb), observers_(std::move(observers)),
    model_(or_engine(std::move(compute), workers_of(config))),
    buffers_(workers_of(config)),
    cache_(bytes_of(initial.cache_size_mb), entries_of(config)),
    batcher_(
      {workers_of(config), config.queue_limit, requests_of(initial.batch_size),
       timeout_of(initial.batch_timeout_ms)},
      [this](batch_place place, std::span<const request> batch) {
        serve(place, batch);
      }),
    load_(config.load, [this](const request& x) { submit(x); }) {}

host::~host() {
  stop();
}

void host::start() {
  load_.start();
}

void host::stop() {
  load_.stop();
  batcher_.stop();
}

void host::submit(const request& x) {
  ++arrived_;
  for (auto o : observers_)
    o->on_arrival();
  response found;
  auto hit = cache_.find(x.key, found);
  for (auto o : observers_)
    o->on_cache_access(scramble(x.key), hit);
  if (hit)
    finish(x, std::chrono::steady_clock::now(), true);
  else if (!batcher_.submit(x))
    finish(x, std::chrono::steady_clock::now(), false);
}

void host::set_batch_size(double requests) {
  if (!std::isnan(requests))
    batcher_.set_batch_size(requests_of(requests));
}

void host::set_batch_timeout_ms(double ms) {
  if (!std::isnan(ms))
    batcher_.set_timeout(timeout_of(ms));
}

void host::set_cache_size_mb(double mebibytes) {
  if (!std::isnan(mebibytes))
    cache_.set_limit(bytes_of(mebibytes));
}

host_settings host::settings() const {
  return {
    static_cast<double>(batcher_.batch_size()),
    milliseconds(batcher_.timeout()),
    static_cast<double>(cache_.limit_bytes()) / mib};
}

double host::memory_used_mb() const {
  return static_cast<double>(cache_.bytes() + model_->bytes()) / mib;
}

double host::memory_used_ratio() const {
  return memory_used_mb() / memory_limit_mb_;
}

host_totals host::totals() const {
  return {arrived_, completed_, failed_, cache_.hits(), batches_, items_};
}

void host::serve(batch_place place, std::span<const request> batch) {
  auto begin = std::chrono::steady_clock::now();
  auto ok = compute(place.worker, batch);
  auto end = std::chrono::steady_clock::now();
  ++batches_;
  items_ += batch.size();
  for (auto o : observers_)
    o->on_batch({batch.size(), place.others_running, end - begin});
  for (auto& x : batch)
    finish(x, end, ok);
}

bool host::compute(size_t worker, std::span<const request> batch) {
  auto& [in, out] = buffers_[worker];
  try {
    in.resize(batch.size() * row_width);
    out.resize(in.size());
    for (size_t i = 0; i < batch.size(); ++i)
      make_input(batch[i].key, std::span{in}.subspan(i * row_width, row_width));
    model_->run(worker, in, out);
    response row;
    for (size_t i = 0; i < batch.size(); ++i) {
      std::copy_n(out.begin() + i * row_width, row_width, row.begin());
      cache_.insert(batch[i].key, row);
    }
    return true;
  } catch (const std::exception&) { // out of memory, or no kernel for the size
    return false;
  }
}

void host::finish(const request& x, moment now, bool ok) {
  ++(ok ? completed_ : failed_);
  for (auto o : observers_)
    o->on_request(now - x.intended, ok);
}

} // namespace tuner::example
