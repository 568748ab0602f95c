#include "actors/analyzer/automatic.hpp"
#include "actors/analyzer/regime/remembering.hpp"

#include <doctest/doctest.h>

using namespace tuner;

namespace {

/// Always wants the same.
struct stubborn : policy {
  explicit stubborn(std::string who, double batch = 0)
    : name_(std::move(who)), wants(batch) {}

  std::string_view name() const override { return name_; }
  void watch(const sample&) override { ++watched; }
  decision decide(const observation&, const knob_table&) override {
    decision x;
    if (wants > 0)
      x.moves.push_back({knob::batch_size, 0, wants, name_});
    return x;
  }

  std::string name_;
  double wants;
  int watched = 0; ///< Samples.
};

/// Seconds of a target.
struct toy_target {
  settings in_force{{knob::batch_size, 32}, {knob::batch_timeout, 50}};
  instant at{};

  sample second(double rate, bool with_batches = true) {
    sample x;
    x.opened_at = at;
    x.closed_at = at += std::chrono::seconds{1};
    x.offered = rate;
    x.completed = static_cast<uint64_t>(rate);
    if (with_batches)
      x.batch_records.push_back({4, 0, 10});
    x.in_force = in_force;
    return x;
  }
};

std::string who_decides(policy& x) {
  auto wanted = x.decide({}, standard_knobs({}));
  return wanted.moves.empty() ? "" : wanted.moves[0].reason;
}

struct automatic_stage {
  bool trusted = true;
  std::unique_ptr<stubborn> made = std::make_unique<stubborn>("climber", 16);
  stubborn* climber = made.get(); ///< Owned by the policy.
  automatic_policy policy{
    std::make_unique<stubborn>("model", 8), [this] { return trusted; },
    std::move(made)};
  toy_target target;
  std::string news;

  void play(int seconds, bool with_batches) {
    for (int i = 0; i < seconds; ++i) {
      policy.watch(target.second(100, with_batches));
      if (auto x = policy.news(); !x.empty())
        news = x;
    }
  }
};

} // namespace

TEST_CASE("A5 policy auto models a target that reports its batches, and says "
          "so") {
  automatic_stage on;
  on.play(3, true);
  CHECK(who_decides(on.policy) == "model");
  CHECK(on.news.find("policy model decides") == 0);
}

TEST_CASE("A6 policy auto climbs where no batches are reported, and says so") {
  automatic_stage on;
  on.play(30, false);
  CHECK(who_decides(on.policy) == "climber");
  CHECK(on.news.find("does not report its batches") != std::string::npos);
}

TEST_CASE("A5 policy auto hands over when predictions fail and takes back when "
          "they hold") {
  automatic_stage on;
  on.play(3, true);
  on.trusted = false;
  on.play(59, true);
  CHECK(who_decides(on.policy) == "model");
  on.play(2, true);
  CHECK(who_decides(on.policy) == "climber");
  CHECK(on.news.find("have been off") != std::string::npos);
  on.trusted = true;
  on.play(290, true);
  CHECK(who_decides(on.policy) == "climber");
  on.play(20, true);
  CHECK(who_decides(on.policy) == "model");
}

TEST_CASE("A5 policy auto has the climber watch only when it may be needed") {
  automatic_stage on;
  on.play(100, true);
  CHECK(on.climber->watched == 0);
  on.trusted = false;
  on.play(59, true);
  CHECK(on.climber->watched == 59); // Ready when it is handed over to.
  on.play(100, true);
  CHECK(on.climber->watched == 159);
  on.trusted = true;
  on.play(1000, true);
  CHECK(on.climber->watched == 159 + 299);
}

namespace {

struct memory_stage {
  std::shared_ptr<volatile_memory> memory = std::make_shared<volatile_memory>();
  remembering_policy policy{
    std::make_unique<stubborn>("other"), objective{60, 0.05}, memory};
  toy_target target;

  /// @returns the moves decided on the way, ten seconds apart, carried out.
  std::vector<knob_move> play(int seconds, double rate) {
    std::vector<knob_move> result;
    for (int i = 1; i <= seconds; ++i) {
      policy.watch(target.second(rate));
      if (i % 10 > 0)
        continue;
      for (auto& move : policy.decide({}, standard_knobs({})).moves) {
        target.in_force[move.knob] = move.to;
        result.push_back(move);
      }
    }
    return result;
  }
};

} // namespace

