#include <auto_tuner/auto_tuner.hpp>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <thread>

/// A host with one knob: tuned for a moment, or, with `--disabled`, not at all.
/// With `--static` its tuner lives as long as the process and is never stopped.
int main(int argc, char** argv) try {
  using namespace std::chrono_literals;
  auto told = [&](const char* what) {
    return argc > 1 && std::strcmp(argv[1], what) == 0;
  };
  static double batch_size = 32;
  tuner::config config;
  config.logging.level = "warning";
  config.tuner.enabled = !told("--disabled");
  config.tuner.policy = "threshold";
  config.tuner.sample_period_seconds = 0.01;
  config.tuner.observation_window_seconds = 1;
  config.tuner.tuning_interval_seconds = 0.05;
  config.tuner.host_timeout_seconds = 60; // The machine may be busy.
  config.tuner.watchdog.check_delay_seconds = 3600;
  auto made = [&] {
    return std::make_unique<tuner::auto_tuner>(
      config, tuner::host{}.on(tuner::knob::batch_size, [&](double v) {
        batch_size = v;
      }));
  };
  static std::unique_ptr<tuner::auto_tuner> kept; // Outlives the engine's own.
  std::unique_ptr<tuner::auto_tuner> mine;
  auto& t = *((told("--static") ? kept : mine) = made());
  t.start();
  if (!t.enabled())
    return 0;
  // So slow that the rule shrinks the batch.
  auto deadline = std::chrono::steady_clock::now() + 5min;
  while (t.history().empty() && std::chrono::steady_clock::now() < deadline) {
    t.record_request(1800ms, true);
    std::this_thread::sleep_for(1ms);
  }
  auto history = t.history();
  if (history.empty())
    return std::puts("no decision was made"), 1;
  std::printf("%s\n", to_string(history[0].what.moves).c_str());
  if (told("--static"))
    return 0;
  t.stop(); // On trial still: undone.
  return batch_size == 32 ? 0 : 1;
} catch (const std::exception& x) {
  std::printf("%s\n", x.what());
  return 2;
}
