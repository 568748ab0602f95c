#include "app/link/guarded_middleman.hpp"

#include "app/link/message_guard.hpp"

#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/io/network/default_multiplexer.hpp>

#include <map>

namespace tuner {

namespace {

using namespace caf::io;
using steady = caf::actor_clock::time_point;

constexpr uint32_t handshake_bytes_max = 64 * 1024;

class guarded_broker : public basp_broker {
public:
  explicit guarded_broker(caf::actor_config& cfg) : basp_broker(cfg) {
    if (const auto* x = dynamic_cast<const linked_system_config*>(&config()))
      link_ = x->link;
    log_ = {link_.logs, {"link", id(), {}}};
  }

  caf::behavior make_behavior() override {
    auto plain = basp_broker::make_behavior();
    return caf::message_handler{
      [this](new_data_msg& x) { read(x); },
      [this, plain](const new_connection_msg& x) mutable {
        auto message = caf::make_message(x);
        plain(message);
        set_context(x.handle); // From now on its silence counts.
        came_from_.insert_or_assign(x.handle, address(x.handle));
      },
      [this, plain](const connection_closed_msg& x) mutable {
        // Who dialed is told by the answer, which is an error then.
        if (came_from_.count(x.handle) > 0 && !is_known(x.handle))
          tell(x.handle, "ended before it was one of ours");
        came_from_.erase(x.handle);
        auto message = caf::make_message(x);
        plain(message);
      },
      [this](caf::tick_atom, steady scheduled, caf::timespan, caf::timespan) {
        tick(scheduled);
      }}
      .or_else(plain);
  }

private:
  bool is_known(connection_handle from) {
    return static_cast<bool>(instance.tbl().lookup_direct(from));
  }

  std::string address(connection_handle which) {
    return remote_addr(which) + ':' + std::to_string(remote_port(which));
  }

  /// @returns who is or was at the other end.
  std::string peer(connection_handle which) {
    auto i = came_from_.find(which);
    return i == came_from_.end() ? address(which) : i->second;
  }

  template <class... Ts>
  void tell(connection_handle which, const Ts&... what) {
    if (ctx.count(which) > 0)
      log_(log_level::warning, "a connection with ", peer(which), ' ', what...);
  }

  void drop(connection_handle which, caf::sec why) {
    connection_cleanup(which, why);
    close(which);
    came_from_.erase(which);
  }

  void read(new_data_msg& x) {
    set_context(x.handle);
    auto& from = *this_context;
    auto before = from.cstate;
    auto why = before == basp::await_payload
      ? refused_because(from.hdr, x.buf, is_known(x.handle))
      : header_refused_because(x.buf, came_from_.count(x.handle) > 0);
    if (!why.empty()) {
      tell(x.handle, "is refused: ", why);
      return drop(x.handle, caf::sec::malformed_basp_message);
    }
    auto next =
      instance.handle(context(), x, from.hdr, before == basp::await_payload);
    if (requires_shutdown(next)) {
      if (next != basp::redundant_connection)
        tell(x.handle, "is refused: ", caf::to_string(basp::to_sec(next)));
      return drop(x.handle, basp::to_sec(next));
    }
    auto most =
      is_known(x.handle) ? link_.message_bytes_max : handshake_bytes_max;
    if (next == basp::await_payload && from.hdr.payload_len > most) {
      tell(
        x.handle, "is refused: a message of ", from.hdr.payload_len,
        " bytes; at most ", most, " are read");
      return drop(x.handle, caf::sec::malformed_basp_message);
    }
    if (next == before)
      return;
    auto bytes =
      next == basp::await_payload ? from.hdr.payload_len : basp::header_size;
    configure_read(x.handle, receive_policy::exactly(bytes));
    from.cstate = next;
  }

  void tick(steady scheduled) {
    instance.send_heartbeats(context());
    auto now = clock().now();
    close_silent(now, now - scheduled);
    auto next = std::max(scheduled + link_.heartbeat, now);
    scheduled_send(
      this, next, caf::tick_atom_v, next, caf::timespan{link_.heartbeat},
      caf::timespan{link_.silence_max});
  }

  /// @param late for how long this process stood still, or its machine did:
  /// it could hear nobody meanwhile, so that is nobody's silence.
  void close_silent(steady now, steady::duration late) {
    for (auto i = ctx.begin(); i != ctx.end();) {
      auto& [which, peer] = *i++; // Which may be erased below.
      if (peer.last_seen == steady{})
        peer.last_seen = now; // One that is being made.
      peer.last_seen = std::min(peer.last_seen + late, now);
      if (peer.last_seen + link_.silence_max < now) {
        auto silent = connection_handle{which};
        tell(silent, "is silent: closed");
        drop(silent, caf::sec::connection_timeout);
      }
    }
  }

  link_params link_;
  actor_log log_;
  std::map<connection_handle, std::string> came_from_; ///< Incoming ones.
};

class guarded_middleman : public middleman {
public:
  explicit guarded_middleman(caf::actor_system& system)
    : middleman(system), backend_(&system) {}

  static caf::actor_system::module*
  make(caf::actor_system& system, caf::detail::type_list<>) {
    return new guarded_middleman{system};
  }

  void start() override {
    // The first broker of that name is the one that CAF uses.
    named_broker<guarded_broker>(caf::atom("BASP"));
    middleman::start();
  }

  network::multiplexer& backend() override { return backend_; }

private:
  network::default_multiplexer backend_;
};

} // namespace

void linked_system_config::connect_by(const link_params& x) {
  link = x;
  load<guarded_middleman>();
  set("middleman.heartbeat-interval", caf::timespan{x.heartbeat});
  set("middleman.connection-timeout", caf::timespan{x.silence_max});
  set("middleman.app-identifiers", std::vector<std::string>{"auto-tuner"});
}

} // namespace tuner
