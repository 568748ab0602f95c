#include "actors/targets/knob_ports.hpp"

#include <cmath>
#include <exception>

namespace tuner {

namespace {

/// Runs a callback of the host. @returns what it threw, or nothing.
template <class F>
std::optional<std::string> call(F&& f) {
  try {
    f();
    return std::nullopt;
  } catch (const std::exception& x) {
    return std::string{x.what()};
  } catch (...) {
    return std::string{"something that is no std::exception"};
  }
}

} // namespace

knob_ports::knob_ports(
  const host& callbacks, knob_table knobs,
  std::shared_ptr<std::atomic<bool>> closed, actor_log log)
  : knobs_(std::move(knobs)), closed_(std::move(closed)), log_(std::move(log)) {
  for (const auto& [name, port] : callbacks.knobs())
    if (port.set && knobs_.find(name))
      ports_[name] = port;
  for (const auto& spec : knobs_.knobs)
    if (auto i = ports_.find(spec.name); i != ports_.end()) {
      in_force_[spec.name] = clamp(spec, spec.initial);
      if (i->second.get)
        unread_.insert(spec.name);
    }
  read_all();
  confirmed_ = in_force_;
}

bool knob_ports::refresh() {
  return read_all();
}

bool knob_ports::read_all() {
  bool changed = false;
  for (auto& [name, value] : in_force_) {
    if (!ports_.at(name).get)
      continue;
    auto seen = read_one(name);
    if (!seen) // A host that is gone need not be asked for each.
      return changed;
    auto first = unread_.erase(name) > 0;
    found_.try_emplace(name, *seen);
    if (*seen == value)
      continue;
    changed = true;
    if (!first) {
      log_(
        log_level::warning, name, " was changed from ", format_number(value),
        " to ", format_number(*seen), " by someone else; that is respected");
      edits_.push_back({name, value, *seen, "changed by someone else"});
      unconfirmed_.erase(name);
    }
    confirmed_[name] = *seen;
    value = *seen;
  }
  return changed;
}

std::optional<std::string> knob_ports::write(const settings& wanted) {
  for (const auto& [name, value] : wanted) {
    if (ports_.count(name) == 0) {
      log_(
        log_level::warning, name,
        " has no callback at this target and is skipped");
      continue;
    }
    if (auto problem = write_one(name, clamp(*knobs_.find(name), value)))
      return problem;
  }
  return std::nullopt;
}

std::optional<std::string>
knob_ports::write_one(const std::string& name, double value) {
  if (closed_->load())
    return "the tuner has stopped";
  if (unread_.count(name) > 0)
    return name + " was never read, so it is not written: see the log";
  written_.insert(name);
  unconfirmed_.insert(name);
  auto& port = ports_.at(name);
  if (auto thrown = call([&] { port.set(value); }))
    return name + " = " + format_number(value)
      + ": the callback threw: " + *thrown;
  auto seen = read_one(name).value_or(value);
  if (seen != value)
    log_(
      log_level::warning, name, ": asked for ", format_number(value),
      ", the target took ", format_number(seen));
  in_force_[name] = seen;
  return std::nullopt;
}

std::optional<double> knob_ports::read_one(const std::string& name) {
  const auto& port = ports_.at(name);
  if (!port.get || closed_->load())
    return std::nullopt;
  double value = 0;
  std::string problem;
  if (auto thrown = call([&] { value = port.get(); }))
    problem = " can't be read: " + *thrown;
  else if (!std::isfinite(value))
    problem = " reads " + format_number(value);
  if (problem.empty()) {
    if (complained_.erase(name) > 0)
      log_(log_level::info, name, " can be read again");
    return value;
  }
  if (complained_.insert(name).second)
    log_(log_level::warning, name, problem);
  return std::nullopt;
}

std::optional<std::string> knob_ports::renew() {
  for (const auto& [name, port] : ports_)
    if (port.get && written_.count(name) == 0)
      unread_.insert(name);
  for (const auto& name : written_) {
    auto pending = unconfirmed_.count(name) > 0;
    if (auto problem = write_one(name, in_force_.at(name)))
      return problem;
    if (!pending)
      unconfirmed_.erase(name);
  }
  return std::nullopt;
}

std::optional<std::string> knob_ports::give_back() {
  std::string problems;
  for (const auto& [name, value] : found_)
    if (written_.count(name) > 0 && in_force_.at(name) != value)
      if (auto problem = write_one(name, value))
        problems += (problems.empty() ? "" : "; ") + *problem;
  return problems.empty() ? std::nullopt : std::optional{problems};
}

void knob_ports::confirm() {
  confirmed_ = in_force_;
  unconfirmed_.clear();
}

std::optional<std::string> knob_ports::restore() {
  std::string problems;
  auto pending = unconfirmed_;
  for (const auto& name : pending) {
    auto wanted = confirmed_.at(name);
    auto problem = write_one(name, wanted);
    if (!problem && in_force_.at(name) != wanted)
      problem = name + " reads " + format_number(in_force_.at(name));
    if (!problem) {
      unconfirmed_.erase(name);
      continue;
    }
    problems += (problems.empty() ? "" : "; ") + name + " should be "
      + format_number(wanted) + ", but " + *problem;
  }
  if (problems.empty())
    return std::nullopt;
  return problems;
}

} // namespace tuner
