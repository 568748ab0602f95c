#include "bench/graded_run.hpp"

#include "bench/parallel.hpp"
#include "config/text.hpp"

#include <algorithm>
#include <charconv>

namespace tuner {

namespace {

/// @returns whether all of `from` is a number, which is put into `to`.
template <class T>
bool read_number(std::string_view from, T& to) {
  const auto* end = from.data() + from.size();
  auto [stop, error] = std::from_chars(from.data(), end, to);
  return error == std::errc{} && stop == end;
}

/// Adds up busy workers from the second minute on.
class settled_meter : public simulation::listener {
public:
  void served(double at, size_t, size_t, double took) override {
    if (at > begin_seconds)
      busy_ += took;
  }

  double busy_workers(double duration_seconds) const {
    return busy_ / std::max(duration_seconds - begin_seconds, 1.0);
  }

private:
  static constexpr double begin_seconds = 60;

  double busy_ = 0;
};

double price() {
  return objective{}.workers_per_gib;
}

bool read_range(std::string_view from, std::vector<uint64_t>& to) {
  constexpr uint64_t seeds_max = 1000;
  auto dash = from.find('-');
  uint64_t first = 0;
  uint64_t last = 0;
  if (
    !read_number(from.substr(0, dash), first)
    || !read_number(dash == from.npos ? from : from.substr(dash + 1), last)
    || last < first || last - first >= seeds_max)
    return false;
  for (auto seed = first; seed <= last; ++seed)
    to.push_back(seed);
  return true;
}

} // namespace

std::string to_string(const start_point& x) {
  return text::number(x.batch_size) + '/' + text::number(x.batch_timeout_ms);
}

bool read_start(const std::string& from, start_point& to) {
  std::string_view all{from};
  auto slash = all.find('/');
  return slash != all.npos && read_number(all.substr(0, slash), to.batch_size)
    && read_number(all.substr(slash + 1), to.batch_timeout_ms)
    && to.batch_size >= 1 && to.batch_timeout_ms >= 0;
}

bool read_seeds(const std::string& from, std::vector<uint64_t>& to) {
  to.clear();
  for (std::string_view rest{from};;) {
    auto comma = rest.find(',');
    if (!read_range(rest.substr(0, comma), to))
      return false;
    if (comma == rest.npos)
      return true;
    rest.remove_prefix(comma + 1);
  }
}

simulation::scenario
started_at(simulation::scenario what, const start_point& start) {
  if (start != start_point{}) {
    what.initial.batch_size = start.batch_size;
    what.initial.batch_timeout_ms = start.batch_timeout_ms;
  }
  return what;
}

double priced_run::cost() const {
  return figures.cost(price());
}

double priced_run::settled_cost() const {
  return cost() - figures.busy_workers + settled_busy_workers;
}

std::vector<graded_run> run_all(
  const std::vector<planned_run>& plan, const std::vector<priced_run>& best) {
  std::vector<graded_run> results(plan.size());
  for_each_parallel(plan.size(), [&](size_t i) {
    const auto& [what, trace] = plan[i];
    settled_meter settled;
    auto ran = simulation::simulate(what, trace, false, &settled);
    results[i] = {
      {ran.figures, settled.busy_workers(what.duration_seconds)},
      best[i],
      static_cast<double>(ran.decisions.size()),
      static_cast<double>(ran.rollbacks),
      ran.converged_at_seconds};
  });
  return results;
}

priced_run run_oracle(
  const simulation::scenario& what, const simulation::recorded_trace& trace) {
  auto found = simulation::find_oracle(what, trace, what.seed, price());
  auto again = what;
  again.initial = {
    found.values.at(knob::batch_size), found.values.at(knob::batch_timeout),
    what.cache ? found.values.at(knob::cache_size)
               : what.initial.cache_size_mb};
  settled_meter settled;
  simulation::simulated_host{again, trace, what.seed, {&settled}}.advance(
    what.duration_seconds);
  return {found.figures, settled.busy_workers(what.duration_seconds)};
}

} // namespace tuner
