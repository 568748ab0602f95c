#include "actors/node/node.hpp"
#include "app/link/publish.hpp"
#include "tests/integration/processes.hpp"

#include <arpa/inet.h>
#include <caf/binary_serializer.hpp>
#include <caf/io/basp/header.hpp>
#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <random>
#include <thread>

using namespace tuner;
using namespace std::chrono_literals;

namespace {

/// A node that knows no token, on a free port of loopback.
struct real_node {
  /// @param silence_max after which a peer is closed: on a busy machine, one
  /// that works may be as silent.
  explicit real_node(duration silence_max) : silence(silence_max) {
    node_params x;
    x.name = "node";
    x.knows = [](const std::string&) { return false; };
    actor = here.system().spawn(node, here.context("", logs), std::move(x));
    port = *publish(here, actor, "127.0.0.1", 0);
  }

  ~real_node() {
    visit inside;
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    actor = nullptr;
  }

  link_params link() {
    link_params result;
    result.heartbeat = 100ms;
    result.silence_max = silence;
    result.logs = logs;
    return result;
  }

  /// Waits for such a line.
  bool logged(std::string_view text) {
    return test::comes_true([&] {
      std::lock_guard lock{mutex};
      return std::ranges::any_of(lines, [&](const std::string& line) {
        return line.find(text) != std::string::npos;
      });
    });
  }

  duration silence;
  std::mutex mutex;
  std::vector<std::string> lines;
  std::shared_ptr<log_hub> logs = std::make_shared<log_hub>(
    log_params{}, nullptr, [this](std::string_view line) {
      std::lock_guard lock{mutex};
      lines.emplace_back(line);
    });
  runtime here{clock_kind::real, link()};
  node_actor actor;
  uint16_t port = 0;
};

/// A peer that speaks whatever it likes.
class stranger {
public:
  explicit stranger(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
  }
  ~stranger() { close(fd_); }
  stranger(const stranger&) = delete;
  stranger& operator=(const stranger&) = delete;

  void say(const std::vector<char>& bytes) const {
    static_cast<void>(!send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }

  /// @returns whether the other end hangs up within two minutes.
  bool is_left() const {
    std::array<char, 4096> some{};
    for (pollfd x{fd_, POLLIN, 0}; poll(&x, 1, 120'000) > 0;)
      if (recv(fd_, some.data(), some.size(), 0) <= 0)
        return true;
    return false;
  }

private:
  int fd_;
};

std::vector<char> header_that_claims(real_node& on, uint32_t payload_bytes) {
  caf::io::basp::header x{
    caf::io::basp::message_type::direct_message, 0, payload_bytes, 0, 1, 1};
  std::vector<char> result;
  caf::binary_serializer to{on.here.system(), result};
  CHECK_FALSE(to(x));
  return result;
}

/// @returns what a well-behaved agent is answered.
std::string answer_to_agent(uint16_t port) {
  link_params patient;
  patient.silence_max = 300s;
  runtime there{clock_kind::real, patient};
  visit inside;
  auto found =
    there.system().middleman().remote_actor<registrar_actor>("127.0.0.1", port);
  if (!found)
    return "not found";
  caf::scoped_actor self{there.system()};
  std::string result;
  self
    ->request(
      *found, 120s, enroll_atom_v, protocol_version, to_text({}),
      caf::strong_actor_ptr{})
    .receive(
      [&](const std::string& x) { result = x; },
      [&](const caf::error& x) { result = describe(x); });
  return result;
}

} // namespace

TEST_CASE("E2 who is silent on a node's port is left, and told of") {
  real_node on{400ms};
  stranger nothing{on.port};
  CHECK(nothing.is_left());
  CHECK(on.logged("is silent: closed"));
  stranger x{on.port};
  auto part = header_that_claims(on, 10);
  part.resize(7);
  x.say(part);
  CHECK(x.is_left());
}

TEST_CASE("E2 odd bytes on a node's port do no harm, and are told of") {
  real_node on{300s};
  SUBCASE("what is no protocol of ours") {
    stranger x{on.port};
    std::string http = "GET / HTTP/1.1\r\nHost: x\r\n\r\nmore than a header";
    x.say({http.begin(), http.end()});
    CHECK(x.is_left());
    CHECK(on.logged("is refused: malformed"));
  }
  SUBCASE("a message of four gigabytes") {
    stranger x{on.port};
    x.say(header_that_claims(on, 0xffffffff));
    CHECK(x.is_left());
    CHECK(
      on.logged("is refused: a message of 4294967295 bytes; at most 65536"));
  }
  SUBCASE("noise, many times") {
    std::mt19937 random{1};
    for (int i = 0; i < 200; ++i) {
      stranger x{on.port};
      std::vector<char> noise(1 + random() % 300);
      for (auto& c : noise)
        c = static_cast<char>(random());
      // Sometimes with a sensible beginning.
      auto begin =
        header_that_claims(on, static_cast<uint32_t>(random() % 2000));
      if (i % 2 == 0)
        std::copy_n(
          begin.begin(), std::min(begin.size(), noise.size()), noise.begin());
      x.say(noise);
    }
  }
  // Whoever comes as it should is answered as ever.
  CHECK(answer_to_agent(on.port).find("the target \"\"") != std::string::npos);
}
