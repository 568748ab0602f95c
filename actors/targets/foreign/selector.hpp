#pragma once

#include "actors/targets/foreign/exposition_text.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

/// How a label must compare with a selector's text.
enum class label_test : uint8_t { equal, differs, like, unlike };

/// What one label of a series must be. As in PromQL, a label that a series does
/// not have is the same as an empty one.
struct label_matcher {
  std::string name;
  label_test test = label_test::equal;
  /// Any of these; where `open`, whatever begins with it.
  struct choice {
    std::string text;
    bool open = false;
  };
  std::vector<choice> choices;

  bool accepts(std::string_view value) const;
};

/// Which series of a scrape are meant: `name{label="x",other=~"a|b.*"}`.
///
/// The operators are those of PromQL, but regular expressions are no more than
/// alternatives of plain text, each of which may end with `.*`: what matches
/// hostile input each second should take a time that is known beforehand. A
/// point in a text is written `\\.`.
struct selector {
  std::string name;
  std::vector<label_matcher> labels;

  /// @returns whether the labels of `x` fit, whatever its name.
  bool fits(const series_view& x) const;
};

/// A sum of selectors, such as `hits + misses` or `queries - hits`.
struct selector_sum {
  struct term {
    double sign = 1;
    selector what;
  };
  std::vector<term> terms;
};

/// Reads `text` into `x`.
/// @returns what is wrong with it and what to do, or nothing.
std::string parse_selector(std::string_view text, selector& x);
std::string parse_selector_sum(std::string_view text, selector_sum& x);

} // namespace tuner
