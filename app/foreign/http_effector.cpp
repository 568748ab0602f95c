#include "app/foreign/http_effector.hpp"

#include "actors/targets/foreign/document.hpp"
#include "app/foreign/ray_serve.hpp"
#include "config/text.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <utility>

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

class http_knob {
public:
  http_knob(const foreign_effector_config& x, http_exchange exchange)
    : scale_(x.scale), limit_(x.timeout_seconds), http_(x.http),
      exchange_(std::move(exchange)) {}

  double get() const { return in_effect(clock::now() + limit_) / scale_; }

  /// Sets knobs of one document, which is read and written once.
  static void set(const std::vector<std::pair<http_knob, double>>& wanted) {
    const auto& x = wanted.front().first;
    auto end = clock::now() + x.limit_ + x.limit_;
    std::vector<std::optional<double>> before;
    before.reserve(wanted.size());
    for (const auto& each : wanted)
      before.push_back(each.first.shown_before(end));
    auto read = x.request("GET", x.http_.read_url);
    auto outer = x.body(read, end);
    auto write = x.request(
      x.http_.write_method, first_of(x.http_.write_url, x.http_.read_url));
    write.headers.emplace_back("Content-Type: application/json");
    write.body = naming(read, [&] { return x.patched(outer, wanted); });
    x.body(write, end);
    auto last = std::min<instant>(end, clock::now() + x.limit_);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const auto& [knob, value] = wanted[i];
      if (knob.http_.reload)
        knob.wait_for(knob.to_write(value), before[i], last);
      else
        knob.in_effect(end);
    }
  }

  /// @returns whether both are in one document, and are written alike.
  bool beside(const http_knob& x) const {
    auto place = [](const http_effector_config& y) {
      return std::tie(
        y.read_url, y.embedded_at, y.write_url, y.write_method, y.wrap_at,
        y.layout, y.headers, y.token_file, y.ca_file);
    };
    return place(http_) == place(x.http_);
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

  std::string patched(
    const std::string& outer,
    const std::vector<std::pair<http_knob, double>>& wanted) const {
    auto embedded = !http_.embedded_at.empty();
    auto inner = embedded ? document::text_at(outer, http_.embedded_at) : outer;
    for (const auto& [knob, value] : wanted)
      inner =
        document::with_number(inner, knob.http_.pointer, knob.to_write(value));
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

  /// @returns what the host shows, if a reload is to change it.
  std::optional<double> shown_before(instant end) const {
    if (!http_.reload)
      return {};
    try {
      return in_effect(end);
    } catch (const std::exception&) {
      return {};
    }
  }

  /// Until the host shows the number, or twice another one than before: then it
  /// has taken that instead.
  void wait_for(
    double number, const std::optional<double>& before, instant end) const {
    std::string last = "it was not read";
    std::optional<double> other;
    for (seconds pause = first_pause;;
         pause = std::min<seconds>(pause * 2, longest_pause)) {
      try {
        auto x = in_effect(end);
        auto taken = before && x != *before && other && x == *other;
        if (taken || std::abs(x - number) <= nearly * std::abs(number))
          return;
        other = x;
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

using named_knobs = std::vector<std::pair<std::string, http_knob>>;

/// Sets those of `knobs` that are named.
void set_together(
  const named_knobs& knobs, const std::map<std::string, double>& values) {
  std::vector<std::pair<http_knob, double>> wanted;
  for (const auto& [name, knob] : knobs)
    if (auto i = values.find(name); i != values.end())
      wanted.emplace_back(knob, i->second);
  http_knob::set(wanted);
}

} // namespace

host http_host(
  const std::vector<foreign_effector_config>& x, http_exchange exchange) {
  host result;
  std::vector<named_knobs> documents;
  for (const auto& effector : x) {
    if (effector.kind != "http")
      continue;
    http_knob knob{effector, exchange};
    result.on(
      effector.knob,
      [knob](double value) {
        http_knob::set({{knob, value}});
      },
      [knob] { return knob.get(); });
    auto same =
      std::find_if(documents.begin(), documents.end(), [&](const auto& y) {
        return y.front().second.beside(knob);
      });
    if (same == documents.end())
      same = documents.emplace(same);
    same->emplace_back(effector.knob, knob);
  }
  for (const auto& knobs : documents) {
    host::joint all;
    for (const auto& knob : knobs)
      all.knobs.insert(knob.first);
    all.set = [knobs](const auto& values) { set_together(knobs, values); };
    result.together(std::move(all));
  }
  return result;
}

} // namespace tuner
