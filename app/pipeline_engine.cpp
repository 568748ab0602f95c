#include "app/pipeline_engine.hpp"

#include "app/wiring.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>

namespace tuner {

namespace {

/// Answers a query without the journal.
answer<std::vector<history_event>>
newest(answer<std::vector<history_event>> all, const history_query& x) {
  if (!all)
    return all;
  auto& events = *all.value;
  std::erase_if(events, [&](const history_event& e) {
    return e.what.at < x.since
      || (x.id != 0
          && (e.what.id != change_id{x.id} || e.what.kind != change_kind::tuning));
  });
  auto excess = events.size() - std::min<size_t>(events.size(), x.limit);
  events.erase(
    events.begin(), events.begin() + static_cast<std::ptrdiff_t>(excess));
  return all;
}

/// What is none of ours went wrong on the way.
ec code_of(const caf::error& x) {
  return x.category() == caf::atom("tuner") ? static_cast<ec>(x.code())
                                            : ec::target_unreachable;
}

} // namespace

template <class Result, class... Ts>
answer<Result> pipeline_engine::ask(const Ts&... what) {
  auto result = tuner::ask<Result>(where(), pipeline_, patience_, what...);
  if (result)
    return {std::move(*result), {}};
  return {std::nullopt, describe(result.error()), code_of(result.error())};
}

answer<analysis> pipeline_engine::analyze() {
  return ask<analysis>(analyze_atom_v);
}

answer<change> pipeline_engine::apply(const proposal& x) {
  return ask<change>(apply_atom_v, x);
}

answer<verdict> pipeline_engine::degraded() {
  return ask<verdict>(degraded_atom_v);
}

answer<std::vector<change>> pipeline_engine::rollback(uint32_t steps) {
  return ask<std::vector<change>>(rollback_atom_v, steps);
}

answer<std::vector<history_event>> pipeline_engine::history() {
  return ask<std::vector<history_event>>(history_atom_v);
}

answer<change> pipeline_engine::set(const settings& wanted) {
  return ask<change>(set_atom_v, wanted);
}

answer<std::vector<history_event>>
pipeline_engine::recall(const history_query& x) {
  auto result = ask<std::vector<history_event>>(x);
  return result ? result : newest(history(), x); // As far as it is remembered.
}

answer<std::vector<observation>>
pipeline_engine::series(const series_query& x) {
  return ask<std::vector<observation>>(x);
}

void pipeline_engine::note(const operation& x) {
  visit here;
  caf::anon_send(pipeline_, x);
}

answer<settings> pipeline_engine::in_force() {
  return ask<settings>(read_atom_v);
}

answer<tuning_status> pipeline_engine::status() {
  return ask<tuning_status>(status_atom_v);
}

answer<tuning_status> pipeline_engine::pause() {
  return ask<tuning_status>(pause_atom_v);
}

answer<tuning_status> pipeline_engine::resume() {
  return ask<tuning_status>(resume_atom_v);
}

answer<tuning_status> pipeline_engine::reconfigure(const config& c) {
  return ask<tuning_status>(settings_of(c, which_));
}

answer<settings> pipeline_engine::stop() {
  return ask<settings>(stop_atom_v);
}

} // namespace tuner
