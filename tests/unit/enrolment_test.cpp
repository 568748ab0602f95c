#include "messages/enrolment.hpp"

#include <doctest/doctest.h>

using namespace tuner;

namespace {

enrolment some() {
  enrolment x;
  x.token = "correct-horse-battery";
  x.target = "gpu1";
  x.group = "front";
  x.process = 0xfedcba9876543210;
  x.version = "0.1.0";
  x.knobs = standard_knobs({});
  x.knobs.knobs[2].enabled = false;
  return x;
}

/// @returns what is wrong with `x`; empty: nothing.
std::string refused(const enrolment& x) {
  try {
    static_cast<void>(enrolment_from(to_text(x)));
    return "";
  } catch (const std::exception& e) {
    return e.what();
  }
}

} // namespace

TEST_CASE("E2 an enrolment arrives as it was sent") {
  auto back = enrolment_from(to_text(some()));
  CHECK(to_text(back) == to_text(some()));
  CHECK(back.process == 0xfedcba9876543210);
  CHECK(back.knobs.find("batch_size")->role == knob_role::batch_size);
  CHECK_FALSE(back.knobs.find("cache_size_mb")->enabled);
}

TEST_CASE("E2 an enrolment that makes no sense is refused in words") {
  auto x = some();
  SUBCASE("a name that could break a label, a log line or a path") {
    for (const auto* name : {"", "a b", "../x", "a\nb", "\"", "é"}) {
      x.target = name;
      CHECK(refused(x).find("1 to 64 letters") != std::string::npos);
    }
    x.target = std::string(65, 'x');
    CHECK(refused(x).find("1 to 64 letters") != std::string::npos);
  }
  SUBCASE("bounds the wrong way round") {
    x.knobs.knobs[0].min = 5000;
    CHECK(refused(x).find("batch_size make no sense") != std::string::npos);
  }
  SUBCASE("the same knob twice") {
    x.knobs.knobs.push_back(x.knobs.knobs[0]);
    CHECK(refused(x) == "two knobs are called batch_size");
  }
  SUBCASE("no enrolment at all") {
    for (const auto* text : {"", "{}", "[]", "null", "{\"token\":1}"})
      CHECK_THROWS(enrolment_from(text));
  }
  SUBCASE("without a group it is fine") {
    x.group.clear();
    CHECK(refused(x).empty());
  }
}
