#include "actors/analyzer/cache/miss_ratio_curve.hpp"
#include "tests/unit/cache_streams.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

using namespace tuner;
using namespace tuner::test;

namespace {

constexpr std::size_t mebibyte = 1024 * 1024;

/// @returns the mean absolute error over 100 sizes up to the number of keys.
double mean_error(const miss_ratio_curve& curve, const exact_curve& exact) {
  double sum = 0;
  for (int i = 1; i <= 100; ++i) {
    auto entries = std::max(1.0, std::floor(exact.keys() * i / 100));
    sum += std::abs(curve.miss_ratio(entries) - exact.miss_ratio(entries));
  }
  return sum / 100;
}

void feed(miss_ratio_curve& curve, const std::vector<uint32_t>& stream) {
  for (auto key : stream)
    curve.access(mixed(key));
}

template <class Draw>
std::vector<uint32_t> stream_of(std::size_t length, const Draw& draw) {
  std::vector<uint32_t> result(length);
  for (auto& x : result)
    x = draw();
  return result;
}

std::vector<uint32_t> mooncake(const std::string& folder) {
  std::ifstream file{folder + "/mooncake_conversation.csv"};
  std::vector<uint32_t> result;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream blocks{line.substr(line.rfind(',') + 1)};
    for (uint32_t id = 0; blocks >> id;)
      result.push_back(id);
  }
  return result;
}

} // namespace

