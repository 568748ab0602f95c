#pragma once

#include "messages/facts.hpp"

#include <functional>

namespace tuner {

/// What the operating system says about a process. An empty function is a
/// figure that is not asked for; an unknown reading one that can't be read.
struct process_figures {
  std::function<reading()> memory_mib; ///< Resident memory.
  /// Of the control group's limit, else of the machine: 1 − available ÷ total.
  std::function<reading()> memory_used_ratio;
  std::function<reading()> cpu_seconds; ///< Processor time since the start.
};

/// @returns the figures of this process, from `/proc`, the control group and
/// `getrusage`. The memory figures take tens of microseconds to read.
process_figures this_process();

} // namespace tuner
