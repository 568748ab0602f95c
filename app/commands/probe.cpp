#include "actors/monitor/sample_sum.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/foreign_targets.hpp"
#include "app/foreign/foreign_host.hpp"

#include <chrono>
#include <iostream>
#include <thread>

namespace tuner {

namespace {

using wall_clock = std::chrono::system_clock;

/// Prints lines about one host, and whether all of them are good.
class findings {
public:
  void good(const std::string& text) const { print("ok   ", text); }

  void bad(const std::string& text) {
    well_ = false;
    print("WRONG", text);
  }

  bool well() const { return well_; }

private:
  static void print(const char* how, const std::string& text) {
    std::cout << "  " << how << "  " << text << '\n';
  }

  bool well_ = true;
};

std::string figure(const char* name, const reading& x, const char* unit) {
  return x ? std::string{", "} + name + ' ' + format_number(*x, 4) + unit : "";
}

/// @returns what a window says, for people; what is not known is left out.
std::string told(const observation& x) {
  auto result =
    std::to_string(x.completed) + " requests in " + to_string(x.length());
  if (x.latency_p95 > duration{0})
    result +=
      ", p50 " + to_string(x.latency_p50) + ", p95 " + to_string(x.latency_p95);
  if (x.failed > 0)
    result += ", " + std::to_string(x.failed) + " failed";
  if (x.batches > 0)
    result += ", " + std::to_string(x.batches) + " batches of "
      + format_number(x.batch_size_mean, 3);
  return result + figure("hit ratio", x.cache_hit_ratio, "")
    + figure("queue", x.queue_length, "")
    + figure("memory", x.memory_mib, " MiB")
    + figure("of it used", x.memory_used_ratio, "");
}

/// Counters need two looks, a sample period apart.
void probe_sensor(
  const foreign_host& host, double period_seconds, findings& found) {
  host.take();
  auto opened_at = wall_clock::now();
  std::this_thread::sleep_for(from_seconds(period_seconds));
  auto x = host.take();
  x.opened_at = instant{opened_at};
  x.closed_at = instant{wall_clock::now()};
  sample_sum seen{x};
  if (x.completed > 0)
    return found.good("watched: " + told(seen_in({&seen})));
  found.bad(
    "watched: no request was seen in " + to_string(x.closed_at - x.opened_at)
    + ": there is no traffic, or see the lines above");
}

void probe_knob(
  const knob_spec& knob, const foreign_host& host, findings& found) {
  auto port = host.knobs.knobs().find(knob.name);
  if (port == host.knobs.knobs().end())
    return found.good(knob.name + " has no effector: it is left alone");
  auto bounds = " (from " + format_number(knob.min) + " to "
    + format_number(knob.max) + ')';
  try {
    auto value = port->second.get();
    if (value >= knob.min && value <= knob.max)
      return found.good(
        knob.name + " is " + format_number(value) + ", and would be written"
        + bounds);
    found.bad(
      knob.name + " is " + format_number(value) + ", which is not allowed"
      + bounds + ": is the effector's scale right?");
  } catch (const std::exception& x) {
    found.bad(knob.name + " can't be read: " + x.what());
  }
}

bool probe(const config& c, const target_config& which) {
  std::cout << (which.name.empty() ? "target" : which.name) << '\n';
  findings found;
  auto log = std::make_shared<log_hub>(
    log_params{}, nullptr,
    [&](std::string_view line) { found.bad(std::string{line}); });
  auto host = foreign_host_of(which, {log, {"target", 0, which.name}});
  for (const auto& knob : knobs_of(c, which).knobs)
    probe_knob(knob, host, found);
  probe_sensor(host, c.tuner.sample_period_seconds, found);
  return found.well();
}

} // namespace

int probe_command(const std::string& file) {
  auto loaded = load_or_complain(file);
  if (!loaded)
    return exit_code::wrong;
  if (!has_foreign_targets(*loaded)) {
    std::cerr << "auto_tuner: targets: none is of kind foreign, so there is "
                 "nothing to probe\n";
    return exit_code::wrong;
  }
  auto well = true;
  for (const auto& which : loaded->targets)
    if (which.kind == "foreign")
      well = probe(*loaded, which) && well;
  return well ? exit_code::done : exit_code::failed;
}

} // namespace tuner
