#include "config/loader.hpp"

#include "config/json_text.hpp"
#include "config/reader.hpp"
#include "config/rules.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tuner {

namespace {

constexpr const char* file_allowed =
  "a readable regular file of at most 1 MiB with JSON in it";

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

/// Reads the file at `path` into `text`. Looks at it before opening it, since
/// opening a device can have effects, and again after, since it may be another
/// one by then.
/// @returns why that failed, or nothing.
std::string read_file(const std::string& path, std::string& text) {
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

load_result unreadable(const std::string& path, const std::string& reason) {
  load_result result;
  result.errors.push_back(
    {path.empty() ? "\"\"" : path, reason, file_allowed, "can't be read"});
  result.read_errors = 1;
  return result;
}

} // namespace

void finish(load_result& x) {
  x.value = x.as_read;
  if (x.errors.empty())
    check_rules(x.as_read, x.errors);
  derive(x.value);
}

load_result load_config_file(const std::string& path) {
  std::string text;
  if (auto reason = read_file(path, text); !reason.empty())
    return unreadable(path, reason);
  return load_config_text(text, path);
}

load_result load_config_text(std::string_view text, const std::string& origin) {
  if (text.size() > config_bytes_max)
    return unreadable(origin, std::to_string(text.size()) + " bytes");
  load_result result;
  if (auto document = parse_json(text, origin, result.errors))
    read(*document, origin, result.as_read, result.errors);
  result.read_errors = result.errors.size();
  finish(result);
  return result;
}

} // namespace tuner
