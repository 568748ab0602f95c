#include "app/foreign/problem_book.hpp"

namespace tuner {

namespace {

bool is_whole(const std::string& kind) {
  return kind == whole_problem::no_answer || kind == whole_problem::status;
}

} // namespace

void problem_book::note(const source_problems& now) {
  auto blind = false;
  for (const auto& [kind, text] : now) {
    blind = blind || is_whole(kind);
    if (known_.emplace(kind, text).second)
      say(log_level::warning, {is_whole(kind) ? "" : kind + ": ", text});
  }
  std::erase_if(known_, [&](const auto& x) {
    const auto& [kind, text] = x;
    if (now.contains(kind) || (blind && !is_whole(kind)))
      return false;
    say(
      log_level::info,
      {"well again: ", is_whole(kind) ? "it answers" : kind, " (was: ", text,
       ")"});
    return true;
  });
}

void problem_book::say(
  log_level level, std::initializer_list<std::string> parts) const {
  auto line = source_ + ": ";
  for (const auto& x : parts)
    line += x;
  if (log_)
    log_(level, line);
}

} // namespace tuner