TEST_CASE("A9 a regime that returns is met with one change") {
  memory_stage on;
  on.play(200, 100);
  on.target.in_force[knob::batch_size] = 64;
  CHECK(on.play(200, 500).empty());
  auto moves = on.play(60, 100);
  REQUIRE(moves.size() == 1);
  CHECK(moves[0].knob == knob::batch_size);
  CHECK(moves[0].to == 32);
  CHECK(moves[0].reason.find("did well before") != std::string::npos);
}

TEST_CASE("A9 a policy that can weigh what is remembered decides about it") {
  struct weighing : stubborn {
    using stubborn::stubborn;
    bool weighs(const settings& x) override {
      told = x;
      return true;
    }
    settings told;
  };
  memory_stage on;
  auto other = std::make_unique<weighing>("other");
  auto& told = other->told;
  on.policy = remembering_policy{std::move(other), {60, 0.05}, on.memory};
  on.play(200, 100);
  auto remembered = on.target.in_force;
  on.target.in_force[knob::batch_size] = 64;
  on.play(200, 500);
  CHECK(on.play(60, 100).empty());
  CHECK(told == remembered);
}

TEST_CASE("A9 what failed its trial is forgotten") {
  memory_stage on;
  on.play(200, 100);
  on.target.in_force[knob::batch_size] = 64;
  on.play(200, 500);
  CHECK(on.play(40, 100).size() == 1);
  verdict bad;
  bad.result = outcome::rolled_back;
  on.policy.judged(bad);
  on.target.in_force[knob::batch_size] = 64;
  on.play(60, 500);
  CHECK(on.play(60, 100).empty());
}

namespace {

/// Leaves present settings for others, once.
struct restless : policy {
  std::string_view name() const override { return "restless"; }
  decision decide(const observation&, const knob_table&) override {
    return std::exchange(next, {});
  }
  decision urgent(const knob_table&) override {
    return std::exchange(next_urgent, {});
  }

  decision next;
  decision next_urgent;
};

decision leave_for(double batch, double cost, double present_cost) {
  decision x;
  x.moves.push_back({knob::batch_size, 32, batch, ""});
  x.considered = {
    {{{knob::batch_size, batch}}, 50, cost, true},
    {{{knob::batch_size, 32}}, 50, present_cost, true}};
  return x;
}

/// Comes to rest at 100/s on batches of 32, then lets the other decide.
struct restless_stage {
  std::shared_ptr<volatile_memory> memory = std::make_shared<volatile_memory>();
  restless* other = new restless;
  remembering_policy policy{
    std::unique_ptr<tuner::policy>{other}, objective{60, 0.05}, memory};
  toy_target target;

  restless_stage() {
    for (int i = 0; i < 200; ++i)
      policy.watch(target.second(100));
    policy.decide({}, standard_knobs({})); // Nothing to recall, in this visit.
  }

  bool remembers() const { return memory->recall(regime_of(100)).has_value(); }
};

} // namespace

TEST_CASE("A9 settings that were left for cheaper ones are forgotten") {
  restless_stage on;
  REQUIRE(on.remembers());
  on.other->next = leave_for(64, 1.2, 1.0); // For a peak.
  CHECK_FALSE(on.policy.decide({}, standard_knobs({})).moves.empty());
  CHECK(on.remembers());
  on.other->next = leave_for(64, 0.9, 1.0);
  CHECK_FALSE(on.policy.decide({}, standard_knobs({})).moves.empty());
  CHECK_FALSE(on.remembers());
}

TEST_CASE("A9 settings that were left urgently are forgotten") {
  restless_stage on;
  REQUIRE(on.remembers());
  on.other->next_urgent = leave_for(64, 1.2, 1.0);
  CHECK_FALSE(on.policy.urgent(standard_knobs({})).moves.empty());
  CHECK_FALSE(on.remembers());
}

TEST_CASE("A9 settings that missed the objective are not remembered") {
  memory_stage on;
  for (int i = 0; i < 300; ++i) {
    auto x = on.target.second(100);
    x.latencies.push_back({2000, 100}); // Minutes.
    on.policy.watch(x);
  }
  CHECK_FALSE(on.memory->recall(regime_of(100)));
}

TEST_CASE("A9 regimes are a quarter wide, and total") {
  CHECK(regime_of(100) == regime_of(105));
  CHECK(regime_of(100) != regime_of(200));
  CHECK(regime_of(-1) == regime_of(0));
  CHECK(regime_of(0.0 / 0.0) == regime_of(0));
  CHECK(regime_of(1e300) == regime_of(1e13));
}
