#pragma once

#include "config/config.hpp"

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>

namespace tuner {

/// A process that runs until told to stop, or until this one ends. Make it
/// while there is only one thread.
class forked {
public:
  forked() = default;
  forked(forked&& x) noexcept { swap(x); }
  forked& operator=(forked&& x) noexcept {
    swap(x);
    return *this;
  }
  ~forked();

  double cpu_seconds() const;
  double resident_kib() const;
  double threads() const;

protected:
  /// @returns whether this is the new process.
  bool fork();

  /// In the new process: tells `text`, waits to be stopped.
  void serve(const std::string& text) const;

  /// In the old process: what the new one told.
  std::string told() const;

private:
  void swap(forked& x) noexcept;

  pid_t pid_ = 0;
  int to_child_ = -1;
  int from_child_ = -1;
};

/// A node that logs nothing and picks its ports.
class forked_node : public forked {
public:
  explicit forked_node(config c);

  uint16_t port() const { return port_; }

  /// Decisions of all targets so far, by seconds from the close of their window
  /// within which they were made: a cumulative histogram, 1e9 is all.
  using lags = std::map<double, double>;
  lags decision_lags() const;

private:
  uint16_t port_ = 0;
  std::string url_;
};

/// A made-up target that is published.
class forked_target : public forked {
public:
  /// @param port 0 picks a free one.
  explicit forked_target(uint16_t port);

  uint16_t port() const { return port_; }

private:
  uint16_t port_ = 0;
};

/// Agents of made-up targets, on one actor system.
class forked_agents : public forked {
public:
  /// @param first number of the first one.
  forked_agents(uint16_t port, int first, int count);
};

} // namespace tuner
