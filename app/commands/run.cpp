#include "app/commands/commands.hpp"
#include "app/commands/foreign_targets.hpp"
#include "app/commands/public_face.hpp"
#include "app/commands/served_control.hpp"
#include "app/commands/signals.hpp"

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

/// Everything that runs.
struct service {
  service(const std::string& file, const config& c) : face(c) {
    for (const auto& target : c.targets) {
      if (target.kind != "example_host")
        continue;
      targets.push_back(std::make_unique<served_target>(
        c, target, face.registry(), face.logs(), face.listener()));
      controls.push_back(std::make_unique<served_control>(
        c, target, *targets.back(),
        actor_log{face.logs(), {"admin", 0, target.name}}));
    }
    if (has_foreign_targets(c))
      tune_foreign_targets(c);
    face.open(file, c, [this] {
      std::vector<target_control*> result;
      for (const auto& x : controls)
        result.push_back(x.get());
      if (foreign_controls)
        for (auto* x : foreign_controls->controls())
          result.push_back(x);
      return result;
    });
  }

  void tune_foreign_targets(const config& c) {
    if (!tuning_enabled(c))
      return actor_log{face.logs(), {"target", 0, {}}}(
        log_level::warning,
        "tuner.enabled is false: the foreign targets are left alone");
    foreign_runtime = std::make_unique<runtime>(clock_kind::real);
    foreign_controls =
      std::make_unique<tuned_targets>(c, face, *foreign_runtime);
    foreign = std::make_unique<foreign_targets>(
      c, face.logs(), *foreign_runtime, *foreign_controls);
  }

  void start() {
    for (auto& target : targets)
      target->start();
  }

  void stop() {
    face.close();
    foreign.reset();
    for (auto& target : targets)
      target->stop();
  }

  /// @returns when the next scripted change is due, in seconds after the start.
  double follow_scripts(double seconds_after_start) {
    auto next = foreign ? foreign->follow_scripts(seconds_after_start)
                        : std::numeric_limits<double>::infinity();
    for (auto& target : targets)
      next = std::min(next, target->follow_script(seconds_after_start));
    return next;
  }

  void tell_traffic() {
    for (auto& target : targets)
      actor_log{face.logs(), {"host", 0, target->name()}}(
        log_level::info, to_string(target->take_traffic()));
  }

  public_face face;
  std::vector<std::unique_ptr<served_target>> targets;
  std::vector<std::unique_ptr<served_control>> controls;
  std::unique_ptr<runtime> foreign_runtime; ///< Null without such targets.
  std::unique_ptr<tuned_targets> foreign_controls;
  std::unique_ptr<foreign_targets> foreign;
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
      all.face.again().reload("SIGHUP");
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
  if (!loaded->agent.node.empty() && has_foreign_targets(*loaded)) {
    std::cerr << "auto_tuner: agent.node: " << loaded->agent.node
              << " can't tune targets of kind foreign; allowed: \"\", to tune "
                 "them here, or a config of the node with them\n";
    return exit_code::wrong;
  }
  awaited_signals signals; // Before any thread starts: all inherit it.
  service all{file, *loaded};
  all.start();
  serve(all, signals, options.duration_seconds);
  all.stop();
  all.tell_traffic(); // All that came in has been answered now.
  return exit_code::done;
}

} // namespace tuner
