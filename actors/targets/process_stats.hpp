#pragma once

#include "messages/facts.hpp"

namespace tuner {

/// What the operating system says about this process.
struct process_figures {
  reading memory_mib;        ///< Resident memory.
  reading memory_used_ratio; ///< Of the control group's limit, else of the
                             ///< machine: 1 − available ÷ total.
  reading cpu_seconds;       ///< Processor time used since the start.
};

/// Reads them from `/proc`, the control group and `getrusage`. What can't be
/// read is unknown.
process_figures read_process_figures();

} // namespace tuner
