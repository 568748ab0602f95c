#pragma once

#include "actors/analyzer/climb/back_off.hpp"
#include "messages/knob.hpp"

#include <string>

namespace tuner::climb {

/// Batch size and timeout as they stand.
struct levers {
  const knob_spec* size = nullptr; ///< `nullptr`: may not be moved.
  const knob_spec* timeout = nullptr;
  double batch_size = 0; ///< 0: the target has none.
  double timeout_ms = 0;
  double size_floor = 1; ///< Smaller batches could not keep up.
};

/// @returns the levers among `knobs`; those that are switched off count, but
/// are not to be moved.
levers levers_of(const settings& in_force, const knob_table& knobs);

/// A step of one knob.
struct step {
  const knob_spec* knob = nullptr;
  double from = 0;
  double to = 0;
  std::string why;

  direction where() const {
    return to > from ? direction::up : direction::down;
  }
};

} // namespace tuner::climb
