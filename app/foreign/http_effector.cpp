#include "app/foreign/http_effector.hpp"

#include "actors/targets/foreign/document.hpp"
#include "config/text.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>
#include <thread>

namespace tuner {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t body_bytes_shown = 200;
constexpr std::size_t document_bytes_max = 4 << 20;
constexpr auto first_pause = std::chrono::milliseconds{50};
constexpr auto longest_pause = std::chrono::milliseconds{500};
constexpr double nearly = 1e-9; ///< Relative; what scaling may add.

std::string first_of(const std::string& x, const std::string& other) {
  return x.empty() ? other : x;
}

/// @returns what a call is called: no query, which may hold a secret.
std::string name_of(const http_request& x) {
  return x.method + ' '
    + text::escaped(x.url.substr(0, x.url.find_first_of("?#")));
}

std::string told(const http_request& request, const http_answer& x) {
  auto result = name_of(request) + ": ";
  if (!x.problem.empty())
    return result + x.problem;
  result += "status " + std::to_string(x.status);
  if (!x.body.empty())
    result += ": " + text::escaped(x.body.substr(0, body_bytes_shown));
  return result;
}

/// Has problems of a document name whose it is.
template <class F>
auto naming(const http_request& x, const F& f) {
  try {
    return f();
  } catch (const std::exception& problem) {
    throw std::runtime_error{name_of(x) + ": " + problem.what()};
  }
}

/// @returns the document that Ray Serve takes, made of the one that it shows:
/// there, what was deployed stands beside what became of it.
std::string for_ray_serve(const std::string& shown) {
  std::string result = "{";
  for (const char* key : {"proxy_location", "http_options", "grpc_options"}) {
    auto part = document::part_at(shown, std::string{"/"} + key);
    if (!part.empty() && part != "null")
      result += '"' + std::string{key} + "\":" + part + ',';
  }
  return result + "\"applications\":"
    + document::gathered(shown, "/applications", "/deployed_app_config") + '}';
}

class http_knob {
public:
  http_knob(const foreign_effector_config& x, http_exchange exchange)
    : scale_(x.scale), limit_(x.timeout_seconds), http_(x.http),
      exchange_(std::move(exchange)) {}

  double get() const { return scaled_back(in_effect(clock::now() + limit_)); }

  void set(double value) const {
    auto end = clock::now() + limit_ + limit_;
    auto number = to_write(value);
    auto read = request("GET", http_.read_url);
    auto outer = body(read, end);
    auto write =
      request(http_.write_method, first_of(http_.write_url, http_.read_url));
    write.headers.emplace_back("Content-Type: application/json");
    write.body = naming(read, [&] { return patched(outer, number); });
    body(write, end);
    if (http_.reload)
      wait_for(number, std::min(end, clock::now() + limit_));
    else
      in_effect(end);
  }

private:
  using seconds = std::chrono::duration<double>;
  using instant = std::chrono::time_point<clock, seconds>;

  /// Products of decimals are off by a bit: 5.1 ms are 5100 us.
  double to_write(double value) const {
    auto x = value * scale_;
    auto whole = std::nearbyint(x);
    return std::abs(x - whole) <= nearly * std::abs(x) ? whole : x;
  }

  double scaled_back(double x) const { return x / scale_; }

  http_request
  request(const std::string& method, const std::string& url) const {
    http_request x;
    x.method = method;
    x.url = url;
    x.headers = http_.headers;
    x.token_file = http_.token_file;
    x.ca_file = http_.ca_file;
    x.bytes_max = document_bytes_max;
    return x;
  }

  /// Calls; once more where that can't do harm: a reading, and a PUT that no
  /// one answered. @returns the body. @throws unless the status is 2xx.
  std::string body(http_request x, instant end) const {
    for (auto again = true;; again = false) {
      auto left = std::min(limit_, seconds{end - clock::now()});
      if (left <= seconds::zero())
        throw std::runtime_error{
          name_of(x) + ": no time is left; raise timeout_seconds"};
      x.timeout = std::chrono::duration_cast<duration>(left);
      auto answer = exchange_(x);
      if (answer.ok())
        return std::move(answer.body);
      auto harmless = x.method == "GET"
        ? answer.status == 0 || answer.status >= 500
        : x.method == "PUT" && answer.status == 0;
      if (!again || !harmless || clock::now() >= end)
        throw std::runtime_error{told(x, answer)};
    }
  }

  std::string patched(const std::string& outer, double number) const {
    auto embedded = !http_.embedded_at.empty();
    auto inner = embedded ? document::text_at(outer, http_.embedded_at) : outer;
    inner = document::with_number(inner, http_.pointer, number);
    if (!http_.wrap_at.empty())
      return document::wrapped(inner, http_.wrap_at);
    if (embedded)
      return document::with_text(outer, http_.embedded_at, inner);
    return http_.layout == "ray_serve" ? for_ray_serve(inner) : inner;
  }

  /// @returns the value that the host runs with, as it tells it.
  double in_effect(instant end) const {
    auto read = request("GET", first_of(http_.check_url, http_.read_url));
    auto text = body(read, end);
    return naming(read, [&] {
      if (http_.check_url.empty() && !http_.embedded_at.empty())
        text = document::text_at(text, http_.embedded_at);
      return document::number_at(
        text, first_of(http_.check_pointer, http_.pointer));
    });
  }

  void wait_for(double number, instant end) const {
    std::string last = "it was not read";
    for (seconds pause = first_pause;;
         pause = std::min<seconds>(pause * 2, longest_pause)) {
      try {
        auto x = in_effect(end);
        if (std::abs(x - number) <= nearly * std::abs(number))
          return;
        last = "it still shows " + text::number(x);
      } catch (const std::exception& problem) {
        last = problem.what(); // Those who reload may be away for a while.
      }
      if (clock::now() + pause >= end)
        break;
      std::this_thread::sleep_for(pause);
    }
    throw std::runtime_error{
      name_of(request("GET", first_of(http_.check_url, http_.read_url)))
      + ": not " + text::number(number) + " within "
      + text::number(limit_.count()) + " s: " + last
      + "; raise timeout_seconds if a reload takes longer"};
  }

  double scale_;
  seconds limit_;
  http_effector_config http_;
  http_exchange exchange_;
};

} // namespace

std::map<std::string, host::port> http_ports(
  const std::vector<foreign_effector_config>& x, http_exchange exchange) {
  std::map<std::string, host::port> result;
  for (const auto& effector : x)
    if (effector.kind == "http") {
      http_knob knob{effector, exchange};
      result[effector.knob] = {
        [knob](double value) { knob.set(value); },
        [knob] { return knob.get(); }};
    }
  return result;
}

} // namespace tuner
