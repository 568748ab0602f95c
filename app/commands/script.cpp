#include "app/commands/script.hpp"

#include <limits>

namespace tuner {

script::script(
  const target_config& of, const std::shared_ptr<log_hub>& logs,
  std::function<answer<change>(const proposal&)> change_to)
  : lines_(of.scripted), log_(logs, {"script", 0, of.name}),
    change_to_(std::move(change_to)) {}

double script::follow(double seconds_after_start) {
  for (; done_ < lines_.size(); ++done_) {
    const auto& [at, wanted] = lines_[done_];
    if (at > seconds_after_start)
      return at;
    proposal asked;
    asked.reason = "scripted";
    for (const auto& [knob, value] : wanted)
      asked.moves.push_back({knob, value, value, asked.reason});
    if (auto done = change_to_(asked); !done)
      log_(
        log_level::warning, "no change to ", to_string(wanted), " at ",
        format_number(at), " s: ", done.refusal);
  }
  return std::numeric_limits<double>::infinity();
}

} // namespace tuner
