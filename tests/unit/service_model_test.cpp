#include "actors/model/service_model.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

using namespace tuner;
using namespace tuner::model;

namespace {

/// A host whose batches take as long as a formula says.
class toy_host {
public:
  double fixed_ms = 10;
  double per_item_ms = 1;
  double knee = 1e9;
  double contention = 0.2;
  double noise = 0.08;

  double mean_ms(size_t n, size_t others = 0) const {
    auto size = static_cast<double>(n);
    return (fixed_ms + per_item_ms * size + 6 * std::max(0.0, size - knee))
      * (1 + contention * static_cast<double>(others));
  }

  batch_record serve(size_t n, size_t others = 0) {
    auto ms = mean_ms(n, others) * std::exp(noise * normal_(random_));
    return {
      static_cast<uint32_t>(n), static_cast<uint32_t>(others),
      static_cast<float>(ms)};
  }

  /// Serves batches of sizes from `low` to `high` in turn, beside 0 or 1.
  void teach(service_model& model, size_t low, size_t high, size_t batches) {
    std::vector<batch_record> some;
    for (size_t i = 0; i < batches; ++i) {
      some.push_back(serve(low + i % (high - low + 1), i / 7 % 2));
      if (some.size() == 20) {
        model.learn(some);
        some.clear();
      }
    }
    model.learn(some);
  }

private:
  std::mt19937_64 random_{5};
  std::normal_distribution<double> normal_;
};

double off(double found, double truth) {
  return std::abs(found / truth - 1);
}

} // namespace

TEST_CASE("A5 the service model learns the curve, contention and spread") {
  toy_host host;
  service_model model;
  host.teach(model, 1, 40, 8000);
  auto table = model.table();
  for (size_t n : {1, 2, 5, 10, 20, 33, 40})
    CHECK(off(1e3 * table.seconds[n], host.mean_ms(n)) < 0.03);
  CHECK(off(table.contention, 0.2) < 0.15);
  CHECK(off(table.spread, 0.08) < 0.2);
  CHECK(table.largest_seen == 40);
}

TEST_CASE("A5 sizes far below those seen are not hoped to be cheaper") {
  toy_host host; // Above the knee, time is nearly proportional to the size.
  host.fixed_ms = 50;
  host.knee = 8;
  service_model model;
  host.teach(model, 25, 32, 4000);
  auto seconds = model.table().seconds;
  CHECK(seconds[1] > seconds[25] / 25);
  CHECK(off(1e3 * seconds[20], host.mean_ms(20)) < 0.05); // But near ones are.
}

TEST_CASE("A5 a guess at small sizes does not raise what is known of others") {
  toy_host host;
  host.fixed_ms = 50;
  host.per_item_ms = 0.01;
  service_model model;
  host.teach(model, 60, 64, 4000);
  auto seconds = model.table().seconds;
  CHECK(off(1e3 * seconds[62], host.mean_ms(62)) < 0.03);
  CHECK(seconds[1] <= seconds[60]);
}

