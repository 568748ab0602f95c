#include "app/simulation/simulation.hpp"
#include "bench/commands.hpp"
#include "bench/judge_table.hpp"
#include "bench/mann_whitney_judge.hpp"

#include <doctest/doctest.h>

#include <iostream>
#include <sstream>

using namespace tuner;

namespace {

/// A host at 100 requests/s that the change slows down twofold.
judge_trial harmful_trial() {
  judge_trial result;
  result.host.arrivals.rates = {{0, 100}};
  result.host.initial = {32, 5, 0};
  result.change_second = 40;
  result.move = {knob::batch_timeout, 5, 6, "test"};
  result.slow_factor = 2;
  return result;
}

/// Doubts after 5 s, retries 10 s later, blames after 20 s.
class scripted_judge : public judge {
public:
  struct seen_sample {
    double closed_at;
    double timeout_ms;
    bool mixed;
    double busy;
  };

  std::string_view name() const override { return "scripted"; }

  void watch(const sample& x) override {
    samples.push_back(
      {seconds(x.closed_at - instant{}), x.in_force.at(knob::batch_timeout),
       x.in_force_since > x.opened_at,
       seconds(x.busy) / static_cast<double>(x.batches)});
  }

  void begin(const change& x) override { changed_at = x.at; }
  void moved(instant at) override { moves.push_back(seconds(at - changed_at)); }

  std::optional<verdict> consider(const trial_view&) const override {
    return {};
  }

  std::optional<verdict> look(const trial_view& x) override {
    if (x.scheduled)
      scheduled.push_back(seconds(x.now - changed_at));
    auto after = seconds(x.now - changed_at);
    auto how = after > 20 ? last
      : after > 15        ? outcome::retried
                          : outcome::doubted;
    auto wanted = how == outcome::doubted ? moves.empty() : moves.size() == 1;
    if (after < 5 || (how != last && !wanted) || last == outcome::open)
      return {};
    return verdict{x.what.id, how, x.now, "", x.before, x.after, {}};
  }

  outcome last = outcome::rolled_back; ///< `open`: never anything.
  instant changed_at{};
  std::vector<seen_sample> samples;
  std::vector<double> moves;
  std::vector<double> scheduled;
};

} // namespace

TEST_CASE("B5 a trial on the bench carries out a switchback") {
  staged_trial trial{harmful_trial()};
  scripted_judge judge;
  auto ending = trial.judged_by(judge);
  CHECK(ending.result == outcome::rolled_back);
  CHECK(ending.doubted);
  REQUIRE(judge.moves.size() == 2);
  // Looked at on the full second, 2 ms less after the change; and 2 ms later.
  CHECK(*ending.undone_after_seconds == doctest::Approx(6));
  CHECK(judge.moves[0] == doctest::Approx(6));
  CHECK(judge.moves[1] == doctest::Approx(16));
  std::string timeouts;
  double busy[2]{}; // Of a batch, on 5 ms and on 6.
  for (const auto& x : judge.samples) {
    auto on_new = x.timeout_ms == 6;
    CHECK((on_new || x.timeout_ms == 5));
    timeouts += x.mixed ? '|' : (on_new ? 'n' : 'o');
    busy[on_new] = x.busy;
  }
  CHECK(timeouts == std::string(40, 'o') + "|nnnnn|ooooooooo|nnnn");
  CHECK(busy[1] > 1.5 * busy[0]);
}

TEST_CASE("B5 a trial on the bench that nobody ends is inconclusive at 90 s") {
  staged_trial trial{harmful_trial()};
  scripted_judge judge;
  judge.last = outcome::open;
  auto ending = trial.judged_by(judge);
  CHECK(ending.result == outcome::inconclusive);
  CHECK_FALSE(ending.doubted);
  CHECK(judge.scheduled == std::vector<double>{30, 60, 90});
  CHECK(*ending.undone_after_seconds == doctest::Approx(90.002));
}

