#include "app/commands/reloader.hpp"

#include "config/diff.hpp"
#include "config/loader.hpp"

#include <cstdlib>

namespace tuner {

namespace {

std::string joined(const std::vector<std::string>& x, const char* between) {
  std::string result;
  for (const auto& text : x)
    result += (result.empty() ? "" : between) + text;
  return result;
}

} // namespace

reloader::reloader(
  std::string file, config now, target_list targets,
  std::shared_ptr<log_hub> logs)
  : file_(std::move(file)), targets_(std::move(targets)),
    logs_(std::move(logs)), log_(logs_, {"admin", 0, {}}),
    now_(std::move(now)) {}

answer<std::vector<std::string>> reloader::reload(const std::string& who) {
  auto done = take_over();
  if (!done)
    log_(log_level::error, "reload by ", who, " refused: ", done.refusal);
  else
    log_(
      log_level::info, "reloaded by ", who, ": ",
      done->empty() ? "nothing has changed" : joined(*done, ", "));
  return done;
}

config reloader::present() {
  std::lock_guard lock{mutex_};
  return now_;
}

answer<std::vector<std::string>> reloader::take_over() {
  std::lock_guard lock{mutex_};
  auto loaded = load_config_file(file_);
  apply_environment(loaded, [](const char* name) { return std::getenv(name); });
  if (!loaded.ok()) {
    std::vector<std::string> errors;
    for (const auto& x : loaded.errors)
      errors.push_back(to_string(x));
    return {std::nullopt, joined(errors, "; ") + "; nothing was changed"};
  }
  auto differs = difference(now_, loaded.value);
  if (auto why = refusal_to_change(differs); !why.empty())
    return {std::nullopt, std::move(why)};
  if (differs.live.empty())
    return {std::vector<std::string>{}, {}};
  now_ = std::move(loaded.value);
  logs_->set_levels(now_.logging);
  for (auto* target : targets_())
    if (auto done = target->reconfigure(now_); !done)
      log_(
        log_level::warning, target->name(),
        " does not say whether it runs by the new config: ", done.refusal);
  return {std::move(differs.live), {}};
}

} // namespace tuner
