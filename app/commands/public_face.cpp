#include "app/commands/public_face.hpp"

#include "app/dashboard/assets.hpp"

#include <prometheus/registry.h>

#include <chrono>
#include <iostream>

namespace tuner {

public_face::public_face(const config& c)
  : logs_(std::make_shared<log_hub>(
    c.logging, nullptr,
    [](std::string_view line) { std::cout << line << '\n'
                                          << std::flush; })),
    registry_(std::make_shared<prometheus::Registry>()) {}

void public_face::open(
  const std::string& file, const config& c, target_list targets) {
  again_ = std::make_unique<reloader>(file, c, targets, logs_);
  admin_ = std::make_unique<admin_server>(c.admin, content(targets));
  actor_log{logs_, {"admin", 0, {}}}(
    log_level::info, "metrics at ", admin_->url(), "/metrics, health at ",
    admin_->url(), "/healthz, the control API at ", admin_->url(),
    "/api/v1, the page at ", admin_->url(), '/');
  watch_ = std::make_unique<status_watch>(news_, std::move(targets));
}

void public_face::close() {
  watch_.reset();
  admin_.reset();
}

admin_content public_face::content(target_list targets) {
  admin_content result;
  result.registry = registry_;
  result.targets = std::move(targets);
  result.feed = feed_;
  for (const auto& x : dashboard_assets())
    result.page.push_back({x.path, x.content_type, x.body});
  result.logs = logs_;
  result.reload = [this](const std::string& who) {
    return again_->reload(who);
  };
  result.now = [] { return instant{std::chrono::system_clock::now()}; };
  result.started_at = result.now();
  return result;
}

} // namespace tuner
