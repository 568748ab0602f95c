#pragma once

#include "actors/log/log_params.hpp"
#include "messages/time.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

/// Severity of a log line.
enum class log_level : uint8_t { trace, debug, info, warning, error, off };

const char* to_string(log_level x);

/// @returns the level called `name`, or nothing.
std::optional<log_level> log_level_of(std::string_view name);

/// The actors that write log lines: what `logging.levels` may name.
const std::vector<std::string>& log_actors();

/// Writes log lines to standard error or a rotating file, as text or JSON, with
/// one level per actor that can change while running. Thread-safe.
class log_hub {
public:
  /// Sees every line written, as text without a line end.
  using tap = std::function<void(std::string_view line)>;

  /// @param now gives the time of a line; the wall clock by default.
  /// @param also sees every line too; with it and no file, standard error is
  ///   not written to.
  /// @throws std::runtime_error when the log file can't be opened: its path
  ///   and what to do.
  explicit log_hub(
    const log_params& params, std::function<instant()> now = nullptr,
    tap also = nullptr);
  ~log_hub();

  log_hub(const log_hub&) = delete;
  log_hub& operator=(const log_hub&) = delete;

  /// Sets the level of one actor. @returns false for an unknown actor.
  bool set_level(std::string_view actor, log_level level);

  /// Sets the level of every actor as a config has it.
  void set_levels(const log_params& params);

  /// @returns the level of `actor`, to be read at each line.
  const std::atomic<log_level>& level_of(std::string_view actor) const;

  /// Who says it.
  struct origin {
    std::string actor;
    uint64_t id = 0; ///< Of the actor in its system; 0 outside of one.
    std::string target;
  };

  /// Writes one line, whatever the level of the actor.
  void write(log_level level, const origin& who, std::string_view text);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// The log of one actor: every line carries its name, its id and its target.
class actor_log {
public:
  /// A log that writes nothing.
  actor_log() = default;

  actor_log(std::shared_ptr<log_hub> hub, log_hub::origin who);

  /// @returns whether lines of this level are written.
  bool enabled(log_level level) const {
    return level_ && level >= level_->load(std::memory_order_relaxed);
  }

  /// Writes its arguments, strings or numbers, in a row.
  template <class... Ts>
  void operator()(log_level level, const Ts&... parts) const {
    if (!enabled(level))
      return;
    std::string text;
    (append(text, parts), ...);
    hub_->write(level, who_, text);
  }

private:
  static void append(std::string& out, std::string_view x) { out += x; }
  static void append(std::string& out, char x) { out += x; }
  template <class T>
  requires std::is_arithmetic_v<T>
  static void append(std::string& out, T x) { out += std::to_string(x); }

  std::shared_ptr<log_hub> hub_;
  const std::atomic<log_level>* level_ = nullptr;
  log_hub::origin who_;
};

} // namespace tuner
