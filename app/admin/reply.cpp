#include "app/admin/reply.hpp"

#include "app/admin/json_line.hpp"

#include <boost/json/value.hpp>

namespace tuner {

namespace {

/// The page loads what this server has, runs no inline script, sends no forms
/// and can't be framed; nobody else may read what is sent.
constexpr const char* security_headers =
  "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src "
  "'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
  "form-action 'none'; frame-ancestors 'none'\r\n"
  "X-Content-Type-Options: nosniff\r\n"
  "X-Frame-Options: DENY\r\n"
  "Referrer-Policy: no-referrer\r\n"
  "Cross-Origin-Resource-Policy: same-origin\r\n"
  "Cross-Origin-Opener-Policy: same-origin\r\n"
  "Cache-Control: no-store\r\n";

const char* phrase(int status) {
  switch (status) {
  case 200:
    return "OK";
  case 400:
    return "Bad Request";
  case 401:
    return "Unauthorized";
  case 404:
    return "Not Found";
  case 405:
    return "Method Not Allowed";
  case 409:
    return "Conflict";
  case 413:
    return "Content Too Large";
  case 503:
    return "Service Unavailable";
  default:
    return "Error";
  }
}

} // namespace

reply to_reply(const refusal& x) {
  boost::json::object body{
    {"error", boost::json::object{{"code", x.code}, {"message", x.message}}}};
  auto result = json_reply(json_line(body));
  result.status = x.status;
  result.headers = x.headers;
  return result;
}

reply json_reply(std::string body) {
  reply result;
  result.content_type = "application/json";
  result.body = std::move(body) + '\n';
  return result;
}

std::string http_head(const reply& x) {
  auto result = "HTTP/1.1 " + std::to_string(x.status) + ' ' + phrase(x.status)
    + "\r\nContent-Type: " + x.content_type + "\r\n";
  if (!x.stream)
    result += "Content-Length: " + std::to_string(x.body.size()) + "\r\n";
  for (const auto& [name, value] : x.headers)
    result.append(name).append(": ").append(value).append("\r\n");
  return result + security_headers + "Connection: close\r\n\r\n";
}

} // namespace tuner
