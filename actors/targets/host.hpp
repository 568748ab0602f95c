#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tuner {

/// How a serving host that runs in this process shows itself to the tuner.
/// Callbacks run one at a time on a thread of the tuner. One that throws or
/// hangs does not hurt the host: the tuner goes back to the last kept settings
/// and says so.
class host {
public:
  /// Sets a knob live. The unit is the knob's.
  using setter = std::function<void(double)>;
  /// Reads a figure.
  using getter = std::function<double()>;

  /// A knob's two ends.
  struct port {
    setter set;
    getter get; ///< Empty: the value last set is believed.
  };

  /// Knobs that can be set in one step.
  struct joint {
    std::set<std::string> knobs;
    /// Is given two of them or more.
    std::function<void(const std::map<std::string, double>&)> set;
  };

  /// Makes `knob` tunable. With a getter, what counts is what it returns after
  /// a write. A knob without a setter is left alone.
  host& on(std::string knob, setter set, getter get = {}) {
    knobs_[std::move(knob)] = {std::move(set), std::move(get)};
    return *this;
  }

  /// Sets several of the knobs above in one step, where a change moves several.
  host& together(joint x) {
    joints_.push_back(std::move(x));
    return *this;
  }

  /// Requests waiting now.
  host& queue_length(getter x) { return assign(queue_length_, x); }

  /// Memory in use ÷ memory that may be used, in [0, 1]. Without it, that of
  /// the process's memory limit or else of the machine is taken.
  host& memory_used_ratio(getter x) { return assign(memory_used_ratio_, x); }

  /// Memory in use in MiB. Without it, the process's resident memory is taken.
  host& memory_mib(getter x) { return assign(memory_mib_, x); }

  /// How many batches the host can serve at once.
  host& workers(unsigned x) {
    workers_ = x;
    return *this;
  }

  const std::map<std::string, port>& knobs() const { return knobs_; }
  const std::vector<joint>& joints() const { return joints_; }
  const getter& queue_length() const { return queue_length_; }
  const getter& memory_used_ratio() const { return memory_used_ratio_; }
  const getter& memory_mib() const { return memory_mib_; }
  unsigned workers() const { return workers_; }

private:
  host& assign(getter& to, getter& from) {
    to = std::move(from);
    return *this;
  }

  std::map<std::string, port> knobs_;
  std::vector<joint> joints_;
  getter queue_length_;
  getter memory_used_ratio_;
  getter memory_mib_;
  unsigned workers_ = 0;
};

} // namespace tuner
