#include "app/admin/admin_server.hpp"
#include "app/admin/publisher.hpp"
#include "tests/unit/admin_client.hpp"
#include "tests/unit/admin_fakes.hpp"
#include "tests/unit/contains.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>

using namespace tuner;
using namespace tuner::test;

namespace {

/// Enough for clients that a busy machine delays.
client_patience endless() {
  using std::chrono::seconds;
  return {
    seconds{3600}, seconds{3600}, seconds{3600}, seconds{3600}, seconds{5}};
}

/// A real server on a free port, in front of fake targets.
struct running {
  explicit running(const client_patience& patience = endless()) {
    std::ofstream{file} << token;
    ::chmod(file.c_str(), 0600);
    server = std::make_unique<admin_server>(
      admin_config{"127.0.0.1", 0, file}, all.content(), patience);
  }
  ~running() { std::filesystem::remove(file); }

  std::string ask(const std::string& request) {
    raw_client client{server->url()};
    client.send(request);
    return client.read_all();
  }

  std::string file = std::filesystem::temp_directory_path()
    / ("auto_tuner_server_test_" + std::to_string(::getpid()));
  fake_service all;
  std::unique_ptr<admin_server> server;
};

const std::string local = " HTTP/1.1\r\nHost: localhost\r\n";

std::string command(const std::string& path, const std::string& more) {
  return "POST /api/v1/" + path + local + "Authorization: Bearer " + token
    + "\r\nContent-Type: application/json\r\n" + more;
}

std::string pause_with(const std::string& body) {
  return command(
    "pause",
    "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

} // namespace

TEST_CASE("D5 the server answers, once per connection") {
  running x;
  auto page = x.ask("GET /" + local + "\r\n");
  CHECK(page.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(contains(page, "Content-Length: 15\r\n"));
  CHECK(contains(page, "Connection: close\r\n"));
  CHECK(page.ends_with("\r\n\r\n<!doctype html>"));
  auto head = x.ask("HEAD /" + local + "\r\n");
  CHECK(contains(head, "Content-Length: 15\r\n"));
  CHECK(head.ends_with("\r\n\r\n"));
  auto two = x.ask("GET /" + local + "\r\nGET /healthz" + local + "\r\n");
  CHECK_FALSE(contains(two, "enabled"));
  CHECK(contains(x.ask("GET /healthz?" + local + "\r\n"), "enabled"));
}

TEST_CASE("D5 the server passes commands on") {
  running x;
  CHECK(contains(x.ask(pause_with("{}")), "\"state\":\"paused\""));
  CHECK(contains(
    x.ask(command(
      "pause",
      "Transfer-Encoding: chunked\r\n\r\n"
      "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n")),
    "\"state\":\"paused\""));
  CHECK(x.all.target().commands().size() == 2);
  CHECK(x.all.target().commands()[0] == "pause by 127.0.0.1");
  raw_client careful{x.server->url()};
  careful.send(
    command("pause", "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
  careful.read_until("HTTP/1.1 100 Continue\r\n\r\n");
  careful.send("{}");
  CHECK(contains(careful.read_all(), "\"state\":\"paused\""));
}

TEST_CASE("D5 what is too large is refused, and not waited for") {
  running x;
  auto big = std::string(70'000, ' ');
  CHECK(contains(x.ask(pause_with(big)), "HTTP/1.1 413 "));
  CHECK(contains(
    x.ask(command("pause", "Content-Length: 999999999999\r\n\r\n")),
    "HTTP/1.1 413 "));
  CHECK(contains(
    x.ask(command(
      "pause",
      "Transfer-Encoding: chunked\r\n\r\n11170\r\n" + big + "\r\n0\r\n\r\n")),
    "HTTP/1.1 413 "));
  CHECK(contains(
    x.ask("GET /" + local + "X-Long: " + std::string(20'000, 'x') + "\r\n\r\n"),
    "HTTP/1.1 413 "));
  CHECK(contains(
    x.ask("GET /" + std::string(20'000, 'x') + local + "\r\n"),
    "HTTP/1.1 413 "));
  CHECK(x.all.target().commands().empty());
}

TEST_CASE("D5 who may not command is told so before the body is read") {
  running x;
  raw_client client{x.server->url()};
  client.send("POST /api/v1/pause" + local + "Content-Length: 60000\r\n\r\n");
  CHECK(contains(client.read_all(), "HTTP/1.1 401 "));
}

TEST_CASE("D5 what is no request is 400") {
  running x;
  for (const std::string text :
       {"\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "G\x01T / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\n folded: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
        "Content-Length: 2\r\n\r\n",
        "\x16\x03\x01\x02TLS client hello", "GET /"}) {
    CAPTURE(text);
    raw_client client{x.server->url()};
    client.send(text);
    client.send_no_more();
    auto answer = client.read_all();
    CHECK(
      (answer.empty() || contains(answer, "HTTP/1.1 400 ")
       || contains(answer, "HTTP/1.1 404 ")));
    CHECK_FALSE(contains(answer, "HTTP/1.1 200"));
  }
}

TEST_CASE("D5 a hundred slow clients delay nobody") {
  running x;
  std::vector<std::unique_ptr<raw_client>> slow;
  const std::vector<std::string> beginnings{
    "", "GET /heal", "GET /healthz" + local + "X-Slow: ",
    command("pause", "Content-Length: 1000\r\n\r\n{"),
    command("pause", "Transfer-Encoding: chunked\r\n\r\n5\r\n{")};
  for (int i = 0; i < 100; ++i) {
    slow.push_back(std::make_unique<raw_client>(x.server->url()));
    slow.back()->send(beginnings[static_cast<size_t>(i) % beginnings.size()]);
  }
  auto asked = std::chrono::steady_clock::now();
  auto health = x.ask("GET /healthz" + local + "\r\n");
  auto took = std::chrono::steady_clock::now() - asked;
  CHECK(contains(health, "enabled"));
  size_t held = 0;
  for (auto& client : slow)
    held += client->ended() ? 0 : 1;
  CHECK(held == 100); // All of them were there meanwhile.
  MESSAGE("answered in " << took / std::chrono::microseconds{1} << " us");
}

TEST_CASE("D5 a client that dawdles is hung up on") {
  running x{client_patience{}};
  raw_client silent{x.server->url()};
  raw_client slow_head{x.server->url()};
  slow_head.send("GET /healthz HTT");
  raw_client slow_body{x.server->url()};
  slow_body.send(command("pause", "Content-Length: 10\r\n\r\n{"));
  CHECK(silent.read_all().empty());
  CHECK(slow_head.read_all().empty());
  CHECK(slow_body.read_all().empty());
  CHECK(x.all.target().commands().empty());
}

TEST_CASE("D5 event streams are sent as they come, to eight at a time") {
  running x;
  std::vector<std::unique_ptr<raw_client>> streams;
  for (int i = 0; i < 8; ++i) {
    streams.push_back(std::make_unique<raw_client>(x.server->url()));
    streams.back()->send("GET /api/v1/events" + local + "\r\n");
    CHECK(contains(
      streams.back()->read_until("event: status\n"), "text/event-stream"));
  }
  CHECK(
    contains(x.ask("GET /api/v1/events" + local + "\r\n"), "too_many_streams"));
  x.all.feed->publish("point", "{}");
  for (auto& stream : streams)
    CHECK(contains(
      stream->read_until("event: point\ndata: {}\n\n"),
      "event: point\ndata: {}\n\n"));
  streams.pop_back(); // Hangs up: its place is free soon.
  while (x.all.feed->streams() == 8)
    std::this_thread::yield();
  raw_client next{x.server->url()};
  next.send("GET /api/v1/events" + local + "\r\n");
  CHECK(contains(next.read_until("event: status\n"), "200 OK"));
}

TEST_CASE("D5 a client that takes no events is hung up on; others are served") {
  running x;
  raw_client slow{x.server->url()};
  slow.send("GET /api/v1/events" + local + "\r\n");
  slow.read_until("event: status\n");
  raw_client quick{x.server->url()};
  quick.send("GET /api/v1/events" + local + "\r\n");
  quick.read_until("event: status\n");
  // More than the kernel keeps for the slow one, step by step for the other.
  auto data = std::string(100'000, 'x');
  for (int i = 0; i < 300; ++i) {
    auto name = "event: e" + std::to_string(i) + '\n';
    x.all.feed->publish("e" + std::to_string(i), data);
    REQUIRE(contains(quick.read_until(name), name));
  }
  while (x.all.feed->streams() == 2)
    std::this_thread::yield();
  CHECK(x.all.feed->streams() == 1);
}

TEST_CASE("D5 the server ends with streams and slow clients still there") {
  running x;
  raw_client stream{x.server->url()};
  stream.send("GET /api/v1/events" + local + "\r\n");
  stream.read_until("event: status\n");
  raw_client slow{x.server->url()};
  slow.send("GET /");
  x.server.reset();
  CHECK_FALSE(contains(stream.read_all(), "HTTP/1.1 503"));
  CHECK(slow.read_all().empty());
}

TEST_CASE("D5 random bytes leave the server as it was") {
  running x;
  std::mt19937_64 random{20261125};
  auto valid = pause_with("{}");
  for (int i = 0; i < 500; ++i) {
    auto text = valid;
    for (auto n = random() % 8; n > 0; --n) {
      auto at = random() % (text.size() + 1);
      switch (random() % 3) {
      case 0:
        text.insert(at, 1 + random() % 9, static_cast<char>(random()));
        break;
      case 1:
        text.erase(at, random() % 20);
        break;
      default:
        text += std::string{text.substr(at)};
      }
    }
    raw_client client{x.server->url()};
    client.send(text);
    client.send_no_more();
    auto answer = client.read_all();
    REQUIRE((answer.empty() || answer.starts_with("HTTP/1.1 ")));
  }
  CHECK(contains(x.ask("GET /healthz" + local + "\r\n"), "enabled"));
}

TEST_CASE("E1 a port that can't be listened on is a clear error") {
  running x;
  auto port = x.server->url().substr(x.server->url().rfind(':') + 1);
  CHECK_THROWS_WITH_AS(
    admin_server(
      {"127.0.0.1", static_cast<uint16_t>(std::stoi(port)), ""},
      x.all.content()),
    doctest::Contains("admin.port: can't listen on 127.0.0.1:"),
    std::runtime_error);
  CHECK_THROWS_WITH_AS(
    admin_server({"127.0.0.1", 0, "/nowhere/token"}, x.all.content()),
    doctest::Contains("admin.token_file: /nowhere/token can't be opened"),
    std::runtime_error);
}
