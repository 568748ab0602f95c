#include "bench/fleet_processes.hpp"

#include "actors/agent/agent.hpp"
#include "app/client/http_client.hpp"
#include "app/commands/node_service.hpp"
#include "app/link/publish.hpp"
#include "bench/made_up_target.hpp"

#include <caf/actor_system.hpp>
#include <caf/io/middleman.hpp>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tuner {

namespace {

/// @returns the fields of /proc/PID/stat after the name.
std::vector<double> stat_of(pid_t pid) {
  std::ifstream in{"/proc/" + std::to_string(pid) + "/stat"};
  std::string line;
  std::getline(in, line);
  std::istringstream rest{line.substr(line.rfind(')') + 4)};
  std::vector<double> result;
  for (double x = 0; rest >> x;)
    result.push_back(x);
  return result;
}

std::shared_ptr<log_hub> silent_log() {
  log_params silent;
  silent.level = "off";
  return std::make_shared<log_hub>(silent, nullptr, [](std::string_view) {});
}

} // namespace

forked::~forked() {
  if (pid_ == 0)
    return;
  // Children forked later hold this end too: it is not enough to close it.
  char end = 0;
  static_cast<void>(!::write(to_child_, &end, 1));
  ::close(to_child_);
  ::close(from_child_);
  ::waitpid(pid_, nullptr, 0);
}

void forked::swap(forked& x) noexcept {
  std::swap(pid_, x.pid_);
  std::swap(to_child_, x.to_child_);
  std::swap(from_child_, x.from_child_);
}

bool forked::fork() {
  int down[2]; // NOLINT(*-avoid-c-arrays): as pipe has it.
  int up[2];   // NOLINT(*-avoid-c-arrays)
  if (::pipe2(down, O_CLOEXEC) != 0 || ::pipe2(up, O_CLOEXEC) != 0)
    throw std::runtime_error{"no pipe for another process"};
  auto pid = ::fork();
  if (pid < 0)
    throw std::runtime_error{"no other process"};
  auto child = pid == 0;
  ::close(down[child ? 1 : 0]);
  ::close(up[child ? 0 : 1]);
  to_child_ = down[child ? 0 : 1];
  from_child_ = up[child ? 1 : 0];
  if (!child)
    pid_ = pid;
  return child;
}

void forked::serve(const std::string& text) const {
  static_cast<void>(!::write(from_child_, text.data(), text.size()));
  char nothing = 0;
  static_cast<void>(!::read(to_child_, &nothing, 1)); // Until it is ended.
}

std::string forked::told() const {
  std::string result(256, '\0');
  auto size = ::read(from_child_, result.data(), result.size());
  result.resize(size > 0 ? static_cast<size_t>(size) : 0);
  return result;
}

double forked::cpu_seconds() const {
  auto fields = stat_of(pid_); // utime and stime are the 12th and 13th.
  return (fields.at(10) + fields.at(11))
    / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double forked::resident_kib() const {
  auto pages = stat_of(pid_).at(20);
  return pages * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1024;
}

double forked::threads() const {
  return stat_of(pid_).at(16);
}

forked_node::forked_node(config c) {
  if (fork()) {
    share_one_heap();
    c.node.port = 0;
    c.admin.port = 0;
    c.logging.level = "off";
    {
      node_service node{"", c};
      serve(std::to_string(node.port()) + ' ' + node.face().url());
    }
    ::_exit(0);
  }
  std::istringstream from{told()};
  if (!(from >> port_ >> url_))
    throw std::runtime_error{"the node did not start"};
}

forked_node::lags forked_node::decision_lags() const {
  std::istringstream lines{http_get({url_, "", ""}, "/metrics").body};
  const std::string wanted = "auto_tuning_decision_lag_seconds_bucket";
  lags result;
  for (std::string line; std::getline(lines, line);) {
    auto at = line.find("le=\"");
    if (line.rfind(wanted, 0) != 0 || at == std::string::npos)
      continue;
    auto bound = line.substr(at + 4, line.find('"', at + 4) - at - 4);
    result[bound == "+Inf" ? 1e9 : std::stod(bound)] +=
      std::stod(line.substr(line.rfind(' ')));
  }
  return result;
}

forked_target::forked_target(uint16_t port) {
  if (fork()) {
    {
      runtime here{clock_kind::real, link_params{}};
      auto target = here.system().spawn(
        made_up_target, here.context("", silent_log()), uint64_t{1});
      auto found_at = publish(here, target, "127.0.0.1", port);
      serve(found_at ? std::to_string(*found_at) : "");
      visit inside;
      caf::anon_send_exit(target, caf::exit_reason::user_shutdown);
    }
    ::_exit(0);
  }
  std::istringstream from{told()};
  if (!(from >> port_))
    throw std::runtime_error{"the target can't be published"};
}

forked_agents::forked_agents(uint16_t port, int first, int count) {
  if (!fork()) {
    if (told().empty())
      throw std::runtime_error{"the agents did not start"};
    return;
  }
  {
    auto logs = silent_log();
    runtime here{clock_kind::real, link_params{}};
    std::vector<caf::strong_actor_ptr> all;
    {
      visit inside;
      for (int i = first; i < first + count; ++i) {
        auto name = "target" + std::to_string(i);
        auto target = here.system().spawn(
          made_up_target, here.context(name, logs), static_cast<uint64_t>(i));
        agent_params p;
        p.host = "127.0.0.1";
        p.port = port;
        p.hello.target = name;
        p.hello.process = static_cast<uint64_t>(i);
        p.hello.knobs = made_up_knobs();
        p.target = target;
        p.network = here.system().middleman().actor_handle();
        all.push_back(caf::actor_cast<caf::strong_actor_ptr>(target));
        all.push_back(caf::actor_cast<caf::strong_actor_ptr>(
          here.system().spawn(agent, here.context(name, logs), std::move(p))));
      }
    }
    serve("ready");
    visit inside;
    for (auto& x : all)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
  }
  ::_exit(0);
}

} // namespace tuner
