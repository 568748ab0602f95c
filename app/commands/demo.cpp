#include "app/commands/commands.hpp"
#include "app/commands/scenarios.hpp"

#include <cstdio>

namespace tuner {

namespace {

bool show(int number) {
  auto report = play_scenario(number);
  std::printf("Scenario %d: %s\n", number, report.title.c_str());
  for (const auto& [label, text] : report.steps)
    std::printf("  %-12s %s\n", label.c_str(), text.c_str());
  for (const auto& x : report.expectations)
    if (x.wanted != x.seen)
      std::printf(
        "  UNEXPECTED   %s: wanted %s, saw %s\n", x.what.c_str(),
        x.wanted.c_str(), x.seen.c_str());
  std::printf(
    "  => %s\n\n", report.passed() ? "as specified" : "NOT as specified");
  return report.passed();
}

} // namespace

int demo_command(int scenario) {
  auto first = scenario == 0 ? 1 : scenario;
  auto last = scenario == 0 ? 6 : scenario;
  bool passed = true;
  for (int i = first; i <= last; ++i)
    passed = show(i) && passed;
  return passed ? exit_code::done : exit_code::failed;
}

} // namespace tuner
