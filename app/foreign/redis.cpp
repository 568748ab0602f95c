#include "app/foreign/redis.hpp"

#include "app/foreign/plain_number.hpp"
#include "app/foreign/redis_connection.hpp"

#include <stdexcept>

namespace tuner {

namespace {

/// @returns what CONFIG GET tells of exactly one parameter, which has a number.
double number_of(const redis_effector_config& x, const redisReply& answer) {
  auto what = "Redis at " + x.address + ": parameter " + x.parameter;
  if (answer.type != REDIS_REPLY_ARRAY || answer.elements != 2)
    throw std::runtime_error{
      what + " is not one that it has; see CONFIG GET * of it"};
  const auto& value = *answer.element[1];
  if (value.type != REDIS_REPLY_STRING)
    throw std::runtime_error{what + " has no value"};
  try {
    return number_in({value.str, value.len});
  } catch (const std::runtime_error& problem) {
    throw std::runtime_error{what + " can't be tuned: it is " + problem.what()};
  }
}

} // namespace

host::port redis_port(const foreign_effector_config& x) {
  auto to = std::make_shared<redis_connection>(
    x.redis, from_seconds(x.timeout_seconds));
  return {
    [=](double value) {
      to->ask(
        {"CONFIG", "SET", x.redis.parameter, whole_number(value * x.scale)});
    },
    [=] {
      auto answer = to->ask({"CONFIG", "GET", x.redis.parameter});
      return number_of(x.redis, *answer) / x.scale;
    }};
}

} // namespace tuner