TEST_CASE("B5 a trial on the bench goes as with the real actors") {
  auto x = harmful_trial();
  x.host.arrivals.rates = {{0, 120}};
  x.host.duration_seconds = 180;
  x.host.tuner.judge = "replay";
  x.move = {knob::batch_size, 32, 1, "test"}; // Good for 90 requests/s.
  x.slow_factor = 1;
  x.reaction_seconds = 0; // As the actors on their simulated clock.
  judge_params params;
  params.name = x.host.tuner.judge;
  auto played = staged_trial{x}.judged_by(*make_judge(params));
  CHECK(played.result == outcome::rolled_back);
  CHECK(played.doubted);
  x.host.scripted = {{40, {{knob::batch_size, 1}}}};
  auto real = simulation::simulate(x.host, {}, false);
  REQUIRE(real.decisions.size() == 1);
  const auto& decision = real.decisions.front();
  CHECK(decision.judged.result == played.result);
  CHECK(decision.judged_at - decision.at == played.ended_after_seconds);
}

TEST_CASE("B5 judges see the same trial, whoever steps in before them") {
  scripted_judge alone;
  staged_trial first{harmful_trial()};
  first.judged_by(alone);
  staged_trial second{harmful_trial()};
  scripted_judge meddler;
  scripted_judge after_it;
  second.judged_by(meddler);
  second.judged_by(after_it);
  REQUIRE(alone.samples.size() == after_it.samples.size());
  for (size_t i = 0; i < alone.samples.size(); ++i)
    CHECK(alone.samples[i].busy == after_it.samples[i].busy);
}

TEST_CASE("B5 the shift between two lists is the median of the differences") {
  std::vector<double> before;
  std::vector<double> after;
  for (int i = 0; i < 30; ++i) {
    before.push_back(i % 10);
    after.push_back(i % 10 + 3);
  }
  auto x = shift_between(before, after);
  CHECK(x.middle == 3);
  CHECK(x.low < 3);
  CHECK(x.low > 0);
  CHECK(x.high > 3);
  CHECK(x.high < 6);
  auto tiny = shift_between({1, 2}, {5, 7}); // No interval is that sure.
  CHECK(tiny.low == 3);
  CHECK(tiny.high == 6);
}

TEST_CASE("B5 the Mann-Whitney judge blames what is slower at a fixed load") {
  mann_whitney_judge judge;
  staged_trial trial{harmful_trial()};
  CHECK(trial.judged_by(judge).result == outcome::rolled_back);
  auto harmless = harmful_trial();
  harmless.slow_factor = 1;
  mann_whitney_judge another;
  CHECK(staged_trial{harmless}.judged_by(another).result == outcome::kept);
}

TEST_CASE("B5 the Mann-Whitney judge blames the change for twice the load") {
  auto x = harmful_trial();
  x.slow_factor = 1;
  x.host.arrivals.rates = {{0, 300}, {40, 600}};
  mann_whitney_judge judge;
  CHECK(staged_trial{x}.judged_by(judge).result == outcome::rolled_back);
}

TEST_CASE("B5 a share of none in a hundred may still be 3.7 %") {
  auto none = wilson({0, 100});
  CHECK(none.low == 0);
  CHECK(none.high == doctest::Approx(0.037).epsilon(0.01));
  auto half = wilson({50, 100});
  CHECK(half.low == doctest::Approx(0.404).epsilon(0.01));
  CHECK(half.high == doctest::Approx(0.596).epsilon(0.01));
}

TEST_CASE("B5 bench judges --quick prints every kind and every bar") {
  judges_options options;
  options.quick = true;
  options.trials = 1;
  options.judges = {"threshold", "mann_whitney"};
  std::ostringstream out;
  auto* usual = std::cout.rdbuf(out.rdbuf());
  bench_judges(options);
  std::cout.rdbuf(usual);
  auto text = out.str();
  auto printed = [&](const std::string& x) {
    return text.find(x) != std::string::npos;
  };
  for (const auto& traffic : trial_traffics(""))
    for (const auto& truth : trial_truths()) {
      auto kind = "| " + traffic.name + " | " + truth.name + " |";
      CAPTURE(kind);
      auto left_out = (traffic.harmless_only && !truth.harmless)
        || (truth.overload && !traffic.bars.harm);
      CHECK(printed(kind) != left_out);
    }
  CHECK(printed("Bars, judge threshold"));
  CHECK(printed("overload: undone in 30 s"));
}
