#include "bench/commands.hpp"
#include "bench/judge_table.hpp"
#include "bench/mann_whitney_judge.hpp"
#include "bench/parallel.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <iostream>
#include <stdexcept>

namespace tuner {

namespace {

constexpr const char* rival = "mann_whitney";
/// The seed that judges are worked on with: figures to be quoted are of others.
constexpr uint64_t work_seed = 1;
/// What a change does to p95 is measured in so many trials of a kind.
constexpr size_t trials_measured = 20;
/// So many times fewer trials are needed to see misses than false alarms.
constexpr uint64_t harmful_share = 5;

std::unique_ptr<judge> judge_named(const std::string& name) {
  if (name == rival)
    return std::make_unique<mann_whitney_judge>();
  judge_params params; // No objective: every rise by a fifth is harm.
  params.name = name;
  return make_judge(params);
}

bool among(const std::vector<std::string>& chosen, const std::string& name) {
  return chosen.empty()
    || std::find(chosen.begin(), chosen.end(), name) != chosen.end();
}

/// Every host here reports its batches, so `auto` stands for `replay` too.
std::vector<std::string> usual_judges() {
  auto result = judge_bench_judges();
  std::erase(result, "replay");
  return result;
}

uint64_t trials_of(const trial_truth& truth, const judges_options& options) {
  auto most =
    options.trials > 0 ? options.trials : uint64_t{options.quick ? 40u : 1000u};
  if (truth.harmless)
    return most;
  return options.quick && options.trials == 0
    ? 20
    : std::max(uint64_t{1}, most / harmful_share);
}

/// Lets every judge judge the same trials of one kind, on all cores.
std::vector<judge_row> judge_all(
  const trial_traffic& traffic, const trial_truth& truth,
  const judges_options& options) {
  std::vector<judge_row> rows;
  for (const auto& name : options.judges)
    rows.push_back(
      {traffic, truth, name,
       std::vector<judged_trial>(trials_of(truth, options))});
  for_each_parallel(rows.front().trials.size(), [&](size_t i) {
    staged_trial trial{draw_trial(traffic, truth, options.seed, i)};
    for (auto& row : rows)
      row.trials[i].ending = trial.judged_by(*judge_named(row.judge));
    auto backlog = truth.overload ? trial.backlog_after_seconds() : reading{};
    auto ratio = i < trials_measured ? trial.true_p95_ratio() : reading{};
    for (auto& row : rows) {
      row.trials[i].backlog_after_seconds = backlog;
      row.trials[i].true_p95_ratio = ratio;
    }
  });
  return rows;
}

void print_bars(const std::string& judge, const std::vector<judge_bar>& bars) {
  std::cout << "\nBars, judge " << judge << ":\n";
  for (const auto& x : bars) {
    std::cout << "- " << x.what << ": ";
    if (x.missed.empty())
      std::cout << "met in all " << x.kinds << " kinds; worst " << x.worst;
    else
      std::cout << "MISSED in " << x.missed.size() << " of " << x.kinds
                << " kinds";
    std::cout << '\n';
    for (const auto& kind : x.missed)
      std::cout << "  - " << kind << '\n';
  }
}

boost::json::array json_of(const std::vector<judge_bar>& bars) {
  boost::json::array result;
  for (const auto& x : bars)
    result.push_back(boost::json::object{
      {"bar", x.what},
      {"kinds", x.kinds},
      {"worst", x.worst},
      {"missed", boost::json::array(x.missed.begin(), x.missed.end())}});
  return result;
}

/// Prints rows as they come, and bars at the end.
class printer {
public:
  explicit printer(const judges_options& options) : options_(options) {
    if (!options_.json)
      std::cout << "Seed " << options_.seed << "; constants are chosen on seed "
                << work_seed << " alone.\n\n"
                << judge_table_head();
  }

  void print(const std::vector<judge_row>& rows) {
    for (const auto& x : rows) {
      if (options_.json)
        rows_.push_back(to_json(x));
      else
        std::cout << to_markdown(x) << std::flush;
      if (x.judge == options_.judges.front())
        graded_.push_back(x);
    }
  }

  void end() const {
    auto bars = judge_bars(graded_);
    const auto& graded = options_.judges.front();
    if (options_.json)
      std::cout << boost::json::serialize(boost::json::object{
        {"seed", options_.seed},
        {"rows", rows_},
        {"graded", graded},
        {"bars", json_of(bars)}})
                << '\n';
    else
      print_bars(graded, bars);
  }

private:
  const judges_options& options_;
  boost::json::array rows_;
  std::vector<judge_row> graded_; ///< Of the first judge.
};

} // namespace

std::vector<std::string> judge_bench_judges() {
  auto names = judge_names();
  std::vector<std::string> result{names.begin(), names.end()};
  result.emplace_back(rival);
  return result;
}

std::vector<std::string> judge_bench_traffics() {
  std::vector<std::string> result;
  for (const auto& x : trial_traffics(""))
    result.push_back(x.name);
  for (const auto& x : recorded_traffics())
    result.push_back(x.name);
  return result;
}

std::vector<std::string> judge_bench_truths() {
  std::vector<std::string> result;
  for (const auto& x : trial_truths())
    result.push_back(x.name);
  return result;
}

void bench_judges(judges_options options) {
  if (options.judges.empty())
    options.judges = usual_judges();
  for (const auto& x : recorded_traffics())
    if (
      options.traces.empty() && !options.traffics.empty()
      && among(options.traffics, x.name))
      throw std::runtime_error{
        x.name + ": give the folder of its trace with --traces"};
  printer out{options};
  for (const auto& traffic : trial_traffics(options.traces))
    for (const auto& truth : trial_truths())
      if (
        among(options.traffics, traffic.name)
        && among(options.truths, truth.name)
        && (truth.harmless || !traffic.harmless_only)
        && !(truth.overload && !traffic.bars.harm))
        out.print(judge_all(traffic, truth, options));
  out.end();
}

} // namespace tuner
