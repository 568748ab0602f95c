#include "bench/soak.hpp"

#include "actors/journal/database.hpp"
#include "actors/node/node.hpp"
#include "app/ask.hpp"
#include "app/pipeline.hpp"
#include "app/runtime.hpp"
#include "app/wiring.hpp"
#include "bench/made_up_target.hpp"

#include <caf/actor_system.hpp>
#include <malloc.h>
#include <prometheus/registry.h>
#include <sqlite3.h>

#include <filesystem>
#include <stdexcept>

namespace tuner {

namespace {

constexpr auto patience = std::chrono::seconds{20};
constexpr auto step = std::chrono::minutes{1};
constexpr auto report_every = std::chrono::minutes{15};

config soak_config() {
  config c;
  c.tuner.enabled = true;
  c.tuner.slo.p95_latency_ms = made_up_slo_ms;
  return c;
}

double heap_kib() {
  auto x = ::mallinfo2();
  return static_cast<double>(x.uordblks + x.hblkhd) / 1024;
}

uint64_t descriptors() {
  auto all = std::filesystem::directory_iterator{"/proc/self/fd"};
  return static_cast<uint64_t>(std::distance(begin(all), end(all)));
}

/// A node and its targets in one actor system.
class soaked_node {
public:
  explicit soaked_node(int targets) : targets_(static_cast<size_t>(targets)) {
    node_params x;
    x.name = "node";
    x.knows = [](const std::string&) { return true; };
    x.start = [this](const enrolment& who, const target_actor& target) {
      return start(who, target);
    };
    node_ =
      clock_.system().spawn(node, clock_.context("", logs_), std::move(x));
    for (size_t i = 0; i < targets_.size(); ++i)
      enter(i);
  }

  ~soaked_node() {
    ask<uint64_t>(clock_, node_, patience, stop_atom_v);
    clock_.advance(patience);
    for (auto& x : targets_)
      caf::anon_send_exit(x, caf::exit_reason::kill);
    caf::anon_send_exit(node_, caf::exit_reason::kill);
    targets_.clear();
    pipelines_.clear();
    node_ = nullptr;
    clock_.drain();
  }

  soaked_node(const soaked_node&) = delete;
  soaked_node& operator=(const soaked_node&) = delete;

  void advance(duration length) { clock_.advance(length); }

  void leave(size_t i) {
    caf::anon_send_exit(targets_[i], caf::exit_reason::kill);
    targets_[i] = nullptr;
    clock_.drain();
  }

  /// The target is a new process each time: it has its initial settings.
  void enter(size_t i) {
    auto name = "target" + std::to_string(i);
    targets_[i] = clock_.system().spawn(
      made_up_target, clock_.context(name, logs_), static_cast<uint64_t>(i));
    enrolment hello;
    hello.target = name;
    hello.process = ++processes_;
    hello.knobs = made_up_knobs();
    auto done = ask<std::string>(
      clock_, node_, patience, enroll_atom_v, protocol_version, to_text(hello),
      caf::actor_cast<caf::strong_actor_ptr>(targets_[i]));
    if (!done)
      throw std::runtime_error{name + " is refused: " + describe(done.error())};
  }

  soak_row seen() {
    soak_row x;
    x.heap_kib = heap_kib();
    x.journal_kib = static_cast<double>(::sqlite3_memory_used()) / 1024;
    x.actors = clock_.system().registry().running();
    x.descriptors = descriptors();
    for (auto& by : pipelines_)
      if (
        auto all = ask<std::vector<history_event>>(
          clock_, by, patience, history_query{{}, 1'000'000, 0}))
        x.changes += all->size();
    return x;
  }

private:
  pipeline_actor start(const enrolment& who, const target_actor& target) {
    target_config which;
    which.name = who.target;
    which.knobs = who.knobs.knobs;
    auto params = wire(config_, which, journal_);
    params.target = target;
    params.series = std::make_shared<exposition>(
      registry_, which.name, params.analyzer.knobs);
    auto result = clock_.system().spawn(
      pipeline, clock_.context(which.name, logs_), std::move(params));
    pipelines_.push_back(result);
    return result;
  }

  config config_ = soak_config();
  runtime clock_{clock_kind::simulated};
  std::shared_ptr<log_hub> logs_ = std::make_shared<log_hub>(
    log_params{}, [this] { return clock_.now(); }, [](std::string_view) {});
  std::shared_ptr<prometheus::Registry> registry_ =
    std::make_shared<prometheus::Registry>();
  std::shared_ptr<database> journal_ = database::temporary();
  std::vector<pipeline_actor> pipelines_;
  std::vector<target_actor> targets_;
  uint64_t processes_ = 0;
  node_actor node_;
};

} // namespace

void soak(
  const soak_options& options,
  const std::function<void(const soak_row&)>& after) {
  soaked_node node{options.targets};
  auto end = from_seconds(3600 * options.hours);
  auto next_leave = from_seconds(60 * options.leave_minutes);
  std::optional<size_t> away;
  size_t turn = 0;
  for (duration now{}; now < end;) {
    if (away)
      node.enter(*std::exchange(away, std::nullopt));
    if (now >= next_leave) {
      next_leave += from_seconds(60 * options.leave_minutes);
      node.leave(*(away = turn++ % static_cast<size_t>(options.targets)));
    }
    node.advance(step);
    now += step;
    if (now % report_every != duration{0} || away)
      continue;
    auto x = node.seen();
    x.hours = seconds(now) / 3600;
    after(x);
  }
}

} // namespace tuner
