#include "app/link/message_guard.hpp"
#include "messages/enrolment.hpp"
#include "messages/interfaces.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/exit_reason.hpp>
#include <caf/message_id.hpp>
#include <caf/system_messages.hpp>
#include <doctest/doctest.h>

using namespace tuner;
namespace basp = caf::io::basp;

namespace {

struct peer {
  struct config : caf::actor_system_config {
    config() {
      add_message_types<caf::id_block::tuner>();
      set("scheduler.policy", caf::atom("testing"));
    }
  } settings;
  caf::actor_system system{settings};

  /// @returns what would be sent, but for the header.
  std::vector<char> payload_of(
    caf::message what, std::vector<caf::strong_actor_ptr> stages = {}) {
    std::vector<char> result;
    caf::binary_serializer to{system, result};
    CHECK_FALSE(to(stages, what));
    return result;
  }
};

basp::header header_of(
  basp::message_type kind = basp::message_type::direct_message,
  caf::message_id id = caf::make_message_id()) {
  return {kind, 0, 0, id.integer_value(), 7, 8};
}

caf::message enrolment_message() {
  return caf::make_message(
    enroll_atom_v, protocol_version, std::string{"{}"},
    caf::strong_actor_ptr{});
}

} // namespace

TEST_CASE("E2 what agents and nodes tell each other is taken") {
  peer from;
  for (const auto& x :
       {enrolment_message(), caf::make_message(sample{}),
        caf::make_message(sample_atom_v),
        caf::make_message(write_atom_v, settings{}, lease{}),
        caf::make_message()})
    CHECK(refused_because(header_of(), from.payload_of(x), true).empty());
}

TEST_CASE("E2 an error is taken as an answer") {
  peer from;
  auto error = from.payload_of(caf::make_message(caf::make_error(ec::refused)));
  auto answer = caf::make_message_id(1).response_id();
  using kind = basp::message_type;
  CHECK(refused_because(header_of(kind::direct_message, answer), error, true)
          .empty());
}

TEST_CASE("E2 what CAF's actors tell each other of themselves is not taken") {
  peer from;
  for (const auto& x :
       {caf::make_message(caf::exit_msg{{}, caf::exit_reason::kill}),
        caf::make_message(caf::down_msg{{}, caf::exit_reason::kill}),
        caf::make_message(caf::make_error(ec::refused)),
        caf::make_message(1, caf::exit_msg{{}, caf::exit_reason::kill}),
        caf::make_message(caf::link_atom_v, caf::strong_actor_ptr{})})
    CHECK(
      refused_because(header_of(), from.payload_of(x), true)
        .find("one of CAF's own")
      != std::string::npos);
}

TEST_CASE("E2 streams, messages for others and cut ones are not taken") {
  peer from;
  auto good = from.payload_of(enrolment_message());
  using kind = basp::message_type;
  CHECK_FALSE(
    refused_because(header_of(kind::routed_message), good, true).empty());
  CHECK_FALSE(
    refused_because(
      header_of(kind::direct_message, caf::make_message_id(0x2000000000000001)),
      good, true)
      .empty());
  auto named = header_of();
  named.flags = basp::header::named_receiver_flag;
  CHECK_FALSE(refused_because(named, good, true).empty());
  auto passed_on = from.payload_of(enrolment_message(), {nullptr});
  CHECK_FALSE(refused_because(header_of(), passed_on, true).empty());
  CHECK_FALSE(refused_because(header_of(), {}, true).empty());
  CHECK_FALSE(refused_because(header_of(), {'\0', '\0'}, true).empty());
}

TEST_CASE("E2 messages without payload, but for heartbeats, are not taken") {
  peer from;
  using kind = basp::message_type;
  auto header = [&](kind which, uint32_t length) {
    std::vector<char> result;
    caf::binary_serializer to{from.system, result};
    basp::header x{which, 0, length, 0, 0, 0};
    CHECK_FALSE(to(x));
    return result;
  };
  for (auto x :
       {kind::server_handshake, kind::client_handshake, kind::direct_message,
        kind::routed_message, kind::monitor_message, kind::down_message})
    CHECK_FALSE(header_refused_because(header(x, 0), true).empty());
  CHECK(header_refused_because(header(kind::heartbeat, 0), true).empty());
  CHECK(header_refused_because(header(kind::direct_message, 9), true).empty());
  CHECK(
    header_refused_because(header(kind::client_handshake, 9), true).empty());
  CHECK_FALSE(
    header_refused_because(header(kind::client_handshake, 9), false).empty());
  CHECK_FALSE(
    header_refused_because(header(kind::server_handshake, 9), true).empty());
  CHECK_FALSE(header_refused_because({}, true).empty());
}

TEST_CASE("E2 before the handshake nothing but that is taken") {
  peer from;
  auto good = from.payload_of(enrolment_message());
  CHECK_FALSE(refused_because(header_of(), good, false).empty());
  using kind = basp::message_type;
  CHECK(
    refused_because(header_of(kind::client_handshake), good, false).empty());
  CHECK(
    refused_because(header_of(kind::server_handshake), good, false).empty());
}
