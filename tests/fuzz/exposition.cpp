#include "actors/targets/foreign/scrape_sampler.hpp"
#include "tests/fuzz/inputs.hpp"
#include "tests/fuzz/require.hpp"

namespace tuner::fuzz {

namespace {

bool inside(std::string_view whole, std::string_view part) {
  return part.data() >= whole.data()
    && part.data() + part.size() <= whole.data() + whole.size();
}

void check_reader(std::string_view text, const selector_sum& wanted) {
  exposition_reader in{text};
  std::size_t lines = 0;
  for (series_view x; in.next(x); ++lines) {
    require(inside(text, x.name), "names are views of the text");
    for (const auto& label : x.labels)
      require(
        inside(text, label.name) && inside(text, label.value),
        "labels are views of the text");
    for (const auto& term : wanted.terms)
      (void)term.what.fits(x);
  }
  require(lines + in.garbage() <= text.size(), "a line has at least one byte");
  require(
    (in.garbage() == 0) == (in.first_garbage_line() == 0),
    "the first garbage is told");
}

void check(const sample& x) {
  uint64_t total = 0;
  int last = -1;
  for (const auto& bucket : x.latencies) {
    require(bucket.bucket > last, "buckets ascend");
    last = bucket.bucket;
    total += bucket.count;
  }
  require(total <= x.completed, "latencies are of completed requests");
  require(
    x.latency_sum.count() >= 0 && x.busy.count() >= 0,
    "times are not negative");
}

foreign_signals signals_of_fuzz(const std::string& completed) {
  foreign_signals x;
  x.completed = completed;
  x.failed = "f";
  x.offered = "a + f";
  x.busy = "b";
  x.busy_unit = "ms";
  x.cache_hits = "h";
  x.cache_misses = "q - h";
  x.cpu = "c";
  x.queue_length = "w";
  x.memory.used = "m";
  x.memory.limit = "l";
  return x;
}

} // namespace

void exposition(std::string_view input) {
  auto end = input.find('\n');
  std::string expression{input.substr(0, end)};
  input.remove_prefix(end == input.npos ? input.size() : end + 1);
  selector_sum wanted;
  if (!parse_selector_sum(expression, wanted).empty())
    expression = "a";
  auto signals = signals_of_fuzz(expression);
  scrape_sampler plain{signals, 1};
  signals.latency.histogram = "t";
  scrape_sampler histogram{signals, 1};
  signals.latency = {};
  signals.latency.summary = "s";
  scrape_sampler summary{signals, 1};
  for (duration at{}; !input.empty(); at += std::chrono::seconds{1}) {
    auto text = input.substr(0, input.find('\0'));
    input.remove_prefix(std::min(text.size() + 1, input.size()));
    check_reader(text, wanted);
    (void)ends_as_open_metrics(text);
    source_problems problems;
    for (auto* x : {&plain, &histogram, &summary}) {
      check(x->take(text, at, problems));
      if (text.size() % 5 == 0)
        check(x->miss(at += std::chrono::milliseconds{700}));
    }
    for (const auto& [kind, what] : problems)
      require(what.find('\n') == what.npos, "problems are lines");
  }
}

} // namespace tuner::fuzz
