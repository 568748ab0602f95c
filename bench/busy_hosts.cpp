#include "bench/busy_hosts.hpp"

#include "actors/targets/foreign/document.hpp"
#include "app/client/http_client.hpp"
#include "bench/bench.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <functional>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace tuner {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using clock = std::chrono::steady_clock;

constexpr double requests_per_second = 200;
constexpr int handlers = 6;
constexpr int bounds = 19; ///< From 1 ms on, doubled each time.
constexpr int other_series = 68;
constexpr double median_seconds = 0.02;

/// @returns the share of latencies up to `x` seconds: they are log-normal.
double share_up_to(double x) {
  return 0.5 * std::erfc(-std::log(x / median_seconds) / std::sqrt(2.0) / 0.7);
}

/// @returns the metrics of a host that has served for so long.
std::string metrics_after(double seconds) {
  std::ostringstream to;
  auto requests = std::floor(requests_per_second * seconds / handlers);
  to << "# HELP request_duration_seconds How long requests took.\n"
        "# TYPE request_duration_seconds histogram\n";
  for (int i = 0; i < handlers; ++i) {
    auto labels = "handler=\"/api/v1/model/" + std::to_string(i) + '"';
    for (int doubled = 0; doubled < bounds; ++doubled) {
      auto le = std::ldexp(0.001, doubled);
      to << "request_duration_seconds_bucket{" << labels << ",le=\"" << le
         << "\"} " << static_cast<uint64_t>(requests * share_up_to(le)) << '\n';
    }
    to << "request_duration_seconds_bucket{" << labels << ",le=\"+Inf\"} "
       << static_cast<uint64_t>(requests) << "\nrequest_duration_seconds_sum{"
       << labels << "} " << requests * median_seconds * 1.28
       << "\nrequest_duration_seconds_count{" << labels << "} "
       << static_cast<uint64_t>(requests) << '\n';
  }
  to << "# TYPE process_resident_memory_bytes gauge\n"
        "process_resident_memory_bytes 1.23456789e+08\n"
        "# TYPE requests_waiting gauge\nrequests_waiting 3\n";
  for (int i = 0; i < other_series; ++i)
    to << "runtime_events_total{kind=\"" << i << "\",pod=\"p-abcdef\"} "
       << static_cast<uint64_t>(seconds * i) << '\n';
  return to.str();
}

/// All hosts, and who called them.
class hosts {
public:
  explicit hosts(int count) : all_(static_cast<std::size_t>(count)) {}

  void note_connection() { ++connections_; }

  /// @param path `/7/metrics` or `/7/config` of host 7, or `/calls`.
  /// @param body what is put there; empty: nothing is.
  std::string answer(const std::string& path, const std::string& body) {
    if (path == "/calls")
      return take_calls();
    auto& x = all_.at(std::stoul(path.substr(1)));
    if (path.ends_with("/config")) {
      if (!body.empty())
        x.document = body;
      return x.document;
    }
    auto now = clock::now();
    std::chrono::duration<double> since = now - x.scraped_at;
    if (x.scraped_at > clock::time_point{})
      late_ms_.push_back(std::max(0.0, 1e3 * (since.count() - 1)));
    x.scraped_at = now;
    return metrics_after(std::chrono::duration<double>{now - start_}.count());
  }

private:
  struct host {
    std::string document = R"({"batch_timeout_ms":10})";
    clock::time_point scraped_at{};
  };

  std::string take_calls() {
    std::ostringstream result;
    result << late_ms_.size() << ' ' << connections_ << ' '
           << quantile(late_ms_, 0.99);
    late_ms_.clear();
    connections_ = 0;
    return result.str();
  }

  std::vector<host> all_;
  std::vector<double> late_ms_;
  uint64_t connections_ = 0;
  clock::time_point start_ = clock::now();
};

/// One connection, for as long as it is kept.
class caller : public std::enable_shared_from_this<caller> {
public:
  caller(tcp::socket socket, hosts& all)
    : socket_(std::move(socket)), all_(all) {}

  void serve() {
    request_ = {};
    http::async_read(
      socket_, buffer_, request_,
      [self = shared_from_this()](auto problem, std::size_t) {
        if (!problem)
          self->answer();
      });
  }

private:
  void answer() {
    answer_ = {};
    answer_.set(http::field::content_type, "text/plain; version=0.0.4");
    answer_.body() =
      all_.answer(std::string{request_.target()}, request_.body());
    answer_.keep_alive(request_.keep_alive());
    answer_.prepare_payload();
    http::async_write(
      socket_, answer_, [self = shared_from_this()](auto problem, std::size_t) {
        if (!problem && self->request_.keep_alive())
          self->serve();
      });
  }

  tcp::socket socket_;
  hosts& all_;
  boost::beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> answer_;
};

} // namespace

forked_hosts::forked_hosts(int count) {
  if (fork()) {
    hosts all{count};
    asio::io_context io{1};
    tcp::acceptor door{io, {asio::ip::address_v4::loopback(), 0}};
    std::function<void()> accept = [&] {
      door.async_accept([&](auto problem, tcp::socket socket) {
        if (problem)
          return;
        all.note_connection();
        socket.set_option(tcp::no_delay{true}, problem);
        std::make_shared<caller>(std::move(socket), all)->serve();
        accept();
      });
    };
    accept();
    std::thread serving{[&] { io.run(); }};
    serve(std::to_string(door.local_endpoint().port()));
    ::_exit(0);
  }
  std::istringstream from{told()};
  if (!(from >> port_))
    throw std::runtime_error{"the hosts did not start"};
}

config forked_hosts::tuning(int count) const {
  config c;
  c.tuner.enabled = true;
  c.tuner.slo.p95_latency_ms = 80;
  for (int i = 0; i < count; ++i) {
    auto& x = c.targets.emplace_back();
    auto url = "http://127.0.0.1:" + std::to_string(port_) + '/'
      + std::to_string(i) + '/';
    x.name = "host" + std::to_string(i);
    x.kind = "foreign";
    x.knobs = {
      {knob::batch_timeout, knob_role::batch_timeout, 0, 100, 1, "ms", 10,
       true}};
    x.sensor.kind = "prometheus_text";
    x.sensor.url = url + "metrics";
    x.sensor.signals.latency.histogram = "request_duration_seconds";
    x.sensor.signals.queue_length = "requests_waiting";
    x.sensor.signals.memory.used = "process_resident_memory_bytes";
    auto& effector = x.effectors.emplace_back();
    effector.knob = knob::batch_timeout;
    effector.http.read_url = url + "config";
    effector.http.pointer = "/batch_timeout_ms";
  }
  return c;
}

forked_hosts::calls forked_hosts::take_calls() const {
  auto url = "http://127.0.0.1:" + std::to_string(port_);
  std::istringstream from{http_get({url, "", ""}, "/calls").body};
  calls result;
  from >> result.scrapes >> result.connections >> result.lateness_p99_ms;
  return result;
}

} // namespace tuner
