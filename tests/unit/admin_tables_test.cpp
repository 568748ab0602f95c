#include "app/admin/pages.hpp"
#include "app/client/tables.hpp"
#include "tests/unit/admin_fakes.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace tuner;
using namespace tuner::test;

namespace {

/// @returns the length of the longest line.
size_t width(const std::string& text) {
  size_t result = 0;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);)
    result = std::max(result, line.size());
  return result;
}

bool contains(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

history_event tuning() {
  history_event result;
  result.target = "gpu0";
  result.what.id = change_id{7};
  result.what.kind = change_kind::tuning;
  result.what.at = instant_from(960);
  result.what.moves = {
    {"batch_size", 32, 23, "why"}, {"batch_timeout_ms", 50, 6.65, "why"}};
  return result;
}

} // namespace

TEST_CASE("D5 status is a page of at most 80 columns") {
  fake_service all{{"gpu0"}};
  all.target().events = {tuning()};
  all.target().state.reason = "a trial is running, batch_timeout_ms stands "
                              "down, and much more is to be said about it";
  all.target().how.knobs.knobs[1].enabled = false;
  auto text = status_text(json_in(all.ask(get("/api/v1/status"))));
  CHECK(text == R"(auto_tuner 0.1.0, up 1 min 40 s

gpu0: enabled: a trial is running, batch_timeout_ms stands down, and much more
  is to be said about it
  policy twin, judge replay, mode auto, objective p95 8 ms
  trial of change #7 since 40 s, verdict due
  knob                         value        min          max          unit
  batch_size                   32           1            4096         requests
  batch_timeout_ms (off)       50           0            10000        ms
  cache_size_mb                ?            1            1048576      MiB
)");
}

TEST_CASE("D4 history is a table, one move to a line") {
  auto judged = tuning();
  judged.judged.result = outcome::rolled_back;
  judged.undone = true;
  auto kept = tuning();
  kept.judged.result = outcome::kept;
  kept.undone = true;
  history_event edit;
  edit.what.kind = change_kind::edit;
  edit.what.at = instant_from(86'400);
  edit.what.moves = {
    {"a_knob_with_a_name_that_is_longer_than_its_column", 1, 2, "by hand"}};
  auto text = history_text(
    boost::json::value(history_json({tuning(), judged, kept, edit})));
  CHECK(
    text
    == R"(when (UTC)           id      kind      what                         verdict
1970-01-01 00:16:00  #7      tuning    batch_size 32 -> 23          open
                                       batch_timeout_ms 50 -> 6.65
1970-01-01 00:16:00  #7      tuning    batch_size 32 -> 23          rolled back
                                       batch_timeout_ms 50 -> 6.65
1970-01-01 00:16:00  #7      tuning    batch_size 32 -> 23          kept, undone
                                       batch_timeout_ms 50 -> 6.65
1970-01-02 00:00:00          edit      a_knob_with_a_name_that_is_
                                       longer_than_its_column 1 ->
                                       2
)");
  CHECK(width(text) <= 80);
}

TEST_CASE("D4 an explanation is wrapped") {
  auto text = decision_text(boost::json::value(full_decision_json(tuning())));
  CHECK(contains(text, "Change #7 at 1970-01-01T00:16:00.000Z"));
  CHECK(width(text) <= 80);
}

TEST_CASE("D5 commands answer with a sentence") {
  fake_service all{{"gpu0"}};
  auto answered = [&](const admin_request& x) {
    return boost::json::value(json_in(all.ask(x)));
  };
  CHECK(
    state_text(answered(post("/api/v1/pause", "{}")))
    == "gpu0: paused: paused\n");
  CHECK(
    rollback_text(answered(post("/api/v1/rollback", "{}")))
    == "gpu0: change #7 undone: batch_size 23 -> 32\n");
  CHECK(
    edit_text(
      answered(post("/api/v1/set", R"({"settings": {"batch_size": 8}})")))
    == "gpu0: batch_size 32 -> 8; the tuner leaves this alone until resumed\n");
  CHECK(
    reload_text(answered(post("/api/v1/reload", "{}")))
    == "reloaded; changed:\n  tuner.min_rps\n");
  all.reloaded.value->clear();
  CHECK(
    reload_text(answered(post("/api/v1/reload", "{}")))
    == "reloaded; nothing has changed\n");
  CHECK(
    log_level_text(answered(
      post("/api/v1/log-level", R"({"actor": "analyzer", "level": "debug"})")))
    == "analyzer now logs at level debug\n");
}

TEST_CASE("D5 what a terminal would obey is not printed") {
  fake_service all;
  all.target().state.reason = "\x1b[2Jgone\r\n\x7f";
  auto text = status_text(json_in(all.ask(get("/api/v1/status"))));
  CHECK(contains(text, "enabled:  [2Jgone"));
  CHECK_FALSE(contains(text, "\x1b"));
}

TEST_CASE("D5 lines are broken between words, and within them if need be") {
  CHECK(wrapped("one two three", 7, 2) == "one two\n  three\n");
  CHECK(wrapped("abcdefghij", 4, 0) == "abcd\nefgh\nij\n");
  CHECK(wrapped("", 4, 0).empty());
  CHECK(wrapped("a\nb", 4, 0) == "a\nb\n");
}
