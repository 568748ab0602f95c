#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

/// The names of the three standard knobs (spec A1).
namespace knob {

inline constexpr const char* batch_size = "batch_size"; ///< Requests.
inline constexpr const char* batch_timeout = "batch_timeout_ms";
inline constexpr const char* cache_size = "cache_size_mb"; ///< MiB.

} // namespace knob

/// What a knob does to its target, so that a policy knows which to turn.
enum class knob_role : uint8_t { batch_size, batch_timeout, cache_size, other };

const char* to_string(knob_role x);

/// One live-tunable parameter of a target.
struct knob_spec {
  std::string name; ///< Key in JSON, label in Prometheus.
  knob_role role = knob_role::other;
  double min = 0;
  double max = 0;
  double step = 0; ///< Values are `min + n * step`; 0 means any value.
  std::string unit;
  double initial = 0;        ///< What the target starts with.
  bool enabled = true;       ///< Switched off, the tuner never moves it (C2).
  double max_step_ratio = 0; ///< 2: at most doubled or halved by one change.
};

template <class Inspector>
auto inspect(Inspector& f, knob_spec& x) {
  return f(
    x.name, x.role, x.min, x.max, x.step, x.unit, x.initial, x.enabled,
    x.max_step_ratio);
}

/// One value per knob, by name.
using settings = std::map<std::string, double>;

/// @returns `x` as `batch_size=32 batch_timeout_ms=50`.
std::string to_string(const settings& x);

/// @returns `x` with that many significant digits and no trailing zeros.
std::string format_number(double x, int digits = 6);

/// The knobs of one target: a table from its config, not an enum (A2).
struct knob_table {
  std::vector<knob_spec> knobs;

  /// @returns the knob called `name`, or `nullptr`.
  const knob_spec* find(std::string_view name) const;

  /// @returns the first enabled knob with this role, or `nullptr`.
  const knob_spec* tunable(knob_role role) const;

  /// @returns the value every knob starts with.
  settings initial() const;
};

/// @returns `value` moved into the bounds of `spec` and onto its steps; its
/// initial value for NaN.
double clamp(const knob_spec& spec, double value);

/// The three standard knobs with their widest sensible bounds.
/// @param batch_size requests, @param batch_timeout_ms milliseconds and
/// @param cache_size_mb MiB are the initial values.
struct standard_values {
  double batch_size = 32;
  double batch_timeout_ms = 50;
  double cache_size_mb = 4096;
};
knob_table standard_knobs(const standard_values& initial);

} // namespace tuner
