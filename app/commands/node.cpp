#include "app/commands/commands.hpp"
#include "app/commands/node_service.hpp"
#include "app/commands/signals.hpp"
#include "config/address.hpp"

#include <iostream>

namespace tuner {

namespace {

/// @returns whether agents may be awaited there.
bool may_listen(const node_config& where, bool anywhere) {
  if (is_loopback(where.address))
    return true;
  std::cerr << "auto_tuner: node.address: " << where.address
            << " can be reached from other machines, and what goes over the "
               "network is neither encrypted nor proven";
  if (anywhere) {
    std::cerr << ": only do this where you trust everyone\n";
    return true;
  }
  std::cerr << "; allowed: an address of 127.0.0.0/8 or ::1, with stunnel "
               "before it (see docs/operators.md), or --listen-anywhere\n";
  return false;
}

} // namespace

int node_command(const node_options& options) {
  auto loaded = load_or_complain(options.config_file);
  if (!loaded || !may_listen(loaded->node, options.listen_anywhere))
    return exit_code::wrong;
  if (!tuning_enabled(*loaded)) {
    std::cerr << "auto_tuner: tuner.enabled: false leaves nothing to do for a "
                 "node; allowed: true\n";
    return exit_code::wrong;
  }
  share_one_heap();
  awaited_signals signals; // Before any thread starts: all inherit it.
  node_service all{options.config_file, *loaded};
  auto end = std::chrono::steady_clock::time_point::max();
  if (options.duration_seconds > 0)
    end = std::chrono::steady_clock::now()
      + from_seconds(std::min(options.duration_seconds, 365.0 * 86'400));
  while (signals.wait_until(end) == SIGHUP)
    all.face().again().reload("SIGHUP");
  return exit_code::done;
}

int agent_command(const run_options& options) {
  auto loaded = load_or_complain(options.config_file);
  if (!loaded)
    return exit_code::wrong;
  if (loaded->agent.node.empty()) {
    std::cerr << "auto_tuner: agent.node: \"\" is no node; allowed: HOST:PORT, "
                 "such as 127.0.0.1:9470\n";
    return exit_code::wrong;
  }
  return run_command(options);
}

} // namespace tuner
