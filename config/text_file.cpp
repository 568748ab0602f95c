#include "config/text_file.hpp"

#include "config/loader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tuner {

namespace {

class descriptor {
public:
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }

  int get() const { return fd_; }

private:
  int fd_;
};

std::string last_error() {
  return std::strerror(errno);
}

/// @returns why a file with these attributes is not read, or nothing.
std::string refuse(const struct stat& x) {
  if (S_ISDIR(x.st_mode))
    return "a directory";
  if (!S_ISREG(x.st_mode))
    return "not a regular file";
  if (static_cast<uint64_t>(x.st_size) > config_bytes_max)
    return std::to_string(x.st_size) + " bytes";
  return {};
}

/// Appends what can be read from `fd` to `text`, up to one byte too many.
/// @returns why that failed, or nothing.
std::string read_all(int fd, std::string& text) {
  char buffer[16 * 1024];
  while (text.size() <= config_bytes_max) {
    auto n = ::read(fd, buffer, sizeof buffer);
    if (n == 0)
      return {};
    if (n > 0)
      text.append(buffer, static_cast<std::size_t>(n));
    else if (errno != EINTR)
      return last_error();
  }
  return "more than " + std::to_string(config_bytes_max) + " bytes";
}

} // namespace

std::string read_text_file(const std::string& path, std::string& text) {
  struct stat attributes {};
  if (::stat(path.c_str(), &attributes) != 0)
    return last_error();
  if (auto reason = refuse(attributes); !reason.empty())
    return reason;
  descriptor file{
    ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (file.get() < 0 || ::fstat(file.get(), &attributes) != 0)
    return last_error();
  if (auto reason = refuse(attributes); !reason.empty())
    return reason;
  return read_all(file.get(), text);
}

} // namespace tuner
