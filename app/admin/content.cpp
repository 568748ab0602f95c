#include "app/admin/content.hpp"

#include "config/text.hpp"

namespace tuner {

namespace {

std::vector<std::string> names_in(const admin_content& of) {
  std::vector<std::string> result;
  for (const auto* x : of.targets())
    result.push_back(x->name());
  return result;
}

std::string quoted_list(const std::vector<std::string>& names) {
  std::string result;
  for (const auto& x : names)
    result += (result.empty() ? "" : ", ") + text::quoted(x);
  return result;
}

} // namespace

target_control&
target_called(const admin_content& of, const std::optional<std::string>& name) {
  auto targets = of.targets();
  for (auto* x : targets)
    if (name ? x->name() == *name : targets.size() == 1)
      return *x;
  auto names = names_in(of);
  if (!name)
    throw refusal{
      400,
      "which_target",
      "there is more than one target; say which: " + quoted_list(names),
      {}};
  throw refusal{
    404,
    "no_such_target",
    "there is no target " + text::shortened(text::quoted(text::escaped(*name)))
      + "; allowed: " + quoted_list(names),
    {}};
}

refusal refusal_of(ec why, const std::string& in_words) {
  switch (why) {
  case ec::disabled:
    return {
      409,
      "disabled",
      in_words + "; set tuner.enabled to true and start again",
      {}};
  case ec::trial_in_progress:
  case ec::rollback_in_progress:
    return {409, "busy", in_words, {}};
  case ec::nothing_to_change:
    return {409, "nothing_to_change", in_words, {}};
  case ec::nothing_to_undo:
    return {409, "nothing_to_undo", in_words, {}};
  case ec::superseded:
    return {409, "superseded", in_words, {}};
  case ec::not_running:
    return {503, "not_running", in_words, {}};
  case ec::journal_off:
    return {503, "journal_off", in_words, {}};
  case ec::refused:
    return {409, "tuned_elsewhere", in_words, {}};
  case ec::agent_away:
    return {503, "agent_away", in_words, {}};
  case ec::target_unreachable:
    return {503, "target_unreachable", in_words, {}};
  }
  return {503, "unavailable", in_words, {}};
}

} // namespace tuner
