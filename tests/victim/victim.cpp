// A serving host that lives on when its tuner is killed: its knobs are in a
// file that is mapped into memory. It tunes itself as fast as it can, prints
// what was acknowledged, and waits to be killed (tests/integration/kill_test).
//
//   victim JOURNAL KNOBS

#include <auto_tuner/auto_tuner.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <thread>

using namespace tuner;
using namespace std::chrono_literals;

namespace {

struct knobs {
  double batch_size;
  double batch_timeout_ms;
};

knobs* map(const char* file) {
  auto fd = open(file, O_RDWR | O_CREAT, 0600);
  if (fd < 0 || ftruncate(fd, sizeof(knobs)) != 0)
    return nullptr;
  auto* at =
    mmap(nullptr, sizeof(knobs), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  return at == MAP_FAILED ? nullptr : static_cast<knobs*>(at);
}

config settings_of(const char* journal) {
  config c;
  c.tuner.enabled = true;
  c.tuner.policy = "hold";
  c.tuner.judge = "threshold";
  c.tuner.sample_period_seconds = 0.01;
  c.tuner.observation_window_seconds = 0.05;
  c.tuner.tuning_interval_seconds = 0.05;
  c.tuner.cool_down_seconds = 0;
  c.tuner.min_requests = 1;
  c.tuner.watchdog.check_delay_seconds = 0.05;
  c.tuner.rollback.max_per_hour = 0;
  c.journal.file = journal;
  c.logging.level = "off";
  return c;
}

void say(const char* what, const change& x) {
  std::printf("%s %llu", what, static_cast<unsigned long long>(x.id));
  for (const auto& move : x.moves)
    std::printf(" %s=%.17g", move.knob.c_str(), move.to);
  std::printf("\n");
  std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3)
    return 2;
  auto* now = map(argv[2]);
  if (!now)
    return 1;
  if (now->batch_size == 0)
    *now = {32, 50};
  auto started = std::chrono::steady_clock::now();
  auto_tuner t{
    settings_of(argv[1]),
    host{}
      .on(
        knob::batch_size, [&](double v) { now->batch_size = v; },
        [&] { return now->batch_size; })
      .on(
        knob::batch_timeout, [&](double v) { now->batch_timeout_ms = v; },
        [&] { return now->batch_timeout_ms; })};
  t.start();
  while (!t.rollback_last(0)) // Refused until the start is over.
    std::this_thread::sleep_for(1ms);
  std::printf(
    "ready %.1f %.17g %.17g\n",
    std::chrono::duration<double, std::milli>(
      std::chrono::steady_clock::now() - started)
      .count(),
    now->batch_size, now->batch_timeout_ms);
  std::fflush(stdout);
  std::thread load{[&] {
    while (true) {
      t.record_arrival();
      // A larger batch is a slower one: some changes are kept, some undone.
      t.record_request(from_milliseconds(5 + now->batch_size / 4), true);
      std::this_thread::sleep_for(200us);
    }
  }};
  load.detach();
  for (uint64_t n = 0;; ++n) {
    proposal asked;
    asked.reason = "by turns";
    auto value = static_cast<double>(8 + (n * 37 + getpid()) % 90);
    asked.moves = {{knob::batch_size, 0, value, asked.reason}};
    if (auto done = t.apply(asked))
      say("applied", *done);
    std::this_thread::sleep_for(std::chrono::milliseconds{n % 7 * 5});
    if (n % 11 == 10)
      if (auto undone = t.rollback_last(1))
        for (const auto& x : *undone)
          say("undone", x);
  }
}
