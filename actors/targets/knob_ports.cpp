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
  std::shared_ptr<std::atomic<bool>> closed)
  : knobs_(std::move(knobs)), closed_(std::move(closed)) {
  for (const auto& [name, port] : callbacks.knobs())
    if (port.set && knobs_.find(name))
      ports_[name] = port;
  for (const auto& spec : knobs_.knobs)
    if (ports_.count(spec.name) > 0)
      in_force_[spec.name] = clamp(spec, spec.initial);
  read_all(false);
  confirmed_ = in_force_;
}

bool knob_ports::refresh() {
  return read_all(true);
}

bool knob_ports::read_all(bool by_operator) {
  bool changed = false;
  for (auto& [name, value] : in_force_) {
    auto seen = read_one(name);
    if (!seen || *seen == value)
      continue;
    changed = true;
    if (by_operator) {
      log_(
        log_level::warning, name, " was changed from ", format_number(value),
        " to ", format_number(*seen), " by someone else; that is respected");
      edits_.push_back({name, value, *seen, "changed by someone else"});
      confirmed_[name] = *seen;
      unconfirmed_.erase(name);
    }
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
  if (auto thrown = call([&] { value = port.get(); })) {
    log_(log_level::warning, name, " can't be read back: ", *thrown);
    return std::nullopt;
  }
  if (!std::isfinite(value)) {
    log_(log_level::warning, name, " read back as ", format_number(value));
    return std::nullopt;
  }
  return value;
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
