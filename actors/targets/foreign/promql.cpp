#include "actors/targets/foreign/promql.hpp"

#include "actors/targets/foreign/exposition_text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <cmath>

namespace tuner {

namespace {

namespace json = boost::json;

constexpr std::size_t depth_max = 16;

std::string_view text_of(const json::object& x, std::string_view key) {
  const auto* found = x.if_contains(key);
  const auto* text = found ? found->if_string() : nullptr;
  return text ? std::string_view{*text} : std::string_view{};
}

promql_answer wrong(const std::string& what) {
  return {{}, what};
}

/// Reads `[time, "value"]`.
promql_answer read_point(const json::value* x) {
  const auto* pair = x ? x->if_array() : nullptr;
  const auto* text =
    pair && pair->size() == 2 ? (*pair)[1].if_string() : nullptr;
  auto value = text ? number_of(*text) : std::nullopt;
  if (!value)
    return wrong("its answer has no number where one belongs");
  if (!std::isfinite(*value))
    return {};
  return {*value, {}};
}

promql_answer read_vector(const json::array& x) {
  if (x.empty())
    return wrong("it gives no series just now");
  if (x.size() > 1)
    return wrong(
      "it gives " + std::to_string(x.size())
      + " series instead of one: aggregate them, as in sum(...)");
  const auto* series = x[0].if_object();
  return read_point(series ? series->if_contains("value") : nullptr);
}

/// @returns `x` without what a log line can't have.
std::string shown(std::string_view x) {
  constexpr std::size_t most = 200;
  std::string result;
  for (char c : x.substr(0, most))
    result += c >= ' ' && c <= '~' ? c : '?';
  return x.size() > most ? result + "..." : result;
}

} // namespace

promql_answer read_promql_answer(std::string_view body) {
  json::error_code problem;
  json::parse_options options;
  options.max_depth = depth_max;
  auto document = json::parse(body, problem, {}, options);
  const auto* top = problem ? nullptr : document.if_object();
  if (!top)
    return wrong("the answer is no JSON object: is this a Prometheus server?");
  if (text_of(*top, "status") == "error")
    return wrong("the server says: " + shown(text_of(*top, "error")));
  const auto* data = top->if_contains("data");
  const auto* result = data && data->is_object()
    ? data->get_object().if_contains("result")
    : nullptr;
  if (text_of(*top, "status") != "success" || !result || !result->is_array())
    return wrong("the answer has no result: is this a Prometheus server?");
  auto type = text_of(data->get_object(), "resultType");
  if (type == "vector")
    return read_vector(result->get_array());
  if (type == "scalar")
    return read_point(result);
  return wrong(
    "it gives a " + shown(type)
    + ", where a vector of one series or a scalar is wanted");
}

sample promql_sampler::miss(duration at) {
  last_call_ = at;
  started_anew_ = false;
  return {};
}

sample promql_sampler::take(
  const std::vector<std::optional<double>>& answers, duration at) {
  auto length = last_call_ ? seconds(at - *last_call_) : 0;
  last_call_ = at;
  reported result;
  for (std::size_t i = 0; i < signals_.size() && i < answers.size(); ++i) {
    const auto& x = signals_[i];
    auto rate = x.counter && x.what != foreign_figure::cpu;
    if (answers[i])
      result.values[x.what] = *answers[i] * x.scale * (rate ? length : 1);
  }
  started_anew_ = start_.started_anew(result.values);
  if (!(length > 0))
    return {};
  result.latency = shape_of(result.values);
  return maker_.make(result);
}

} // namespace tuner
