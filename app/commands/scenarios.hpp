#pragma once

#include "app/rehearsal.hpp"

#include <string>
#include <vector>

namespace tuner {

/// What the spec (F) says must come out of a scenario.
struct expectation {
  std::string what;
  std::string wanted;
  std::string seen;
};

/// One played scenario: what to print, and what to hold it to.
struct scenario_report {
  std::string title;
  std::vector<std::pair<std::string, std::string>> steps; ///< Label and text.
  std::vector<expectation> expectations;

  bool passed() const;
};

/// Plays scenario `number`, 1 to 6, on the real actors.
scenario_report play_scenario(int number);

} // namespace tuner
