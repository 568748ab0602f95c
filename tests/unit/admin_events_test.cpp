#include "app/admin/publisher.hpp"
#include "tests/unit/admin_fakes.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace tuner;
using namespace tuner::test;
using namespace std::chrono_literals;

namespace {

using kind = stream_news::kind;

size_t times(const std::string& text, const std::string& what) {
  size_t result = 0;
  for (auto i = text.find(what); i != text.npos; i = text.find(what, i + 1))
    ++result;
  return result;
}

} // namespace

TEST_CASE("D5 a stream tells what is published from when it was opened") {
  event_feed feed;
  feed.publish("point", "0");
  auto stream = feed.open();
  CHECK(stream->next(0s).what == kind::idle);
  CHECK(stream->next(0s).text.starts_with(":"));
  feed.publish("point", "1");
  feed.publish("history", "2");
  auto news = stream->next(0s);
  CHECK(news.what == kind::event);
  CHECK(news.text == "event: point\ndata: 1\n\nevent: history\ndata: 2\n\n");
  CHECK(stream->next(0s).what == kind::idle);
}

TEST_CASE("D5 a client that lags is told so, and delays nobody") {
  event_feed feed{{8, 3}};
  auto slow = feed.open();
  auto quick = feed.open();
  for (int i = 0; i < 4; ++i) {
    feed.publish("point", std::to_string(i));
    CHECK(quick->next(0s).what == kind::event);
  }
  auto news = slow->next(0s);
  CHECK(news.what == kind::lagged);
  CHECK(news.text == "event: lagged\ndata: {}\n\n");
}

TEST_CASE("D5 a client that lags within bounds misses nothing") {
  event_feed feed{{8, 3}};
  auto stream = feed.open();
  for (int i = 0; i < 3; ++i)
    feed.publish("point", std::to_string(i));
  auto news = stream->next(0s);
  CHECK(news.what == kind::event);
  CHECK(times(news.text, "event: point") == 3);
}

TEST_CASE("D5 there are eight streams at most, and their places are reused") {
  fake_service all;
  std::vector<reply> open;
  for (int i = 0; i < 8; ++i) {
    open.push_back(all.ask(get("/api/v1/events")));
    CHECK(open.back().status == 200);
    CHECK(open.back().stream);
  }
  auto ninth = all.ask(get("/api/v1/events"));
  CHECK(ninth.status == 503);
  CHECK(code_in(ninth) == "too_many_streams");
  open.pop_back();
  CHECK(all.feed->streams() == 7);
  CHECK(all.ask(get("/api/v1/events")).status == 200);
  CHECK(all.feed->streams() == 7); // That one is gone already.
}

TEST_CASE("D5 a stream begins with the status of every target") {
  fake_service all{{"a", "b"}};
  auto opened = all.ask(get("/api/v1/events"));
  CHECK(opened.content_type == "text/event-stream");
  CHECK(times(opened.body, "event: status\ndata: {\"name\":") == 2);
  CHECK(http_head(opened).find("Content-Length") == std::string::npos);
}

TEST_CASE("D5 a closed feed ends its streams and opens no more") {
  event_feed feed;
  auto stream = feed.open();
  feed.publish("point", "1");
  feed.close();
  CHECK(stream->next(1h).what == kind::ended);
  CHECK(feed.open() == nullptr);
}

TEST_CASE("D5 a stream may outlive its feed") {
  auto feed = std::make_unique<event_feed>();
  auto stream = feed->open();
  feed.reset();
  CHECK(stream->next(1h).what == kind::ended);
}

TEST_CASE("D5 a stream that waits is woken by news") {
  event_feed feed;
  auto stream = feed.open();
  std::thread writer{[&] { feed.publish("point", "1"); }};
  CHECK(stream->next(1h).what == kind::event);
  writer.join();
}

TEST_CASE("D5 points and decisions are published as they come") {
  fake_service all;
  publisher by{all.feed};
  by.seen("", {}); // Nobody listens.
  auto stream = all.feed->open();
  observation seen;
  seen.completed = 480;
  by.seen("gpu0", seen);
  history_event event;
  event.target = "gpu0";
  event.what.kind = change_kind::tuning;
  event.what.id = change_id{3};
  by.happened(event);
  auto news = stream->next(0s).text;
  CHECK(times(news, "event: ") == 2);
  CHECK(
    times(news, R"(event: point
data: {"target":"gpu0","point":{)")
    == 1);
  CHECK(times(news, R"("completed":480)") == 1);
  CHECK(
    times(news, R"(event: history
data: {"target":"gpu0","id":3,"kind":"tuning")")
    == 1);
}

TEST_CASE("D5 a status is published when state, reason or trial changed") {
  fake_service all;
  publisher by{all.feed};
  auto stream = all.feed->open();
  by.look_at(all.target());
  by.look_at(all.target());
  CHECK(times(stream->next(0s).text, "event: status") == 1);
  all.target().state = {tuning_state::paused, "paused"};
  by.look_at(all.target());
  CHECK(times(stream->next(0s).text, R"("state":"paused")") == 1);
  all.target().values["batch_size"] = 8; // No news by itself.
  by.look_at(all.target());
  CHECK(stream->next(0s).what == kind::idle);
  history_event open;
  open.what.kind = change_kind::tuning;
  all.target().events = {open};
  by.look_at(all.target());
  CHECK(times(stream->next(0s).text, R"("trial":{"id":0)") == 1);
}

TEST_CASE("D5 someone looks at the targets as long as someone listens") {
  fake_service all;
  auto by = std::make_shared<publisher>(all.feed);
  auto stream = all.feed->open();
  status_watch watch{
    by, [&] { return std::vector<target_control*>{&all.target()}; }};
  CHECK(stream->next(1h).text.starts_with("event: status"));
}
