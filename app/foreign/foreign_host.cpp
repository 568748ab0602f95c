#include "app/foreign/foreign_host.hpp"

#include "app/foreign/exec.hpp"
#include "app/foreign/file.hpp"
#include "app/foreign/http_effector.hpp"
#include "app/foreign/mariadb.hpp"
#include "app/foreign/mariadb_sensor.hpp"
#include "app/foreign/redis.hpp"
#include "app/foreign/redis_sensor.hpp"
#include "app/foreign/sensor.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace tuner {

namespace {

host::port port_of(const foreign_effector_config& x) {
  if (x.kind == "redis")
    return redis_port(x);
  if (x.kind == "mariadb")
    return mariadb_port(x);
  if (x.kind == "exec")
    return exec_port(x);
  return file_port(x);
}

/// @returns the effector whose connection the sensor shares; the rules of the
/// config see to it that there is one.
const foreign_effector_config& connection_of(const target_config& x) {
  return *std::find_if(
    x.effectors.begin(), x.effectors.end(),
    [&](const auto& effector) { return effector.kind == x.sensor.kind; });
}

/// @returns the same, but what is read has as many digits as people write: a
/// value that was scaled there and back is the same again.
host::port rounded(const host::port& x) {
  return {x.set, [get = x.get] {
            char text[32];
            std::snprintf(text, sizeof text, "%.12g", get());
            return std::strtod(text, nullptr);
          }};
}

polled_sensor sensor_of(const target_config& x, const sensor_log& log) {
  auto limit = x.sensor.timeout_seconds;
  if (x.sensor.kind == "redis")
    return make_redis_sensor(connection_of(x).redis, limit, log);
  if (x.sensor.kind == "mariadb")
    return make_mariadb_sensor(connection_of(x).mariadb, limit, log);
  return make_foreign_sensor(x.sensor, {curl_exchange(), log});
}

} // namespace

foreign_host foreign_host_of(const target_config& x, const actor_log& log) {
  foreign_host result;
  auto watched = sensor_of(
    x, [log](log_level level, const std::string& text) { log(level, text); });
  result.take = std::move(watched.take);
  result.restarted = std::move(watched.restarted);
  auto by_http = http_host(x.effectors, curl_exchange());
  auto ports = by_http.knobs();
  for (const auto& effector : x.effectors)
    if (effector.kind != "http")
      ports[effector.knob] = port_of(effector);
  for (const auto& [knob, port] : ports) {
    auto both = rounded(port);
    result.knobs.on(knob, both.set, both.get);
  }
  for (const auto& joint : by_http.joints())
    result.knobs.together(joint);
  return result;
}

} // namespace tuner
