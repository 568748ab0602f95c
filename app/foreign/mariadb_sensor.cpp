#include "app/foreign/mariadb_sensor.hpp"

#include "app/foreign/mariadb_connection.hpp"
#include "app/foreign/mariadb_reading.hpp"
#include "app/foreign/plain_number.hpp"

#include <chrono>

namespace tuner {

namespace {

constexpr const char* query =
  "SHOW GLOBAL STATUS WHERE Variable_name IN ('Questions', 'Uptime', "
  "'Binlog_commits', 'Binlog_group_commits', 'Innodb_buffer_pool_bytes_data', "
  "'Innodb_buffer_pool_pages_free', 'Innodb_page_size', "
  "'Innodb_buffer_pool_read_requests', 'Innodb_buffer_pool_reads')";

duration now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

mariadb_reading read(mariadb_connection& from) {
  mariadb_reading result;
  result.asked_at = now();
  for (const auto& row : from.ask(query))
    result.status[row.at(0)] = number_in(row.at(1));
  result.own_statements = from.statements();
  result.answered_at = now();
  return result;
}

} // namespace

polled_sensor make_mariadb_sensor(
  const mariadb_effector_config& x, double timeout_seconds, sensor_log log) {
  auto from = std::make_shared<mariadb_connection>(x, timeout_seconds);
  poller<mariadb_reading> result;
  result.read = [from] { return read(*from); };
  result.anew = started_anew;
  result.between = [](const auto* before, const auto& now) {
    return sample_between(before, now);
  };
  result.log = std::move(log);
  return sensor_of(std::move(result));
}

} // namespace tuner