TEST_CASE("A5 the service model sees a knee where it is") {
  toy_host host;
  host.knee = 24;
  service_model model;
  host.teach(model, 10, 40, 12'000);
  auto table = model.table();
  for (size_t n : {20, 24, 26, 36})
    CHECK(off(1e3 * table.seconds[n], host.mean_ms(n)) < 0.04);
}

TEST_CASE("A5 a knee is seen from a few hundred batches") {
  toy_host host;
  host.knee = 24;
  service_model model;
  host.teach(model, 14, 32, 400);
  host.teach(model, 14, 22, 4000); // As if settled below: then all counts.
  auto table = model.table();
  CHECK(table.knees == std::vector<size_t>{24});
  for (size_t n : {15, 18, 22, 23, 24, 25, 28, 32, 40})
    CHECK(off(1e3 * table.seconds[n], host.mean_ms(n)) < 0.06);
}

TEST_CASE("A5 a straight curve has no knee, whatever the noise") {
  for (double noise : {0.0, 0.01, 0.08, 0.3}) {
    toy_host host;
    host.noise = noise;
    service_model model;
    for (size_t i = 0; i < 40; ++i) {
      host.teach(model, 5, 59, 500); // 55 sizes: each beside none and one.
      CHECK(model.table().knees.empty());
    }
  }
}

TEST_CASE("A5 where batches are padded, full steps are knees") {
  toy_host host;
  service_model model;
  std::vector<batch_record> served;
  for (uint32_t i = 0; i < 6400; ++i) {
    auto size = 1 + i % 64;
    auto padded = (size + 15) / 16 * 16;
    served.push_back({size, 0, host.serve(padded).service_ms});
  }
  model.learn(served);
  CHECK(model.table().knees == std::vector<size_t>{16, 32, 48});
}

TEST_CASE("A5 the service model goes beyond what it saw, but not far") {
  toy_host host;
  service_model model;
  host.teach(model, 20, 30, 4000);
  auto table = model.table();
  CHECK(table.largest() == 60);
  CHECK(off(1e3 * table.seconds[40], host.mean_ms(40)) < 0.06);
  CHECK(off(1e3 * table.seconds[10], host.mean_ms(10)) < 0.15);
}

TEST_CASE("A5 the service model of a single size guesses carefully") {
  toy_host host;
  service_model model;
  host.teach(model, 32, 32, 500);
  auto table = model.table();
  // Smaller batches are not taken to be as cheap per request as this one.
  CHECK(table.seconds[4] > 1.5 * table.seconds[32] * 4 / 32);
  CHECK(table.seconds[4] < table.seconds[32]);
  toy_host other;
  service_model single;
  other.teach(single, 1, 1, 500);
  CHECK(single.table().largest() == 8);
  // Larger ones are taken to pay, or nobody would ever try one.
  CHECK(single.table().seconds[8] < 8 * single.table().seconds[1]);
}

TEST_CASE("A5 of full batches only, smaller ones are taken to be quicker") {
  toy_host host;
  service_model model;
  host.teach(model, 128, 128, 500);
  auto table = model.table();
  CHECK(table.seconds[64] < 0.8 * table.seconds[128]);
  CHECK(table.seconds[32] < 0.85 * table.seconds[64]);
  // What is fixed is taken to be little of so large a batch, but something.
  CHECK(table.seconds[1] < 0.1 * table.seconds[128]);
  CHECK(table.seconds[16] > 1.2 * table.seconds[128] * 16 / 128);
}

TEST_CASE("A5 the less batches scatter, the less is left to a guess") {
  auto off_at_70 = [](double noise) {
    toy_host host;
    host.fixed_ms = 50; // More than is guessed.
    host.noise = noise;
    service_model model;
    host.teach(model, 90, 110, 100);
    return off(1e3 * model.table().seconds[70], host.mean_ms(70));
  };
  CHECK(off_at_70(0.01) < 0.04);
  CHECK(off_at_70(0.2) > 0.05);
}

TEST_CASE("A5 the curve goes on to a few requests more, or twice as many") {
  auto largest_of = [](size_t seen) {
    toy_host host;
    service_model model;
    host.teach(model, seen, seen, 100);
    return model.table().largest();
  };
  CHECK(largest_of(1) == 8);
  CHECK(largest_of(6) == 18);
  CHECK(largest_of(10) == 24);
  CHECK(largest_of(30) == 60);
  CHECK(largest_of(400) == service_model::sizes_max);
}

TEST_CASE("A5 the curve never falls as batches grow") {
  toy_host host;
  host.noise = 0.5;
  service_model model;
  host.teach(model, 1, 60, 600);
  auto table = model.table();
  for (size_t n = 2; n < table.seconds.size(); ++n)
    CHECK(table.seconds[n] >= table.seconds[n - 1]);
}

TEST_CASE("A5 a host that becomes 1.5 times slower is relearned at once") {
  toy_host host;
  service_model model;
  host.teach(model, 5, 25, 4000);
  host.fixed_ms *= 1.5;
  host.per_item_ms *= 1.5;
  host.teach(model, 5, 25, 200);
  CHECK(off(model.drift(), 1.5) < 0.06);
  CHECK(model.jumps() >= 1);
  auto table = model.table();
  CHECK(off(1e3 * table.seconds[15], host.mean_ms(15)) < 0.06);
}

TEST_CASE("A5 noise alone is no drift") {
  toy_host host;
  service_model model;
  host.teach(model, 5, 25, 20'000);
  CHECK(off(model.drift(), 1) < 0.03);
}

TEST_CASE("A5 a curve that was wrong at one size is not taken for drift") {
  toy_host host;
  host.knee = 24;
  service_model model;
  host.teach(model, 20, 21, 2000);
  host.teach(model, 28, 34, 120); // Where between is the knee?
  REQUIRE(off(1e3 * model.table().seconds[24], host.mean_ms(24)) > 0.04);
  host.teach(model, 24, 24, 200);
  CHECK(off(model.drift(), 1) < 0.02);
  CHECK(off(1e3 * model.table().seconds[20], host.mean_ms(20)) < 0.02);
  CHECK(off(1e3 * model.table().seconds[24], host.mean_ms(24)) < 0.04);
}

TEST_CASE("A5 beyond a size one may hope that the curve goes on as before") {
  toy_host host;
  host.knee = 22;
  service_model model;
  host.teach(model, 14, 20, 2000);
  host.teach(model, 28, 30, 6);
  auto known = model.table();
  auto hoped = model.hoped_beyond(20);
  REQUIRE(hoped.largest() == known.largest());
  for (size_t n = 1; n <= 20; ++n)
    CHECK(hoped.seconds[n] == known.seconds[n]);
  for (size_t n = 21; n <= hoped.largest(); ++n) {
    CHECK(hoped.seconds[n] <= known.seconds[n]);
    CHECK(hoped.seconds[n] >= hoped.seconds[n - 1]);
  }
  CHECK(off(1e3 * hoped.seconds[28], 10 + 28) < 0.06); // No knee.
  host.teach(model, 26, 30, 500);
  hoped = model.hoped_beyond(20); // Not against what was seen.
  CHECK(off(1e3 * hoped.seconds[28], host.mean_ms(28)) < 0.06);
}

TEST_CASE("A5 one operating point can't flush what is known of another") {
  toy_host host;
  service_model model;
  host.teach(model, 4, 6, 600);
  host.teach(model, 30, 34, 50'000);
  CHECK(off(1e3 * model.table().seconds[5], host.mean_ms(5)) < 0.04);
}

TEST_CASE("A5 the service model survives absurd batches") {
  service_model model;
  model.learn({});
  model.learn({{0, 0, 1}, {5, 0, -1}, {5, 0, NAN}, {5, 0, INFINITY}});
  CHECK_FALSE(model.ready());
  std::vector<batch_record> odd;
  for (uint32_t i = 0; i < 100; ++i)
    odd.push_back({4'000'000'000u - i, 4'000'000'000u, 1e30f});
  model.learn(odd);
  CHECK(model.ready());
  CHECK(model.table().largest() <= service_model::sizes_max);
}

TEST_CASE("A5 the model knows the sizes that it saw, and those close by") {
  service_model model;
  CHECK_FALSE(model.knows(40));
  model.learn(std::vector<batch_record>(8, {40, 0, 50}));
  CHECK(model.knows(40));
  CHECK(model.knows(41));
  CHECK_FALSE(model.knows(60));
  CHECK_FALSE(model.knows(0));
}

TEST_CASE("A9 a service model goes on from its memory as if it had not ended") {
  toy_host host;
  service_model model;
  host.teach(model, 1, 40, 12'000);
  host.fixed_ms *= 1.5;
  host.per_item_ms *= 1.5;
  host.teach(model, 30, 40, 400); // A jump, so that there is drift.
  REQUIRE(off(model.drift(), 1.5) < 0.05);
  service_model next;
  next.restore(service_memory_from(to_text(model.memory())));
  auto before = model.table();
  auto after = next.table();
  REQUIRE(after.seconds.size() == before.seconds.size());
  for (size_t n = 1; n < before.seconds.size(); ++n)
    CHECK(off(after.seconds[n], before.seconds[n]) < 0.005);
  CHECK(off(after.contention, before.contention) < 0.1);
  CHECK(off(after.spread, before.spread) < 0.05);
  CHECK(after.largest_seen == 40);
  CHECK(next.ready());
  // And notices at once when the host is another by now.
  host.fixed_ms *= 2;
  host.per_item_ms *= 2;
  host.teach(next, 30, 40, 20);
  CHECK(off(next.drift(), 3) < 0.1);
}

TEST_CASE("A9 what no service model would remember is not learned") {
  for (const auto* text :
       {"", "[]", "{}", "[0]", "[0,[[1]]]", "[\"x\",[]]", "[1e300,[]]"})
    CHECK_THROWS(service_memory_from(text));
  auto one = [](const char* size) {
    return service_memory_from(std::string{"[0,["} + size + "]]").sizes.size();
  };
  CHECK(one("[8,20,-4,0,0,0,0.1,20,-4,0]") == 1);
  CHECK(one("[0,20,-4,0,0,0,0.1,20,-4,0]") == 0);
  CHECK(one("[8,1e9,-4,0,0,0,0.1,20,-4,0]") == 0);
  CHECK(one("[8,20,-4,0,0,0,-0.1,20,-4,0]") == 0);
}
