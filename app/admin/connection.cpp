#include "app/admin/connection.hpp"

#include <civetweb.h>

#include <chrono>

namespace tuner {

namespace {

using steady = std::chrono::steady_clock;

/// For a whole body to come, and a whole answer to be taken.
constexpr auto body_patience = std::chrono::seconds{5};
constexpr auto answer_patience = std::chrono::seconds{20};
constexpr auto stream_patience = std::chrono::seconds{15};
constexpr std::size_t block = 16 * 1024;

std::string text_of(const char* x) {
  return x ? x : "";
}

http_request request_of(mg_connection* c) {
  const auto* info = mg_get_request_info(c);
  http_request result;
  result.method = text_of(info->request_method);
  result.path = text_of(info->local_uri_raw);
  result.query = text_of(info->query_string);
  result.peer = info->remote_addr;
  for (int i = 0; i < info->num_headers; ++i)
    result.headers.emplace_back(
      text_of(info->http_headers[i].name),
      text_of(info->http_headers[i].value));
  return result;
}

/// Writes all of it. @returns false if the client is gone or too slow.
bool write(mg_connection* c, std::string_view text, steady::time_point until) {
  while (!text.empty()) {
    auto part = text.substr(0, block);
    if (steady::now() > until || mg_write(c, part.data(), part.size()) <= 0)
      return false;
    text.remove_prefix(part.size());
  }
  return true;
}

void follow(mg_connection* c, event_stream& stream) {
  while (true) {
    auto news = stream.next(stream_patience);
    if (!write(c, news.text, steady::now() + stream_patience))
      return;
    if (
      news.what == stream_news::kind::lagged
      || news.what == stream_news::kind::ended)
      return;
  }
}

int send(mg_connection* c, const reply& x, bool with_body) {
  auto text = http_head(x);
  if (with_body)
    text += x.body;
  if (write(c, text, steady::now() + answer_patience) && with_body && x.stream)
    follow(c, *x.stream);
  return x.status;
}

/// Reads the body, or so much of it that it is known to be too large.
/// @returns false if it does not come in time.
bool read_body(mg_connection* c, http_request& x) {
  if (same_word(x.header("Expect"), "100-continue"))
    write(c, "HTTP/1.1 100 Continue\r\n\r\n", steady::now() + body_patience);
  auto until = steady::now() + body_patience;
  char part[4096];
  while (x.body.size() <= body_bytes_max) {
    auto n = mg_read(c, part, sizeof part);
    if (n < 0 || steady::now() > until)
      return false;
    if (n == 0)
      return true;
    x.body.append(part, static_cast<std::size_t>(n));
  }
  return true;
}

} // namespace

int serve(mg_connection* c, const router& by) {
  auto request = request_of(c);
  if (auto refused = by.refuse(request))
    return send(c, *refused, request.method != "HEAD");
  if (mg_get_request_info(c)->content_length > int64_t{body_bytes_max})
    request.body.resize(body_bytes_max + 1); // Refused unread.
  else if (request.method == "POST" && !read_body(c, request))
    return send(
      c,
      to_reply({400, "no_body", "the body did not come whole within 5 s", {}}),
      true);
  return send(c, by.answer_to(request), request.method != "HEAD");
}

void send_error(mg_connection* c, int status) {
  auto too_large = status == 413 || status == 414 || status == 431;
  refusal why{
    400,
    "bad_request",
    "this is no request in HTTP/1.1 that came whole within 2 s",
    {}};
  if (too_large)
    why = {
      413,
      "too_large",
      "the request's headers have more than 16384 bytes, or are more than 64",
      {}};
  send(c, to_reply(why), true);
}

} // namespace tuner
