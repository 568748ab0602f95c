#include "tests/unit/admin_fakes.hpp"
#include "tests/unit/contains.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace tuner::test;

namespace {

using list = std::vector<std::string>;

} // namespace

TEST_CASE("D5 pause and resume tell the state") {
  fake_service all;
  auto paused = json_in(all.ask(post("/api/v1/pause", "{}")));
  CHECK(paused.at("state").as_string() == "paused");
  CHECK(paused.at("target").as_string().empty());
  auto resumed = json_in(all.ask(post("/api/v1/resume", R"({"target": ""})")));
  CHECK(resumed.at("state").as_string() == "enabled");
  CHECK(
    all.target().commands()
    == list{"pause by 127.0.0.1", "resume by 127.0.0.1"});
}

TEST_CASE("D5 a rollback undoes one change, or as many as asked for") {
  fake_service all;
  auto done = json_in(all.ask(post("/api/v1/rollback", "{}")));
  auto event = done.at("events").at(0).as_object();
  CHECK(event.at("kind").as_string() == "rollback");
  CHECK(event.at("id").to_number<int>() == 7);
  CHECK(event.at("verdict").is_null());
  all.ask(post("/api/v1/rollback", R"({"steps": 3})"));
  CHECK(
    all.target().commands()
    == list{"rollback 1 by 127.0.0.1", "rollback 3 by 127.0.0.1"});
}

TEST_CASE("D5 set changes the knobs named, and answers with the edit") {
  fake_service all;
  auto done = json_in(all.ask(post(
    "/api/v1/set",
    R"({"settings": {"batch_size": 16, "batch_timeout_ms": 2.5}})")));
  CHECK(done.at("kind").as_string() == "edit");
  CHECK(done.at("moves").as_array().size() == 2);
  CHECK(
    all.target().commands()
    == list{"set batch_size=16 batch_timeout_ms=2.5 by 127.0.0.1"});
}

TEST_CASE("D5 set refuses what no knob of the target can have") {
  fake_service all;
  struct row {
    std::string settings;
    std::string said;
  };
  for (const auto& x : std::vector<row>{
         {"{\"batch_siz\": 1}", "did you mean batch_size?"},
         {"{\"batch_size\": 0}", "allowed: from 1 to 4096"},
         {"{\"batch_size\": 1.5}", "in steps of 1"},
         {"{\"batch_size\": 5000}", "the nearest is 4096"},
         {"{\"batch_size\": null}", "settings.batch_size"},
         {"{\"batch_size\": \"8\"}", "settings.batch_size"},
         {"{\"batch_size\": 1e999}", "settings.batch_size"},
         {"{}", "settings is missing"},
         {"8", "settings"},
         {"[]", "settings"}}) {
    CAPTURE(x.settings);
    auto refused =
      all.ask(post("/api/v1/set", "{\"settings\": " + x.settings + "}"));
    CHECK(refused.status == 400);
    CAPTURE(message_in(refused));
    CHECK(contains(message_in(refused), x.said));
  }
  CHECK(all.ask(post("/api/v1/set", "{}")).status == 400);
  CHECK(all.target().commands().empty());
}

TEST_CASE("D5 a target is named where there are several") {
  fake_service all{{"a", "b"}};
  CHECK(all.ask(post("/api/v1/pause", R"({"target": "b"})")).status == 200);
  CHECK(all.targets[0]->commands().empty());
  CHECK(all.targets[1]->commands().size() == 1);
  auto unnamed = all.ask(post("/api/v1/pause", "{}"));
  CHECK(unnamed.status == 400);
  CHECK(code_in(unnamed) == "which_target");
  auto unknown = all.ask(post("/api/v1/pause", R"({"target": "c"})"));
  CHECK(unknown.status == 404);
  CHECK(code_in(unknown) == "no_such_target");
}

TEST_CASE("D5 reload tells what changed, or why nothing did") {
  fake_service all;
  auto done = json_in(all.ask(post("/api/v1/reload", "{}")));
  CHECK(done.at("changed").at(0).as_string() == "tuner.min_rps");
  CHECK(all.reloaded_by == "127.0.0.1");
  all.reloaded = {std::nullopt, "admin.port: can't change live"};
  auto refused = all.ask(post("/api/v1/reload", "{}"));
  CHECK(refused.status == 409);
  CHECK(code_in(refused) == "not_reloaded");
  CHECK(contains(message_in(refused), "admin.port"));
}

