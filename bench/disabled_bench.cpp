#include "bench/bench.hpp"

#include <auto_tuner/auto_tuner.hpp>

#include <spawn.h>
#include <sys/wait.h>

#include <chrono>
#include <fstream>
#include <stdexcept>

namespace tuner {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr int rounds = 9;
constexpr int records = 20'000'000;
constexpr int starts = 200;

double thread_count() {
  std::ifstream in{"/proc/self/status"};
  for (std::string word; in >> word;)
    if (word == "Threads:") {
      double count = 0;
      in >> count;
      return count;
    }
  return 0;
}

config disabled_config() {
  config result;
  result.logging.level = "off";
  return result;
}

/// @returns nanoseconds per call of `f`, with the compiler kept from leaving
/// the loop out.
template <class F>
double ns_per_call(F f) {
  auto begin = clock::now();
  for (int i = 0; i < records; ++i) {
    f();
    asm volatile("" ::: "memory");
  }
  return std::chrono::duration<double, std::nano>{clock::now() - begin}.count()
    / records;
}

double start_us() {
  auto begin = clock::now();
  auto_tuner t{disabled_config(), host{}.on(knob::batch_size, [](double) {})};
  t.start();
  return std::chrono::duration<double, std::micro>{clock::now() - begin}
    .count();
}

/// @returns how long a process takes from its start to its end.
double process_ms(const char* program, const char* argument) {
  auto begin = clock::now();
  char* arguments[] = {
    const_cast<char*>(program), const_cast<char*>(argument), nullptr};
  pid_t pid = 0;
  int status = 0;
  if (
    posix_spawn(&pid, program, nullptr, nullptr, arguments, environ) != 0
    || waitpid(pid, &status, 0) != pid || status != 0)
    throw std::runtime_error{std::string{program} + " can't be run"};
  return std::chrono::duration<double, std::milli>{clock::now() - begin}
    .count();
}

/// What linking the tuner adds to the start of a program that disables it,
/// against one without it, in turn.
void add_process_start(bench_result& to) {
  std::vector<double> with;
  std::vector<double> without;
  std::vector<double> added;
  for (int i = 0; i < starts; ++i) {
    with.push_back(process_ms(AUTO_TUNER_CONSUMER, "--disabled"));
    without.push_back(process_ms(AUTO_TUNER_BYSTANDER, nullptr));
    added.push_back(with.back() - without.back());
  }
  to.push_back({"process_with_tuner_ms", median(with), "ms"});
  to.push_back({"process_without_ms", median(without), "ms"});
  to.push_back({"process_start_added_ms", median(added), "ms"});
}

} // namespace

bench_result bench_disabled() {
  auto before = thread_count();
  auto_tuner t{disabled_config(), host{}};
  t.start();
  auto after = thread_count();
  std::vector<double> empty;
  std::vector<double> raw;
  std::vector<double> net;
  std::vector<double> start;
  for (int i = 0; i < rounds; ++i) {
    empty.push_back(ns_per_call([] {}));
    raw.push_back(ns_per_call([&] { t.record_request(12ms, true); }));
    net.push_back(raw.back() - empty.back());
    start.push_back(start_us());
  }
  bench_result result{
    {"record_ns_with_loop", median(raw), "ns"},
    {"empty_loop_ns", median(empty), "ns"},
    {"record_ns", median(net), "ns"},
    {"threads_before_start", before, ""},
    {"threads_after_start", after, ""},
    {"construct_and_start_us", median(start), "us"},
  };
  add_process_start(result);
  return result;
}

} // namespace tuner
