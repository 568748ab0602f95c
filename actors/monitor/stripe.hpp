#pragma once

#include "actors/monitor/event_buffer.hpp"
#include "actors/monitor/histogram.hpp"
#include "actors/monitor/lone_counter.hpp"
#include "actors/monitor/on_demand.hpp"

#include <array>
#include <cstdint>

namespace tuner {

/// What one thread recorded: how much ever, and single events until they are
/// taken. Written by that thread only, and on cache lines of its own, so that
/// threads never wait for each other.
struct alignas(64) stripe {
  std::array<lone_counter<uint32_t>, bucket_count_max> latencies;
  lone_counter<uint64_t> latency_sum; ///< Nanoseconds.
  lone_counter<uint64_t> failed;
  lone_counter<uint64_t> invalid;
  lone_counter<uint64_t> offered;
  lone_counter<uint64_t> batches;
  lone_counter<uint64_t> batched_requests;
  lone_counter<uint64_t> busy; ///< Nanoseconds.
  lone_counter<uint64_t> cache_hits;
  lone_counter<uint64_t> cache_misses;
  on_demand<event_queue> arrivals; ///< When; see `arrival_list`.
  on_demand<event_queue> cache_keys;
  on_demand<event_ring> batch_records; ///< See `packed`.
};

} // namespace tuner
