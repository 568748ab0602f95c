#include "app/admin/router.hpp"

#include "config/text.hpp"

#include <algorithm>
#include <exception>

namespace tuner {

namespace {

bool leads_to(const route& x, std::string_view path) {
  return x.path.ends_with('/')
    ? path.size() > x.path.size() && path.starts_with(x.path)
    : path == x.path;
}

/// HEAD is GET whose body is not sent.
bool takes(const route& x, std::string_view method) {
  return x.method == (method == "HEAD" ? "GET" : method);
}

refusal wrong_method(const std::string& method, std::string_view allowed) {
  return {
    405,
    "method_not_allowed",
    text::shortened(text::quoted(text::escaped(method)))
      + " is not allowed here; use " + std::string{allowed},
    {{"Allow", allowed == "GET" ? "GET, HEAD" : std::string{allowed}}}};
}

refusal not_found(const std::string& path) {
  return {
    404,
    "not_found",
    "there is no " + text::shortened(text::quoted(text::escaped(path)))
      + "; there are /metrics, /healthz, and below /api/v1/: status, history, "
        "decisions/ID, series, events, and for POST pause, resume, rollback, "
        "set, reload, log-level",
    {}};
}

reply page(const page_part& x) {
  reply result;
  result.content_type = x.content_type;
  result.body = x.body;
  return result;
}

} // namespace

router::router(admin_content content, guard keeper)
  : content_(std::move(content)), keeper_(std::move(keeper)),
    routes_(view_routes()) {
  auto commands = command_routes();
  routes_.insert(routes_.end(), commands.begin(), commands.end());
}

std::optional<reply> router::refuse(const admin_request& x) const {
  try {
    admit(x);
    return std::nullopt;
  } catch (const refusal& why) {
    return to_reply(why);
  }
}

reply router::answer_to(const admin_request& x) const {
  try {
    const auto* found = admit(x);
    return found ? found->answer(content_, x) : page(*part_at(x.path));
  } catch (const refusal& why) {
    return to_reply(why);
  } catch (const std::exception& why) {
    return to_reply({503, "failed", why.what(), {}});
  }
}

/// @returns where the request leads; null: to a part of the page.
const route* router::admit(const admin_request& x) const {
  keeper_.check(x);
  const auto* found = find(x);
  if (x.body.size() > body_bytes_max)
    throw refusal{
      413,
      "too_large",
      "the body has more than 65536 bytes, which no command needs",
      {}};
  if (found && found->method == "POST")
    keeper_.check_command(x);
  return found;
}

const route* router::find(const admin_request& x) const {
  const route* elsewhere = nullptr;
  for (const auto& i : routes_) {
    if (leads_to(i, x.path) && takes(i, x.method))
      return &i;
    if (leads_to(i, x.path))
      elsewhere = &i;
  }
  if (elsewhere)
    throw wrong_method(x.method, elsewhere->method);
  if (!part_at(x.path))
    throw not_found(x.path);
  if (x.method != "GET" && x.method != "HEAD")
    throw wrong_method(x.method, "GET");
  return nullptr;
}

const page_part* router::part_at(std::string_view path) const {
  auto i = std::find_if(
    content_.page.begin(), content_.page.end(),
    [&](const page_part& x) { return x.path == path; });
  return i == content_.page.end() ? nullptr : &*i;
}

} // namespace tuner
