#include "app/admin/session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>

namespace tuner {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using error_code = beast::error_code;

constexpr std::size_t head_bytes_max = 16 * 1024;

admin_request
request_of(const http::request<http::string_body>& x, std::string peer) {
  admin_request result;
  result.method = x.method_string();
  std::string_view target = x.target();
  auto mark = std::min(target.find('?'), target.size());
  result.path = target.substr(0, mark);
  result.query = target.substr(std::min(mark + 1, target.size()));
  for (const auto& field : x)
    result.headers.emplace_back(field.name_string(), field.value());
  result.peer = std::move(peer);
  return result;
}

refusal refusal_of(error_code why) {
  if (why == http::error::header_limit || why == http::error::buffer_overflow)
    return {
      413, "too_large", "the request's head has more than 16384 bytes", {}};
  if (why == http::error::body_limit)
    return {
      413,
      "too_large",
      "the body has more than 65536 bytes, which no command needs",
      {}};
  return {
    400, "bad_request", "this is no request in HTTP: " + why.message(), {}};
}

class session : public std::enable_shared_from_this<session> {
public:
  session(
    asio::ip::tcp::socket client, std::shared_ptr<void> place,
    const session_needs& needs)
    : stream_(std::move(client)), place_(std::move(place)), needs_(needs) {}

  void read_head() {
    parser_.header_limit(head_bytes_max);
    parser_.body_limit(body_bytes_max);
    stream_.expires_after(needs_.patience.head);
    http::async_read_header(
      stream_, buffer_, parser_,
      [self = shared_from_this()](error_code x, std::size_t) {
        self->on_head(x);
      });
  }

private:
  void on_head(error_code x) {
    if (x)
      return give_up(x);
    error_code none;
    auto peer = stream_.socket().remote_endpoint(none).address();
    request_ = request_of(parser_.get(), peer.to_string());
    if (auto refused = needs_.by.refuse(request_))
      return send(std::move(*refused));
    if (parser_.is_done())
      return answer();
    stream_.expires_after(needs_.patience.body);
    if (!same_word(request_.header("Expect"), "100-continue"))
      return read_body();
    out_ = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(
      stream_, asio::buffer(out_),
      [self = shared_from_this()](error_code problem, std::size_t) {
        if (!problem)
          self->read_body();
      });
  }

  void read_body() {
    http::async_read(
      stream_, buffer_, parser_,
      [self = shared_from_this()](error_code x, std::size_t) {
        if (x)
          return self->give_up(x);
        self->request_.body = std::move(self->parser_.get().body());
        self->answer();
      });
  }

  /// Says what is wrong with the request, unless the client is gone: on time,
  /// or because its time is up, which closes the connection.
  void give_up(error_code why) {
    if (
      why.category() == http::make_error_code(http::error{}).category()
      && why != http::error::end_of_stream)
      send(to_reply(refusal_of(why)));
  }

  /// An answer may have to wait for a target: another thread does that.
  void answer() {
    asio::post(needs_.answering, [self = shared_from_this()] {
      auto answered = self->needs_.by.answer_to(self->request_);
      auto& here = *self;
      asio::post(
        here.stream_.get_executor(), [self, x = std::move(answered)]() mutable {
          self->send(std::move(x));
        });
    });
  }

  void send(reply x) {
    auto with_body = request_.method != "HEAD";
    out_ = http_head(x);
    if (with_body) {
      out_ += x.body;
      news_ = std::move(x.stream);
    }
    stream_.expires_after(needs_.patience.answer);
    asio::async_write(
      stream_, asio::buffer(out_),
      [self = shared_from_this()](error_code problem, std::size_t) {
        if (!problem)
          self->on_sent();
      });
  }

  void on_sent() {
    if (news_)
      return needs_.senders.take(
        stream_.release_socket().release(), std::move(news_), std::move(place_),
        needs_.patience.events);
    error_code none;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, none);
    stream_.expires_after(needs_.patience.leave);
    leave();
  }

  /// Closed before the client has sent all, it would lose the answer.
  void leave() {
    stream_.async_read_some(
      asio::buffer(rest_),
      [self = shared_from_this()](error_code x, std::size_t) {
        if (!x)
          self->leave();
      });
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_{head_bytes_max + body_bytes_max};
  http::request_parser<http::string_body> parser_;
  admin_request request_;
  std::string out_;
  std::unique_ptr<event_stream> news_;
  std::array<char, 4096> rest_{};
  std::shared_ptr<void> place_;
  session_needs needs_;
};

} // namespace

void serve(
  asio::ip::tcp::socket client, std::shared_ptr<void> place,
  const session_needs& needs) {
  std::make_shared<session>(std::move(client), std::move(place), needs)
    ->read_head();
}

} // namespace tuner
