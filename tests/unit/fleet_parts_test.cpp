#include "actors/fleet/canary.hpp"
#include "actors/fleet/hardware.hpp"
#include "actors/fleet/waves.hpp"
#include "actors/model/service_memory.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace tuner;

namespace {

/// Batches of 1 to 16, of a host that takes `factor` times as long as another.
service_curve curve(double factor, double noise = 0.08, double samples = 64) {
  model::service_memory known;
  for (size_t size : {1, 2, 4, 8, 16}) {
    auto n = static_cast<double>(size);
    auto ln = std::log(factor * (0.01 + 0.001 * n));
    known.sizes.push_back({size, samples, ln, 0, 0, 0, noise, samples, ln, 0});
  }
  return curve_of(model::to_text(known));
}

} // namespace

TEST_CASE("E5 the canary is whose load is nearest to the median") {
  CHECK(
    choose_canary(
      {{"a", 10, true},
       {"b", 90, true},
       {"c", 100, true},
       {"d", 400, true},
       {"e", 101, false}},
      "")
    == "c");
  CHECK(choose_canary({{"a", 10, false}, {"b", 20, true}}, "") == "b");
  CHECK(choose_canary({{"a", 10, false}}, "a").empty());
  CHECK(choose_canary({}, "a").empty());
  CHECK(choose_canary({{"a", 0, true}, {"b", 0, true}}, "") == "a");
}

TEST_CASE("E5 the canary stays while its load is 0.8 to 1.25 of the median") {
  auto with_load = [](double load) {
    return choose_canary(
      {{"a", load, true}, {"b", 100, true}, {"c", 100, true}}, "a");
  };
  CHECK(with_load(80.1) == "a");
  CHECK(with_load(124.9) == "a");
  CHECK(with_load(79) == "b");
  CHECK(with_load(126) == "b");
}

TEST_CASE("E5 whoever is in a trial stays the canary, whatever its load") {
  CHECK(
    choose_canary(
      {{"a", 900, true, true}, {"b", 100, true}, {"c", 100, true}}, "a")
    == "a");
  CHECK(
    choose_canary(
      {{"a", 900, false, true}, {"b", 100, true}, {"c", 100, true}}, "a")
    == "b");
}

TEST_CASE("E5 after the canary a fifth is next, and then all the rest") {
  CHECK(wave_size(20, 1) == 4);
  CHECK(wave_size(3, 1) == 1);
  CHECK(wave_size(2, 1) == 1);
  CHECK(wave_size(20, 2) >= 15);
}

TEST_CASE("E5 more than a third of a wave stops a rollout") {
  CHECK_FALSE(stops_rollout(0, 0));
  CHECK_FALSE(stops_rollout(4, 1));
  CHECK_FALSE(stops_rollout(3, 1));
  CHECK(stops_rollout(4, 2));
  CHECK(stops_rollout(1, 1));
}

TEST_CASE("E5 members are listed in words, a few of them by name") {
  CHECK(listed({}).empty());
  CHECK(listed({"a"}) == "a");
  CHECK(listed({"a", "b", "c"}) == "a, b and c");
  CHECK(
    listed({"a", "b", "c", "d", "e", "f", "g", "h", "i"})
    == "a, b, c, d, e, f, g and 2 more");
}

TEST_CASE("E5 hosts differ whose batches take more than a fifth longer") {
  CHECK_FALSE(differ(curve(1), curve(1)));
  CHECK_FALSE(differ(curve(1), curve(1.15)));
  CHECK(differ(curve(1), curve(1.4)));
  CHECK(differ(curve(1.4), curve(1)));
}

TEST_CASE("E5 a difference that noise can make is none") {
  CHECK_FALSE(differ(curve(1, 0.8, 9), curve(1.4, 0.8, 9)));
  CHECK(curve(1, 0.08, 5).empty()); // Seen too seldom.
  CHECK_FALSE(differ(curve(1), {}));
  CHECK(curve_of("").empty());
  CHECK(curve_of("[nonsense").empty());
}

TEST_CASE("E5 hosts are sorted by their hardware, the unknown stay") {
  std::map<std::string, service_curve> curves{
    {"a", curve(1)},   {"b", curve(1.05)}, {"c", curve(2)}, {"d", curve(1)},
    {"e", curve(1.9)}, {"f", curve(5)},    {"g", {}}};
  std::map<std::string, std::size_t> classes;
  for (const auto& [name, x] : curves)
    classes[name] = 0;
  using moves = std::map<std::string, std::size_t>;
  auto found = moves_between_classes(curves, classes);
  CHECK(found == moves{{"c", 1}, {"e", 1}, {"f", 2}});
  for (const auto& [name, to] : found)
    classes[name] = to;
  CHECK(moves_between_classes(curves, classes).empty()); // It is stable.
  curves["e"] = curve(1); // Replaced by another machine.
  CHECK(moves_between_classes(curves, classes) == moves{{"e", 0}});
}
