#pragma once

#include <caf/error.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>

#include <cstdint>
#include <string>

namespace tuner {

/// Everything that can go wrong at run time, as an operator would say it.
enum class ec : uint8_t {
  trial_in_progress = 1, ///< One change at a time: wait for its verdict.
  rollback_in_progress,  ///< Two rollbacks never run at once.
  nothing_to_change,     ///< The target already runs with these values.
  nothing_to_undo,       ///< The history holds no change to undo.
  target_unreachable,    ///< The target gave no answer, or an error.
  superseded,            ///< The trial was ended by something else.
  not_running,           ///< The pipeline is restarting or stopped.
  disabled,              ///< Auto-tuning is disabled.
  journal_off,           ///< Nothing can be recorded, so nothing is changed.
};

/// @returns what happened and what to do, in words.
const char* to_string(ec x);

} // namespace tuner

CAF_ERROR_CODE_ENUM(tuner::ec, "tuner")

namespace tuner {

/// @returns the text given to `caf::make_error` with the code if there is one,
/// else what the code means.
std::string describe(const caf::error& x);

} // namespace tuner
