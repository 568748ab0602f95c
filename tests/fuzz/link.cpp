#include "actors/node/node.hpp"
#include "app/link/publish.hpp"
#include "tests/fuzz/inputs.hpp"
#include "tests/fuzz/leaks.hpp"
#include "tests/fuzz/loopback.hpp"
#include "tests/fuzz/require.hpp"

#include <caf/actor_system.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/basp/all.hpp>

#include <algorithm>
#include <array>
#include <memory>

namespace tuner::fuzz {

namespace {

using bytes = std::vector<char>;
namespace basp = caf::io::basp;

constexpr std::size_t messages_max = 20;

/// Stands for a pipeline, and asks the target for a sample as one does.
caf::behavior
ask_once(caf::event_based_actor* self, const target_actor& target) {
  self->request(target, caf::infinite, sample_atom_v)
    .then([](const sample&) {}, [](const caf::error&) {});
  return {
    [](park_atom, const std::string&) {},
    [](unpark_atom, bool) {},
    [](stop_atom) { return settings{}; },
  };
}

/// A node, and whether it lives.
class tried_node {
public:
  tried_node() : runtime_(clock_kind::simulated, link_params{}) {
    visit here;
    node_params params;
    params.name = "n";
    params.knows = [](const std::string& token) { return token == "t"; };
    params.start = [this](const enrolment&, const target_actor& target) {
      pipelines_.push_back(runtime_.system().spawn(ask_once, target));
      target_ = target.id();
      return caf::actor_cast<pipeline_actor>(pipelines_.back());
    };
    node_ = runtime_.system().spawn(
      node, runtime_.context("", nullptr), std::move(params));
    node_->attach_functor([this](const caf::error&) { lives_ = false; });
    auto port = publish(runtime_, node_, "127.0.0.1", 0);
    require(port.engaged(), "a port can be had");
    port_ = *port;
  }

  ~tried_node() {
    visit here;
    require(lives_, "no peer ends the node");
    caf::anon_send_exit(node_, caf::exit_reason::kill);
    for (const auto& x : pipelines_)
      caf::anon_send_exit(x, caf::exit_reason::kill);
    pipelines_.clear();
    node_ = nullptr;
    runtime_.drain();
  }

  /// @returns a connection of a peer that has shaken hands.
  loopback greeted() {
    loopback result{port_};
    runtime_.drain();
    send(result, hello());
    return result;
  }

  void send(const loopback& to, const bytes& x) {
    to.send(x);
    runtime_.drain();
  }

  /// @returns the actor meant: the node by 0, the newest target by 1.
  uint64_t actor_of(uint64_t number) const {
    if (number == 0)
      return node_.id();
    return number == 1 ? target_ : number;
  }

  void wait(duration x) { runtime_.advance(x); }

private:
  static bytes hello() {
    auto self = caf::make_node_id(7, std::string(40, 'a'));
    bytes result;
    basp::header header{basp::message_type::client_handshake, 0, 0, 0, 0, 0};
    auto body =
      caf::make_callback([&](caf::serializer& to) { return to(self.value()); });
    basp::instance::write(nullptr, result, header, &body);
    return result;
  }

  runtime runtime_;
  std::vector<caf::actor> pipelines_;
  node_actor node_;
  uint64_t target_ = 0;
  uint16_t port_ = 0;
  bool lives_ = true;
};

/// Takes `count` bytes off `input`, or what is left.
std::string_view take(std::string_view& input, std::size_t count) {
  auto result = input.substr(0, count);
  input.remove_prefix(result.size());
  return result;
}

/// @returns the number that the next bytes are, high ones first.
uint64_t number(std::string_view& input, std::size_t count) {
  uint64_t result = 0;
  for (auto c : take(input, count))
    result = result << 8 | static_cast<unsigned char>(c);
  return result;
}

/// @returns a message with a header that fits: of the input its kind, flags,
/// first and last byte of its id, the two actors, its length, and so many
/// bytes.
bytes message_of(std::string_view& input, const tried_node& node) {
  basp::header x{};
  x.operation = static_cast<basp::message_type>(number(input, 1));
  x.flags = static_cast<uint8_t>(number(input, 1));
  x.operation_data = number(input, 1) << 56;
  x.operation_data |= number(input, 1);
  x.source_actor = number(input, 1);
  // Others go by name.
  auto to = number(input, 1);
  constexpr std::array names{caf::atom("SpawnServ"), caf::atom("ConfigServ")};
  x.dest_actor = x.has(basp::header::named_receiver_flag)
    ? static_cast<uint64_t>(names.at(to % names.size()))
    : node.actor_of(to);
  auto body = take(input, number(input, 2));
  x.payload_len = static_cast<uint32_t>(body.size());
  bytes result;
  caf::binary_serializer out{nullptr, result};
  require(!out(x), "a header can be written");
  result.insert(result.end(), body.begin(), body.end());
  return result;
}

} // namespace

void link(std::string_view input) {
  // CAF leaves the actor of a network behind that a simulated clock drives.
  leaks_allowed here;
  tried_node node;
  auto peer = node.greeted();
  if (number(input, 1) == 'r') { // As they come.
    node.send(peer, {input.begin(), input.end()});
  } else {
    for (std::size_t i = 0; i < messages_max && !input.empty(); ++i)
      node.send(peer, message_of(input, node));
  }
  // Which is too long a silence, and longer than CAF waits to know a peer.
  node.wait(std::chrono::minutes{6});
}

} // namespace tuner::fuzz