TEST_CASE("D3 the level of an actor's log changes while it runs") {
  fake_service all;
  const auto& level = all.logs->level_of("analyzer");
  CHECK(level == log_level::info);
  auto done = json_in(all.ask(
    post("/api/v1/log-level", R"({"actor": "analyzer", "level": "debug"})")));
  CHECK(done.at("actor").as_string() == "analyzer");
  CHECK(done.at("level").as_string() == "debug");
  CHECK(level == log_level::debug);
  for (auto body :
       {R"({"actor": "analyser", "level": "debug"})", R"({"level": "debug"})",
        R"({"actor": "analyzer"})", R"({"actor": "analyzer", "level": "loud"})",
        R"({"actor": 1, "level": "info"})"}) {
    CAPTURE(body);
    auto refused = all.ask(post("/api/v1/log-level", body));
    CHECK(refused.status == 400);
    CHECK(contains(message_in(refused), "allowed: "));
  }
  CHECK(level == log_level::debug);
}

TEST_CASE("D5 a body is strict and says what is allowed") {
  fake_service all;
  struct row {
    std::string body;
    std::string said;
  };
  for (const auto& x : std::vector<row>{
         {"", "body:1:1"},
         {"{", "body:1:"},
         {"{} {}", "body:1:"},
         {"null", "an object"},
         {"[]", "an object"},
         {"\"{}\"", "an object"},
         {"{\"stepps\": 2}", "did you mean steps?"},
         {"{\"steps\": 1, \"steps\": 2}", "steps"},
         {"{\"steps\": 0}", "a whole number from 1 to 1000"},
         {"{\"steps\": 1.5}", "a whole number"},
         {"{\"steps\": \"1\"}", "a whole number"},
         {"{\"steps\": true}", "a whole number"},
         {"{\"target\": 1}", "target"},
         {"{\"target\": \"a b\"}", "target"},
         {"{\"target\": \"\\u0000\"}", "target"},
         {"\xff", "body:1:1"},
         {std::string(10'000, '['), "body:1:"}}) {
    CAPTURE(x.body);
    auto refused = all.ask(post("/api/v1/rollback", x.body));
    CHECK(refused.status == 400);
    CHECK(code_in(refused) == "bad_body");
    CAPTURE(message_in(refused));
    CHECK(contains(message_in(refused), x.said));
  }
  for (auto path : {"pause", "resume", "set", "reload", "log-level"}) {
    auto refused =
      all.ask(post(std::string{"/api/v1/"} + path, R"({"bogus": 1})"));
    CHECK(refused.status == 400);
    CHECK(contains(message_in(refused), "bogus: unknown key"));
  }
  CHECK(all.target().commands().empty());
}

TEST_CASE("D5 what a target refuses is 409 or 503, and says what to do") {
  fake_service all;
  struct row {
    ec why;
    int status;
    std::string code;
  };
  for (const auto& x : std::vector<row>{
         {ec::trial_in_progress, 409, "busy"},
         {ec::rollback_in_progress, 409, "busy"},
         {ec::nothing_to_change, 409, "nothing_to_change"},
         {ec::nothing_to_undo, 409, "nothing_to_undo"},
         {ec::superseded, 409, "superseded"},
         {ec::disabled, 409, "disabled"},
         {ec::not_running, 503, "not_running"},
         {ec::journal_off, 503, "journal_off"},
         {ec::target_unreachable, 503, "target_unreachable"},
         {static_cast<ec>(99), 503, "unavailable"}}) {
    all.target().refusing = x.why;
    CAPTURE(x.code);
    for (const auto& asked :
         {post("/api/v1/pause", "{}"), post("/api/v1/resume", "{}"),
          post("/api/v1/rollback", "{}"),
          post("/api/v1/set", R"({"settings": {"batch_size": 8}})")}) {
      auto refused = all.ask(asked);
      CHECK(refused.status == x.status);
      CHECK(code_in(refused) == x.code);
      CHECK(contains(message_in(refused), "it refuses"));
    }
  }
}

TEST_CASE("E7 an operator is known by name and address") {
  fake_service all;
  auto asked = post("/api/v1/pause", "{}");
  all.ask(with(asked, "X-Operator", "alice (night shift)"));
  CHECK(
    all.target().commands()
    == list{"pause by alice (night shift) from 127.0.0.1"});
  for (const auto& name :
       {std::string(65, 'a'), std::string{"a\tb"}, std::string{"\xc3\xa4"}}) {
    auto refused = all.ask(with(asked, "X-Operator", name));
    CHECK(refused.status == 400);
    CHECK(code_in(refused) == "operator");
  }
  all.ask(with(asked, "X-Operator", std::string(64, 'a')));
  CHECK(all.target().commands().size() == 2);
}
