#include "app/foreign/mariadb_reading.hpp"

#include "app/foreign/poller.hpp"

#include <algorithm>

namespace tuner {

namespace {

constexpr double mib = 1 << 20;
constexpr double count_max = 1e18; ///< Whatever says more is no MariaDB.
/// InnoDB keeps up to innodb_lru_scan_depth pages, 1536 unless set, free to
/// read into: a small pool looks half empty for good.
constexpr double pages_kept_free = 1536;
constexpr double uptime_slack_seconds = 2; ///< Uptime counts whole seconds.

double figure_of(const mariadb_reading& x, const char* name) {
  auto i = x.status.find(name);
  return i == x.status.end() ? 0 : std::clamp(i->second, 0.0, count_max);
}

} // namespace

bool started_anew(const mariadb_reading& before, const mariadb_reading& now) {
  auto was_up = figure_of(before, "Uptime");
  auto is_up = figure_of(now, "Uptime");
  // At least: an answer may be long on its way.
  auto between = seconds(now.asked_at - before.answered_at);
  return is_up < was_up || is_up + uptime_slack_seconds < was_up + between;
}

sample
sample_between(const mariadb_reading* before, const mariadb_reading& now) {
  sample result;
  if (now.status.count("Innodb_buffer_pool_bytes_data") > 0) {
    auto kept_free = figure_of(now, "Innodb_page_size")
      * std::min(pages_kept_free,
                 figure_of(now, "Innodb_buffer_pool_pages_free"));
    result.memory_mib =
      (figure_of(now, "Innodb_buffer_pool_bytes_data") + kept_free) / mib;
  }
  if (!before)
    return result;
  auto growth = [&](const char* name) {
    return static_cast<uint64_t>(
      grown(figure_of(*before, name), figure_of(now, name)));
  };
  auto questions = growth("Questions");
  auto ours = now.own_statements - before->own_statements;
  result.completed = questions - std::min(questions, ours);
  result.batches = growth("Binlog_group_commits");
  result.batched_requests = growth("Binlog_commits");
  auto read = growth("Innodb_buffer_pool_read_requests");
  result.cache_misses = std::min(read, growth("Innodb_buffer_pool_reads"));
  result.cache_hits = read - result.cache_misses;
  return result;
}

} // namespace tuner
