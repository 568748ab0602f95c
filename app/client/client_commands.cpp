#include "app/client/client_commands.hpp"

#include "actors/log/actor_log.hpp"
#include "app/admin/json_line.hpp"
#include "app/client/http_client.hpp"
#include "app/client/tables.hpp"
#include "app/commands/commands.hpp"
#include "config/token.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <iostream>

namespace tuner {

namespace {

namespace json = boost::json;

/// For wrong usage that only shows after parsing.
struct wrong_usage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

using as_text = std::string (*)(const json::value&);

std::string user_name() {
  const auto* name = std::getenv("USER");
  std::string result = name ? name : "";
  auto printable = std::all_of(
    result.begin(), result.end(), [](char c) { return c > ' ' && c <= '~'; });
  return printable && result.size() <= 64 ? result : "";
}

api_access access_of(const client_options& o) {
  api_access result{o.url, {}, user_name()};
  while (result.url.ends_with('/'))
    result.url.pop_back();
  if (!o.token_file.empty())
    result.token = read_token_file(o.token_file, "--token-file");
  return result;
}

/// @returns what the server says is wrong.
std::string problem_in(const json::value& x, long status) {
  std::string result{x.at("error").at("message").as_string()};
  return status == 401 ? result + " (here: --token-file FILE)" : result;
}

int show(const client_options& o, const api_answer& x, as_text text) {
  boost::system::error_code problem;
  auto document = json::parse(x.body, problem);
  try {
    if (problem)
      throw std::runtime_error{problem.message()};
    if (x.status >= 400)
      std::cerr << "auto_tuner: " << problem_in(document, x.status) << '\n';
    if (o.json)
      std::cout << x.body;
    else if (x.status < 400)
      std::cout << text(document);
  } catch (const std::exception&) {
    std::cerr << "auto_tuner: " << o.url << " answered with status " << x.status
              << ", but not as auto_tuner's control API does; name another "
                 "place with --url\n";
    return exit_code::failed;
  }
  return x.status < 400 ? exit_code::done : exit_code::failed;
}

/// @returns `path` for the target asked for.
std::string path_for(const client_options& o, std::string path) {
  if (o.target.empty())
    return path;
  auto first = path.find('?') == path.npos;
  return path + (first ? '?' : '&') + "target=" + url_encoded(o.target);
}

int view(const client_options& o, const std::string& path, as_text text) {
  return show(o, http_get(access_of(o), path_for(o, path)), text);
}

int command(
  const client_options& o, const std::string& path, json::object body,
  as_text text) {
  if (!o.target.empty())
    body["target"] = o.target;
  return show(o, http_post(access_of(o), path, json_line(body)), text);
}

/// Splits `batch_size=16`.
std::pair<std::string, std::string>
parts_of(const std::string& x, const char* shape) {
  auto mark = x.find('=');
  if (mark == x.npos || mark == 0 || mark + 1 == x.size())
    throw wrong_usage{x + " is not allowed; allowed: " + shape};
  return {x.substr(0, mark), x.substr(mark + 1)};
}

int set(const client_options& o) {
  json::object values;
  for (const auto& x : o.assignments) {
    auto [knob, text] = parts_of(x, "KNOB=VALUE");
    double value = 0;
    auto end = text.data() + text.size();
    auto [stop, problem] = std::from_chars(text.data(), end, value);
    if (problem != std::errc{} || stop != end || value - value != 0)
      throw wrong_usage{x + " is not allowed; allowed: KNOB=VALUE, a number"};
    if (values.contains(knob))
      throw wrong_usage{x + " is not allowed; allowed: each knob once"};
    values[knob] = value;
  }
  return command(
    o, "/api/v1/set", {{"settings", std::move(values)}}, edit_text);
}

int log_level_command(const client_options& o) {
  auto [actor, level] = parts_of(o.assignments.at(0), "ACTOR=LEVEL");
  const auto& actors = log_actors();
  if (std::find(actors.begin(), actors.end(), actor) == actors.end()) {
    std::string names;
    for (const auto& x : actors)
      names += ' ' + x;
    throw wrong_usage{actor + " is no actor; allowed:" + names};
  }
  if (!log_level_of(level))
    throw wrong_usage{
      level + " is no level; allowed: trace debug info warning error off"};
  return command(
    o, "/api/v1/log-level", {{"actor", actor}, {"level", level}},
    log_level_text);
}

/// Adds one command after the other, each with the options that all have.
class adder {
public:
  adder(CLI::App& app, client_options& o, std::function<int()>& chosen)
    : app_(app), o_(o), chosen_(chosen) {}

