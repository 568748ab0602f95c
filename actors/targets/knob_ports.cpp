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

/// @returns all of them as one text, or nothing where there are none.
std::optional<std::string>
joined(const std::map<std::string, std::string>& problems) {
  std::string result;
  for (const auto& [knob, problem] : problems)
    result += (result.empty() ? "" : "; ") + problem;
  return result.empty() ? std::nullopt : std::optional{result};
}

} // namespace

knob_ports::knob_ports(
  const host& callbacks, knob_table knobs,
  std::shared_ptr<std::atomic<bool>> closed, actor_log log)
  : joints_(callbacks.joints()), knobs_(std::move(knobs)),
    closed_(std::move(closed)), log_(std::move(log)) {
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
  settings bounded;
  for (const auto& [name, value] : wanted)
    if (ports_.count(name) > 0)
      bounded[name] = clamp(*knobs_.find(name), value);
    else
      log_(
        log_level::warning, name,
        " has no callback at this target and is skipped");
  return joined(write_all(std::move(bounded), true));
}

knob_ports::problems
knob_ports::write_all(settings wanted, bool up_to_a_problem) {
  problems result;
  for (const auto& x : joints_) {
    settings part;
    for (const auto& [name, value] : wanted)
      if (x.knobs.count(name) > 0)
        part[name] = value;
    if (part.size() < 2)
      continue;
    for (const auto& done : part)
      wanted.erase(done.first);
    result.merge(write_part(part, [&] { x.set(part); }));
    if (up_to_a_problem && !result.empty())
      return result;
  }
  for (const auto& [name, value] : wanted) {
    result.merge(
      write_part({{name, value}}, [&, v = value, &port = ports_.at(name)] {
        port.set(v);
      }));
    if (up_to_a_problem && !result.empty())
      break; // A host that is gone need not be asked for each.
  }
  return result;
}

/// A part with a knob that can't be written is not written at all.
knob_ports::problems
knob_ports::write_part(const settings& part, const std::function<void()>& set) {
  problems result;
  for (const auto& [name, value] : part)
    if (closed_->load())
      result[name] = "the tuner has stopped";
    else if (unread_.count(name) > 0)
      result[name] =
        name + " was never read, so it is not written: see the log";
  if (!result.empty())
    return result;
  for (const auto& [name, value] : part) {
    written_.insert(name);
    unconfirmed_.insert(name);
  }
  auto thrown = call(set);
  for (const auto& [name, value] : part) {
    if (thrown) {
      result[name] = name + " = " + format_number(value)
        + ": the callback threw: " + *thrown;
      continue;
    }
    auto seen = read_one(name).value_or(value);
    if (seen != value)
      log_(
        log_level::warning, name, ": asked for ", format_number(value),
        ", the target took ", format_number(seen));
    in_force_[name] = seen;
  }
  return result;
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
  auto pending = unconfirmed_;
  settings told;
  for (const auto& name : written_)
    told[name] = in_force_.at(name);
  auto wrong = write_all(std::move(told), true);
  for (const auto& name : written_)
    if (pending.count(name) == 0 && wrong.count(name) == 0)
      unconfirmed_.erase(name);
  return joined(wrong);
}

std::optional<std::string> knob_ports::give_back() {
  settings wanted;
  for (const auto& [name, value] : found_)
    if (written_.count(name) > 0 && in_force_.at(name) != value)
      wanted[name] = value;
  return joined(write_all(std::move(wanted)));
}

void knob_ports::confirm() {
  confirmed_ = in_force_;
  unconfirmed_.clear();
}

std::optional<std::string> knob_ports::restore() {
  settings wanted;
  for (const auto& name : unconfirmed_)
    wanted[name] = confirmed_.at(name);
  auto wrong = write_all(wanted);
  for (const auto& [name, value] : wanted) {
    if (wrong.count(name) == 0 && in_force_.at(name) != value)
      wrong[name] = name + " reads " + format_number(in_force_.at(name));
    if (auto i = wrong.find(name); i != wrong.end())
      i->second = name + " should be " + format_number(value) + ", but "
        + std::move(i->second);
    else
      unconfirmed_.erase(name);
  }
  return joined(wrong);
}

} // namespace tuner
