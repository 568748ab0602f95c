#include "tests/fuzz/inputs.hpp"
#include "tests/unit/admin_fakes.hpp"
#include "tests/unit/seeds.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

using namespace tuner;
using namespace tuner::test;

namespace {

const std::vector<std::string> words{
  "/",
  "/api/v1/",
  "status",
  "history",
  "decisions/",
  "series",
  "events",
  "pause",
  "resume",
  "rollback",
  "set",
  "reload",
  "log-level",
  "/metrics",
  "/healthz",
  "/assets/",
  "..",
  "%2e%2e",
  "%00",
  "?",
  "&",
  "=",
  "target",
  "limit",
  "since",
  "until",
  "points",
  "steps",
  "settings",
  "batch_size",
  "{",
  "}",
  "[",
  "]",
  "\"",
  ":",
  ",",
  "null",
  "true",
  "1",
  "-1",
  "1e308",
  "9223372036854775808",
  "nan",
  "\\u0000",
  "\xff\xfe",
  " ",
  "\r\n",
  "GET",
  "POST",
  "HEAD",
  "Host",
  "localhost",
  "127.0.0.1",
  "[::1]",
  "evil.example",
  "Origin",
  "Sec-Fetch-Site",
  "Content-Type",
  "application/json",
  "X-Operator",
  "Authorization",
  "Bearer ",
  "{\"steps\": 1}",
  "{\"target\": \"\"}"};

/// Makes requests that are nearly right, and some that are not at all.
class fuzzer {
public:
  admin_request next() {
    auto x = some(2) ? get(path()) : post(path(), body());
    for (auto n = some(4); n > 0; --n)
      spoil(x);
    return x;
  }

private:
  size_t some(size_t below) {
    return std::uniform_int_distribution<size_t>{0, below - 1}(random_);
  }

  std::string word() { return words[some(words.size())]; }

  std::string noise() {
    std::string result;
    for (auto n = some(12); n > 0; --n)
      result += some(3) ? word() : std::string(1, static_cast<char>(some(256)));
    return result;
  }

  std::string path() {
    static const std::vector<std::string> known{
      "/api/v1/status",
      "/api/v1/history",
      "/api/v1/series",
      "/api/v1/events",
      "/api/v1/decisions/7",
      "/api/v1/pause",
      "/api/v1/resume",
      "/api/v1/rollback",
      "/api/v1/set",
      "/api/v1/reload",
      "/api/v1/log-level",
      "/metrics",
      "/healthz",
      "/"};
    auto result = some(8) ? known[some(known.size())] : noise();
    if (some(3) == 0)
      result += '?' + word() + '=' + word() + (some(2) ? "&" + noise() : "");
    return result;
  }

  std::string body() {
    static const std::vector<std::string> known{
      "{}", R"({"steps": 1})", R"({"target": ""})",
      R"({"settings": {"batch_size": 8}})",
      R"({"actor": "analyzer", "level": "debug"})"};
    return some(4) ? known[some(known.size())] : noise();
  }

  void spoil_text(std::string& x) {
    switch (some(4)) {
    case 0:
      x = noise();
      break;
    case 1:
      x.insert(some(x.size() + 1), noise());
      break;
    case 2:
      x.resize(some(x.size() + 1));
      break;
    default:
      if (!x.empty())
        x[some(x.size())] = static_cast<char>(some(256));
    }
  }

  void spoil(admin_request& x) {
    switch (some(6)) {
    case 0:
      return spoil_text(x.path);
    case 1:
      return spoil_text(x.query);
    case 2:
      return spoil_text(x.body);
    case 3:
      return spoil_text(x.method);
    case 4:
      x.headers.emplace_back(some(2) ? word() : noise(), noise());
      return;
    default:
      auto& header = x.headers[some(x.headers.size())];
      return spoil_text(some(2) ? header.first : header.second);
    }
  }

  std::mt19937_64 random_{20261125};
};

} // namespace

TEST_CASE("D5 ten thousand random requests are answered as the contract says") {
  const std::set<int> allowed{200, 400, 401, 404, 405, 409, 413, 503};
  fake_service all;
  fuzzer make;
  router by{all.content(), all.keeper};
  std::map<int, size_t> seen;
  for (int i = 0; i < 10'000; ++i) {
    auto asked = make.next();
    auto answered = by.answer_to(asked);
    CAPTURE(i);
    CAPTURE(asked.path);
    REQUIRE(allowed.count(answered.status) == 1);
    auto early = by.refuse(asked);
    REQUIRE((!early || early->status == answered.status));
    if (answered.status >= 400)
      REQUIRE_FALSE(message_in(answered).empty());
    // No header can be split, whatever is shown in one.
    auto head = http_head(answered);
    REQUIRE(head.find("\r\n\r\n") == head.size() - 4);
    ++seen[answered.status];
  }
  for (auto status : {200, 400, 401, 404, 405})
    CHECK(seen[status] > 50);
  CHECK(all.feed->streams() == 0);
}

TEST_CASE("D5 no random request commands anything without the token") {
  fake_service all{{""}, "127.0.0.1", "another secret of this server"};
  fuzzer make;
  router by{all.content(), all.keeper};
  for (int i = 0; i < 10'000; ++i)
    by.answer_to(make.next());
  CHECK(all.target().commands().empty());
  CHECK(all.logs->level_of("analyzer") == log_level::info);
}

TEST_CASE("D5 the seeds of the admin fuzzer break no promise") {
  try_seeds("admin", fuzz::admin);
}
