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
    if (known_.emplace(kind, text).second && log_)
      log_(
        log_level::warning,
        source_ + ": " + (is_whole(kind) ? "" : kind + ": ") + text);
  }
  std::erase_if(known_, [&](const auto& x) {
    const auto& kind = x.first;
    if (now.contains(kind) || (blind && !is_whole(kind)))
      return false;
    if (log_)
      log_(
        log_level::info,
        source_ + ": well again: " + (is_whole(kind) ? "it answers" : kind)
          + " (was: " + x.second + ')');
    return true;
  });
}

} // namespace tuner
