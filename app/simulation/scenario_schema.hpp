#pragma once

#include "app/simulation/scenario.hpp"
#include "config/schema.hpp"

namespace tuner::simulation {

/// Every key of a scenario file, as `config/schema.hpp` does it for configs.
void describe(schema_visitor& v, scenario& x);
void describe(schema_visitor& v, arrivals_config& x);
void describe(schema_visitor& v, service_config& x);
void describe(schema_visitor& v, knee_config& x);
void describe(schema_visitor& v, hiccups_config& x);
void describe(schema_visitor& v, cache_scenario& x);

} // namespace tuner::simulation

namespace tuner {

/// Where a scenario starts.
void describe(schema_visitor& v, standard_values& x);

} // namespace tuner
