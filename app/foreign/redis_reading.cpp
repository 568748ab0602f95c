#include "app/foreign/redis_reading.hpp"

#include "actors/monitor/histogram.hpp"
#include "app/foreign/poller.hpp"

#include <hiredis.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

namespace tuner {

namespace {

constexpr double mib = 1 << 20;
constexpr unsigned pieces = 64;    ///< That an octave is cut into.
constexpr double count_max = 1e18; ///< Whatever says more is no Redis.
constexpr uint64_t us_max = 9'000'000'000'000'000; ///< In 64 bits as ns.

/// @returns the count or size in `x`, or nothing known.
reading number_of(std::string_view x) {
  double result = 0;
  auto end = std::from_chars(x.begin(), x.end(), result);
  auto ok = end.ec == std::errc{} && result >= 0 && result <= count_max;
  return ok ? reading{result} : reading{};
}

reading figure_of(const redis_reading& x, const std::string& name) {
  auto i = x.info.find(name);
  return i == x.info.end() ? reading{} : number_of(i->second);
}

/// What Redis counts of the commands of clients.
struct command_counts {
  uint64_t calls = 0;
  uint64_t failed = 0;   ///< Of the calls.
  uint64_t rejected = 0; ///< Before they were called.
  uint64_t us = 0;       ///< Of all calls.
};

uint64_t field_of(std::string_view line, std::string_view name) {
  auto begin = line.find(name);
  if (begin == line.npos)
    return 0;
  uint64_t result = 0;
  std::from_chars(line.begin() + begin + name.size(), line.end(), result);
  return result;
}

command_counts counts_of(const redis_reading& x) {
  constexpr std::string_view prefix = "cmdstat_";
  command_counts result;
  for (auto i = x.info.lower_bound(std::string{prefix});
       i != x.info.end() && i->first.rfind(prefix, 0) == 0; ++i) {
    if (is_administrative(std::string_view{i->first}.substr(prefix.size())))
      continue;
    auto line = "," + i->second;
    result.calls += field_of(line, ",calls=");
    result.us += field_of(line, ",usec=");
    result.rejected += field_of(line, ",rejected_calls=");
    result.failed += field_of(line, ",failed_calls=");
  }
  return result;
}

/// Spreads what grew in each octave evenly over it.
std::vector<bucket_count>
latencies_between(const redis_reading& before, const redis_reading& now) {
  std::map<uint16_t, uint64_t> counts;
  for (const auto& [octave, count] : now.latencies) {
    auto i = before.latencies.find(octave);
    auto n = std::min<uint64_t>(
      grown(i == before.latencies.end() ? 0 : i->second, count), UINT32_MAX);
    auto end_ns = uint64_t{1024} << octave;
    auto begin_ns = octave == 0 ? 0 : end_ns / 2;
    for (uint64_t piece = 0; n > 0 && piece < pieces; ++piece)
      if (auto here = n * (piece + 1) / pieces - n * piece / pieces; here > 0)
        counts[bucket_of(begin_ns + (end_ns - begin_ns) * piece / pieces)] +=
          here;
  }
  std::vector<bucket_count> result;
  result.reserve(counts.size());
  for (const auto& [bucket, count] : counts)
    result.push_back(
      {bucket, static_cast<uint32_t>(std::min<uint64_t>(count, UINT32_MAX))});
  return result;
}

void add_counted(
  sample& to, const redis_reading& before, const redis_reading& now) {
  auto a = counts_of(before);
  auto b = counts_of(now);
  auto failed = grown(a.failed, b.failed);
  auto calls = grown(a.calls, b.calls);
  to.completed = calls - std::min(calls, failed);
  to.failed = failed + grown(a.rejected, b.rejected);
  to.latencies = latencies_between(before, now);
  to.latency_sum =
    std::chrono::microseconds{std::min(grown(a.us, b.us), us_max)};
  auto growth = [&](const char* name) {
    return grown(*figure_of(before, name), *figure_of(now, name));
  };
  to.cache_hits = static_cast<uint64_t>(growth("keyspace_hits"));
  to.cache_misses = static_cast<uint64_t>(growth("keyspace_misses"));
  auto us = growth("server_time_usec");
  if (us >= 1 && figure_of(before, "server_time_usec"))
    to.cpu_cores =
      (growth("used_cpu_user") + growth("used_cpu_sys")) / (us * 1e-6);
}

std::string_view text_of(const redisReply& x) {
  return x.str ? std::string_view{x.str, x.len} : std::string_view{};
}

/// @returns what follows `key` in a list of keys and values.
const redisReply* value_of(const redisReply& list, std::string_view key) {
  for (std::size_t i = 0; i + 1 < list.elements; i += 2)
    if (text_of(*list.element[i]) == key)
      return list.element[i + 1];
  return nullptr;
}

uint64_t count_of(const redisReply& x) {
  return x.integer > 0 ? static_cast<uint64_t>(x.integer) : 0;
}

/// Adds one bucket.
/// @param up_to_us its end as Redis prints it: 1, 2, 4, 8, 16, 33, 66, 132 ...
void add_latencies(redis_reading& to, uint64_t up_to_us, uint64_t count) {
  auto octave = static_cast<unsigned>(std::bit_width(up_to_us | 1)) - 1;
  to.latencies[std::min(octave, 31U)] += count;
}

} // namespace

std::map<std::string, std::string> redis_info_of(std::string_view text) {
  std::map<std::string, std::string> result;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!line.empty() && line.back() == '\r')
      line.remove_suffix(1);
    auto colon = line.find(':');
    if (colon != line.npos && line.front() != '#')
      result.emplace(line.substr(0, colon), line.substr(colon + 1));
  }
  return result;
}

bool is_administrative(std::string_view command) {
  constexpr std::array names{"acl",     "auth",   "client", "cluster",
                             "command", "config", "hello",  "info",
                             "latency", "memory", "ping",   "slowlog"};
  auto name = command.substr(0, command.find('|'));
  return std::find(names.begin(), names.end(), name) != names.end();
}

void add_histograms(redis_reading& to, const redisReply& commands) {
  for (std::size_t i = 0; i + 1 < commands.elements; i += 2) {
    if (is_administrative(text_of(*commands.element[i])))
      continue;
    const auto* buckets = value_of(*commands.element[i + 1], "histogram_usec");
    if (!buckets)
      continue;
    uint64_t below = 0;
    for (std::size_t j = 0; j + 1 < buckets->elements; j += 2) {
      auto up_to = count_of(*buckets->element[j + 1]);
      add_latencies(
        to, count_of(*buckets->element[j]), up_to - std::min(below, up_to));
      below = up_to;
    }
  }
}

sample sample_between(const redis_reading* before, const redis_reading& now) {
  sample result;
  if (auto used = figure_of(now, "used_memory"))
    result.memory_mib = *used / mib;
  auto resident = figure_of(now, "used_memory_rss");
  auto all = figure_of(now, "total_system_memory");
  if (resident && all && *all > 0)
    result.memory_used_ratio = std::min(*resident / *all, 1.0);
  if (before)
    add_counted(result, *before, now);
  return result;
}

} // namespace tuner
