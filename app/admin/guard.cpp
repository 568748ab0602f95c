#include "app/admin/guard.hpp"

#include "config/address.hpp"
#include "config/text.hpp"
#include "config/token.hpp"

#include <algorithm>

namespace tuner {

namespace {

/// @returns the host in `localhost:9464` or `[::1]:9464`; empty if there is
/// none.
std::string_view host_of(std::string_view x) {
  if (x.starts_with('[')) {
    auto end = x.find(']');
    return end == x.npos ? "" : x.substr(1, end - 1);
  }
  auto colon = x.find(':');
  if (colon != x.rfind(':')) // An IPv6 address needs its brackets.
    return {};
  return x.substr(0, colon);
}

std::string shown(std::string_view x) {
  return text::shortened(text::quoted(text::escaped(x)));
}

/// @returns whether the browser says that another site has sent this.
bool from_another_site(const admin_request& x) {
  auto site = x.header("Sec-Fetch-Site");
  if (!site.empty() && site != "same-origin" && site != "none")
    return true;
  if (x.count("Origin") == 0)
    return false;
  // A tunnel may have made HTTP of HTTPS.
  std::string host{x.header("Host")};
  return !same_word(x.header("Origin"), "http://" + host)
    && !same_word(x.header("Origin"), "https://" + host);
}

bool is_json(std::string_view content_type) {
  auto type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' '))
    type.remove_suffix(1);
  return same_word(type, "application/json");
}

/// @returns the token in `Bearer TOKEN`; empty if it says something else.
std::string_view bearer(std::string_view x) {
  constexpr std::string_view scheme = "Bearer ";
  return same_word(x.substr(0, scheme.size()), scheme) ? x.substr(scheme.size())
                                                       : std::string_view{};
}

} // namespace

guard::guard(std::string address, std::string token)
  : address_(std::move(address)), token_(std::move(token)),
    loopback_(is_loopback(address_)) {}

void guard::check(const admin_request& x) const {
  check_host(x);
  // A link to the page is all that another site may lead to.
  if (x.path != "/" && from_another_site(x))
    throw refusal{
      400,
      "cross_site",
      "the browser says that another web site has sent this; only the page of "
      "this server may, and programs that send neither Origin nor "
      "Sec-Fetch-Site",
      {}};
  if (!loopback_)
    check_token(x, "off loopback every request");
}

void guard::check_command(const admin_request& x) const {
  check_token(x, "a POST");
  if (!is_json(x.header("Content-Type")))
    throw refusal{
      400,
      "content_type",
      "Content-Type: " + shown(x.header("Content-Type"))
        + " is not allowed; send application/json",
      {}};
}

std::string guard::operator_of(const admin_request& x) {
  constexpr std::size_t name_bytes_max = 64;
  auto name = x.header("X-Operator");
  auto printable = std::all_of(
    name.begin(), name.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (name.size() > name_bytes_max || !printable)
    throw refusal{
      400,
      "operator",
      "X-Operator: " + shown(name)
        + " is not allowed; send at most 64 printable ASCII characters",
      {}};
  return name.empty() ? x.peer : std::string{name} + " from " + x.peer;
}

void guard::check_host(const admin_request& x) const {
  auto host = host_of(x.header("Host"));
  auto known = !loopback_ || same_word(host, "localhost") || is_loopback(host)
    || host == address_;
  if (x.count("Host") != 1 || !known)
    throw refusal{
      400,
      "host",
      "Host: " + shown(x.header("Host"))
        + " is not this server; use localhost or " + address_
        + ", or listen elsewhere (admin.address)",
      {}};
}

void guard::check_token(const admin_request& x, const char* what) const {
  auto refuse = [](const std::string& message) {
    throw refusal{
      401, "unauthorized", message, {{"WWW-Authenticate", "Bearer"}}};
  };
  auto needs = std::string{what} + " needs Authorization: Bearer TOKEN";
  if (token_.empty())
    refuse(
      needs
      + ", and this server has no token: set admin.token_file to a file with "
        "one and start again; "
      + how_to_make_a_token());
  if (x.count("Authorization") != 1)
    refuse(needs + ", the text in the server's admin.token_file");
  auto given = bearer(x.header("Authorization"));
  if (given.empty())
    refuse(needs + ", and Authorization says something else");
  if (!same_secret(given, token_))
    refuse(
      "the token is not the one in the server's admin.token_file, which is "
      "read when it starts");
}

} // namespace tuner
