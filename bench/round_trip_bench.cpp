#include "app/link/publish.hpp"
#include "bench/bench.hpp"
#include "bench/commands.hpp"
#include "bench/fleet_processes.hpp"

#include <cstdio>
#include <stdexcept>

namespace tuner {

namespace {

using clock = std::chrono::steady_clock;

constexpr int trips = 5000;
constexpr auto patience = std::chrono::seconds{5};

/// @returns what is published at this port of this machine.
target_actor found_at(runtime& here, uint16_t port) {
  visit inside;
  auto found =
    here.system().middleman().remote_actor<target_actor>("127.0.0.1", port);
  if (!found)
    throw std::runtime_error{
      "no target at port " + std::to_string(port) + ": "
      + describe(found.error())};
  return *found;
}

/// @returns how long each write and its read-back took, in ms.
std::vector<double> go_there_and_back(runtime& here, const target_actor& to) {
  visit inside;
  caf::scoped_actor self{here.system()};
  std::vector<double> result;
  for (int i = 0; i < trips; ++i) {
    auto begin = clock::now();
    bool back = false;
    auto failed = [](const caf::error& x) {
      throw std::runtime_error{describe(x)};
    };
    settings wanted{{knob::batch_size, 1 + i % 64}};
    self->request(to, patience, write_atom_v, wanted, lease{patience, patience})
      .receive([](const settings&, const settings&) {}, failed);
    self->request(to, patience, read_atom_v)
      .receive(
        [&](const settings& x) { back = x.at(knob::batch_size) == 1 + i % 64; },
        failed);
    if (!back)
      throw std::runtime_error{"what was read back is not what was written"};
    result.push_back(
      std::chrono::duration<double, std::milli>{clock::now() - begin}.count());
  }
  return result;
}

} // namespace

void bench_round_trip(uint16_t through) {
  forked_target there{through == 0 ? uint16_t{0} : uint16_t{9470}};
  runtime here{clock_kind::real, link_params{}};
  auto to = found_at(here, through == 0 ? there.port() : through);
  auto ms = go_there_and_back(here, to);
  std::printf(
    "write and read-back %s: p50 %.3f ms, p99 %.3f ms, %d times\n",
    through == 0 ? "over loopback" : "through the tunnel", median(ms),
    quantile(ms, 0.99), trips);
}

} // namespace tuner
