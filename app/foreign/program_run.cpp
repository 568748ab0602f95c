#include "app/foreign/program_run.hpp"

#include "config/owned_file.hpp"
#include "config/text.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <stdexcept>

namespace tuner {

namespace {

using std::chrono::steady_clock;

/// How a program is started: with default signals and no file of ours.
struct spawn_plan {
  explicit spawn_plan(int output) {
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output, 1);
    posix_spawn_file_actions_adddup2(&files, output, 2);
    posix_spawn_file_actions_addclosefrom_np(&files, 3);
    posix_spawnattr_init(&attributes);
    sigset_t signals;
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
      &attributes,
      POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~spawn_plan() {
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
  }
  spawn_plan(const spawn_plan&) = delete;
  spawn_plan& operator=(const spawn_plan&) = delete;

  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
};

/// A program that runs; its group is killed and it is waited for with the
/// scope, if it was not before.
class child {
public:
  child(const std::vector<std::string>& arguments, int output) {
    std::vector<char*> words;
    words.reserve(arguments.size() + 1);
    for (const auto& x : arguments)
      words.push_back(const_cast<char*>(x.c_str()));
    words.push_back(nullptr);
    spawn_plan plan{output};
    auto problem = ::posix_spawnp(
      &pid_, words[0], &plan.files, &plan.attributes, words.data(), environ);
    if (problem != 0)
      throw std::runtime_error{
        std::string{"can't be run: "} + std::strerror(problem)
        + "; give its full path, and see its rights"};
    ended_.number = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  }
  ~child() {
    if (pid_ <= 0)
      return;
    ::kill(-pid_, SIGKILL);
    wait();
  }
  child(const child&) = delete;
  child& operator=(const child&) = delete;

  /// @returns a file that can be read when it has ended; -1: there is none.
  int ended() const { return ended_.number; }

  /// @returns its status, as `waitpid` has it, when it has ended.
  int wait() {
    int status = -1;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    return status;
  }

private:
  pid_t pid_ = 0;
  owned_file ended_;
};

/// Adds what there is to read. @returns false at the end.
bool read_some(int from, std::string& to) {
  char block[4096];
  for (;;) {
    auto n = ::read(from, block, sizeof block);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return n < 0 && errno == EAGAIN;
    to.append(block, static_cast<std::size_t>(n));
    if (to.size() > program_output_max)
      throw std::runtime_error{
        "prints more than 64 KB and was killed; make it print less"};
  }
}

/// Reads until the program has ended.
std::string output_of(const child& x, owned_file& output, duration limit) {
  std::string result;
  auto deadline = steady_clock::now()
    + std::chrono::duration_cast<steady_clock::duration>(limit);
  for (;;) {
    pollfd files[]{{output.number, POLLIN, 0}, {x.ended(), POLLIN, 0}};
    auto left = std::chrono::ceil<std::chrono::milliseconds>(
      deadline - steady_clock::now());
    if (left.count() <= 0)
      throw std::runtime_error{
        "took longer than " + to_string(limit)
        + " and was killed; allow more by timeout_seconds"};
    if (::poll(files, 2, static_cast<int>(left.count())) < 0 && errno != EINTR)
      throw std::runtime_error{std::strerror(errno)};
    if (output.number >= 0 && !read_some(output.number, result))
      output.close();
    if (files[1].revents != 0 || (x.ended() < 0 && output.number < 0))
      return result;
  }
}

std::string first_line_of(const std::string& x) {
  return text::shortened(text::quoted(x.substr(0, x.find('\n'))));
}

std::string run(const std::vector<std::string>& arguments, duration limit) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error{
      std::string{"can't be run: "} + std::strerror(errno)};
  owned_file output{ends[0]};
  owned_file theirs{ends[1]};
  ::fcntl(output.number, F_SETFL, O_NONBLOCK); // Only our end.
  child program{arguments, theirs.number};
  theirs.close();
  auto result = output_of(program, output, limit);
  auto status = program.wait();
  if (WIFSIGNALED(status))
    throw std::runtime_error{
      "was ended by signal " + std::to_string(WTERMSIG(status))};
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw std::runtime_error{
      "ended with " + std::to_string(WEXITSTATUS(status)) + ", saying "
      + first_line_of(result)};
  return result;
}

} // namespace

std::string
run_program(const std::vector<std::string>& arguments, duration limit) {
  try {
    return run(arguments, limit);
  } catch (const std::runtime_error& x) {
    throw std::runtime_error{"program " + arguments.at(0) + ' ' + x.what()};
  }
}

} // namespace tuner
