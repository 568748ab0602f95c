#include "bench/bench.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <cstdio>
#include <exception>
#include <functional>
#include <iostream>
#include <map>

namespace {

using namespace tuner;

bool quick = false;

const std::map<std::string, std::function<bench_result()>> benches{
  {"disabled", bench_disabled},
  {"overhead", [] { return bench_overhead(quick); }},
  {"pipeline", bench_pipeline},
  {"recorder", bench_recorder},
};

void print_table(const std::string& bench, const bench_result& rows) {
  std::printf("%s\n", bench.c_str());
  for (const auto& x : rows)
    std::printf("  %-34s %12.4g %s\n", x.name.c_str(), x.value, x.unit.c_str());
  std::fflush(stdout);
}

boost::json::object as_json(const bench_result& rows) {
  boost::json::object result;
  for (const auto& x : rows)
    result[x.name] = boost::json::object{{"value", x.value}, {"unit", x.unit}};
  return result;
}

void run(const std::vector<std::string>& names, bool json) {
  boost::json::object all;
  for (const auto& name : names) {
    auto rows = benches.at(name)();
    if (json)
      all[name] = as_json(rows);
    else
      print_table(name, rows);
  }
  if (json)
    std::cout << boost::json::serialize(all) << '\n';
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measures what Auto-Tuner costs.", "bench/run"};
  std::vector<std::string> names;
  bool json = false;
  app.add_option("BENCH", names, "Which ones (default: all)")
    ->check(CLI::IsMember(benches));
  app.add_flag("--json", json, "One JSON object instead of a table");
  app.add_flag(
    "--quick", quick, "Fewer and shorter pairs of overhead: 3 of 1 s");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& x) {
    return app.exit(x) == 0 ? 0 : 2;
  }
  if (names.empty())
    for (const auto& bench : benches)
      names.push_back(bench.first);
  try {
    run(names, json);
  } catch (const std::exception& x) {
    std::cerr << "bench/run: " << x.what() << '\n';
    return 1;
  }
  return 0;
}
