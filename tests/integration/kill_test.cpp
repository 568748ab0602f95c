#include "actors/journal/intent_slot.hpp"
#include "actors/journal/ledger.hpp"
#include "messages/fact_json.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include <csignal>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace tuner;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// More with `AUTO_TUNER_KILLS=200 integration_tests -tc="E7 killed*"`.
int kills() {
  const auto* wanted = std::getenv("AUTO_TUNER_KILLS");
  return wanted ? std::atoi(wanted) : 25;
}

/// What the victim was told, or told, in one life.
struct life {
  bool ready = false;
  settings at_start; ///< What its host ran with once it was ready.
  double ready_ms = 0;
  std::set<uint64_t> applied;
  std::set<uint64_t> undone;
};

life life_of(const fs::path& output) {
  life result;
  std::ifstream lines{output};
  for (std::string line; std::getline(lines, line);) {
    if (lines.eof())
      break; // Cut off by the kill.
    std::istringstream words{line};
    std::string word;
    words >> word;
    if (word == "ready") {
      words >> result.ready_ms >> result.at_start[knob::batch_size]
        >> result.at_start[knob::batch_timeout];
      result.ready = true;
    } else {
      uint64_t id = 0;
      words >> id;
      (word == "applied" ? result.applied : result.undone).insert(id);
    }
  }
  return result;
}

struct stage {
  fs::path folder =
    fs::temp_directory_path() / ("auto_tuner_kill_" + std::to_string(getpid()));
  stage() {
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  ~stage() { fs::remove_all(folder); }

  std::string journal() const { return (folder / "journal.db").string(); }

  void start_afresh() const {
    for (const auto& entry : fs::directory_iterator{folder})
      fs::remove(entry.path());
  }

  /// @returns the change that was about to be written last.
  std::optional<uint64_t> intended() const {
    auto left = intent_slot{journal() + "-intent"}.get();
    if (!left)
      return std::nullopt;
    return static_cast<uint64_t>(change_from(boost::json::parse(*left)).id);
  }

  /// Runs the victim and kills it after a while, from its start or, with
  /// `when_ready`, from when it is ready.
  life live(duration length, bool when_ready) const {
    auto output = folder / "output";
    fs::remove(output);
    auto knobs = (folder / "knobs").string();
    auto pid = fork();
    if (pid == 0) {
      auto fd = open(output.c_str(), O_WRONLY | O_CREAT, 0600);
      dup2(fd, STDOUT_FILENO);
      execl(
        AUTO_TUNER_VICTIM, AUTO_TUNER_VICTIM, journal().c_str(), knobs.c_str(),
        nullptr);
      _exit(127);
    }
    auto patience = std::chrono::steady_clock::now() + 60s;
    while (when_ready && !life_of(output).ready
           && std::chrono::steady_clock::now() < patience)
      std::this_thread::sleep_for(2ms);
    std::this_thread::sleep_for(length);
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    return life_of(output);
  }
};

/// What the ledger says the host should run with, by its events alone.
double batch_size_by(const std::vector<history_event>& events) {
  for (auto i = events.rbegin(); i != events.rend(); ++i)
    if (
      i->what.kind == change_kind::tuning && !i->undone
      && i->judged.result == outcome::kept)
      return i->what.moves.front().to;
  return 32;
}

} // namespace

TEST_CASE(
  "E7 killed at random moments, a tuner loses nothing it acknowledged") {
  stage at;
  std::mt19937_64 random{std::random_device{}()};
  std::uniform_int_distribution<int> ms{0, 250};
  std::set<uint64_t> applied;
  std::set<uint64_t> undone;
  settings confirmed;
  uint64_t last_id = 0;
  std::map<outcome, int> seen;
  auto lives_ready = 0;
  double slowest_ms = 0;
  // Where even short trials take long, lives go on until one of them is kept.
  auto enough = [&](int lives) {
    return lives >= 4 * kills()
      || (lives >= kills() && lives_ready > 0 && seen[outcome::kept] > 0);
  };
  for (int i = 0; !enough(i); ++i) {
    CAPTURE(i);
    auto first = i % 8 == 0;
    if (first) {
      at.start_afresh(); // Killed while the database is being made, too.
      applied.clear();
      undone.clear();
      confirmed.clear();
      last_id = 0;
    }
    auto early = i % 8 < 2;
    auto x = at.live(
      early ? std::chrono::microseconds{100 * ms(random)}
            : std::chrono::milliseconds{ms(random)} * (i < kills() ? 1 : 10),
      !early);
    if (x.ready) {
      ++lives_ready;
      slowest_ms = std::max(slowest_ms, x.ready_ms);
      if (!confirmed.empty())
        CHECK(
          x.at_start.at(knob::batch_size) == confirmed.at(knob::batch_size));
    }
    applied.insert(x.applied.begin(), x.applied.end());
    undone.insert(x.undone.begin(), x.undone.end());

    ledger book{{at.journal(), "", 100'000}};
    auto found = book.recover(100'000);
    std::multiset<uint64_t> tuned;
    std::multiset<uint64_t> rolled_back;
    for (const auto& event : found.events) {
      auto id = static_cast<uint64_t>(event.what.id);
      if (event.what.kind == change_kind::tuning) {
        tuned.insert(id);
        ++seen[event.judged.result];
        // What was open at the last kill was closed at the start after it.
        if (x.ready && id <= last_id)
          CHECK(event.judged.result != outcome::open);
        if (undone.count(id) > 0)
          CHECK(event.undone);
      } else {
        rolled_back.insert(id);
      }
    }
    // Found at the next start, if it could not be recorded any more.
    if (auto intended = at.intended())
      tuned.insert(*intended);
    for (auto id : applied)
      CHECK(tuned.count(id) > 0);
    if (auto intended = at.intended())
      tuned.erase(tuned.find(*intended));
    for (auto id : tuned)
      CHECK(tuned.count(id) == 1);
    for (auto id : rolled_back)
      CHECK(rolled_back.count(id) == 1);
    auto kept = std::any_of(
      found.events.begin(), found.events.end(),
      [](const auto& event) { return event.judged.result == outcome::kept; });
    REQUIRE((!kept || !found.confirmed.empty()));
    if (!found.confirmed.empty())
      CHECK(
        found.confirmed.at(knob::batch_size) == batch_size_by(found.events));
    confirmed = found.confirmed;
    last_id = found.last_id;
  }
  MESSAGE(
    "ready ", lives_ready, " of ", kills(), " times, after at most ",
    slowest_ms, " ms; trials kept ", seen[outcome::kept], ", rolled back ",
    seen[outcome::rolled_back], ", inconclusive ", seen[outcome::inconclusive],
    ", open ", seen[outcome::open]);
  CHECK(lives_ready > 0);
  CHECK(seen[outcome::kept] > 0);
}
