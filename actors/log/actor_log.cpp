#include "actors/log/actor_log.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

namespace tuner {

namespace {

constexpr std::array level_names{"trace",   "debug", "info",
                                 "warning", "error", "off"};

spdlog::sink_ptr make_sink(const log_params& params) {
  if (params.file.empty())
    return std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto bytes = static_cast<size_t>(params.max_file_mb * 1024 * 1024);
  try {
    return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
      params.file, bytes, params.files);
  } catch (const spdlog::spdlog_ex& x) {
    throw std::runtime_error{
      "logging.file: " + params.file + " can't be opened (" + x.what()
      + "); name a file in a directory that exists and can be written to"};
  }
}

std::string as_text(
  instant at, log_level level, const log_hub::origin& who,
  std::string_view text) {
  auto line = to_string(at) + ' ' + to_string(level) + ' ' + who.actor;
  if (who.id != 0)
    line += '#' + std::to_string(who.id);
  if (!who.target.empty())
    line += " [" + who.target + ']';
  return line + ": " + std::string{text};
}

std::string as_json(
  instant at, log_level level, const log_hub::origin& who,
  std::string_view text) {
  boost::json::object line;
  line["time"] = to_string(at);
  line["level"] = to_string(level);
  line["actor"] = who.actor;
  line["id"] = who.id;
  line["target"] = who.target;
  line["message"] = text;
  return boost::json::serialize(line);
}

} // namespace

const char* to_string(log_level x) {
  return level_names.at(static_cast<size_t>(x));
}

std::optional<log_level> log_level_of(std::string_view name) {
  auto i = std::find(level_names.begin(), level_names.end(), name);
  if (i == level_names.end())
    return std::nullopt;
  return static_cast<log_level>(i - level_names.begin());
}

const std::vector<std::string>& log_actors() {
  static const std::vector<std::string> names{
    "monitor", "analyzer", "applier",  "watchdog", "metrics",
    "journal", "target",   "pipeline", "host",     "admin",
    "node",    "fleet",    "agent",    "link"};
  return names;
}

namespace {

log_level level_in(const log_params& params, const std::string& actor) {
  auto fallback = log_level_of(params.level).value_or(log_level::info);
  auto i = params.levels.find(actor);
  return i == params.levels.end() ? fallback
                                  : log_level_of(i->second).value_or(fallback);
}

} // namespace

struct log_hub::impl {
  impl(const log_params& params, std::function<instant()> clock, tap also)
    : now(std::move(clock)), json(params.format == "json"),
      seen_by(std::move(also)), logger("auto_tuner") {
    for (const auto& name : log_actors())
      levels[name] = level_in(params, name);
    if (!params.file.empty() || !seen_by)
      logger.sinks().push_back(make_sink(params));
    logger.set_pattern("%v");
    logger.set_level(spdlog::level::trace);
    logger.flush_on(spdlog::level::trace);
  }

  std::function<instant()> now;
  bool json;
  tap seen_by;
  spdlog::logger logger;
  std::map<std::string, std::atomic<log_level>, std::less<>> levels;
  std::atomic<log_level> fallback_level{log_level::info};
};

log_hub::log_hub(
  const log_params& params, std::function<instant()> now, tap also) {
  if (!now)
    now = [] { return instant{std::chrono::system_clock::now()}; };
  impl_ = std::make_unique<impl>(params, std::move(now), std::move(also));
}

log_hub::~log_hub() = default;

bool log_hub::set_level(std::string_view actor, log_level level) {
  auto i = impl_->levels.find(actor);
  if (i == impl_->levels.end())
    return false;
  i->second = level;
  return true;
}

void log_hub::set_levels(const log_params& params) {
  for (auto& [actor, level] : impl_->levels)
    level = level_in(params, actor);
}

const std::atomic<log_level>& log_hub::level_of(std::string_view actor) const {
  auto i = impl_->levels.find(actor);
  return i == impl_->levels.end() ? impl_->fallback_level : i->second;
}

void log_hub::write(log_level level, const origin& who, std::string_view text) {
  auto format = impl_->json ? as_json : as_text;
  auto line = format(impl_->now(), level, who, text);
  if (impl_->seen_by)
    impl_->seen_by(line);
  impl_->logger.log(spdlog::level::critical, line);
}

actor_log::actor_log(std::shared_ptr<log_hub> hub, log_hub::origin who)
  : hub_(std::move(hub)), who_(std::move(who)) {
  if (hub_)
    level_ = &hub_->level_of(who_.actor);
}

} // namespace tuner
