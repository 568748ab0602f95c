#include "app/commands/served_control.hpp"

#include "actors/analyzer/analysis.hpp"

namespace tuner {

served_control::served_control(
  const config& c, const target_config& which, served_target& target,
  actor_log log)
  : recorded_control(c, which, std::move(log)), target_(target) {}

tuning_status served_control::status() {
  return tuner().status();
}

answer<settings> served_control::in_force() {
  if (tuner().enabled())
    return tuner().in_force();
  auto now = target_.server().settings();
  return {
    settings{
      {knob::batch_size, now.batch_size},
      {knob::batch_timeout, now.batch_timeout_ms},
      {knob::cache_size, now.cache_size_mb}},
    {}};
}

answer<std::vector<history_event>>
served_control::recall(const history_query& which) {
  if (!tuner().enabled())
    return {std::vector<history_event>{}, {}};
  return tuner().recall(which);
}

answer<std::vector<observation>>
served_control::series(const series_query& which) {
  if (!tuner().enabled())
    return {std::vector<observation>{}, {}};
  return tuner().series(which);
}

answer<tuning_status> served_control::pause(const std::string& who) {
  if (!tuner().enabled())
    return {std::nullopt, analysis_text::disabled, ec::disabled};
  return noted("pause", who, answer<tuning_status>{tuner().pause(), {}});
}

answer<tuning_status> served_control::resume(const std::string& who) {
  if (!tuner().enabled())
    return {std::nullopt, analysis_text::disabled, ec::disabled};
  return noted("resume", who, answer<tuning_status>{tuner().resume(), {}});
}

answer<std::vector<change>>
served_control::rollback(uint32_t steps, const std::string& who) {
  return noted(
    "rollback " + std::to_string(steps), who, tuner().rollback_last(steps));
}

answer<change>
served_control::set(const settings& wanted, const std::string& who) {
  return noted("set " + to_string(wanted), who, tuner().set(wanted));
}

} // namespace tuner
