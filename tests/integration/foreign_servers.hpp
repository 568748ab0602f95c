#pragma once

#include "config/foreign_effector.hpp"
#include "tests/integration/processes.hpp"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

namespace tuner::test {

/// What must not be in any text.
inline const std::string secret = "correct-horse-battery";

/// A folder that is gone after the test.
class scratch_folder {
public:
  scratch_folder() {
    auto pattern =
      (std::filesystem::temp_directory_path() / "foreign.XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~scratch_folder() { std::filesystem::remove_all(path_); }

  std::string operator/(const std::string& name) const {
    return path_ + '/' + name;
  }

  /// Writes a file of ours alone.
  std::string
  write(const std::string& name, const std::string& text, int mode = 0600) {
    std::ofstream{*this / name} << text;
    std::filesystem::permissions(
      *this / name, static_cast<std::filesystem::perms>(mode));
    return *this / name;
  }

private:
  std::string path_;
};

/// @returns a TCP port of loopback that nobody listened at a moment ago, and
/// nobody else is given: the kernel gives away higher ones, and other processes
/// begin at others.
inline int free_port() {
  constexpr int lowest = 10'000;
  constexpr int count = 22'000;
  constexpr int of_one_process = 8;
  static int tried = 0;
  while (true) {
    auto port = lowest + (::getpid() * of_one_process + tried++) % count;
    auto file = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(static_cast<uint16_t>(port));
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto free = ::bind(file, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0;
    ::close(file);
    REQUIRE(tried < count);
    if (free)
      return port;
  }
}

/// @returns what `f` threw, empty if nothing; the secret is never in it.
template <class F>
std::string thrown_by(F&& f) {
  std::string result;
  try {
    f();
  } catch (const std::runtime_error& x) {
    result = x.what();
  }
  CAPTURE(result);
  CHECK(result.find(secret) == std::string::npos);
  return result;
}

inline bool contains(const std::string& text, const std::string& what) {
  CAPTURE(text);
  CAPTURE(what);
  return text.find(what) != std::string::npos;
}

} // namespace tuner::test
