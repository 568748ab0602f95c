#include "tests/unit/admin_fakes.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace tuner::test;

namespace {

constexpr const char* commands[] = {"/api/v1/pause",    "/api/v1/resume",
                                    "/api/v1/rollback", "/api/v1/set",
                                    "/api/v1/reload",   "/api/v1/log-level"};

/// @returns the code of the refusal; empty where there is none.
std::string refused(fake_service& all, const admin_request& x) {
  auto answered = all.ask(x);
  return answered.status < 400 ? "" : code_in(answered);
}

} // namespace

TEST_CASE("D5 a command needs the token, whole and right") {
  fake_service all;
  for (const auto* path : commands) {
    CAPTURE(path);
    auto good = post(path, "{}");
    for (const auto& wrong :
         {std::string{}, std::string{"Bearer"}, std::string{"Bearer "}, token,
          "Basic " + token, "Bearer  " + token,
          "Bearer " + token.substr(0, token.size() - 1),
          "Bearer " + token + token, "Bearer " + token + " ",
          "Bearer x" + token, "Bearer C" + token.substr(1),
          std::string{"Bearer x"}, "Bearer " + std::string(100'000, 'x')}) {
      CAPTURE(wrong);
      auto answered = all.ask(with(good, "Authorization", wrong));
      CHECK(answered.status == 401);
      CHECK(code_in(answered) == "unauthorized");
      CHECK(answered.headers.at(0).first == "WWW-Authenticate");
      CHECK(message_in(answered).find(token) == std::string::npos);
    }
    auto twice = good;
    twice.headers.emplace_back("Authorization", "Bearer " + token);
    CHECK(refused(all, twice) == "unauthorized");
  }
  CHECK(all.target().commands().empty());
  CHECK(refused(all, post("/api/v1/pause", "{}")).empty());
  CHECK(refused(
          all,
          with(post("/api/v1/pause", "{}"), "Authorization", "bEARER " + token))
          .empty());
}

TEST_CASE("D5 without a token file there are no commands, and it is said why") {
  fake_service all{{""}, "127.0.0.1", ""};
  for (const auto* path : commands)
    for (const auto& given :
         {std::string{}, std::string{"Bearer "}, "Bearer " + token}) {
      auto answered = all.ask(with(post(path, "{}"), "Authorization", given));
      CHECK(answered.status == 401);
      CHECK(message_in(answered).find("admin.token_file") != std::string::npos);
    }
  CHECK(refused(all, get("/api/v1/status")).empty());
}

TEST_CASE("D5 off loopback every request needs the token") {
  fake_service all{{""}, "192.0.2.1", token};
  for (auto path :
       {"/", "/metrics", "/healthz", "/api/v1/status", "/api/v1/events",
        "/nothing"}) {
    CAPTURE(path);
    CHECK(refused(all, get(path)) == "unauthorized");
  }
  auto known = with(get("/healthz"), "Authorization", "Bearer " + token);
  CHECK(refused(all, known).empty());
  CHECK(refused(all, with(known, "Host", "tuner.example:9464")).empty());
  CHECK(refused(all, with(known, "Host", "")) == "host");
}

TEST_CASE("D5 on loopback only its own names are answered") {
  fake_service all;
  for (auto host :
       {"localhost", "LocalHost:9464", "127.0.0.1", "127.0.0.1:1", "127.1.2.3",
        "[::1]:9464", "[::1]"}) {
    CAPTURE(host);
    CHECK(refused(all, with(get("/healthz"), "Host", host)).empty());
  }
  for (auto host :
       {"evil.example", "evil.example:9464", "localhost.evil.example",
        "127.0.0.1.evil.example", "192.0.2.1", "128.0.0.1", "0.0.0.0", "::1",
        "[::1", "[]", ":9464", "127.0.0.1@evil.example", "127.1", "2130706433",
        "localhost:1:2", "evil.example, localhost"}) {
    CAPTURE(host);
    CHECK(refused(all, with(get("/healthz"), "Host", host)) == "host");
  }
  CHECK(refused(all, with(get("/healthz"), "Host", "")) == "host");
  auto twice = get("/healthz");
  twice.headers.emplace_back("host", "evil.example");
  CHECK(refused(all, twice) == "host");
}

TEST_CASE("D5 what another web site sends is refused") {
  fake_service all;
  auto asked = post("/api/v1/pause", "{}");
  for (auto site : {"cross-site", "same-site", "anything"}) {
    CHECK(refused(all, with(asked, "Sec-Fetch-Site", site)) == "cross_site");
    CHECK(
      refused(all, with(get("/api/v1/events"), "Sec-Fetch-Site", site))
      == "cross_site");
    CHECK(refused(all, with(get("/"), "Sec-Fetch-Site", site)).empty());
  }
  for (auto origin :
       {"http://evil.example", "null", "https://localhost", "http://localhost",
        "http://localhost:9464.evil.example", "http://127.0.0.1:9464", " "}) {
    CAPTURE(origin);
    CHECK(refused(all, with(asked, "Origin", origin)) == "cross_site");
  }
  CHECK(all.target().commands().empty());
  CHECK(refused(all, with(asked, "Origin", "https://localhost:9464")).empty());
  auto own = with(asked, "Origin", "http://localhost:9464");
  CHECK(refused(all, with(own, "Sec-Fetch-Site", "same-origin")).empty());
  CHECK(refused(all, with(asked, "Sec-Fetch-Site", "none")).empty());
}

TEST_CASE("D5 a command must be JSON, which no web form can send") {
  fake_service all;
  auto asked = post("/api/v1/pause", "{}");
  for (auto type :
       {"", "text/plain", "application/x-www-form-urlencoded",
        "multipart/form-data", "application/jsonp",
        "text/plain; application/json"}) {
    CAPTURE(type);
    CHECK(refused(all, with(asked, "Content-Type", type)) == "content_type");
  }
  for (auto type : {"application/json", "Application/JSON ; charset=utf-8"})
    CHECK(refused(all, with(asked, "Content-Type", type)).empty());
}

TEST_CASE("D5 a body beyond 64 KiB is refused") {
  fake_service all;
  auto padded = [](size_t bytes) { return "{}" + std::string(bytes - 2, ' '); };
  CHECK(refused(all, post("/api/v1/pause", padded(64 * 1024))).empty());
  auto answered = all.ask(post("/api/v1/pause", padded(64 * 1024 + 1)));
  CHECK(answered.status == 413);
  CHECK(code_in(answered) == "too_large");
}

TEST_CASE("D5 what is wrong with the head is told before the body is read") {
  fake_service all;
  router by{all.content(), all.keeper};
  auto headed = [](admin_request x) {
    x.body.clear();
    return x;
  };
  auto good = headed(post("/api/v1/pause", ""));
  CHECK_FALSE(by.refuse(good).has_value());
  CHECK_FALSE(by.refuse(get("/")).has_value());
  CHECK(by.refuse(with(good, "Authorization", ""))->status == 401);
  CHECK(by.refuse(with(good, "Content-Type", ""))->status == 400);
  CHECK(by.refuse(with(good, "Host", "evil.example"))->status == 400);
  CHECK(by.refuse(headed(post("/nothing", "")))->status == 404);
  CHECK(by.refuse(headed(post("/metrics", "")))->status == 405);
  CHECK(all.target().commands().empty());
}

TEST_CASE("D5 every answer tells browsers to keep other sites out") {
  fake_service all;
  for (const auto& asked : {get("/"), get("/nothing"), get("/api/v1/status")}) {
    auto head = http_head(all.ask(asked));
    for (auto line :
         {"Content-Security-Policy: default-src 'none'; script-src 'self'; "
          "style-src 'self'; img-src 'self' data:; connect-src 'self'; "
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n",
          "X-Content-Type-Options: nosniff\r\n", "X-Frame-Options: DENY\r\n",
          "Referrer-Policy: no-referrer\r\n", "Cache-Control: no-store\r\n",
          "Cross-Origin-Resource-Policy: same-origin\r\n"})
      CHECK(head.find(line) != std::string::npos);
    CHECK(head.find("Access-Control-Allow") == std::string::npos);
    CHECK(head.ends_with("\r\n\r\n"));
  }
  CHECK(http_head(all.ask(get("/nothing")))
          .starts_with("HTTP/1.1 404 Not Found\r\n"));
}
