#pragma once

#include "actors/log/actor_log.hpp"
#include "app/admin/event_feed.hpp"
#include "app/admin/reply.hpp"
#include "app/admin/request.hpp"
#include "app/admin/target_control.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Registry;
} // namespace prometheus

namespace tuner {

/// A part of the page, as the program has it built in.
struct page_part {
  std::string_view path; ///< `/`, `/assets/page.js`.
  std::string_view content_type;
  std::string_view body;
};

/// What the admin server shows and controls. What it points to outlives it.
struct admin_content {
  std::shared_ptr<prometheus::Registry> registry;
  target_list targets;
  std::shared_ptr<event_feed> feed;
  std::shared_ptr<log_hub> logs;
  /// Reads the config again; returns the paths of what changed.
  std::function<answer<std::vector<std::string>>(const std::string& who)>
    reload;
  std::vector<page_part> page;
  std::function<instant()> now; ///< The wall clock.
  instant started_at{};
};

/// Something that can be asked for.
struct route {
  std::string_view method; ///< GET or POST.
  std::string_view path;   ///< Ends with `/` where something must follow.
  /// @throws refusal
  reply (*answer)(const admin_content& of, const admin_request& x);
};

/// What shows something; everybody may ask who may ask at all.
std::vector<route> view_routes();

/// What changes something: for operators.
std::vector<route> command_routes();

/// @returns the target of this name; the only one where none is given.
/// @throws refusal
target_control&
target_called(const admin_content& of, const std::optional<std::string>& name);

/// @returns what is wrong where a target gave no answer.
refusal refusal_of(ec why, const std::string& in_words);

/// @returns the answer. @throws refusal where there is none.
template <class T>
T value_of(answer<T> x) {
  if (!x)
    throw refusal_of(x.why, x.refusal);
  return std::move(*x.value);
}

} // namespace tuner
