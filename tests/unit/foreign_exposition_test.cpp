#include "actors/targets/foreign/exposition_text.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>

using namespace tuner;

namespace {

/// A sample line that outlives its text.
struct line {
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;
  std::optional<double> timestamp;
};

struct result {
  std::vector<line> lines;
  std::size_t garbage = 0;
  std::string first_garbage;
  std::size_t first_garbage_line = 0;
};

result read(std::string_view text) {
  exposition_reader in{text};
  result all;
  for (series_view x; in.next(x);) {
    line copy{std::string{x.name}, {}, x.value, x.timestamp};
    for (const auto& label : x.labels)
      copy.labels.emplace_back(label.name, unescaped(label.value));
    all.lines.push_back(std::move(copy));
  }
  all.garbage = in.garbage();
  all.first_garbage = in.first_garbage();
  all.first_garbage_line = in.first_garbage_line();
  return all;
}

/// The only line of `text`, which has no garbage.
line only(std::string_view text) {
  auto all = read(text);
  CAPTURE(std::string{text});
  CHECK(all.garbage == 0);
  REQUIRE(all.lines.size() == 1);
  return all.lines[0];
}

using labels_t = std::vector<std::pair<std::string, std::string>>;

} // namespace

TEST_CASE("E3 classic text is read as its format says") {
  // The example of the format's description.
  auto all = read(R"(# HELP http_requests_total The total number of requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045

# A histogram, which has a pretty complex representation in the text format:
http_request_duration_seconds_bucket{le="0.05"} 24054
http_request_duration_seconds_bucket{le="+Inf"} 144320
http_request_duration_seconds_sum 53423
http_request_duration_seconds_count 144320
)");
  CHECK(all.garbage == 0);
  REQUIRE(all.lines.size() == 9);
  CHECK(all.lines[0].name == "http_requests_total");
  CHECK(all.lines[0].labels == labels_t{{"method", "post"}, {"code", "200"}});
  CHECK(all.lines[0].value == 1027);
  CHECK(all.lines[0].timestamp == 1395066363000);
  CHECK(
    all.lines[2].labels
    == labels_t{
      {"path", "C:\\DIR\\FILE.TXT"},
      {"error", "Cannot find file:\n\"FILE.TXT\""}});
  CHECK(all.lines[3].value == 12.47);
  CHECK_FALSE(all.lines[3].timestamp);
  CHECK(all.lines[4].value == std::numeric_limits<double>::infinity());
  CHECK(all.lines[4].timestamp == -3982045);
  CHECK(all.lines[6].labels == labels_t{{"le", "+Inf"}});
}

TEST_CASE("E3 OpenMetrics is read with exemplars, timestamps and its end") {
  std::string text = R"(# TYPE foo counter
# UNIT foo seconds
foo_total{a="x"} 17.0 1520879607.789 # {trace_id="K#zz"} 0.67 1520879607.1
foo_created{a="x"} 1520872607.123
bar_bucket{le="1.0"} 8 # {} 0.054
# EOF
)";
  auto all = read(text);
  CHECK(all.garbage == 0);
  REQUIRE(all.lines.size() == 3);
  CHECK(all.lines[0].value == 17);
  CHECK(all.lines[0].timestamp == 1520879607.789);
  CHECK(all.lines[2].value == 8);
  CHECK_FALSE(all.lines[2].timestamp);
  CHECK(ends_as_open_metrics(text));
  CHECK(ends_as_open_metrics("# EOF"));
  CHECK(ends_as_open_metrics("a 1\r\n# EOF\r\n"));
  CHECK_FALSE(ends_as_open_metrics(text.substr(0, text.size() - 7)));
  CHECK_FALSE(ends_as_open_metrics("a 1 # EOF\n"));
  CHECK_FALSE(ends_as_open_metrics(""));
}

TEST_CASE("E3 numbers are read as Prometheus spells them") {
  auto value = [](const std::string& x) { return only("a " + x + "\n").value; };
  CHECK(value("+Inf") == std::numeric_limits<double>::infinity());
  CHECK(value("-Inf") == -std::numeric_limits<double>::infinity());
  CHECK(value("Inf") == std::numeric_limits<double>::infinity());
  CHECK(std::isnan(value("NaN")));
  CHECK(std::isnan(value("nan")));
  CHECK(value("+1") == 1);
  CHECK(value("-0.5e-3") == -0.0005);
  CHECK(value("1E6") == 1e6);
  CHECK(value(".5") == 0.5);
  for (auto none : {"", "+", "-", "1,5", "0x", "1_000", "+-1", "one", "1e999"})
    CHECK_FALSE(number_of(none));
}

TEST_CASE("E3 blanks, odd line ends and quoted names are taken") {
  CHECK(only("  a\t{ x = \"1\" , y=\"2\", }\t 3 \r\n").labels.size() == 2);
  CHECK(only("a{} 3").value == 3);
  CHECK(only("a 3").value == 3);
  CHECK(only("a{x=\"}\"} 3").labels == labels_t{{"x", "}"}});
  CHECK(only("a{x=\"\\\\\"} 3").labels == labels_t{{"x", "\\"}});
  CHECK(only("a{x=\"\\q\"} 3").labels == labels_t{{"x", "\\q"}});
  auto quoted = only("{\"my.metric\",\"a.b\"=\"c\"} 4");
  CHECK(quoted.name == "my.metric");
  CHECK(quoted.labels == labels_t{{"a.b", "c"}});
}

TEST_CASE("E3 garbage lines are skipped, counted, and the first is told") {
  auto all = read("a 1\n"
                  "<html>\n"
                  "b{x=\"1} 2\n"          // No closing quote.
                  "b{x=\"1\" 2\n"         // No closing brace.
                  "b{x=1} 2\n"            // No quotes.
                  "b{=\"1\"} 2\n"         // No name.
                  "b{x=\"1\"y=\"2\"} 2\n" // No comma.
                  "b{\"x\"} 2\n"          // Two names.
                  "{x=\"1\"} 2\n"         // No name of a metric.
                  "1b 2\n"
                  "b\n"
                  "b 1 2 3\n"
                  "b 1 x\n"
                  "c 3\n");
  CHECK(all.lines.size() == 2);
  CHECK(all.garbage == 12);
  CHECK(all.first_garbage == "<html>");
  CHECK(all.first_garbage_line == 2);
}

TEST_CASE("E3 a line of very many labels is garbage") {
  std::string text = "a{";
  for (int i = 0; i < 1000; ++i)
    text += "x=\"1\",";
  text += "} 1\nb 2\n";
  auto all = read(text);
  CHECK(all.garbage == 1);
  CHECK(all.lines.size() == 1);
}

TEST_CASE("E3 any bytes are read to their end") {
  std::mt19937 random{7};
  const std::string good = R"(a_bucket{le="0.5",x="y\"z"} 1.5e3 17 # {t="1"} 2)"
                           "\n# EOF\n";
  for (int round = 0; round < 20'000; ++round) {
    auto text = good + good;
    for (int i = 0; i < 4; ++i)
      text[random() % text.size()] = static_cast<char>(random() % 256);
    text.resize(random() % (text.size() + 1));
    auto all = read(text);
    CHECK(all.lines.size() + all.garbage <= 8);
  }
}
