#pragma once

#include "app/wiring.hpp"
#include "tests/scenario/stage.hpp"

#include <map>
#include <memory>

namespace tuner::test {

/// Hosts that are played under real pipelines, on one simulated clock, in one
/// group.
class fleet_stage {
public:
  /// What a host answers with, given what it runs with.
  using play_host = std::function<steady_traffic(
    const std::string& name, const settings& runs_with)>;

  struct actor_on_stage {
    settings runs_with;
    std::shared_ptr<recorder> counts =
      std::make_shared<recorder>(arrival_times::ignored);
    target_actor target;
    pipeline_actor pipeline;
    std::vector<std::pair<std::string, double>> calls; ///< Of its knobs.
    double owed = 0;
    bool plays = true;   ///< Else it is away.
    double batch_ms = 0; ///< Of a batch of none; 0: reports no batches.
  };

  fleet_stage(config c, play_host by)
    : config_(std::move(c)), by_(std::move(by)) {
    fleet_ = clock_.system().spawn(
      fleet, clock_.context("", logs()), fleet_of(config_, "web"));
  }

  ~fleet_stage() {
    for (auto& [name, x] : hosts) {
      caf::anon_send_exit(x.pipeline, caf::exit_reason::kill);
      caf::anon_send_exit(x.target, caf::exit_reason::kill);
    }
    caf::anon_send_exit(fleet_, caf::exit_reason::kill);
    hosts.clear();
    fleet_ = nullptr;
    clock_.drain();
  }

  fleet_stage(const fleet_stage&) = delete;
  fleet_stage& operator=(const fleet_stage&) = delete;

  /// Another host joins.
  void enter(const std::string& name, double batch_ms = 0) {
    auto& x = hosts[name];
    x.batch_ms = batch_ms;
    auto which = target_config{};
    which.name = name;
    auto params = wire(config_, which);
    x.runs_with = params.analyzer.knobs.initial();
    auto context = clock_.context(name, logs());
    x.target = clock_.system().spawn(
      callback_target, context,
      callback_target_params{
        callbacks(x), params.analyzer.knobs,
        [counts = x.counts] { return counts->take(); }});
    params.target = x.target;
    params.series =
      std::make_shared<exposition>(registry_, name, params.analyzer.knobs);
    make_member(params, fleet_);
    x.pipeline = clock_.system().spawn(pipeline, context, std::move(params));
    caf::anon_send(fleet_, join_atom_v, name, x.pipeline);
    clock_.drain();
  }

  /// `count` hosts join: h01, h02 and so on.
  void enter(int count) {
    for (int i = 1; i <= count; ++i)
      enter((i < 10 ? "h0" : "h") + std::to_string(i));
  }

  void play(duration length) {
    for (auto left = length; left > duration{0}; left -= 1s) {
      for (auto& [name, x] : hosts)
        if (x.plays)
          serve(x, by_(name, x.runs_with));
      clock_.advance(1s);
    }
  }

  /// Lets time pass until something is so, a quarter of an hour at most.
  /// @returns whether it is.
  bool play_until(const std::function<bool()>& so) {
    for (int i = 0; i < 900 && !so(); ++i)
      play(1s);
    return so();
  }

  template <class Result, class... Ts>
  caf::expected<Result> ask(const std::string& whom, const Ts&... what) {
    return tuner::ask<Result>(clock_, hosts.at(whom).pipeline, 10s, what...);
  }

  template <class... Ts>
  void tell(const std::string& whom, const Ts&... what) {
    caf::anon_send(hosts.at(whom).pipeline, what...);
    clock_.drain();
  }

  std::string status(const std::string& of) {
    auto x = ask<tuning_status>(of, status_atom_v);
    return x ? std::string{to_string(x->state)} + ": " + x->reason : "none";
  }

  /// @returns who leads.
  std::vector<std::string> leaders() {
    std::vector<std::string> result;
    for (const auto& [name, x] : hosts)
      if (auto how = status(name); how.rfind("enabled: watching", 0) == 0
          || how.rfind("enabled: a trial", 0) == 0)
        result.push_back(name);
    return result;
  }

  /// @returns the lines of the fleet and of changes, to see what went on.
  std::string story() const {
    std::string result;
    for (const auto& line : log)
      for (const char* what : {"fleet#", "applier#", "PARKED"})
        if (line.find(what) != std::string::npos)
          result += line + '\n';
    return result;
  }

  /// @returns the hosts that ever ran with this, in order.
  std::vector<std::string>
  who_saw(const std::string& knob, double value) const {
    std::vector<std::string> result;
    for (const auto& [name, x] : hosts)
      if (std::any_of(x.calls.begin(), x.calls.end(), [&](const auto& call) {
            return call.first == knob && call.second == value;
          }))
        result.push_back(name);
    return result;
  }

  /// @returns the hosts that run with this.
  std::vector<std::string> who_has(const std::string& knob, double value) {
    std::vector<std::string> result;
    for (auto& [name, x] : hosts)
      if (x.runs_with[knob] == value)
        result.push_back(name);
    return result;
  }

  long logged(std::string_view text) const {
    return std::count_if(log.begin(), log.end(), [&](const auto& line) {
      return line.find(text) != std::string::npos;
    });
  }

  std::map<std::string, actor_on_stage> hosts;
  std::vector<std::string> log; ///< Every line.
  /// Called with every line after it is kept. May throw.
  std::function<void(std::string_view line)> on_log;

private:
  std::shared_ptr<log_hub> logs() {
    if (!logs_)
      logs_ = std::make_shared<log_hub>(
        config_.logging, [this] { return clock_.now(); },
        [this](std::string_view line) {
          log.emplace_back(line);
          if (on_log)
            on_log(line);
        });
    return logs_;
  }

  static host callbacks(actor_on_stage& x) {
    host result;
    for (const auto& [knob, value] : x.runs_with)
      result.on(
        knob,
        [&x, name = knob](double v) {
          x.calls.emplace_back(name, v);
          x.runs_with[name] = v;
        },
        [&x, name = knob] { return x.runs_with[name]; });
    result.memory_used_ratio([] { return 0.6; });
    return result;
  }

  static void serve(actor_on_stage& x, const steady_traffic& how) {
    for (x.owed += how.offered_rps; x.owed >= 1 - 1e-9; x.owed -= 1) {
      x.counts->record_arrival();
      x.counts->record_request(how.latency, true);
    }
    for (unsigned size = 4; x.batch_ms > 0 && size < 12; ++size)
      x.counts->record_batch(
        size, 0, from_milliseconds(x.batch_ms * (1 + 0.1 * size)));
  }

  config config_;
  play_host by_;
  runtime clock_{clock_kind::simulated};
  std::shared_ptr<prometheus::Registry> registry_ =
    std::make_shared<prometheus::Registry>();
  std::shared_ptr<log_hub> logs_;
  fleet_actor fleet_;
};

} // namespace tuner::test
