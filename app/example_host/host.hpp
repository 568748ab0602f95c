#pragma once

#include "app/example_host/batcher.hpp"
#include "app/example_host/load_generator.hpp"
#include "app/example_host/lru_cache.hpp"
#include "app/example_host/model.hpp"
#include "app/example_host/observer.hpp"
#include "app/example_host/request.hpp"
#include "config/config.hpp"

#include <atomic>
#include <memory>
#include <vector>

namespace tuner::example {

/// The three values that can be changed while the host serves.
struct host_settings {
  double batch_size = 32;       ///< Requests, rounded; at least 1.
  double batch_timeout_ms = 50; ///< At least 0; fractions count.
  double cache_size_mb = 64;    ///< MiB, at least 0.
};

/// What a host did so far.
struct host_totals {
  uint64_t arrived = 0;
  uint64_t completed = 0; ///< Answered, from the cache or by the model.
  uint64_t failed = 0;    ///< Refused, or the model failed.
  uint64_t hits = 0;      ///< Answered from the cache.
  uint64_t batches = 0;
  uint64_t items = 0; ///< Requests in those batches.
};

/// A batching inference server with a response cache, in this process, under
/// real load: a request is answered from the cache, or waits for a batch, is
/// computed, and its response is cached. Knows nothing of the tuner.
///
/// Serves from construction to `stop`. Every function is safe from any thread.
class host {
public:
  /// @param observers are told everything; must outlive the host.
  /// @param compute the model; by default the real one, `engine`.
  /// @throws what `make_schedule` throws for a load that makes no sense.
  host(
    const example_host_config& config, const host_settings& initial,
    std::vector<observer*> observers, std::unique_ptr<model> compute = nullptr);

  /// Stops.
  ~host();

  /// Puts the configured load on. Once only.
  void start();

  /// Takes the load off, answers what waits and ends all threads. May be called
  /// repeatedly. Requests submitted later fail unless the cache has the answer.
  void stop();

  /// Serves one request beside the load. Returns at once.
  void submit(const request& x);

  /// Each takes effect at once and ignores what is not a number.
  void set_batch_size(double requests);
  void set_batch_timeout_ms(double ms);
  void set_cache_size_mb(double mib);

  /// @returns the values in force.
  host_settings settings() const;

  /// @returns requests waiting for a batch.
  size_t queue_length() const { return batcher_.queue_length(); }

  /// @returns MiB in the cache and the model together.
  double memory_used_mb() const;

  /// @returns `memory_used_mb` as a share of the configured limit.
  double memory_used_ratio() const;

  host_totals totals() const;

private:
  struct buffers; ///< Of one worker.

  void serve(batch_place place, std::span<const request> batch);
  bool compute(size_t worker, std::span<const request> batch);
  void finish(const request& x, moment now, bool ok);

  const double memory_limit_mb_;
  const std::vector<observer*> observers_;
  const std::unique_ptr<model> model_;
  std::vector<buffers> buffers_;
  lru_cache cache_;
  std::atomic<uint64_t> arrived_ = 0;
  std::atomic<uint64_t> completed_ = 0;
  std::atomic<uint64_t> failed_ = 0;
  std::atomic<uint64_t> batches_ = 0;
  std::atomic<uint64_t> items_ = 0;
  batcher batcher_;     ///< Its threads use everything above.
  load_generator load_; ///< Its thread uses everything above.
};

} // namespace tuner::example