  CLI::App* add(
    const char* name, const char* what, bool per_target,
    const std::function<int(const client_options&)>& run) {
    auto* result = app_.add_subcommand(name, what);
    result->add_option("--url", o_.url, "Where the service is")
      ->capture_default_str();
    result->add_option(
      "--token-file", o_.token_file, "A file of yours, mode 0600");
    if (per_target)
      result->add_option("--target", o_.target, "Where there are several");
    result->add_flag("--json", o_.json, "Print what the server answers");
    result->callback([&o = o_, &chosen = chosen_, run] {
      chosen = [&o, run] {
        try {
          return run(o);
        } catch (const wrong_usage& x) {
          std::cerr << "auto_tuner: " << x.what() << '\n';
          return exit_code::wrong;
        }
      };
    });
    return result;
  }

private:
  CLI::App& app_;
  client_options& o_;
  std::function<int()>& chosen_;
};

void add_views(adder& to, client_options& options) {
  using o_t = const client_options&;
  to.add("status", "What a running service does", false, [](o_t o) {
    return view(o, "/api/v1/status", status_text);
  });
  to.add(
      "history", "What it changed, and what came of it", true,
      [](o_t o) {
        return view(
          o, "/api/v1/history?limit=" + std::to_string(o.limit), history_text);
      })
    ->add_option("--limit", options.limit, "So many of the newest")
    ->check(CLI::Range(1, 5000))
    ->capture_default_str();
  to.add(
      "explain", "Why it made a change, and how that was judged", true,
      [](o_t o) {
        return view(
          o, "/api/v1/decisions/" + std::to_string(o.id), decision_text);
      })
    ->add_option("ID", options.id, "As history lists it")
    ->check(CLI::PositiveNumber)
    ->required();
}

void add_commands(adder& to, client_options& options) {
  using o_t = const client_options&;
  to.add("pause", "Have it start no more trials", true, [](o_t o) {
    return command(o, "/api/v1/pause", {}, state_text);
  });
  to.add("resume", "Have it go on, with all knobs", true, [](o_t o) {
    return command(o, "/api/v1/resume", {}, state_text);
  });
  to.add(
      "rollback", "Undo its last change", true,
      [](o_t o) {
        return command(
          o, "/api/v1/rollback", {{"steps", o.steps}}, rollback_text);
      })
    ->add_option("--steps", options.steps, "Undo so many, newest first")
    ->check(CLI::Range(1, 1000))
    ->capture_default_str();
  to.add(
      "set", "Set knobs, which it then leaves alone until resumed", true, set)
    ->add_option("KNOB=VALUE", options.assignments, "Such as batch_size=16")
    ->required();
  to.add("reload", "Have it read its config again", false, [](o_t o) {
    return command(o, "/api/v1/reload", {}, reload_text);
  });
  to.add(
      "log-level", "Have an actor log more or less", false, log_level_command)
    ->add_option("ACTOR=LEVEL", options.assignments, "Such as analyzer=debug")
    ->required()
    ->expected(1);
}

} // namespace

void add_client_commands(
  CLI::App& app, client_options& options, std::function<int()>& chosen) {
  adder to{app, options, chosen};
  add_views(to, options);
  add_commands(to, options);
}

} // namespace tuner
