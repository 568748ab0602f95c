#include "actors/metrics/metric_table.hpp"
#include "config/reference.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

// The docs are held to the code. `AUTO_TUNER_WRITE_DOCS=1 unit_tests` writes
// the tables that are made from it.

namespace {

const std::filesystem::path source = AUTO_TUNER_SOURCE_DIR;
const std::filesystem::path reference_file = source / "docs/reference.md";
const std::filesystem::path rules_file =
  source / "config/prometheus/auto_tuner.rules.yml";
const std::filesystem::path dashboard_file =
  source / "config/grafana/auto_tuner.json";

std::string read(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::ostringstream text;
  text << in.rdbuf();
  CAPTURE(file.string());
  REQUIRE_FALSE(text.str().empty());
  return text.str();
}

std::vector<std::filesystem::path> pages() {
  std::vector<std::filesystem::path> result{source / "README.md"};
  for (const auto& x : std::filesystem::directory_iterator{source / "docs"})
    if (x.path().extension() == ".md")
      result.push_back(x.path());
  return result;
}

/// @returns what the first group of `pattern` matches in `text`.
std::set<std::string>
found(const std::string& text, const std::string& pattern) {
  std::set<std::string> result;
  std::regex wanted{pattern};
  for (std::sregex_iterator i{text.begin(), text.end(), wanted}, end; i != end;
       ++i)
    result.insert((*i)[1]);
  return result;
}

/// Holds what stands between two marks of the reference to `wanted`.
void check_table(const std::string& name, const std::string& wanted) {
  auto text = read(reference_file);
  auto begin_mark = "<!-- " + name + " -->\n\n";
  auto begin = text.find(begin_mark);
  auto end = text.find("\n<!-- end of " + name + " -->");
  REQUIRE(begin != std::string::npos);
  REQUIRE(end != std::string::npos);
  begin += begin_mark.size();
  if (std::getenv("AUTO_TUNER_WRITE_DOCS")) {
    text.replace(begin, end - begin, wanted);
    std::ofstream{reference_file} << text;
    return;
  }
  INFO("write it anew: AUTO_TUNER_WRITE_DOCS=1 unit_tests");
  CHECK(text.substr(begin, end - begin) == wanted);
}

/// @returns the metrics that a text names.
std::set<std::string> metrics_in(const std::string& text) {
  std::set<std::string> result;
  for (auto name : found(text, "\\b(auto_tuning_[a-z0-9_]+)")) {
    for (std::string part : {"_bucket", "_sum", "_count"})
      if (name.ends_with(part))
        name.resize(name.size() - part.size());
    result.insert(name);
  }
  return result;
}

/// @returns the anchors of a page's headings, as GitHub makes them.
std::set<std::string> anchors(const std::string& page) {
  std::set<std::string> result;
  for (auto heading : found(page, "(?:^|\n)#+ ([^\n]+)")) {
    std::string anchor;
    for (auto c : heading)
      if (std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_')
        anchor += static_cast<char>(std::tolower(c));
      else if (c == ' ')
        anchor += '-';
    result.insert(anchor);
  }
  return result;
}

} // namespace

TEST_CASE(
  "E6 the reference holds every config key as the schema describes it") {
  check_table("config reference", tuner::reference());
}

TEST_CASE("D2 the reference holds every metric as its table describes it") {
  check_table("metric reference", tuner::metric::reference());
}

TEST_CASE("D2 dashboard, rules and docs name no metric that does not exist") {
  std::set<std::string> known;
  for (const auto& row : tuner::metric::rows())
    known.insert(row.name);
  auto files = pages();
  files.push_back(rules_file);
  files.push_back(dashboard_file);
  for (const auto& file : files)
    for (const auto& name : metrics_in(read(file))) {
      CAPTURE(file.string());
      CAPTURE(name);
      CHECK(known.count(name) == 1);
    }
}

TEST_CASE("D5 the dashboard shows every metric") {
  auto shown = metrics_in(read(dashboard_file));
  for (const auto& row : tuner::metric::rows()) {
    std::string name = row.name;
    // Bounds are for alerts, the build for whoever asks.
    if (name.starts_with("auto_tuning_knob_m") || name.ends_with("_info"))
      continue;
    CAPTURE(name);
    CHECK(shown.count(name) == 1);
  }
}

TEST_CASE("D2 every alert has a section for operators that it points to") {
  auto rules = read(rules_file);
  auto page = read(source / "docs/operators.md");
  auto alerts = found(rules, "- alert: (\\w+)");
  CHECK(alerts.size() == 7);
  CHECK(found(page, "\n### (AutoTuner\\w+)") == alerts);
  std::set<std::string> wanted;
  for (auto name : alerts) {
    std::transform(name.begin(), name.end(), name.begin(), ::tolower);
    wanted.insert("docs/operators.md#" + name);
  }
  CHECK(found(rules, "runbook: \"([^\"]+)\"") == wanted);
  for (auto part : {"summary", "description", "action"}) {
    CAPTURE(part);
    std::regex each{std::string{"\n          "} + part + ": "};
    CHECK(
      static_cast<size_t>(std::distance(
        std::sregex_iterator{rules.begin(), rules.end(), each}, {}))
      == alerts.size());
  }
}

TEST_CASE("E6 the docs name no config key that does not exist") {
  auto known = found(tuner::reference(), "\\| `([^`]+)`");
  auto is_known = [&](const std::string& key) {
    return std::any_of(known.begin(), known.end(), [&](const auto& x) {
      return x == key || x.starts_with(key + '.') || x.starts_with(key + '[');
    });
  };
  for (const auto& file : pages())
    for (const auto& key : found(
           read(file),
           "`((?:tuner|batcher|cache|targets|admin|logging|journal)"
           "(?:\\.|\\[\\])[a-zA-Z0-9_.\\[\\]]+)`")) {
      CAPTURE(file.string());
      CAPTURE(key);
      CHECK(is_known(key));
    }
}

TEST_CASE("E1 every file of the sources that the docs name exists") {
  for (const auto& file : pages())
    for (const auto& name : found(
           read(file),
           "`((?:actors|app|bench|cmake|config|messages|tests)/[a-zA-Z0-9_./]+)"
           "`")) {
      CAPTURE(file.string());
      CAPTURE(name);
      CHECK(std::filesystem::exists(source / name));
    }
}

TEST_CASE("E1 every link in the docs leads somewhere") {
  for (const auto& file : pages())
    for (const auto& link : found(read(file), "\\]\\(([^)\\s]+)\\)")) {
      if (link.starts_with("http"))
        continue;
      CAPTURE(file.string());
      CAPTURE(link);
      auto hash = link.find('#');
      auto to = link.substr(0, hash);
      auto target = to.empty() ? file : file.parent_path() / to;
      REQUIRE(std::filesystem::exists(target));
      if (hash != std::string::npos)
        CHECK(anchors(read(target)).count(link.substr(hash + 1)) == 1);
    }
}
