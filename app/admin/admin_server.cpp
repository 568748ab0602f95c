#include "app/admin/admin_server.hpp"

#include "app/admin/session.hpp"
#include "config/token.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <stdexcept>
#include <thread>

namespace tuner {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using error_code = boost::system::error_code;

/// Those that wait for a target hold up no others as long as they are fewer.
constexpr std::size_t answering_threads = 16;

/// More wait until the kernel hands them over: files are limited, too.
constexpr int connections_max = 500;
constexpr auto full_pause = std::chrono::milliseconds{20};

router make_router(const admin_config& where, admin_content content) {
  std::string token;
  if (!where.token_file.empty())
    token = read_token_file(where.token_file);
  return {std::move(content), guard{where.address, std::move(token)}};
}

std::string endpoint_text(const std::string& address, unsigned port) {
  auto host = address.find(':') == address.npos ? address : '[' + address + ']';
  return host + ':' + std::to_string(port);
}

} // namespace

/// One thread for all sockets, some for answers, one for each event stream.
struct admin_server::network {
  network(
    const admin_config& where, admin_content content, const client_patience& x)
    : by(make_router(where, std::move(content))), patience(x) {
    listen(where);
    accept();
    thread = std::thread{[this] { io.run(); }};
  }

  ~network() {
    if (by.content().feed)
      by.content().feed->close();
    io.stop();
    if (thread.joinable())
      thread.join();
    answering.join();
  }

  network(const network&) = delete;
  network& operator=(const network&) = delete;

  void listen(const admin_config& where) {
    try {
      tcp::endpoint here{asio::ip::make_address(where.address), where.port};
      acceptor.open(here.protocol());
      acceptor.set_option(tcp::acceptor::reuse_address(true));
      acceptor.bind(here);
      acceptor.listen();
    } catch (const boost::system::system_error& x) {
      throw std::runtime_error{
        "admin.port: can't listen on "
        + endpoint_text(where.address, where.port) + " (" + x.code().message()
        + "); stop what uses it, or set admin.port to another one, 0 for any"};
    }
  }

  void accept() {
    if (*open >= connections_max)
      return pause();
    acceptor.async_accept([this](error_code problem, tcp::socket client) {
      if (problem) // No file is left for it, or the like.
        return pause();
      ++*open;
      std::shared_ptr<void> place{nullptr, [count = open](void*) { --*count; }};
      client.set_option(tcp::no_delay{true}, problem);
      serve(
        std::move(client), std::move(place),
        {by, answering, senders, patience});
      accept();
    });
  }

  void pause() {
    timer.expires_after(full_pause);
    timer.async_wait([this](error_code) { accept(); });
  }

  // Sessions end with `io`, and use what stands before it.
  router by;
  client_patience patience;
  event_senders senders;
  asio::thread_pool answering{answering_threads};
  std::shared_ptr<std::atomic<int>> open =
    std::make_shared<std::atomic<int>>(0);
  asio::io_context io{1};
  tcp::acceptor acceptor{io};
  asio::steady_timer timer{io};
  std::thread thread;
};

admin_server::admin_server(
  const admin_config& where, admin_content content,
  const client_patience& patience)
  : network_(std::make_unique<network>(where, std::move(content), patience)),
    url_(
      "http://"
      + endpoint_text(
        where.address, network_->acceptor.local_endpoint().port())) {}

admin_server::~admin_server() = default;

} // namespace tuner
