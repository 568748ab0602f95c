#include "app/client/tables.hpp"

#include "messages/fact_json.hpp"
#include "messages/knob.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <vector>

namespace tuner {

namespace {

namespace json = boost::json;

constexpr std::size_t columns_max = 80;

/// @returns the text at `key`; control characters are none of its business.
std::string text_at(const json::value& x, const char* key) {
  std::string result{x.at(key).as_string()};
  std::replace_if(
    result.begin(), result.end(),
    [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; },
    ' ');
  return result;
}

double number_at(const json::value& x, const char* key) {
  return x.at(key).to_number<double>();
}

std::string number(double x) {
  return format_number(x, 10);
}

std::string length_text(double seconds) {
  auto s = static_cast<int64_t>(std::llround(std::max(seconds, 0.0)));
  auto both = [](int64_t a, const char* in, int64_t b, const char* of) {
    return std::to_string(a) + in + std::to_string(b) + of;
  };
  if (s < 60)
    return std::to_string(s) + " s";
  if (s < 3600)
    return both(s / 60, " min ", s % 60, " s");
  if (s < 86'400)
    return both(s / 3600, " h ", s / 60 % 60, " min");
  return both(s / 86'400, " d ", s / 3600 % 24, " h");
}

/// A table whose cells are wrapped within their columns.
class table {
public:
  explicit table(std::vector<std::size_t> widths)
    : widths_(std::move(widths)) {}

  void row(const std::vector<std::string>& cells) {
    std::vector<std::vector<std::string>> lines;
    std::size_t height = 1;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      std::istringstream in{wrapped(cells[i], widths_[i], 0)};
      auto& column = lines.emplace_back();
      for (std::string line; std::getline(in, line);)
        column.push_back(line);
      height = std::max(height, column.size());
    }
    for (std::size_t n = 0; n < height; ++n)
      add_line(lines, n);
  }

  const std::string& text() const { return text_; }

private:
  void
  add_line(const std::vector<std::vector<std::string>>& cells, std::size_t n) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      auto cell = n < cells[i].size() ? cells[i][n] : "";
      line += cell;
      if (i + 1 < cells.size() && cell.size() < widths_[i] + 2)
        line.append(widths_[i] + 2 - cell.size(), ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text_ += line + '\n';
  }

  std::vector<std::size_t> widths_;
  std::string text_;
};

std::string move_text(const json::value& x) {
  return text_at(x, "knob") + ' ' + number(number_at(x, "from")) + " -> "
    + number(number_at(x, "to"));
}

std::string moves_text(const json::value& event, const char* between) {
  std::string result;
  for (const auto& x : event.at("moves").as_array())
    result += (result.empty() ? "" : between) + move_text(x);
  return result;
}

/// @returns `gpu0: `; empty for a target without a name.
std::string of_target(const json::value& x, const char* key) {
  auto name = text_at(x, key);
  return name.empty() ? "" : name + ": ";
}

std::string objective_text(const json::value& slo) {
  if (slo.at("p95_latency_ms").is_null())
    return "no objective";
  return "objective p95 " + number(number_at(slo, "p95_latency_ms")) + " ms";
}

std::string trial_text(const json::value& trial, double now) {
  auto left = number_at(trial, "check_at") - now;
  return "  trial of change #" + number(number_at(trial, "id")) + " since "
    + length_text(now - number_at(trial, "since")) + ", verdict "
    + (left > 0 ? "in " + length_text(left) : "due") + '\n';
}

std::string knobs_text(const json::value& target) {
  table result{{29, 11, 11, 11, 10}};
  result.row({"  knob", "value", "min", "max", "unit"});
  const auto& values = target.at("settings").as_object();
  for (const auto& x : target.at("knobs").as_array()) {
    auto name = text_at(x, "name");
    const auto* value = values.if_contains(name);
    auto known = value && value->is_number();
    result.row(
      {"  " + name + (x.at("enabled").as_bool() ? "" : " (off)"),
       known ? number(value->to_number<double>()) : "?",
       number(number_at(x, "min")), number(number_at(x, "max")),
       text_at(x, "unit")});
  }
  return result.text();
}

std::string verdict_text(const json::value& event) {
  if (event.at("verdict").is_null())
    return "";
  auto result = text_at(event, "verdict");
  std::replace(result.begin(), result.end(), '_', ' ');
  auto undone = event.at("undone").as_bool() && result != "rolled back";
  return result + (undone ? ", undone" : "");
}

std::string when(const json::value& event) {
  auto text = to_string(instant_from(number_at(event, "at")));
  return text.substr(0, 10) + ' ' + text.substr(11, 8);
}

} // namespace

std::string
wrapped(const std::string& x, std::size_t columns, std::size_t indent) {
  std::string result;
  std::istringstream lines{x};
  for (std::string line; std::getline(lines, line);) {
    auto room = columns;
    while (line.size() > room) {
      auto cut = line.rfind(' ', room);
      auto hard = cut == line.npos || line.find_first_not_of(' ') > cut;
      result += line.substr(0, hard ? room : cut) + '\n';
      line = std::string(indent, ' ') + line.substr(hard ? room : cut + 1);
    }
    result += line + '\n';
  }
  return result;
}

std::string status_text(const json::value& x) {
  auto result = "auto_tuner " + text_at(x, "version") + ", up "
    + length_text(number_at(x, "uptime_seconds")) + '\n';
  for (const auto& target : x.at("targets").as_array()) {
    result += '\n'
      + wrapped(of_target(target, "name") + text_at(target, "state") + ": "
                  + text_at(target, "reason"),
                columns_max, 2);
    result += "  policy " + text_at(target, "policy") + ", judge "
      + text_at(target, "judge") + ", mode " + text_at(target, "mode") + ", "
      + objective_text(target.at("slo")) + '\n';
    if (!target.at("trial").is_null())
      result += trial_text(target.at("trial"), number_at(x, "now"));
    result += knobs_text(target);
  }
  return result;
}

std::string history_text(const json::value& x) {
  table result{{19, 6, 8, 27, 12}};
  result.row({"when (UTC)", "id", "kind", "what", "verdict"});
  for (const auto& event : x.at("events").as_array()) {
    auto id = number_at(event, "id");
    result.row(
      {when(event), id > 0 ? '#' + number(id) : "", text_at(event, "kind"),
       moves_text(event, "\n"), verdict_text(event)});
  }
  return result.text();
}

std::string decision_text(const json::value& x) {
  // Its line ends are wanted.
  return wrapped(std::string{x.at("explanation").as_string()}, columns_max, 4);
}

std::string state_text(const json::value& x) {
  return wrapped(
    of_target(x, "target") + text_at(x, "state") + ": " + text_at(x, "reason"),
    columns_max, 2);
}

std::string rollback_text(const json::value& x) {
  std::string result;
  for (const auto& event : x.at("events").as_array())
    result += wrapped(
      of_target(event, "target") + "change #" + number(number_at(event, "id"))
        + " undone: " + moves_text(event, ", "),
      columns_max, 2);
  return result;
}

std::string edit_text(const json::value& x) {
  return wrapped(
    of_target(x, "target") + moves_text(x, ", ")
      + "; the tuner leaves this alone until resumed",
    columns_max, 2);
}

std::string reload_text(const json::value& x) {
  const auto& changed = x.at("changed").as_array();
  if (changed.empty())
    return "reloaded; nothing has changed\n";
  std::string result = "reloaded; changed:\n";
  for (const auto& path : changed)
    result += "  " + std::string{path.as_string()} + '\n';
  return result;
}

std::string log_level_text(const json::value& x) {
  return text_at(x, "actor") + " now logs at level " + text_at(x, "level")
    + '\n';
}

} // namespace tuner
