#pragma once

#include "actors/analyzer/climb/back_off.hpp"
#include "actors/analyzer/climb/recent.hpp"

#include <optional>
#include <string>

namespace tuner::climb {

/// A step that was asked for and is yet to be judged.
struct trial {
  std::string knob;
  double from = 0;
  double to = 0;
  std::optional<evidence> before; ///< Unknown: it is not to be compared.
  bool search = false;            ///< By a `line_search`.
  bool relief = false;            ///< By a `capacity_climb`.
  bool unsure = false;            ///< A verdict was inconclusive meanwhile.

  direction where() const {
    return to > from ? direction::up : direction::down;
  }
};

/// A batch size with which more came than was answered.
struct too_small {
  double batch_size = 0;
  double load_rps = 0;
  instant at{};
};

} // namespace tuner::climb
