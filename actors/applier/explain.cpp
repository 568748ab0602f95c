#include "actors/applier/explain.hpp"

#include <algorithm>

namespace tuner {

namespace {

constexpr size_t candidates_shown = 3;

std::string number(double x) {
  return format_number(x, 3);
}

std::string weighed(const change& what) {
  std::string result;
  auto count = std::min(what.considered.size(), candidates_shown);
  for (size_t i = 0; i < count; ++i) {
    const auto& x = what.considered[i];
    result += (i == 0 ? "" : "; ") + to_string(x.values) + ": p95 "
      + number(x.p95_ms) + " ms, " + number(x.cost) + " busy workers"
      + (x.feasible ? "" : ", misses the objective");
  }
  if (what.considered.size() > count)
    result +=
      "; and " + std::to_string(what.considered.size() - count) + " more";
  return result;
}

const char* in_words(outcome x) {
  switch (x) {
  case outcome::kept:
    return "kept";
  case outcome::rolled_back:
    return "rolled back";
  case outcome::inconclusive:
    return "undone without blame";
  default:
    return "still on trial";
  }
}

} // namespace

std::string explain(const change& what, const verdict& judged) {
  std::string result = "Change " + to_string(what.id) + " at "
    + to_string(what.at) + ": " + to_string(what.moves) + ".\n";
  result += "  Why: " + what.reason + ".\n";
  if (what.evidence.completed > 0 && judged.before.completed == 0)
    result += "  Seen: " + summary(what.evidence) + ".\n";
  if (!what.considered.empty())
    result += "  Weighed: " + weighed(what) + ".\n";
  if (judged.before.completed > 0)
    result += "  Before: " + summary(judged.before) + ".\n";
  if (judged.after.completed > 0)
    result += "  Since: " + summary(judged.after) + ".\n";
  if (!ends_trial(judged.result))
    return result + "  It is still on trial.\n";
  return result + "  Verdict after " + to_string(judged.at - what.at) + ": "
    + in_words(judged.result) + ". " + judged.reason + ".\n";
}

} // namespace tuner
