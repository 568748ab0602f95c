#include "config/token.hpp"

#include "config/owned_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace tuner {

namespace {

using problem = std::runtime_error;

void check_owner(int file, const std::string& hint) {
  struct stat about {};
  if (::fstat(file, &about) != 0)
    throw problem{std::string{"can't be looked at: "} + std::strerror(errno)};
  if (!S_ISREG(about.st_mode))
    throw problem{"is no regular file" + hint};
  if (about.st_uid != ::geteuid())
    throw problem{
      "belongs to another user; make it one of user "
      + std::to_string(::geteuid()) + " (chown)"};
  if ((about.st_mode & 077) != 0)
    throw problem{"can be used by others than its owner; chmod 600 it"};
}

std::string contents(int file) {
  std::string result(token_bytes_max + 2, '\0');
  auto n = ::read(file, result.data(), result.size());
  if (n < 0)
    throw problem{std::string{"can't be read: "} + std::strerror(errno)};
  result.resize(static_cast<std::size_t>(n));
  while (!result.empty() && (result.back() == '\n' || result.back() == '\r'))
    result.pop_back();
  return result;
}

std::string secret_in(const std::string& path, const std::string& hint) {
  owned_file file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.number < 0)
    throw problem{
      std::string{"can't be opened: "} + std::strerror(errno) + hint};
  check_owner(file.number, hint);
  return contents(file.number);
}

std::string password_in(const std::string& path) {
  auto password = secret_in(path, "; put the password into it");
  if (
    password.empty() || password.size() > token_bytes_max
    || password.find_first_of("\r\n") != password.npos)
    throw problem{"holds no password of 1 to 512 bytes on its only line"};
  return password;
}

std::string token_in(const std::string& path) {
  auto token = secret_in(path, "; " + how_to_make_a_token());
  auto visible = std::all_of(
    token.begin(), token.end(), [](char x) { return x > ' ' && x <= '~'; });
  if (
    !visible || token.size() < token_bytes_min
    || token.size() > token_bytes_max)
    throw problem{
      "holds no token: 16 to 512 letters, digits and signs without blanks on "
      "its only line; "
      + how_to_make_a_token()};
  return token;
}

} // namespace

std::string how_to_make_a_token() {
  return "make one: (umask 077; head -c 24 /dev/urandom | base64 > FILE)";
}

std::string
read_token_file(const std::string& path, const std::string& named_by) {
  try {
    return token_in(path);
  } catch (const problem& x) {
    throw problem{named_by + ": " + path + ' ' + x.what()};
  }
}

std::string
read_password_file(const std::string& path, const std::string& named_by) {
  try {
    return password_in(path);
  } catch (const problem& x) {
    throw problem{named_by + ": " + path + ' ' + x.what()};
  }
}

bool same_secret(std::string_view given, std::string_view secret) {
  // Goes through all that was given, whatever it finds.
  volatile unsigned different = given.size() == secret.size() ? 0 : 1;
  for (std::size_t i = 0; i < given.size() && !secret.empty(); ++i) {
    auto a = static_cast<unsigned char>(given[i]);
    auto b = static_cast<unsigned char>(secret[i % secret.size()]);
    different = different | static_cast<unsigned>(a ^ b);
  }
  return different == 0 && !secret.empty();
}

} // namespace tuner
