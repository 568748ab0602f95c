#include "app/foreign/redis_connection.hpp"

#include "app/foreign/address.hpp"
#include "config/text.hpp"
#include "config/token.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace tuner {

namespace {

using std::chrono::steady_clock;

/// @returns what is left, at least a microsecond: 0 means for ever.
timeval left_until(steady_clock::time_point deadline) {
  auto us = std::max<int64_t>(
    std::chrono::duration_cast<std::chrono::microseconds>(
      deadline - steady_clock::now())
      .count(),
    1);
  return {us / 1'000'000, us % 1'000'000};
}

/// @returns what kind of error a server means: the first word, in capitals. The
/// rest may repeat the arguments of a command.
std::string kind_of(std::string_view error) {
  auto end = std::find_if(
    error.begin(), error.end(), [](char x) { return x < 'A' || x > 'Z'; });
  return text::shortened({error.begin(), end});
}

} // namespace

redis_connection::redis_connection(
  const redis_effector_config& where, duration limit)
  : where_(where), limit_(limit), context_(nullptr, redisFree) {}

void redis_connection::fail(const std::string& what) {
  context_.reset();
  throw std::runtime_error{"Redis at " + where_.address + ": " + what};
}

redis_connection::reply
redis_connection::ask(const std::vector<std::string>& command) {
  auto deadline = steady_clock::now()
    + std::chrono::duration_cast<steady_clock::duration>(limit_);
  if (!context_) {
    connect(deadline);
    log_in(deadline);
  }
  auto result = exchange(command, deadline);
  if (result->type != REDIS_REPLY_ERROR)
    return result;
  std::string said{result->str, result->len};
  auto kind = kind_of(said);
  if (kind == "NOAUTH")
    fail("it wants a password; put it into a file and name that in "
         "redis.password_file");
  throw server_refusal{
    "Redis at " + where_.address + ": it refused " + command.front() + ": "
    + (kind == "NOPERM" ? "the user has no right to it; ACL SETUSER gives it" : text::shortened(text::quoted(said)))};
}

void redis_connection::connect(steady_clock::time_point deadline) {
  auto to = server_address_of(where_.address);
  auto left = left_until(deadline);
  context_.reset(
    to.socket.empty() ? redisConnectWithTimeout(to.host.c_str(), to.port, left)
                      : redisConnectUnixWithTimeout(to.socket.c_str(), left));
  if (!context_)
    fail("no memory to connect");
  if (context_->err != 0)
    fail(
      std::string{"can't connect: "} + context_->errstr
      + "; see that it runs and listens there");
}

void redis_connection::log_in(steady_clock::time_point deadline) {
  if (where_.password_file.empty())
    return;
  std::vector<std::string> command{"AUTH"};
  if (!where_.user.empty())
    command.push_back(where_.user);
  try {
    command.push_back(
      read_password_file(where_.password_file, "redis.password_file"));
  } catch (const std::runtime_error& x) {
    fail(x.what());
  }
  auto answer = exchange(command, deadline);
  if (answer->type == REDIS_REPLY_ERROR)
    fail(
      "it refused the password in " + where_.password_file + " ("
      + kind_of({answer->str, answer->len})
      + "); see that it is that of redis.user");
}

redis_connection::reply redis_connection::exchange(
  const std::vector<std::string>& command, steady_clock::time_point deadline) {
  send(command, deadline);
  void* result = nullptr;
  while (!result) {
    if (redisGetReplyFromReader(context_.get(), &result) != REDIS_OK)
      fail(std::string{"its answer makes no sense: "} + context_->errstr);
    if (result)
      break;
    await(POLLIN, deadline);
    if (redisBufferRead(context_.get()) != REDIS_OK)
      fail(std::string{"the connection broke: "} + context_->errstr);
  }
  return {static_cast<redisReply*>(result), freeReplyObject};
}

void redis_connection::send(
  const std::vector<std::string>& command, steady_clock::time_point deadline) {
  std::vector<const char*> words;
  std::vector<std::size_t> sizes;
  for (const auto& x : command) {
    words.push_back(x.data());
    sizes.push_back(x.size());
  }
  char* line = nullptr;
  auto size = redisFormatCommandArgv(
    &line, static_cast<int>(words.size()), words.data(), sizes.data());
  if (size < 0)
    fail("no memory for a command");
  std::string bytes{line, static_cast<std::size_t>(size)};
  redisFreeCommand(line);
  // hiredis would have SIGPIPE raised where the server is gone.
  for (std::size_t sent = 0; sent < bytes.size();) {
    await(POLLOUT, deadline);
    auto n = ::send(
      context_->fd, bytes.data() + sent, bytes.size() - sent,
      MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0)
      sent += static_cast<std::size_t>(n);
    else if (errno != EAGAIN && errno != EINTR)
      fail(std::string{"the connection broke: "} + std::strerror(errno));
  }
}

void redis_connection::await(short events, steady_clock::time_point deadline) {
  for (;;) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(
      deadline - steady_clock::now());
    pollfd which{context_->fd, events, 0};
    auto ready =
      left.count() > 0 ? ::poll(&which, 1, static_cast<int>(left.count())) : 0;
    if (ready > 0)
      return;
    if (ready == 0)
      fail(
        "no answer within " + to_string(limit_)
        + "; see whether it hangs, or allow more by timeout_seconds");
    if (errno != EINTR)
      fail(std::string{"can't wait for it: "} + std::strerror(errno));
  }
}

} // namespace tuner
