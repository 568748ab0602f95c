#include "app/admin/admin_server.hpp"

#include "app/admin/reply.hpp"

#include <CivetServer.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <prometheus/text_serializer.h>

#include <atomic>
#include <map>
#include <stdexcept>
#include <thread>

namespace tuner {

namespace {

/// civetweb serves each connection with a thread of its own.
constexpr const char* server_threads = "16";
constexpr const char* request_timeout_ms = "5000";

reply metrics_page(const admin_content& content) {
  return {
    200, "text/plain; version=0.0.4; charset=utf-8",
    prometheus::TextSerializer{}.Serialize(content.registry->Collect())};
}

/// From healthy to ill: the whole is as ill as its worst part.
int illness(tuning_state x) {
  return static_cast<int>(x);
}

reply health_page(const admin_content& content) {
  tuning_status worst{tuning_state::disabled, "no target"};
  boost::json::array targets;
  for (const auto& source : content.targets) {
    auto status = source.status();
    if (targets.empty() || illness(status.state) > illness(worst.state))
      worst = status;
    targets.push_back(boost::json::object{
      {"name", source.target},
      {"status", to_string(status.state)},
      {"reason", status.reason}});
  }
  boost::json::object page{
    {"status", to_string(worst.state)},
    {"reason", worst.reason},
    {"targets", std::move(targets)}};
  auto code = worst.state == tuning_state::degraded ? 503 : 200;
  return {code, "application/json", boost::json::serialize(page) + '\n'};
}

using page = reply (*)(const admin_content&);

const std::map<std::string, page, std::less<>> pages{
  {"/metrics", metrics_page},
  {"/healthz", health_page},
};

/// What civetweb said last while starting, in the thread that starts it.
thread_local std::string start_problem;

int note_problem(const mg_connection*, const char* message) {
  start_problem = message;
  return 1;
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

class admin_server::routes : public CivetHandler {
public:
  explicit routes(admin_content content) : content_(std::move(content)) {}

  bool handleGet(CivetServer*, mg_connection* c) override {
    return send(c, answer(mg_get_request_info(c)->local_uri));
  }
  bool handleHead(CivetServer*, mg_connection* c) override {
    return send(c, answer(mg_get_request_info(c)->local_uri), false);
  }
  bool handlePost(CivetServer*, mg_connection* c) override { return refuse(c); }
  bool handlePut(CivetServer*, mg_connection* c) override { return refuse(c); }
  bool handleDelete(CivetServer*, mg_connection* c) override {
    return refuse(c);
  }
  bool handlePatch(CivetServer*, mg_connection* c) override {
    return refuse(c);
  }
  bool handleOptions(CivetServer*, mg_connection* c) override {
    return refuse(c);
  }

private:
  reply answer(std::string_view path) const {
    auto i = pages.find(path);
    if (i == pages.end())
      return error_reply(
        404, "not_found", "there are /metrics and /healthz, nothing else");
    return i->second(content_);
  }

  bool refuse(mg_connection* c) const {
    auto known = pages.count(mg_get_request_info(c)->local_uri) > 0;
    return send(
      c,
      known ? error_reply(405, "method_not_allowed", "use GET")
            : error_reply(404, "not_found", "no such path"));
  }

  admin_content content_;
};

struct admin_server::listener {
  listener(const std::vector<std::string>& options, CivetCallbacks& callbacks)
    : server(options, &callbacks) {}

  CivetServer server;
};

admin_server::admin_server(const admin_config& where, admin_content content)
  : routes_(std::make_unique<routes>(std::move(content))) {
  auto host = bracketed(where.address);
  auto endpoint = host + ':' + std::to_string(where.port);
  CivetCallbacks callbacks;
  callbacks.log_message = note_problem;
  try {
    listener_ = std::make_unique<listener>(
      std::vector<std::string>{
        "listening_ports", endpoint, "num_threads", server_threads,
        "request_timeout_ms", request_timeout_ms},
      callbacks);
  } catch (const CivetException&) {
    throw std::runtime_error{
      "admin.port: can't listen on " + endpoint + " (" + start_problem
      + "); stop what uses it, or set admin.port to another one, 0 for any"};
  }
  listener_->server.addHandler("/", *routes_);
  auto ports = listener_->server.getListeningPorts();
  address_ = where.address;
  port_ = ports.empty() ? where.port : static_cast<uint16_t>(ports.front());
  url_ = "http://" + host + ':' + std::to_string(port_);
}

admin_server::~admin_server() {
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
