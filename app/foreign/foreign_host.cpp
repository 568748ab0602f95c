#include "app/foreign/foreign_host.hpp"

#include "app/foreign/sensor.hpp"

namespace tuner {

foreign_host foreign_host_of(const target_config& x, const actor_log& log) {
  foreign_host result;
  result.take = make_foreign_sensor(
    x.sensor,
    {curl_exchange(), [log](log_level level, const std::string& text) {
       log(level, text);
     }});
  return result;
}

} // namespace tuner
