#include "tests/integration/processes.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

namespace tuner::test {

namespace {

/// What a process may say while nobody reads: else it would wait.
constexpr int unread_bytes_max = 1 << 20;

int code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace

process_result run_shell(const std::string& command) {
  process_result result;
  auto* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (!pipe)
    throw std::runtime_error{"can't run " + command};
  char block[4096];
  for (size_t n; (n = std::fread(block, 1, sizeof block, pipe)) > 0;)
    result.output.append(block, n);
  result.exit_code = code_of(::pclose(pipe));
  return result;
}

process::process(std::vector<std::string> arguments) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error{"no pipe"};
  ::fcntl(ends[0], F_SETPIPE_SZ, unread_bytes_max);
  pid_ = ::fork();
  if (pid_ == 0) {
    // A test that is killed leaves nobody behind who slows others down.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(ends[1], 1);
    ::dup2(ends[1], 2);
    std::vector<char*> argv;
    for (auto& x : arguments)
      argv.push_back(x.data());
    argv.push_back(nullptr);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  output_ = ::fdopen(ends[0], "r");
}

process::~process() {
  if (pid_ > 0) {
    send(SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  std::fclose(output_);
}

void process::send(int signal) {
  ::kill(pid_, signal);
}

void process::pause() {
  send(SIGSTOP);
  siginfo_t how{};
  ::waitid(P_PID, static_cast<id_t>(pid_), &how, WSTOPPED | WEXITED | WNOWAIT);
}

std::string process::read_line() {
  std::string line;
  for (int c; (c = std::fgetc(output_)) != EOF;) {
    line += static_cast<char>(c);
    if (c == '\n')
      break;
  }
  seen_ += line;
  return line;
}

std::string process::wait_for_line(const std::string& text) {
  for (auto line = read_line(); !line.empty(); line = read_line())
    if (line.find(text) != std::string::npos)
      return line;
  return {};
}

process_result process::wait() {
  while (!read_line().empty()) {
  }
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return {code_of(status), seen_};
}

} // namespace tuner::test
