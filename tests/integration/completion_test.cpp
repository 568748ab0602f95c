#include "actors/analyzer/registry.hpp"
#include "actors/log/actor_log.hpp"
#include "actors/watchdog/judge.hpp"
#include "tests/integration/processes.hpp"

#include <doctest/doctest.h>

#include <set>
#include <sstream>

using namespace tuner::test;

namespace {

const std::string program = AUTO_TUNER_PROGRAM;
const std::string script =
  AUTO_TUNER_SOURCE_DIR "/app/completion/auto_tuner.bash";

using word_set = std::set<std::string>;

/// @returns what bash offers for the last of these words.
word_set offered(const std::string& words) {
  auto run = run_shell(
    "bash -c 'source " + script + " && COMP_WORDS=(" + words
    + ") && COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) && _auto_tuner && printf "
      "\"%s\\n\" \"${COMPREPLY[@]}\"'");
  std::istringstream lines{run.output};
  word_set result;
  for (std::string line; std::getline(lines, line);)
    if (!line.empty())
      result.insert(line);
  return result;
}

/// @returns the words that begin a line of a command's help and look like
/// options, or like commands.
word_set in_help(const std::string& command, bool options) {
  std::istringstream lines{
    run_shell(program + ' ' + command + " --help").output};
  word_set result;
  bool commands = false;
  for (std::string line; std::getline(lines, line);) {
    commands = commands || line == "Subcommands:";
    std::istringstream words{line};
    std::string first;
    words >> first;
    if (line.rfind("  ", 0) != 0 || line.rfind("   ", 0) == 0)
      continue;
    auto is_option = first.rfind("-", 0) == 0;
    if (options && is_option)
      result.insert(first.substr(first.find("--")));
    if (!options && commands && !is_option)
      result.insert(first);
  }
  return result;
}

} // namespace

TEST_CASE("E1 bash offers every command and every option of it") {
  auto commands = in_help("", false);
  CHECK(commands.size() >= 13);
  auto first = offered("auto_tuner \"\"");
  for (const auto& command : commands) {
    CAPTURE(command);
    CHECK(first.count(command) == 1);
    CHECK(offered("auto_tuner " + command + " -") == in_help(command, true));
  }
  CHECK(offered("auto_tuner ro") == word_set{"rollback"});
}

TEST_CASE("E1 bash offers the actors and levels that there are") {
  word_set actors;
  for (const auto& x : tuner::log_actors())
    actors.insert(x + '=');
  CHECK(offered("auto_tuner log-level \"\"") == actors);
  CHECK(offered("auto_tuner log-level analyzer = de") == word_set{"debug"});
  CHECK(offered("auto_tuner log-level analyzer =").size() == 6);
  CHECK(offered("auto_tuner set batch_s") == word_set{"batch_size="});
}

TEST_CASE("E1 bash offers the policies and judges that there are") {
  auto texts = [](const auto& names) {
    return word_set{names.begin(), names.end()};
  };
  CHECK(
    offered("auto_tuner simulate --policy \"\"")
    == texts(tuner::policy_names()));
  CHECK(
    offered("auto_tuner simulate --judge \"\"") == texts(tuner::judge_names()));
}

TEST_CASE("E1 bash offers files where a file is wanted") {
  auto folder = std::string{AUTO_TUNER_SOURCE_DIR "/config/"};
  for (auto before :
       {"run --config ", "check-config ", "simulate ", "status --token-file "})
    CHECK(
      offered("auto_tuner " + (before + folder) + "def")
      == word_set{folder + "default.json"});
}
