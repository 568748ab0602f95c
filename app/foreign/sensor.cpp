#include "app/foreign/sensor.hpp"

#include "actors/targets/foreign/promql.hpp"
#include "actors/targets/foreign/scrape_sampler.hpp"
#include "app/foreign/problem_book.hpp"

#include <chrono>
#include <memory>

namespace tuner {

namespace {

duration steady_now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

/// @returns a URL without what may be secret in it.
std::string shown_url(const std::string& url) {
  return url.substr(0, url.find_first_of("?#"));
}

/// @returns `x` with all but letters, digits and a few signs as `%NN`.
std::string percent_encoded(std::string_view x) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string result;
  for (char c : x) {
    auto plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
      || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (plain) {
      result += c;
      continue;
    }
    auto code = static_cast<unsigned char>(c);
    result += {'%', hex[code / 16], hex[code % 16]};
  }
  return result;
}

http_request request_for(const foreign_sensor_config& x) {
  http_request result;
  result.url = x.url;
  result.token_file = x.token_file;
  result.ca_file = x.ca_file;
  result.timeout = from_seconds(x.timeout_seconds);
  result.bytes_max = static_cast<std::size_t>(x.max_answer_mb * 1'048'576);
  return result;
}

std::string status_problem(int status) {
  auto text = "answered with status " + std::to_string(status);
  if (status == 401 || status == 403)
    return text + ": token_file must name a file with a token that may read";
  if (status == 404)
    return text + ": is the path in the URL right?";
  return text;
}

/// What both kinds of sensors have.
class source {
public:
  source(const foreign_sensor_config& x, sensor_surroundings with)
    : with_(std::move(with)), request_(request_for(x)),
      book_("sensor " + shown_url(x.url), with_.log) {
    if (!with_.now)
      with_.now = steady_now;
  }
  source(const source&) = delete;
  source& operator=(const source&) = delete;
  virtual ~source() = default;

  look take() {
    source_problems problems;
    auto result = take(problems);
    book_.note(problems);
    return result;
  }

protected:
  virtual look take(source_problems& problems) = 0;

  duration now() const { return with_.now(); }
  const http_request& request() const { return request_; }
  http_answer call(const http_request& x) const { return with_.exchange(x); }

private:
  sensor_surroundings with_;
  http_request request_;
  problem_book book_;
};

class scraped_source final : public source {
public:
  scraped_source(const foreign_sensor_config& x, sensor_surroundings with)
    : source(x, std::move(with)), sampler_(x.signals, x.workers) {}

protected:
  look take(source_problems& problems) override {
    auto x = request();
    // Names differ in OpenMetrics, and this is what people see.
    x.headers = {"Accept: text/plain;version=0.0.4,*/*;q=0.1"};
    auto answer = call(x);
    auto at = now();
    if (!answer.problem.empty())
      problems[whole_problem::no_answer] = answer.problem;
    else if (!answer.ok())
      problems[whole_problem::status] = status_problem(answer.status);
    else if (
      answer.content_type.starts_with("application/openmetrics-text")
      && !ends_as_open_metrics(answer.body))
      problems[whole_problem::no_answer] = "the answer is cut off: no # EOF";
    auto seen = problems.empty() ? sampler_.take(answer.body, at, problems)
                                 : sampler_.miss(at);
    return {std::move(seen), sampler_.started_anew()};
  }

private:
  scrape_sampler sampler_;
};

class queried_source final : public source {
public:
  queried_source(const foreign_sensor_config& x, sensor_surroundings with)
    : source(x, std::move(with)), sampler_(x.signals, x.workers) {
    auto base = x.url;
    while (base.ends_with('/'))
      base.pop_back();
    for (const auto& query : sampler_.queries())
      urls_.push_back(
        base + "/api/v1/query?query=" + percent_encoded(query.expression));
  }

protected:
  look take(source_problems& problems) override {
    auto until = now() + request().timeout;
    std::vector<std::optional<double>> answers;
    for (std::size_t i = 0; i < urls_.size(); ++i) {
      auto x = request();
      x.url = urls_[i];
      x.timeout = until - now();
      auto value = x.timeout > duration{}
        ? ask(x, "signals." + sampler_.queries()[i].path, problems)
        : std::nullopt;
      if (x.timeout <= duration{})
        problems[whole_problem::no_answer] =
          "the queries took longer than timeout_seconds together";
      if (
        problems.contains(whole_problem::no_answer)
        || problems.contains(whole_problem::status))
        return {sampler_.miss(now())};
      answers.push_back(value);
    }
    auto seen = sampler_.take(answers, now());
    return {std::move(seen), sampler_.started_anew()};
  }

private:
  std::optional<double> ask(
    const http_request& x, const std::string& path,
    source_problems& problems) const {
    auto answer = call(x);
    // What is wrong with a query is told in a body like those of others.
    auto readable = answer.ok() || answer.status == 400 || answer.status == 422;
    if (!answer.problem.empty())
      problems[whole_problem::no_answer] = answer.problem;
    else if (!readable)
      problems[whole_problem::status] = status_problem(answer.status);
    else if (auto told = read_promql_answer(answer.body); told.problem.empty())
      return told.value;
    else
      problems[path] = told.problem;
    return {};
  }

  promql_sampler sampler_;
  std::vector<std::string> urls_;
};

} // namespace

polled_sensor
make_foreign_sensor(const foreign_sensor_config& x, sensor_surroundings with) {
  std::shared_ptr<source> result;
  if (x.kind == "promql")
    result = std::make_shared<queried_source>(x, std::move(with));
  else
    result = std::make_shared<scraped_source>(x, std::move(with));
  return sensor_of([result] { return result->take(); });
}

} // namespace tuner
