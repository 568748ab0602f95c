#pragma once

#include "messages/sample.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

struct redisReply;

namespace tuner {

/// What Redis counted since it started.
struct redis_reading {
  std::map<std::string, std::string> info; ///< As INFO has it.
  /// Of commands of clients, by k: those that took up to 1.024 * 2^k µs, and
  /// more than half that where k > 0.
  std::map<unsigned, uint64_t> latencies;
};

/// @returns the lines `name:value` of what INFO returns.
std::map<std::string, std::string> redis_info_of(std::string_view text);

/// @returns whether a command, as Redis names it (`config|get`), is one that
/// watches or sets Redis, and not what it is there for.
bool is_administrative(std::string_view command);

/// Adds what LATENCY HISTOGRAM returns, but for administrative commands.
void add_histograms(redis_reading& to, const redisReply& commands);

/// @returns what happened between two readings of one run, but for what is
/// administrative. Latencies are those within Redis: it knows of no other.
/// @param before the earlier one; without it, only what is not counted is told.
sample sample_between(const redis_reading* before, const redis_reading& now);

} // namespace tuner
