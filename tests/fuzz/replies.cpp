#include "app/foreign/mariadb_reading.hpp"
#include "app/foreign/plain_number.hpp"
#include "app/foreign/redis_reading.hpp"
#include "tests/fuzz/inputs.hpp"
#include "tests/fuzz/lines.hpp"
#include "tests/fuzz/require.hpp"

#include <hiredis.h>

#include <cmath>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace tuner::fuzz {

namespace {

using reply = std::unique_ptr<redisReply, void (*)(void*)>;

void check(const sample& x) {
  int last = -1;
  for (const auto& bucket : x.latencies) {
    require(bucket.bucket > last, "buckets ascend");
    last = bucket.bucket;
  }
  require(
    x.latency_sum.count() >= 0 && x.busy.count() >= 0,
    "times are not negative");
  for (const auto& figure :
       {x.offered, x.queue_length, x.memory_used_ratio, x.memory_mib,
        x.cpu_cores})
    require(!figure || std::isfinite(*figure), "figures are finite");
}

std::optional<double> tried_number(std::string_view text) {
  try {
    return number_in(text);
  } catch (const std::runtime_error& x) {
    require(
      std::string_view{x.what()}.find('\n') == std::string_view::npos,
      "errors are lines");
    return {};
  }
}

void check_numbers(std::string_view text) {
  auto x = tried_number(text);
  if (!x)
    return;
  auto again = tried_number(plain_number(*x));
  require(
    again && std::abs(*again - *x) <= 1e-11 * std::abs(*x),
    "numbers are written as they are read");
  require(
    plain_number(*x).find('e') == std::string::npos, "and without exponents");
}

/// Two replies of Redis are a reading: INFO, and LATENCY HISTOGRAM.
void check_redis(std::string_view input) {
  std::unique_ptr<redisReader, void (*)(redisReader*)> reader{
    redisReaderCreate(), redisReaderFree};
  redisReaderFeed(reader.get(), input.data(), input.size());
  std::vector<redis_reading> readings;
  auto next = [&] {
    void* result = nullptr;
    redisReaderGetReply(reader.get(), &result);
    return reply{static_cast<redisReply*>(result), freeReplyObject};
  };
  for (auto info = next(); info; info = next()) {
    auto& x = readings.emplace_back();
    if (info->str)
      x.info = redis_info_of({info->str, info->len});
    if (auto latencies = next())
      add_histograms(x, *latencies);
    check(sample_between(nullptr, x));
    if (readings.size() > 1)
      check(sample_between(&readings[readings.size() - 2], x));
  }
}

/// Lines `name value` are a reading, up to an empty line.
void check_mariadb(std::string_view input) {
  std::optional<mariadb_reading> last;
  for (int i = 1; !input.empty(); ++i) {
    mariadb_reading x;
    x.asked_at = x.answered_at = std::chrono::seconds{i};
    for (auto line = line_of(input); !line.empty(); line = line_of(input)) {
      auto space = std::min(line.find(' '), line.size());
      if (auto value = tried_number(line.substr(space)))
        x.status[std::string{line.substr(0, space)}] = *value;
    }
    check(sample_between(nullptr, x));
    if (last && !started_anew(*last, x))
      check(sample_between(&*last, x));
    last = std::move(x);
  }
}

} // namespace

void replies(std::string_view input) {
  auto first = line_of(input);
  check_numbers(first);
  check_redis(input);
  check_mariadb(input);
}

} // namespace tuner::fuzz
