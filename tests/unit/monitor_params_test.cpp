#include "actors/monitor/monitor.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace std::chrono_literals;

TEST_CASE("E2 samples of all targets fall on the same hundredths of a period") {
  monitor_params x;
  x.sample_period = 1s;
  for (auto since_epoch : std::initializer_list<duration>{
         0ns, 1ms + 7us, 333'333'333ns, 987'654'321ns}) {
    instant now{since_epoch};
    auto next = now + x.until_next_sample(now);
    CHECK(next.time_since_epoch() % 10ms == 0ns);
    CHECK(next - now >= 995ms);
    CHECK(next - now <= 1005ms);
  }
}

TEST_CASE("E2 a sample that is a little late makes no later one late") {
  monitor_params x;
  x.sample_period = 250ms;
  instant due{0ns};
  for (int i = 0; i < 1000; ++i) {
    auto now = due + 400us;
    due = now + x.until_next_sample(now);
  }
  CHECK(due == instant{1000 * 250ms});
}

TEST_CASE("E2 the shortest period still passes") {
  monitor_params x;
  x.sample_period = 10ns;
  CHECK(x.until_next_sample(instant{12345ns}) == 10ns);
}
