#include "bench/chart.hpp"

#include "messages/knob.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

constexpr double width = 800;
constexpr double height = 420;
constexpr double left = 56;
constexpr double right = 12;
constexpr double top = 34;
constexpr double bottom = 34;
constexpr double gap = 30; ///< Between panels: holds the lower one's names.
constexpr const char* grey = "#7d8590";

std::string attribute(const char* name, double x) {
  return std::string{" "} + name + "=\"" + format_number(x, 5) + '"';
}

std::string escaped(const std::string& x) {
  std::string result;
  for (char c : x)
    result += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string{c};
  return result;
}

std::string words(
  double x, double y, const std::string& what, const std::string& anchor,
  const std::string& colour = grey) {
  return "<text" + attribute("x", x) + attribute("y", y) + " text-anchor=\""
    + anchor + "\" fill=\"" + colour + "\">" + escaped(what) + "</text>\n";
}

std::string
rule(double x1, double y1, double x2, double y2, const std::string& style) {
  return "<line" + attribute("x1", x1) + attribute("y1", y1)
    + attribute("x2", x2) + attribute("y2", y2) + ' ' + style + "/>\n";
}

/// Where one panel lies.
struct frame {
  const chart& whole;
  double y = 0;
  double tall = 0;

  double x_of(double at) const {
    return left + at / whole.duration_seconds * (width - left - right);
  }
  double y_of(double value, double most) const {
    return y + tall * (1 - value / most);
  }
};

std::string path(const frame& in, const chart_line& x, double most) {
  std::string d;
  for (const auto& p : x.points) {
    // A line far outside would be cut anyway, and takes digits.
    auto py = format_number(in.y_of(std::min(p.value, 3 * most), most), 5);
    auto px = format_number(in.x_of(p.at), 5);
    d += d.empty() ? "M" + px + ' ' + py
      : x.steps    ? "H" + px + 'V' + py
                   : "L" + px + ' ' + py;
  }
  if (x.steps)
    d += "H" + format_number(width - right, 5);
  return "<path d=\"" + d + "\" fill=\"none\" stroke=\"" + x.colour
    + "\" stroke-width=\"1.6\"" + (x.dashed ? " stroke-dasharray=\"6 4\"" : "")
    + "/>\n";
}

std::string axes(const frame& in, const chart_panel& x) {
  std::string result;
  for (double part : {0.0, 0.5, 1.0}) {
    auto y = in.y_of(part, 1);
    result += rule(
      left, y, width - right, y,
      std::string{"stroke=\""} + grey + "\" stroke-opacity=\"0.35\"");
    result += words(left - 6, y + 4, format_number(part * x.top, 4), "end");
  }
  return result;
}

std::string names(const frame& in, const chart_panel& x) {
  std::string result = words(left, in.y - 7, x.unit, "start");
  auto at = left + 12 + 6.4 * static_cast<double>(x.unit.size());
  for (const auto& line : x.lines) {
    result += words(at, in.y - 7, line.name, "start", line.colour);
    at += 14 + 6.4 * static_cast<double>(line.name.size());
  }
  return result;
}

std::string draw_panel(const frame& in, const chart_panel& x, size_t index) {
  auto clip = "panel" + std::to_string(index);
  auto result = "<clipPath id=\"" + clip + "\"><rect" + attribute("x", left)
    + attribute("y", in.y - 1) + attribute("width", width - left - right)
    + attribute("height", in.tall + 2) + "/></clipPath>\n" + axes(in, x)
    + names(in, x) + "<g clip-path=\"url(#" + clip + ")\">\n";
  for (const auto& mark : in.whole.marks)
    result += rule(
      in.x_of(mark.at), in.y, in.x_of(mark.at), in.y + in.tall,
      "stroke=\"" + mark.colour + "\" stroke-opacity=\"0.5\"");
  for (const auto& line : x.lines)
    result += path(in, line, x.top);
  return result + "</g>\n";
}

std::string draw_time(const chart& x) {
  std::string result;
  const frame in{x};
  auto step = 60 * round_up(x.duration_seconds / 60 / 6);
  for (double at = 0; at <= x.duration_seconds; at += step)
    result += words(
      in.x_of(at), height - bottom + 16, format_number(at / 60) + " min",
      at == 0                            ? "start"
        : at + step > x.duration_seconds ? "end"
                                         : "middle");
  return result;
}

} // namespace

double round_up(double x) {
  auto unit = std::pow(10, std::floor(std::log10(std::max(x, 1e-9))));
  for (double nice : {1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0})
    if (x <= nice * unit * (1 + 1e-9))
      return nice * unit;
  return 10 * unit;
}

std::string to_svg(const chart& x) {
  auto count = static_cast<double>(x.panels.size());
  auto tall = (height - top - bottom - gap * count) / count;
  std::string result = "<svg xmlns=\"http://www.w3.org/2000/svg\""
    + attribute("width", width) + attribute("height", height)
    + " viewBox=\"0 0 800 420\" font-family=\"system-ui, sans-serif\""
      " font-size=\"12\">\n"
    + words(left, 20, x.title, "start");
  for (size_t i = 0; i < x.panels.size(); ++i) {
    auto y = top + gap + static_cast<double>(i) * (tall + gap);
    result += draw_panel({x, y - 8, tall}, x.panels[i], i);
  }
  return result + draw_time(x) + "</svg>\n";
}

} // namespace tuner
