#include "messages/enrolment.hpp"
#include "messages/interfaces.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <doctest/doctest.h>

using namespace tuner;
using namespace std::chrono_literals;

namespace {

sample full_sample() {
  sample x;
  x.opened_at = instant{1000s};
  x.closed_at = instant{1001s};
  x.latencies = {{7, 3}, {900, 1}};
  x.latency_sum = 40ms;
  x.completed = 4;
  x.failed = 1;
  x.invalid = 2;
  x.offered = 6;
  x.batches = 2;
  x.batched_requests = 5;
  x.busy = 30ms;
  x.cache_hits = 8;
  x.cache_misses = 9;
  x.batch_records = {{4, 1, 12.5F}};
  x.arrivals_us = {1, 2, 300};
  x.arrivals_until = 999ms;
  x.cache_keys = {0xffff0000ffff0000};
  x.cache_keys_below = 0xffffffffffffffff;
  x.workers = 2;
  x.queue_length = 3;
  x.memory_used_ratio = 0.5;
  x.memory_mib = 512;
  x.in_force = {{"batch_size", 32}};
  x.edits = {{"batch_size", 16, 32, "by hand"}};
  x.in_force_since = instant{900s};
  return x;
}

/// What goes over the wire.
std::vector<char> bytes_of(caf::actor_system& system, const auto&... xs) {
  std::vector<char> result;
  caf::binary_serializer to{system, result};
  CHECK_FALSE(to(xs...));
  return result;
}

/// FNV-1a.
uint64_t digest(const std::vector<char>& x) {
  uint64_t result = 0xcbf29ce484222325;
  for (auto c : x)
    result = (result ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return result;
}

struct wire {
  struct config : caf::actor_system_config {
    config() {
      add_message_types<caf::id_block::tuner>();
      set("scheduler.policy", caf::atom("testing"));
    }
  } settings;
  caf::actor_system system{settings};
};

} // namespace

TEST_CASE("E2 what agent and node tell each other has the layout of this "
          "protocol version") {
  wire on;
  auto x = full_sample();
  settings some{{"batch_size", 32}};
  auto sent = bytes_of(on.system, x, some, lease{5s, 90s});
  // Another digest is another layout: raise `protocol_version`, then this.
  CHECK(protocol_version == 1);
  CHECK(digest(sent) == 16970633070742330099U);
}

TEST_CASE("E2 a sample arrives as it was sent, and a cut one is an error") {
  wire on;
  auto x = full_sample();
  auto sent = bytes_of(on.system, x);
  sample back;
  caf::binary_deserializer from{on.system, sent};
  REQUIRE_FALSE(from(back));
  CHECK(bytes_of(on.system, back) == sent);
  for (size_t size = 0; size < sent.size(); ++size) {
    std::vector<char> cut(
      sent.begin(), sent.begin() + static_cast<std::ptrdiff_t>(size));
    caf::binary_deserializer part{on.system, cut};
    sample broken;
    CHECK(part(broken));
  }
}
