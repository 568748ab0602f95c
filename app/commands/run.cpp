#include "app/admin/admin_server.hpp"
#include "app/admin/publisher.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/reloader.hpp"
#include "app/commands/served_control.hpp"
#include "app/dashboard/assets.hpp"

#include <prometheus/registry.h>

#include <csignal>
#include <filesystem>
#include <iostream>

namespace tuner {

namespace {

constexpr auto traffic_period = std::chrono::seconds{10};

/// @returns where the example is, from where the program is: beside it as
/// installed, or in the sources it was built from.
std::string shipped_example() {
  auto folder = std::filesystem::canonical("/proc/self/exe").parent_path();
  auto installed = folder.parent_path() / "share/auto_tuner/example.json";
  auto built = folder.parent_path().parent_path() / "config/example.json";
  return (std::filesystem::exists(built) ? built : installed).string();
}

/// SIGINT, SIGTERM and SIGHUP, blocked in all threads and waited for in one.
class awaited_signals {
public:
  awaited_signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }

  /// @returns which came before `until`; 0 for none.
  int wait_until(std::chrono::steady_clock::time_point until) const {
    auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(
      until - std::chrono::steady_clock::now());
    auto ns = std::max<int64_t>(left.count(), 0);
    timespec timeout{ns / 1'000'000'000, ns % 1'000'000'000};
    return std::max(sigtimedwait(&set_, nullptr, &timeout), 0);
  }

private:
  sigset_t set_{};
};

/// Everything that runs.
struct service {
  service(const std::string& file, const config& c) {
    logs =
      std::make_shared<log_hub>(c.logging, nullptr, [](std::string_view line) {
        std::cout << line << '\n' << std::flush;
      });
    for (const auto& target : c.targets) {
      targets.push_back(
        std::make_unique<served_target>(c, target, registry, logs, news));
      controls.push_back(std::make_unique<served_control>(
        c, target, *targets.back(),
        actor_log{logs, {"admin", 0, target.name}}));
    }
    again = std::make_unique<reloader>(file, c, controlled(), logs);
    admin = std::make_unique<admin_server>(c.admin, content());
    actor_log{logs, {"admin", 0, {}}}(
      log_level::info, "metrics at ", admin->url(), "/metrics, health at ",
      admin->url(), "/healthz, the control API at ", admin->url(),
      "/api/v1, the page at ", admin->url(), '/');
    watch = std::make_unique<status_watch>(news, controlled());
  }

  void start() {
    for (auto& target : targets)
      target->start();
  }

  void stop() {
    watch.reset();
    admin.reset();
    for (auto& target : targets)
      target->stop();
  }

  /// @returns when the next scripted change is due, in seconds after the start.
  double follow_scripts(double seconds_after_start) {
    auto next = std::numeric_limits<double>::infinity();
    for (auto& target : targets)
      next = std::min(next, target->follow_script(seconds_after_start));
    return next;
  }

  void tell_traffic() {
    for (auto& target : targets)
      actor_log{logs, {"host", 0, target->name()}}(
        log_level::info, to_string(target->take_traffic()));
  }

  std::vector<target_control*> controlled() const {
    std::vector<target_control*> result;
    for (const auto& x : controls)
      result.push_back(x.get());
    return result;
  }

  admin_content content() {
    admin_content result;
    result.registry = registry;
    result.targets = controlled();
    result.feed = feed;
    for (const auto& x : dashboard_assets())
      result.page.push_back({x.path, x.content_type, x.body});
    result.logs = logs;
    result.reload = [this](const std::string& who) {
      return again->reload(who);
    };
    result.now = [] { return instant{std::chrono::system_clock::now()}; };
    result.started_at = result.now();
    return result;
  }

  std::shared_ptr<log_hub> logs;
  std::shared_ptr<prometheus::Registry> registry =
    std::make_shared<prometheus::Registry>();
  std::shared_ptr<event_feed> feed = std::make_shared<event_feed>();
  std::shared_ptr<publisher> news = std::make_shared<publisher>(feed);
  std::vector<std::unique_ptr<served_target>> targets;
  std::vector<std::unique_ptr<served_control>> controls;
  std::unique_ptr<reloader> again;
  std::unique_ptr<status_watch> watch;
  std::unique_ptr<admin_server> admin;
};

void serve(
  service& all, const awaited_signals& signals, double duration_seconds) {
  using clock = std::chrono::steady_clock;
  auto start = clock::now();
  auto after = [&](double x) { // Capped: a year is for ever.
    return start + from_seconds(std::min(x, 365.0 * 86'400));
  };
  auto end =
    duration_seconds > 0 ? after(duration_seconds) : clock::time_point::max();
  auto next_line = start + traffic_period;
  while (true) {
    auto scripted = after(all.follow_scripts(seconds(clock::now() - start)));
    if (auto signal = signals.wait_until(std::min({next_line, end, scripted}));
        signal == SIGHUP)
      all.again->reload("SIGHUP");
    else if (signal != 0)
      return;
    auto now = clock::now();
    if (now >= end)
      return;
    if (now < next_line)
      continue;
    all.tell_traffic();
    next_line += traffic_period;
  }
}

} // namespace

int run_command(const run_options& options) {
  auto file =
    options.config_file.empty() ? shipped_example() : options.config_file;
  auto loaded = load_or_complain(file);
  if (!loaded)
    return exit_code::wrong;
  if (loaded->targets.empty()) {
    std::cerr << "auto_tuner: targets: [] leaves nothing to serve; allowed: at "
                 "least one target, as in "
              << shipped_example() << '\n';
    return exit_code::wrong;
  }
  awaited_signals signals; // Before any thread starts: all inherit it.
  service all{file, *loaded};
  all.start();
  serve(all, signals, options.duration_seconds);
  all.stop();
  return exit_code::done;
}

} // namespace tuner
