#pragma once

#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

namespace tuner::test {

/// Looks until `true_now()`. @returns whether that came, in five minutes: for
/// what comes at once where the machine has nothing else to do.
template <class Condition>
bool comes_true(const Condition& true_now) {
  auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{5};
  while (!true_now()) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return true;
}

/// What a finished process left behind.
struct process_result {
  int exit_code = -1; ///< 128 + signal if one ended it.
  std::string output; ///< Standard output and standard error.
};

/// Runs a shell command to its end.
process_result run_shell(const std::string& command);

/// A process of ours, whose output is read line by line.
class process {
public:
  /// Starts the program with these arguments.
  explicit process(std::vector<std::string> arguments);

  /// Kills it if it still runs.
  ~process();

  process(const process&) = delete;
  process& operator=(const process&) = delete;

  /// Reads lines until one contains `text`. @returns that line, or an empty
  /// one if the output ended without it.
  std::string wait_for_line(const std::string& text);

  void send(int signal);

  /// As by SIGSTOP; when this returns, all its threads stand still.
  void pause();
  void resume() { send(SIGCONT); }

  int pid() const { return pid_; }

  /// Reads the rest of the output. @returns all of it, and the exit code.
  process_result wait();

private:
  std::string read_line();

  int pid_ = -1;
  std::FILE* output_ = nullptr;
  std::string seen_;
};

} // namespace tuner::test
