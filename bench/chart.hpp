#pragma once

#include <string>
#include <vector>

namespace tuner {

/// A value at a moment.
struct chart_point {
  double at = 0; ///< Seconds.
  double value = 0;
};

/// One line of a panel.
struct chart_line {
  std::string name;
  std::string colour;
  std::vector<chart_point> points; ///< Ascending.
  bool steps = false;              ///< A value holds until the next.
  bool dashed = false;
};

/// Lines over one axis, from 0 to `top`: what is higher is cut off.
struct chart_panel {
  std::string unit;
  double top = 1;
  std::vector<chart_line> lines;
};

/// A moment that is marked through all panels.
struct chart_mark {
  double at = 0; ///< Seconds.
  std::string colour;
};

/// Panels, one below the other, over one axis of time.
struct chart {
  std::string title;
  double duration_seconds = 0;
  std::vector<chart_panel> panels;
  std::vector<chart_mark> marks;
};

/// @returns the least of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 15, ... that is at
/// least `x`.
double round_up(double x);

/// @returns an SVG image of 800 × 420. It has no background of its own, and
/// its colours suit a light one as well as a dark one.
std::string to_svg(const chart& x);

} // namespace tuner
