#include "app/simulation/load.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tuner::simulation {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();
using example::random_source;

/// For this long a rate is taken as constant.
constexpr double grain_seconds = 0.1;

double exponential(random_source& random) {
  return -std::log(random.uniform());
}

double normal(random_source& random) {
  auto radius = std::sqrt(2 * exponential(random));
  return radius * std::cos(6.283185307179586 * random.uniform());
}

/// The momentary rate of `kind`, without noise.
class rate_curve {
public:
  rate_curve(const arrivals_config& config, uint64_t seed)
    : config_(config), random_(seed ^ 0x6d6d7070) {}

  /// @param at seconds; never smaller than in the call before.
  double operator()(double at) {
    if (config_.kind == "sine")
      return std::max(
        0.0,
        config_.mean
          + config_.amplitude
            * std::sin(6.283185307179586 * at / config_.period_seconds));
    if (config_.kind == "on_off") {
      auto cycle = config_.on_seconds + config_.off_seconds;
      return std::fmod(at, cycle) < config_.on_seconds ? config_.on_rate
                                                       : config_.off_rate;
    }
    return config_.kind == "mmpp" ? switching(at) : piecewise(at);
  }

private:
  double switching(double at) {
    while (at >= switch_at_) {
      on_ = !on_;
      switch_at_ +=
        exponential(random_) * (on_ ? config_.on_seconds : config_.off_seconds);
    }
    return on_ ? config_.on_rate : config_.off_rate;
  }

  double piecewise(double at) const {
    double rate = 0;
    for (const auto& row : config_.rates)
      if (row[0] <= at)
        rate = row[1];
    return rate;
  }

  const arrivals_config config_;
  random_source random_;
  bool on_ = false;
  double switch_at_ = 0;
};

/// A Poisson process with a rate that changes: an exponential amount of hazard
/// is used up along the rate.
class poisson_load : public load {
public:
  poisson_load(const arrivals_config& config, uint64_t seed)
    : config_(config), rate_(config, seed), random_(seed),
      noise_(seed ^ 0x6e6f697365) {}

  arrival next() override {
    auto hazard = exponential(random_);
    constexpr int idle_grains_max = 10'000'000; // Eleven days of silence.
    for (int i = 0; i < idle_grains_max; ++i) {
      auto left = grain_end_ - now_;
      if (hazard <= left * current_)
        return {now_ += hazard / current_, 0, false};
      hazard -= left * current_;
      enter_next_grain();
    }
    return {never, 0, false};
  }

private:
  void enter_next_grain() {
    now_ = grain_end_;
    grain_end_ = static_cast<double>(++grain_) * grain_seconds;
    if (config_.noise > 0 && now_ >= noise_until_) {
      auto spread = config_.noise;
      factor_ = std::exp(spread * normal(noise_) - spread * spread / 2);
      noise_until_ += config_.noise_seconds;
    }
    current_ = rate_(now_) * factor_;
  }

  const arrivals_config config_;
  rate_curve rate_;
  random_source random_;
  random_source noise_;
  double now_ = 0;
  double grain_end_ = 0; ///< The first grain is entered at once.
  uint64_t grain_ = 0;
  double current_ = 0;
  double factor_ = 1;
  double noise_until_ = 0;
};

class trace_load : public load {
public:
  trace_load(recorded_trace trace, double speedup)
    : trace_(std::move(trace)), speedup_(speedup) {}

  arrival next() override {
    if (!trace_ || position_ >= trace_->size())
      return {never, 0, false};
    auto result = (*trace_)[position_++];
    result.at /= speedup_;
    return result;
  }

private:
  recorded_trace trace_;
  double speedup_;
  size_t position_ = 0;
};

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> result;
  std::istringstream in{line.substr(0, line.find('\r'))};
  for (std::string field; std::getline(in, field, ',');)
    result.push_back(std::move(field));
  return result;
}

size_t column_of(
  const std::vector<std::string>& header, const std::string& name,
  const std::string& file) {
  auto i = std::find(header.begin(), header.end(), name);
  if (i == header.end())
    throw std::runtime_error{
      file + ":1: no column \"" + name + "\" in the header"};
  return static_cast<size_t>(i - header.begin());
}

/// @returns whether `text` begins with a number, which is put into `x`.
template <class T>
bool starts_with_number(const std::string& text, T& x) {
  return std::from_chars(text.data(), text.data() + text.size(), x).ec
    == std::errc{};
}

/// @returns whether `text` is a number of seconds, which is put into `x`.
bool is_moment(const std::string& text, double& x) {
  const auto* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, x);
  return error == std::errc{} && stop == end && std::isfinite(x) && x >= 0;
}

/// @returns every request and its copies, in order; the same for each call.
std::vector<arrival>
multiplied(const std::vector<arrival>& trace, const arrivals_config& by) {
  random_source random{1};
  std::vector<arrival> result;
  result.reserve(trace.size() * by.copies);
  for (const auto& x : trace) {
    result.push_back(x);
    for (uint32_t i = 1; i < by.copies; ++i) {
      result.push_back(x);
      result.back().at += by.copies_within_seconds * random.uniform();
    }
  }
  std::stable_sort(
    result.begin(), result.end(),
    [](const arrival& a, const arrival& b) { return a.at < b.at; });
  return result;
}

} // namespace

recorded_trace read_trace(const arrivals_config& from) {
  std::ifstream in{from.file};
  std::string line;
  if (!std::getline(in, line))
    throw std::runtime_error{from.file + ": can't be read, or is empty"};
  auto header = fields_of(line);
  auto time = column_of(header, from.time_column, from.file);
  auto has_key = !from.key_column.empty();
  auto key = has_key ? column_of(header, from.key_column, from.file) : 0;
  auto result = std::make_shared<std::vector<arrival>>();
  for (size_t number = 2; std::getline(in, line); ++number) {
    auto fields = fields_of(line);
    arrival x;
    x.has_key = has_key;
    auto enough = fields.size() > std::max(time, key);
    if (
      !enough || !is_moment(fields[time], x.at)
      || (has_key && !starts_with_number(fields[key], x.key))
      || (!result->empty() && x.at < result->back().at))
      throw std::runtime_error{
        from.file + ':' + std::to_string(number) + ": wanted an ascending time"
        + (has_key ? " and a key" : "")};
    result->push_back(x);
  }
  if (from.copies > 1)
    *result = multiplied(*result, from);
  return result;
}

std::unique_ptr<load> make_load(
  const arrivals_config& config, const recorded_trace& trace, uint64_t seed) {
  if (config.kind == "trace")
    return std::make_unique<trace_load>(trace, config.speedup);
  return std::make_unique<poisson_load>(config, seed);
}

} // namespace tuner::simulation