TEST_CASE("A8 the curve of a Zipf stream is exact within 0.01 in a MiB") {
  std::mt19937_64 random{1};
  zipf_keys draw{200'000, 0.9};
  auto stream = stream_of(1'000'000, [&] { return draw(random); });
  exact_curve exact{stream};
  miss_ratio_curve curve;
  feed(curve, stream);
  auto error = mean_error(curve, exact);
  MESSAGE("mean error " << error << " in " << curve.bytes() << " bytes");
  CHECK(error <= 0.01);
  CHECK(curve.bytes() <= mebibyte);
  CHECK(curve.accesses() == 1'000'000);
  CHECK(curve.distinct_keys() == doctest::Approx(exact.keys()).epsilon(0.03));
}

TEST_CASE("A8 the curve of a real trace is exact within 0.01") {
  auto folder = std::getenv("AUTO_TUNER_TRACES");
  auto stream = folder ? mooncake(folder) : std::vector<uint32_t>{};
  if (stream.empty()) {
    MESSAGE("skipped: AUTO_TUNER_TRACES names no folder with the trace");
    return;
  }
  exact_curve exact{stream};
  miss_ratio_curve curve;
  feed(curve, stream);
  auto error = mean_error(curve, exact);
  MESSAGE("mean error " << error << " over " << stream.size() << " accesses");
  CHECK(error <= 0.01);
}

TEST_CASE("A8 a curve shown only keys below a threshold is as good") {
  std::mt19937_64 random{2};
  zipf_keys draw{100'000, 0.9};
  auto stream = stream_of(500'000, [&] { return draw(random); });
  constexpr auto below = miss_ratio_curve::all_keys / 8;
  miss_ratio_curve curve;
  curve.limit_to(below);
  uint64_t skipped = 0;
  for (auto key : stream)
    if (mixed(key) < below)
      curve.access(mixed(key));
    else
      ++skipped;
  curve.skip(skipped);
  CHECK(curve.keys_below() <= below);
  CHECK(curve.accesses() == 500'000);
  CHECK(mean_error(curve, exact_curve{stream}) <= 0.015);
}

TEST_CASE("A8 a uniform stream has a straight curve") {
  std::mt19937_64 random{3};
  std::uniform_int_distribution<uint32_t> draw{0, 49'999};
  auto stream = stream_of(500'000, [&] { return draw(random); });
  miss_ratio_curve curve;
  feed(curve, stream);
  CHECK(mean_error(curve, exact_curve{stream}) <= 0.01);
}

TEST_CASE("A8 a scan has a cliff where all of it fits") {
  miss_ratio_curve curve;
  for (uint32_t i = 0; i < 500'000; ++i)
    curve.access(mixed(i % 50'000));
  CHECK(curve.miss_ratio(48'000) >= 0.98);
  CHECK(curve.miss_ratio(52'000) <= 0.12); // A tenth of them are the first.
}

TEST_CASE("A8 a stream that fits in the samples has an exact curve") {
  std::mt19937_64 random{4};
  std::uniform_int_distribution<uint32_t> draw{0, 59};
  auto stream = stream_of(5'000, [&] { return draw(random); });
  exact_curve exact{stream};
  miss_ratio_curve curve;
  feed(curve, stream);
  for (int i = 1; i <= 60; ++i)
    CHECK(curve.miss_ratio(i) == doctest::Approx(exact.miss_ratio(i)));
}

TEST_CASE("A8 without accesses every access would miss") {
  miss_ratio_curve curve;
  CHECK(curve.miss_ratio(1e9) == 1);
  CHECK(curve.distinct_keys() == 0);
  CHECK(curve.keys_below() == miss_ratio_curve::all_keys);
  curve.skip(1000);
  CHECK(curve.miss_ratio(1e9) == 1);
}

TEST_CASE("A8 a single key needs a single entry") {
  for (uint64_t key : {uint64_t{0}, uint64_t{42}, miss_ratio_curve::all_keys}) {
    miss_ratio_curve curve;
    for (int i = 0; i < 100; ++i)
      curve.access(key);
    CHECK(curve.miss_ratio(1) == doctest::Approx(0.01));
    CHECK(curve.distinct_keys() == 1);
  }
}

TEST_CASE("A8 hashes that are not uniform give ratios within bounds") {
  miss_ratio_curve curve{100};
  for (uint64_t i = 0; i < 100'000; ++i) {
    curve.access(i * 7919 % 1000);
    curve.access(0);
    curve.access(miss_ratio_curve::all_keys - i % 3);
  }
  CHECK(curve.samples() <= 100);
  for (auto entries : {0.0, 1.0, 1e3, 1e30, -1.0, std::nan("")}) {
    CHECK(curve.miss_ratio(entries) >= 0);
    CHECK(curve.miss_ratio(entries) <= 1);
  }
}

TEST_CASE("A8 a target that stops naming keys leaves a curve without keys") {
  miss_ratio_curve curve;
  for (uint64_t i = 0; i < 1000; ++i)
    curve.access(mixed(i % 10));
  curve.limit_to(0);
  curve.access(0);
  curve.age(0.5);
  curve.age(std::nan(""));
  curve.age(-1);
  curve.age(2);
  CHECK(curve.samples() == 0);
  CHECK(curve.accesses() == 500.5);
  CHECK(curve.keys_below() == miss_ratio_curve::all_keys); // Would like to.
  CHECK(curve.miss_ratio(10) >= 0);
}

TEST_CASE("A8 a shift of the working set is followed") {
  std::mt19937_64 random{5};
  miss_ratio_curve curve{1024};
  auto run = [&](uint32_t from, uint32_t keys, int half_lives) {
    std::uniform_int_distribution<uint32_t> draw{from, from + keys - 1};
    for (int i = 0; i < half_lives * 10; ++i) {
      curve.age(std::exp2(-0.1));
      for (int j = 0; j < 10'000; ++j)
        curve.access(mixed(draw(random)));
    }
  };
  run(0, 50'000, 10);
  CHECK(curve.miss_ratio(25'000) == doctest::Approx(0.5).epsilon(0.15));
  auto narrow = curve.keys_below();
  SUBCASE("to fewer keys, of which more can be followed") {
    run(1'000'000, 2'000, 8);
    CHECK(curve.keys_below() > narrow);
    CHECK(curve.miss_ratio(1'000) == doctest::Approx(0.5).epsilon(0.15));
    CHECK(curve.miss_ratio(2'200) <= 0.03);
    CHECK(curve.distinct_keys() == doctest::Approx(2'000).epsilon(0.1));
  }
  SUBCASE("to more keys") {
    run(1'000'000, 100'000, 10);
    CHECK(curve.miss_ratio(50'000) == doctest::Approx(0.5).epsilon(0.15));
    CHECK(curve.miss_ratio(115'000) <= 0.05);
  }
  CHECK(curve.bytes() <= mebibyte / 8);
}

TEST_CASE("A8 keys that come and go do not blunt the curve over the days") {
  std::mt19937_64 random{6};
  miss_ratio_curve curve{1024};
  // Half of the accesses to 1000 keys that stay, half to keys never seen again.
  std::uniform_int_distribution<uint32_t> draw{0, 999};
  uint32_t fresh = 1'000;
  for (int i = 0; i < 400; ++i) {
    curve.age(std::exp2(-0.1));
    for (int j = 0; j < 1'000; ++j) {
      curve.access(mixed(draw(random)));
      curve.access(mixed(++fresh));
    }
  }
  CHECK(curve.samples() >= 200);
  CHECK(curve.miss_ratio(50'000) == doctest::Approx(0.5).epsilon(0.1));
  CHECK(curve.distinct_keys() <= 150'000); // Of 401,000.
}

TEST_CASE("A9 a miss-ratio curve goes on from its memory") {
  std::mt19937_64 random{3};
  zipf_keys draw{50'000, 0.9};
  miss_ratio_curve before;
  for (int i = 0; i < 400'000; ++i)
    before.access(mixed(draw(random)));
  miss_ratio_curve after;
  cache_knowledge noted;
  noted.curve = before.memory();
  auto text = to_text(noted);
  CHECK(text.size() < 64 * 1024);
  after.restore(cache_knowledge_from(text).curve);
  for (double entries : {10, 100, 1000, 10'000, 40'000})
    CHECK(
      after.miss_ratio(entries) == doctest::Approx(before.miss_ratio(entries)));
  CHECK(std::abs(after.distinct_keys() / before.distinct_keys() - 1) < 0.1);
  // What comes afterwards does not count as first accesses: of a stream whose
  // keys are all known, there are none.
  for (int i = 0; i < 400'000; ++i) {
    auto hash = mixed(draw(random));
    before.access(hash);
    after.access(hash);
  }
  // No more than 2048 samples differ by luck.
  for (double entries : {1000, 10'000, 40'000})
    CHECK(
      std::abs(after.miss_ratio(entries) - before.miss_ratio(entries)) < 0.03);
}

TEST_CASE("A9 what no cache would remember is not learned") {
  auto some = [](const char* keys, const char* reuses) {
    return std::string{R"({"threshold":100,"keys":)"} + keys + R"(,"reuses":)"
      + reuses
      + R"(,"firsts":1,"accesses":9,"stream":9,"entry_bytes":null,)"
        R"("entry_is_bound":false})";
  };
  CHECK(cache_knowledge_from(some("[7,3]", "[[4,8]]")).curve.keys.size() == 2);
  CHECK_THROWS(cache_knowledge_from(some("[7,7]", "[]")));
  CHECK_THROWS(cache_knowledge_from(some("[100]", "[]")));
  CHECK_THROWS(cache_knowledge_from(some("[]", "[[99999,1]]")));
  CHECK_THROWS(cache_knowledge_from(some("[]", "[[4,-1]]")));
  CHECK_THROWS(cache_knowledge_from(some("[]", "[[4,1e300]]")));
  CHECK_THROWS(cache_knowledge_from("{}"));
}
