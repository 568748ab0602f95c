#include "app/link/message_guard.hpp"

#include <caf/atom.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/message_id.hpp>

#include <array>
#include <string_view>

namespace tuner {

namespace {

namespace basp = caf::io::basp;

/// What CAF's actors tell each other of themselves.
constexpr std::array of_caf{
  "+@exit",         "+@down",           "+@group_down",     "+@timeout",
  "+@upstream_msg", "+@downstream_msg", "+@open_stream_msg"};

/// What it takes for a link.
constexpr std::string_view link = "@<>+@atom+@strong_actor_ptr";

bool is_of_caf(const std::string& types, bool answers) {
  // One that answers nothing ends whoever gets it.
  if (!answers && types.find("+@error") != types.npos)
    return true;
  for (std::string_view x : of_caf)
    if (types.find(x) != std::string::npos)
      return true;
  return types == link;
}

std::string
unreadable_because(const basp::header& x, const std::vector<char>& payload) {
  auto id = caf::make_message_id(x.operation_data);
  if (id.is_stream_message())
    return "it is part of a stream";
  // The one that CAF asks by name when it gets to know a node.
  if (
    x.has(basp::header::named_receiver_flag)
    && x.dest_actor != static_cast<uint64_t>(caf::atom("SpawnServ")))
    return "it is for a service of CAF";
  caf::binary_deserializer from{nullptr, payload};
  size_t stages = 0;
  uint16_t type = 0;
  std::string types;
  if (from.begin_sequence(stages) || stages > 0)
    return "it is to be passed on";
  if (from.begin_object(type, types) || type != 0)
    return "it has no types";
  return is_of_caf(types, id.is_response())
    ? "it is one of CAF's own: " + types.substr(4)
    : "";
}

} // namespace

std::string
header_refused_because(const std::vector<char>& header, bool incoming) {
  using kind = basp::message_type;
  basp::header x{};
  caf::binary_deserializer from{nullptr, header};
  if (from(x))
    return "a message has no header";
  if (x.payload_len == 0 && x.operation != kind::heartbeat)
    return "a message is empty";
  if (
    x.operation == (incoming ? kind::server_handshake : kind::client_handshake))
    return "it greets as if it were the other end";
  return "";
}

std::string refused_because(
  const basp::header& x, const std::vector<char>& payload, bool known) {
  if (!known && !basp::is_handshake(x))
    return "a message came before the handshake";
  if (x.operation == basp::message_type::routed_message)
    return "a message is of or for a third party";
  if (x.operation != basp::message_type::direct_message)
    return "";
  auto why = unreadable_because(x, payload);
  return why.empty() ? why : "a message can't be taken: " + why;
}

} // namespace tuner
