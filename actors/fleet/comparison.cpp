#include "actors/fleet/comparison.hpp"

#include "actors/fleet/canary.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace tuner {

namespace {

constexpr size_t seconds_kept = 300;
constexpr int64_t before_seconds = 30;
constexpr size_t before_least = 5; ///< Seconds with requests.
constexpr size_t after_least = 3;
constexpr size_t peers_least = 3;
constexpr double scatter_least = 0.03;
constexpr double of_normal = 1.4826; ///< Median deviation to standard one.
constexpr double of_median = 1.5708; ///< π / 2.

int64_t unix_second(instant x) {
  return std::chrono::floor<std::chrono::seconds>(x).time_since_epoch().count();
}

size_t mark_of(const settings& x) {
  return std::hash<std::string>{}(to_string(x));
}

/// Some seconds added up.
struct total {
  size_t seconds = 0; ///< With requests.
  double log_p95 = 0; ///< Mean, once divided.
  double completed = 0;
  double failed = 0;
  double offered = 0;
};

struct visited {
  total sum;
  bool constant = true;
};

/// @param mark of the settings that count as no change; set by the first
/// second.
visited add_up(
  const host_seconds& x, const std::vector<int64_t>& which,
  std::optional<size_t>& mark) {
  visited result;
  auto& sum = result.sum;
  auto wanted = which.begin();
  for (const auto& s : x) {
    while (wanted != which.end() && *wanted < s.at)
      ++wanted;
    if (wanted == which.end())
      break;
    if (*wanted != s.at)
      continue;
    if (mark.value_or(s.in_force) != s.in_force)
      result.constant = false;
    mark = s.in_force;
    sum.completed += s.completed;
    sum.failed += s.failed;
    sum.offered += s.offered;
    if (s.completed > 0) {
      ++sum.seconds;
      sum.log_p95 += s.log_p95;
    }
  }
  if (sum.seconds > 0)
    sum.log_p95 /= static_cast<double>(sum.seconds);
  return result;
}

/// One request more or less is no evidence, and none at all is no infinity.
double log_served(const total& x) {
  return std::log(
    (x.completed + 0.5) / (std::max(x.offered, x.completed) + 0.5));
}

struct centre {
  double middle = 0;
  double error = 0; ///< Of one host against it.
};

centre centre_of(const std::vector<shift>& peers, double shift::*what) {
  std::vector<double> values;
  values.reserve(peers.size());
  for (const auto& x : peers)
    values.push_back(x.*what);
  centre result;
  result.middle = median(values);
  for (auto& x : values)
    x = std::abs(x - result.middle);
  auto scatter = std::max(of_normal * median(values), scatter_least);
  auto n = static_cast<double>(peers.size());
  result.error = scatter * std::sqrt(1 + of_median / n);
  return result;
}

} // namespace

void add(host_seconds& to, const observation& x) {
  host_second s;
  s.at = unix_second(x.opened_at);
  s.completed = static_cast<double>(x.completed);
  s.failed = static_cast<double>(x.failed);
  s.offered = x.offered ? *x.offered : s.completed + s.failed;
  s.log_p95 =
    x.completed > 0 ? std::log(std::max(seconds(x.latency_p95), 1e-9)) : 0;
  s.in_force = mark_of(x.in_force);
  if (!to.empty() && s.at <= to.back().at)
    return;
  to.push_back(s);
  while (to.size() > seconds_kept)
    to.pop_front();
}

compared_seconds
seconds_around(const host_seconds& own, instant at, duration settle) {
  compared_seconds result;
  auto when = unix_second(at);
  auto from =
    unix_second(at + settle) + 1; // The second of the change is mixed.
  std::optional<size_t> old_mark;
  std::optional<size_t> new_mark;
  for (const auto& s : own) {
    if (s.at + 1 < when) { // A sample belongs to the second it opened in.
      old_mark = s.in_force;
      if (s.at >= when - before_seconds)
        result.before.push_back(s.at);
    } else if (s.at > when && s.in_force != old_mark) {
      if (s.in_force == new_mark.value_or(s.in_force) && s.at >= from)
        result.after.push_back(s.at);
      new_mark = new_mark.value_or(s.in_force);
    }
  }
  return result;
}

std::optional<shift>
shift_of(const host_seconds& x, const compared_seconds& which, bool constant) {
  std::optional<size_t> mark;
  auto before = add_up(x, which.before, mark);
  if (!constant)
    mark.reset();
  auto after = add_up(x, which.after, mark);
  if (constant && !(before.constant && after.constant))
    return std::nullopt;
  if (before.sum.seconds < before_least || after.sum.seconds < after_least)
    return std::nullopt;
  auto ended = after.sum.completed + after.sum.failed;
  return shift{
    after.sum.log_p95 - before.sum.log_p95,
    log_served(after.sum) - log_served(before.sum),
    ended > 0 ? after.sum.failed / ended : 0};
}

std::optional<peer_comparison>
compare(const shift& own, const std::vector<shift>& peers) {
  if (peers.size() < peers_least)
    return std::nullopt;
  auto p95 = centre_of(peers, &shift::p95);
  auto served = centre_of(peers, &shift::served);
  peer_comparison result;
  result.peers = static_cast<uint32_t>(peers.size());
  result.own_p95 = own.p95;
  result.peers_p95 = p95.middle;
  result.p95_error = p95.error;
  result.own_served = own.served;
  result.peers_served = served.middle;
  result.served_error = served.error;
  result.own_failed_ratio = own.failed_ratio;
  result.peers_failed_ratio = centre_of(peers, &shift::failed_ratio).middle;
  return result;
}

} // namespace tuner
