#include "bench/bench.hpp"
#include "bench/judge_table.hpp"

#include <functional>
#include <optional>

namespace tuner {

namespace {

constexpr double look_ms_max = 15;

/// How a row stands to a bar.
struct standing {
  double value; ///< A share, unless `in_ms`.
  double limit;
  bool at_most = true;
  bool in_ms = false;

  bool missed() const { return at_most ? value > limit : value < limit; }

  /// @returns how far on the wrong side of the limit: the worst is largest.
  double excess() const { return at_most ? value - limit : limit - value; }
};

struct rule {
  std::string what;
  std::function<std::optional<standing>(const judge_row&)> of; ///< If it is.
};

standing at_least(const share& x, double limit) {
  return {x.ratio(), limit, false};
}

standing at_most(const share& x, double limit) {
  return {x.ratio(), limit};
}

using found = std::optional<standing>;

found when(bool asked, const standing& x) {
  return asked ? found{x} : found{};
}

bool slower(const judge_row& x, double by) {
  return x.truth.slow_factor == by && !x.truth.overload && x.traffic.bars.harm;
}

bool overloaded(const judge_row& x) {
  return x.truth.overload && x.traffic.bars.harm;
}

const std::vector<rule> rules{
  {"no or neutral change blamed",
   [](const judge_row& x) {
     return when(
       x.truth.harmless,
       at_most(x.ended(outcome::rolled_back), x.traffic.bars.blamed_max));
   }},
  {"no or neutral change undone for a look",
   [](const judge_row& x) {
     return when(
       x.truth.harmless && x.traffic.bars.doubted_max <= 1,
       at_most(x.doubted(), x.traffic.bars.doubted_max));
   }},
  {"1.5 times slower: undone in 60 s",
   [](const judge_row& x) {
     return when(
       slower(x, 1.5),
       at_least(x.undone_within(60), x.traffic.bars.slower_min));
   }},
  {"2 times slower: undone in 30 s",
   [](const judge_row& x) {
     return when(
       slower(x, 2), at_least(x.undone_within(30), x.traffic.bars.slowest_min));
   }},
  {"overload: undone 5 s after a backlog of ten",
   [](const judge_row& x) {
     return when(
       overloaded(x),
       at_least(x.undone_before_backlog_hurts(), x.traffic.bars.overload_min));
   }},
  {"overload: undone in 30 s",
   [](const judge_row& x) {
     return when(overloaded(x), at_least(x.undone_within(30), 0.95));
   }},
  {"a change that hurts (1.5 times or more) blamed in the end",
   [](const judge_row& x) {
     return when(
       slower(x, 1.5) || slower(x, 2) || overloaded(x),
       at_least(x.ended(outcome::rolled_back), 0.95));
   }},
  {"inconclusive, aside from 1.2 times slower: the threshold itself",
   [](const judge_row& x) {
     return when(
       x.truth.slow_factor != 1.2,
       at_most(
         x.ended(outcome::inconclusive), x.traffic.bars.inconclusive_max));
   }},
  {"costliest look of a trial, p99",
   [](const judge_row& x) {
     return found{{x.look_ms_p99(), look_ms_max, true, true}};
   }},
};

std::string in_words(const judge_row& x, const standing& y) {
  auto figure = [&](double value) {
    return y.in_ms ? format_number(value, 3) + " ms"
                   : format_number(100 * value, 3) + " %";
  };
  return figure(y.value) + " (limit " + figure(y.limit) + ") " + x.traffic.name
    + " " + x.truth.name;
}

} // namespace

std::vector<judge_bar> judge_bars(const std::vector<judge_row>& rows) {
  std::vector<judge_bar> result;
  for (const auto& rule : rules) {
    judge_bar bar{rule.what, 0, "", {}};
    std::optional<standing> worst;
    for (const auto& x : rows) {
      auto y = rule.of(x);
      if (!y)
        continue;
      ++bar.kinds;
      if (y->missed())
        bar.missed.push_back(in_words(x, *y));
      if (!worst || y->excess() > worst->excess()) {
        worst = y;
        bar.worst = in_words(x, *y);
      }
    }
    if (worst)
      result.push_back(bar);
  }
  return result;
}

} // namespace tuner
