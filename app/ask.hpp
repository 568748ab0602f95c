#pragma once

#include "app/runtime.hpp"
#include "messages/interfaces.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace tuner {

/// Asks an actor from outside of the actor system and waits for its answer.
/// On a simulated clock only what needs no time to pass is answered.
template <class Result, class Handle, class... Ts>
caf::expected<Result>
ask(runtime& rt, const Handle& whom, duration timeout, const Ts&... what) {
  visit here;
  caf::scoped_actor self{rt.system()};
  caf::expected<Result> result{caf::make_error(ec::not_running)};
  auto answer = self->request(whom, timeout, what...);
  rt.drain();
  answer.receive(
    [&](Result& x) { result = std::move(x); },
    [&](caf::error& x) { result = std::move(x); });
  return result;
}

} // namespace tuner
