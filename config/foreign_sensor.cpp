#include "config/foreign_sensor.hpp"

#include "actors/targets/foreign/selector.hpp"
#include "config/text.hpp"

#include <string_view>

namespace tuner {

namespace {

/// Gathers what is wrong with one sensor.
class sensor_rules {
public:
  sensor_rules(
    const foreign_sensor_config& x, std::string path,
    std::vector<config_error>& errors)
    : x_(x), path_(std::move(path)), errors_(errors) {}

  void check() {
    check_url();
    check_pairs();
    check_latency();
    if (x_.kind == "prometheus_text")
      check_selectors();
    if (x_.signals.completed.empty() && !counts_latencies())
      refuse(
        "signals.completed", "",
        "an expression: nothing else tells how many requests were answered");
  }

private:
  void refuse(
    const std::string& key, const std::string& value, std::string allowed) {
    errors_.push_back(
      {path_ + '.' + key, text::shortened(text::quoted(value)),
       std::move(allowed), ""});
  }

  bool counts_latencies() const {
    const auto& l = x_.signals.latency;
    return !l.histogram.empty() || !l.summary.empty() || !l.count.empty();
  }

  /// A password there would stand in log lines.
  void check_url() {
    std::string_view url = x_.url;
    auto scheme = url.find("://");
    auto host = scheme == url.npos ? url : url.substr(scheme + 3);
    auto authority = host.substr(0, host.find_first_of("/?#"));
    if (
      (!url.starts_with("http://") && !url.starts_with("https://"))
      || authority.empty() || url.find(' ') != url.npos)
      refuse("url", x_.url, "http://HOST:PORT/... or https://HOST:PORT/...");
    else if (authority.find('@') != authority.npos)
      refuse(
        "url", "...@...",
        "one without a user and a password: put a token into a file and name "
        "it in token_file");
    else if (x_.kind == "promql" && url.find_first_of("?#") != url.npos)
      refuse("url", x_.url, "one without ? and #: the query is added to it");
  }

  void check_pairs() {
    const auto& s = x_.signals;
    auto both = [&](
                  const char* a_key, const std::string& a, const char* b_key,
                  const std::string& b) {
      if (a.empty() != b.empty())
        refuse(
          std::string{"signals."} + (a.empty() ? a_key : b_key), "",
          std::string{"an expression: there is signals."}
            + (a.empty() ? b_key : a_key) + ", and one is of no use alone");
    };
    both("cache_hits", s.cache_hits, "cache_misses", s.cache_misses);
    both("batches", s.batches, "batched_requests", s.batched_requests);
    if (!s.latency.sum.empty() && s.latency.count.empty())
      refuse(
        "signals.latency.count", "",
        "an expression: there is signals.latency.sum");
    if (!s.memory.limit.empty() && s.memory.used.empty())
      refuse(
        "signals.memory.used", "",
        "an expression: there is signals.memory.limit");
  }

  void check_latency() {
    const auto& l = x_.signals.latency;
    auto others = !l.p50.empty() || !l.p95.empty() || !l.p99.empty()
      || !l.sum.empty() || !l.count.empty();
    auto check =
      [&](const char* key, const std::string& value, bool others_too) {
        if (value.empty())
          return;
        if (x_.kind == "promql")
          refuse(
            key, value,
            "only for prometheus_text: write p50, p95 and p99 with "
            "histogram_quantile(...)");
        else if (others_too)
          refuse(
            key, value, "empty: the latency is read from something else too");
      };
    check("signals.latency.histogram", l.histogram, others);
    check("signals.latency.summary", l.summary, others || !l.histogram.empty());
  }

  void check_selectors() {
    for (const auto& x : signals_of(x_.signals)) {
      selector_sum sum;
      auto problem = parse_selector_sum(x.expression, sum);
      if (!problem.empty())
        refuse("signals." + x.path, x.expression, problem);
    }
    const auto& l = x_.signals.latency;
    selector one;
    if (auto problem = parse_selector(l.histogram, one);
        !l.histogram.empty() && !problem.empty())
      refuse("signals.latency.histogram", l.histogram, problem);
    if (auto problem = parse_selector(l.summary, one);
        !l.summary.empty() && !problem.empty())
      refuse("signals.latency.summary", l.summary, problem);
  }

  const foreign_sensor_config& x_;
  std::string path_;
  std::vector<config_error>& errors_;
};

} // namespace

void check_sensor(
  const foreign_sensor_config& x, const std::string& path,
  std::vector<config_error>& errors) {
  if (x.kind == "none") {
    errors.push_back(
      {path + ".kind", "\"none\"",
       "\"prometheus_text\" or \"promql\": the target is foreign", ""});
    return;
  }
  sensor_rules{x, path, errors}.check();
}

} // namespace tuner
