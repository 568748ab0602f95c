#pragma once

#include "actors/log/actor_log.hpp"
#include "actors/targets/foreign/sample_maker.hpp"

#include <functional>
#include <initializer_list>
#include <string>

namespace tuner {

/// Problems of one source that stop all of it. While there is one, nothing is
/// known of the others.
namespace whole_problem {
inline constexpr const char* no_answer = "answer";
inline constexpr const char* status = "status";
} // namespace whole_problem

/// Remembers what is wrong with a source, so that each kind of problem is told
/// once when it begins and once when it is over, however often it is seen.
class problem_book {
public:
  using teller = std::function<void(log_level, const std::string&)>;

  /// @param source how lines begin: `sensor http://...`.
  problem_book(std::string source, teller log)
    : source_(std::move(source)), log_(std::move(log)) {}

  /// @param now all that is wrong at the moment.
  void note(const source_problems& now);

private:
  void say(log_level level, std::initializer_list<std::string> parts) const;

  std::string source_;
  teller log_;
  source_problems known_;
};

} // namespace tuner
