#include "app/wiring.hpp"

#include "messages/fact_json.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

namespace tuner {

namespace {

monitor_params monitor_from(const tuner_config& c) {
  monitor_params result;
  result.sample_period = from_seconds(c.sample_period_seconds);
  result.window = from_seconds(c.observation_window_seconds);
  result.interval = from_seconds(c.tuning_interval_seconds);
  result.host_timeout = from_seconds(c.host_timeout_seconds);
  return result;
}

watchdog_params watchdog_from(const tuner_config& c) {
  watchdog_params result;
  result.check_delay = from_seconds(c.watchdog.check_delay_seconds);
  result.extensions_max = c.watchdog.max_extensions;
  result.judge = {
    c.judge,
    c.watchdog.degradation_threshold,
    c.watchdog.per_knob,
    c.min_requests,
    c.slo.p95_latency_ms,
    c.slo.error_ratio,
    c.watchdog.switchback};
  return result;
}

/// @returns how long a host may take to answer: a foreign one for the calls of
/// a sample, which reads all knobs, or of a write.
double answer_seconds(const tuner_config& c, const target_config& target) {
  if (target.kind != "foreign")
    return c.host_timeout_seconds;
  auto calls = target.sensor.timeout_seconds;
  for (const auto& x : target.effectors)
    calls += 2 * x.timeout_seconds;
  return std::max(c.host_timeout_seconds, calls + 1);
}

applier_params
applier_from(const tuner_config& c, const watchdog_params& watchdog) {
  applier_params result;
  result.host_timeout = from_seconds(c.host_timeout_seconds);
  // One sample that comes late is no silence.
  result.silence =
    from_seconds(std::max(c.lease_seconds, 3 * c.sample_period_seconds));
  result.strategy = strategy_of(c.rollback.strategy);
  // A watchdog answers after its longest trial at the latest.
  result.verdict_timeout = watchdog.longest_trial() + 2 * result.host_timeout;
  return result;
}

freeze_window window_from(const freeze_config& x) {
  freeze_window result;
  result.from = instant_of(x.from).value_or(instant{});
  result.to = instant_of(x.to).value_or(instant{});
  result.starts = cron_of(x.cron);
  result.length = std::chrono::minutes{x.minutes};
  return result;
}

analyzer_params analyzer_from(const config& c, const target_config& target) {
  analyzer_params result;
  result.policy = {
    c.tuner.policy,
    c.tuner.threshold,
    {c.tuner.slo.p95_latency_ms, c.tuner.slo.memory_workers_per_gib, {}}};
  if (const auto& miss_ms = c.tuner.slo.cache_miss_ms)
    result.policy.aim.miss_busy_s = 1e-3 * *miss_ms;
  if (!target.scripted.empty())
    result.policy.name = "hold";
  result.gate.mode =
    c.tuner.mode == "advise" ? tuning_mode::advise : tuning_mode::automatic;
  result.gate.cool_down = from_seconds(c.tuner.cool_down_seconds);
  result.gate.requests_min = c.tuner.min_requests;
  result.gate.load_min_rps = c.tuner.min_rps;
  result.gate.rollbacks_per_hour_max = c.tuner.rollback.max_per_hour;
  result.gate.advice_first = from_seconds(c.tuner.rollback.advise_seconds);
  for (const auto& x : c.tuner.freeze)
    result.gate.freezes.push_back(window_from(x));
  result.blame = {
    from_seconds(c.tuner.back_off.first_seconds),
    from_seconds(c.tuner.back_off.longest_seconds)};
  result.knobs = knobs_of(c, target);
  return result;
}

/// What was confirmed, of knobs that the tuner may still move and within what
/// is allowed today.
settings usable(const settings& confirmed, const knob_table& knobs) {
  settings result;
  for (const auto& [knob, value] : confirmed)
    if (const auto* spec = knobs.find(knob); spec && spec->enabled)
      result[knob] = clamp(*spec, value);
  return result;
}

bool was_paused(const std::vector<memo>& memos) {
  return std::any_of(memos.begin(), memos.end(), [](const memo& x) {
    return x.kind == "paused";
  });
}

/// Records what was about to be written when the last tuner of this target
/// died, unless it was recorded as done.
void take_up_intent(pipeline_params& p) {
  const auto& where = p.journal.where;
  if (where.file.empty())
    return;
  p.intents = std::make_shared<intent_slot>(
    where.file + "-intent" + (where.target.empty() ? "" : '-' + where.target));
  auto known = p.journal.store->recover(0);
  auto left = p.intents->get();
  if (known.confirmed.empty() || !left)
    return; // Of another journal.
  change what;
  try {
    what = change_from(boost::json::parse(*left));
  } catch (const std::exception&) {
    return; // Of another version: what was confirmed is written all the same.
  }
  if (static_cast<uint64_t>(what.id) > known.last_id)
    p.journal.store->intend(what);
}

/// Opens the journal, and goes on where it ends.
void resume(pipeline_params& p, const config& c, const target_config& target) {
  auto& j = p.journal;
  j.where = {
    c.journal.file, target.name, c.journal.max_decisions,
    static_cast<bool>(j.shared)};
  recovery found;
  try {
    j.store = std::make_shared<ledger>(j.where, j.shared);
    take_up_intent(p);
    found = j.store->recover(c.tuner.history_size);
  } catch (const std::exception& x) {
    j.store.reset();
    p.intents.reset();
    j.problem = x.what();
  }
  p.past->restore(found.events, found.last_id);
  p.memory =
    std::make_shared<learned>(learned_from(found.memos, p.analyzer.blame));
  p.paused = was_paused(found.memos);
  // Mode `advise` writes nothing but what undoes.
  if (
    p.analyzer.gate.mode == tuning_mode::automatic
    || !p.past->unconfirmed().empty())
    p.applier.resume_from = usable(found.confirmed, p.analyzer.knobs);
}

} // namespace

pipeline_settings settings_of(const config& c, const target_config& target) {
  auto own = c.tuner;
  own.host_timeout_seconds = answer_seconds(own, target);
  pipeline_settings result;
  result.monitor = monitor_from(own);
  result.watchdog = watchdog_from(own);
  result.applier = applier_from(own, result.watchdog);
  for (const auto& x : target.effectors)
    result.applier.settle_by_knob[x.knob] = from_seconds(x.settle_seconds);
  result.analyzer = analyzer_from(c, target);
  return result;
}

pipeline_params wire(
  const config& c, const target_config& target,
  std::shared_ptr<database> shared) {
  pipeline_params result;
  result.journal.shared = std::move(shared);
  static_cast<pipeline_settings&>(result) = settings_of(c, target);
  result.past = std::make_shared<history>(target.name, c.tuner.history_size);
  resume(result, c, target);
  return result;
}

fleet_params fleet_of(const config& c, const std::string& group) {
  fleet_params result;
  result.group = group;
  // A switchback, and time to settle, make a trial longer.
  result.patience =
    2 * watchdog_from(c.tuner).longest_trial() + std::chrono::minutes{1};
  return result;
}

void make_member(pipeline_params& x, const fleet_actor& of) {
  x.follows = "follows its group, which has not said yet who tries";
  x.journal.listener = tells_fleet(of, x.journal.listener);
}

duration patience_of(const config& c) {
  auto longest = c.tuner.host_timeout_seconds;
  for (const auto& x : c.targets)
    longest = std::max(longest, answer_seconds(c.tuner, x));
  return 4 * from_seconds(longest);
}

link_params link_of(const config& c, std::shared_ptr<log_hub> logs) {
  link_params result;
  result.heartbeat = from_seconds(c.link.heartbeat_seconds);
  result.silence_max = from_seconds(c.link.silence_seconds);
  result.logs = std::move(logs);
  return result;
}

} // namespace tuner
