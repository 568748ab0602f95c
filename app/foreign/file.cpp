#include "app/foreign/file.hpp"

#include "app/foreign/plain_number.hpp"
#include "config/owned_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace tuner {

namespace {

constexpr std::size_t bytes_max = 4096;

[[noreturn]] void
fail(const std::string& path, const std::string& what, int why) {
  throw std::runtime_error{path + ": " + what + ": " + std::strerror(why)};
}

std::string contents_of(const std::string& path) {
  owned_file file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.number < 0)
    fail(path, "can't be opened; make it, with the value in it", errno);
  std::string result(bytes_max, '\0');
  auto n = ::read(file.number, result.data(), result.size());
  if (n < 0)
    fail(path, "can't be read", errno);
  result.resize(static_cast<std::size_t>(n));
  return result;
}

double number_of(const std::string& path) {
  auto text = contents_of(path);
  try {
    return number_in(text);
  } catch (const std::runtime_error& x) {
    throw std::runtime_error{
      path + ": should hold a number and nothing else, but holds " + x.what()};
  }
}

/// @returns `path` without links.
std::string real_path_of(const std::string& path) {
  char result[PATH_MAX];
  if (!::realpath(path.c_str(), result))
    fail(path, "can't be found; make it, with the value in it", errno);
  return result;
}

/// Writes all of a new file and gives it the mode and owner of the old one.
void fill(
  const owned_file& to, const std::string& path, const std::string& text) {
  struct stat old {};
  if (::stat(path.c_str(), &old) != 0)
    fail(path, "can't be looked at", errno);
  struct stat made {};
  if (::fstat(to.number, &made) != 0)
    fail(path, "its new version can't be looked at", errno);
  if (
    (made.st_uid != old.st_uid || made.st_gid != old.st_gid)
    && ::fchown(to.number, old.st_uid, old.st_gid) != 0)
    fail(path, "its owner can't be kept; make it a file of ours", errno);
  if (::fchmod(to.number, old.st_mode & 07777) != 0)
    fail(path, "its mode can't be kept", errno);
  if (
    ::write(to.number, text.data(), text.size())
      != static_cast<ssize_t>(text.size())
    || ::fsync(to.number) != 0)
    fail(path, "its new version can't be written", errno);
}

void replace(const std::string& named, const std::string& text) {
  auto path = real_path_of(named);
  auto temporary = path + ".XXXXXX";
  owned_file file{::mkostemp(temporary.data(), O_CLOEXEC)};
  if (file.number < 0)
    fail(path, "can't be replaced; see that its folder may be written", errno);
  try {
    fill(file, path, text);
    if (std::rename(temporary.c_str(), path.c_str()) != 0)
      fail(path, "can't be replaced", errno);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  owned_file folder{::open(
    path.substr(0, path.rfind('/') + 1).c_str(),
    O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (folder.number >= 0) // Else a crash may undo it, which is read back.
    ::fsync(folder.number);
}

int signal_of(const std::string& name) {
  return name == "HUP" ? SIGHUP : name == "USR1" ? SIGUSR1 : SIGUSR2;
}

void tell(const file_effector_config& x) {
  auto pid = number_of(x.pid_file);
  if (pid < 2 || pid > INT_MAX || pid != static_cast<pid_t>(pid))
    throw std::runtime_error{
      x.pid_file + ": " + plain_number(pid) + " is no process to tell"};
  if (::kill(static_cast<pid_t>(pid), signal_of(x.signal)) != 0)
    fail(
      x.pid_file,
      "process " + plain_number(pid) + " can't be told by " + x.signal, errno);
}

} // namespace

host::port file_port(const foreign_effector_config& x) {
  return {
    [=](double value) {
      replace(x.file.path, plain_number(value * x.scale) + '\n');
      if (x.file.signal != "none")
        tell(x.file);
    },
    [=] { return number_of(x.file.path) / x.scale; }};
}

} // namespace tuner
