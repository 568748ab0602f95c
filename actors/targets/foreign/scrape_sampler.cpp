#include "actors/targets/foreign/scrape_sampler.hpp"

#include "actors/targets/foreign/told_latency.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

/// @returns `x`, and when the host was started, where that is not in it.
std::vector<foreign_signal> signals_with_start(foreign_signals x) {
  if (x.started.empty() && x.uptime.empty())
    x.started = "process_start_time_seconds";
  return signals_of(x);
}

/// @returns the beginning of `x`, fit for a log line.
std::string shown(std::string_view x) {
  constexpr std::size_t most = 60;
  std::string result;
  for (char c : x.substr(0, most))
    result += c >= ' ' && c <= '~' ? c : '?';
  return x.size() > most ? result + "..." : result;
}

} // namespace

/// What one scrape showed.
struct scrape_sampler::scrape {
  struct term_seen {
    double sum = 0;
    bool matched = false; ///< There was a series.
    bool known = false;   ///< One told something.
  };
  std::vector<term_seen> terms;
  told_latency latency;
  bool latency_matched = false;
};

scrape_sampler::scrape_sampler(const foreign_signals& x, uint32_t workers)
  : signals_(signals_with_start(x)), latency_scale_(scale_of(x.latency.unit)),
    may_hide_start_(x.started.empty()), maker_(x, workers) {
  for (std::size_t i = 0; i < signals_.size(); ++i) {
    selector_sum sum;
    if (!parse_selector_sum(signals_[i].expression, sum).empty())
      continue;
    for (auto& part : sum.terms) {
      auto name = part.what.name;
      rules_.emplace(
        name, rule{use::term, terms_.size(), std::move(part.what)});
      terms_.push_back({i, part.sign});
    }
  }
  add_latency(x.latency.histogram, false);
  add_latency(x.latency.summary, true);
}

void scrape_sampler::add_latency(const std::string& expression, bool summary) {
  selector base;
  if (expression.empty() || !parse_selector(expression, base).empty())
    return;
  latency_path_ =
    summary ? "signals.latency.summary" : "signals.latency.histogram";
  auto add = [&](const char* suffix, use what) {
    rules_.emplace(base.name + suffix, rule{what, 0, base});
  };
  add("_sum", use::sum);
  add("_count", use::count);
  if (summary)
    add("", use::quantile);
  else
    add("_bucket", use::bucket);
}

void scrape_sampler::apply(
  const rule& to, const series_view& x, const std::optional<growth>& grown,
  scrape& seen) const {
  if (to.what == use::term) {
    auto& at = seen.terms[to.term];
    const auto& of = terms_[to.term];
    auto counter = signals_[of.signal].counter;
    at.matched = true;
    if (counter ? !grown : !std::isfinite(x.value))
      return;
    at.known = true;
    at.sum += of.sign * (counter ? grown->by : x.value);
    return;
  }
  seen.latency_matched = true;
  if (to.what == use::quantile)
    seen.latency.add_quantile(x);
  else if (!grown)
    return;
  else if (to.what == use::bucket)
    seen.latency.add_bucket(x, *grown);
  else if (to.what == use::sum)
    seen.latency.add_sum(*grown);
  else
    seen.latency.add_count(*grown);
}

void scrape_sampler::see(const series_view& x, scrape& seen) {
  std::optional<growth> grown;
  bool asked = false; // One series may be good for several things.
  auto [i, end] = rules_.equal_range(x.name);
  for (; i != end; ++i) {
    const auto& to = i->second;
    if (!to.wanted.fits(x))
      continue;
    if (!asked && counts(to))
      grown = counters_.grown(x);
    asked = asked || counts(to);
    apply(to, x, grown, seen);
  }
}

bool scrape_sampler::counts(const rule& x) const {
  return x.what == use::term ? signals_[terms_[x.term].signal].counter
                             : x.what != use::quantile;
}

sample scrape_sampler::miss(duration at) {
  last_call_ = at;
  called_ = true;
  started_anew_ = false;
  return {};
}

sample scrape_sampler::take(
  std::string_view exposition, duration at, source_problems& problems) {
  auto own = called_ ? at - last_call_ : duration{};
  auto elapsed = scraped_ ? at - last_scrape_ : duration{};
  if (seconds(elapsed) > gap_max * seconds(own))
    counters_.clear();
  scrape seen;
  seen.terms.resize(terms_.size());
  exposition_reader in{exposition};
  std::size_t lines = 0;
  for (series_view x; in.next(x); ++lines)
    see(x, seen);
  counters_.close();
  if (in.garbage() > 0)
    problems["garbage"] = std::to_string(in.garbage())
      + " lines are no exposition and were skipped; the first is line "
      + std::to_string(in.first_garbage_line()) + ": "
      + shown(in.first_garbage());
  if (lines == 0)
    problems["answer"] =
      "no series are in the answer: is this the address of the metrics?";
  else
    name_missing(seen, problems);
  auto share = elapsed > duration{} ? seconds(own) / seconds(elapsed) : 1;
  last_call_ = last_scrape_ = at;
  called_ = scraped_ = true;
  auto figures = finish(seen, share, seconds(elapsed));
  started_anew_ = start_.started_anew(figures.values);
  return maker_.make(figures);
}

void scrape_sampler::name_missing(
  const scrape& seen, source_problems& problems) const {
  for (std::size_t i = 0; i < terms_.size(); ++i) {
    const auto& of = signals_[terms_[i].signal];
    if (may_hide_start_ && of.what == foreign_figure::started)
      continue;
    if (!seen.terms[i].matched)
      problems.emplace(
        "signals." + of.path, "no series matches " + of.expression);
    else if (!of.counter && !seen.terms[i].known)
      problems.emplace(
        "signals." + of.path, "no number is shown by " + of.expression);
  }
  if (!latency_path_.empty() && !seen.latency_matched)
    problems.emplace(latency_path_, "no series is of that name and labels");
  if (seen.latency.several_summaries())
    problems.emplace(
      latency_path_,
      "several series match: quantiles can't be added up, so name more labels");
}

reported scrape_sampler::finish(
  const scrape& seen, double share, double elapsed_seconds) const {
  reported result;
  for (std::size_t i = 0; i < terms_.size(); ++i) {
    const auto& of = signals_[terms_[i].signal];
    auto& value = result.values[of.what];
    auto first = i == 0 || terms_[i - 1].signal != terms_[i].signal;
    if (!seen.terms[i].known)
      value.reset();
    else if (first)
      value = seen.terms[i].sum;
    else if (value)
      *value += seen.terms[i].sum;
  }
  for (const auto& x : signals_)
    if (auto& value = result.values[x.what])
      *value *=
        x.scale * (x.counter && x.what != foreign_figure::cpu ? share : 1);
  if (auto& cores = result.values[foreign_figure::cpu])
    *cores /= elapsed_seconds; // Known only if there was a scrape before.
  if (latency_path_.empty()) {
    result.latency = shape_of(result.values);
  } else {
    result.latency = seen.latency.shape(latency_scale_);
    if (auto count = seen.latency.count())
      result.values[foreign_figure::latency_count] = *count * share;
  }
  return result;
}

} // namespace tuner
