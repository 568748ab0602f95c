#include "app/foreign/foreign_host.hpp"

namespace tuner {

foreign_host foreign_host_of(const target_config&, const actor_log&) {
  return {{}, [] { return sample{}; }, {}};
}

} // namespace tuner
