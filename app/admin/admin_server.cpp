#include "app/admin/admin_server.hpp"

#include "app/admin/connection.hpp"
#include "app/admin/token.hpp"

#include <civetweb.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace tuner {

namespace {

/// civetweb serves each connection with a thread of its own: one for each event
/// stream, for a hundred clients that send nothing, and for those that do. They
/// cost address space, and memory once they are used.
constexpr const char* server_threads = "160";

/// For a request's head to come, and between two writes of an answer.
constexpr const char* request_timeout_ms = "2000";

/// What civetweb said last while starting, in the thread that starts it.
thread_local std::string start_problem;

int note_problem(const mg_connection*, const char* message) {
  start_problem = message;
  return 1;
}

int on_request(mg_connection* c) {
  const auto* by = static_cast<router*>(mg_get_request_info(c)->user_data);
  return serve(c, *by);
}

int on_error(mg_connection* c, int status, const char*) {
  send_error(c, status);
  return 0;
}

/// Connects to a port of this machine and hangs up.
void knock(const std::string& address, uint16_t port) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  auto service = std::to_string(port);
  if (getaddrinfo(address.c_str(), service.c_str(), &hints, &found) != 0)
    return;
  if (auto s = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
      s >= 0) {
    static_cast<void>(connect(s, found->ai_addr, found->ai_addrlen));
    close(s);
  }
  freeaddrinfo(found);
}

std::string bracketed(const std::string& address) {
  return address.find(':') == std::string::npos ? address : '[' + address + ']';
}

} // namespace

struct admin_server::listener {
  listener(const std::string& endpoint, router& by) {
    mg_init_library(0);
    mg_callbacks callbacks{};
    callbacks.begin_request = on_request;
    callbacks.http_error = on_error;
    callbacks.log_message = note_problem;
    const std::array options{
      "listening_ports",
      endpoint.c_str(),
      "num_threads",
      server_threads,
      "request_timeout_ms",
      request_timeout_ms,
      "enable_directory_listing",
      "no",
      "decode_url",
      "no", // Nothing here has a name that needs it.
      "tcp_nodelay",
      "1",
      static_cast<const char*>(nullptr)};
    context =
      mg_start(&callbacks, &by, const_cast<const char**>(options.data()));
  }

  ~listener() {
    if (context)
      mg_stop(context);
    mg_exit_library();
  }

  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  uint16_t port() const {
    mg_server_port found{};
    return mg_get_server_ports(context, 1, &found) == 1
      ? static_cast<uint16_t>(found.port)
      : uint16_t{0};
  }

  mg_context* context = nullptr;
};

admin_server::admin_server(const admin_config& where, admin_content content)
  : address_(where.address) {
  std::string token;
  if (!where.token_file.empty())
    token = read_token_file(where.token_file);
  router_ = std::make_unique<router>(
    std::move(content), guard{where.address, std::move(token)});
  auto host = bracketed(where.address);
  auto endpoint = host + ':' + std::to_string(where.port);
  listener_ = std::make_unique<listener>(endpoint, *router_);
  if (!listener_->context)
    throw std::runtime_error{
      "admin.port: can't listen on " + endpoint + " (" + start_problem
      + "); stop what uses it, or set admin.port to another one, 0 for any"};
  port_ = listener_->port();
  url_ = "http://" + host + ':' + std::to_string(port_);
}

admin_server::~admin_server() {
  if (router_->content().feed)
    router_->content().feed->close();
  // civetweb looks for its stop flag every 2 s, or when someone connects.
  std::atomic<bool> stopped{false};
  std::thread stopper{[&] {
    listener_.reset();
    stopped = true;
  }};
  while (!stopped) {
    knock(address_, port_);
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  stopper.join();
}

} // namespace tuner
