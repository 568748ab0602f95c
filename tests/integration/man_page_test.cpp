#include "tests/integration/processes.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

using namespace tuner::test;

namespace {

const std::string program = AUTO_TUNER_PROGRAM;

std::set<std::string>
found(const std::string& text, const std::string& pattern) {
  std::set<std::string> result;
  std::regex wanted{pattern};
  for (std::sregex_iterator i{text.begin(), text.end(), wanted}, end; i != end;
       ++i)
    result.insert((*i)[1]);
  return result;
}

std::string help_of(const std::string& command) {
  auto help = run_shell(program + ' ' + command + " --help");
  REQUIRE(help.exit_code == 0);
  return help.output;
}

std::set<std::string> commands() {
  auto help = help_of("");
  auto list = help.substr(help.find("Subcommands:"));
  return found(list.substr(0, list.find("\n\n")), "\n  ([a-z-]+)");
}

std::set<std::string> options_of(const std::string& command) {
  return found(help_of(command), "(--[a-z-]+)");
}

std::string read(const std::string& file) {
  std::ifstream in{AUTO_TUNER_SOURCE_DIR "/" + file};
  std::ostringstream text;
  text << in.rdbuf();
  REQUIRE_FALSE(text.str().empty());
  return text.str();
}

/// @returns the manual page without its markup.
std::string manual() {
  return std::regex_replace(read("man/auto_tuner.1"), std::regex{"\\\\-"}, "-");
}

} // namespace

TEST_CASE("E1 the manual page has every command and option, and no other") {
  auto page = manual();
  std::set<std::string> all{"--version"};
  for (const auto& command : commands()) {
    all.merge(options_of(command));
    CAPTURE(command);
    CHECK(page.find("\n.TP\n.B " + command + '\n') != std::string::npos);
    CHECK(page.find("\n.B auto_tuner " + command + '\n') != std::string::npos);
  }
  CHECK(commands().size() >= 4);
  CHECK(found(page, "\n\\.BI? (--[a-z-]+)") == [&] {
    auto own_line = all; // It shares one with -h.
    own_line.erase("--help");
    return own_line;
  }());
  CHECK(page.find("\n.BR -h \", \" --help\n") != std::string::npos);
}

TEST_CASE("E1 unit, Dockerfile, alerts and docs name no unknown command") {
  auto known = commands();
  for (std::string file :
       {"config/systemd/auto_tuner.service", "docs/operators.md",
        "docs/reference.md", "README.md", "Dockerfile",
        "config/prometheus/auto_tuner.rules.yml"}) {
    CAPTURE(file);
    auto text = read(file);
    auto named = found(
      text, "(?:`|bin/|release/|exec |: |then |\n)auto_tuner ([a-z][a-z-]*)");
    CHECK_FALSE(named.empty());
    for (const auto& command : named) {
      CAPTURE(command);
      CHECK(known.count(command) == 1);
    }
  }
}
