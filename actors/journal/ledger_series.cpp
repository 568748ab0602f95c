#include "actors/journal/database.hpp"
#include "actors/journal/downsampler.hpp"
#include "actors/journal/ledger.hpp"
#include "messages/fact_json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace tuner {

namespace {

using row = SQLite::Statement;

/// For how long points of each of `series_steps` are kept.
using keeping = std::array<duration, series_steps.size()>;
constexpr std::chrono::minutes hour{60};
constexpr keeping kept_long{24 * hour, 48 * hour, 168 * hour, 2160 * hour};
constexpr keeping kept_briefly{hour / 4, 2 * hour, 24 * hour, 168 * hour};

const keeping& kept(bool brief) {
  return brief ? kept_briefly : kept_long;
}

bool is_brief(const ledger_params& x) {
  return x.brief || x.file.empty();
}

/// @returns the finest step that is kept for so long and in which the span is
/// at most four times as many points as asked for: to average a few neighbours
/// is better than to take a step ten times as long.
duration step_for(const series_query& x, bool brief) {
  auto span = std::max(x.to - x.from, duration{0});
  for (size_t i = 0; i < series_steps.size(); ++i)
    if (
      span <= kept(brief)[i]
      && span / series_steps[i] <= 4 * static_cast<int64_t>(x.points_max))
      return series_steps[i];
  return series_steps.back();
}

void bind(row& to, int at, const reading& x) {
  if (x)
    to.bind(at, *x);
  else
    to.bind(at);
}

reading reading_at(const SQLite::Column& x) {
  return x.isNull() ? reading{} : reading{x.getDouble()};
}

observation point_at(row& x) {
  observation result;
  auto i = 0;
  auto count = [&] {
    return static_cast<uint64_t>(x.getColumn(i++).getInt64());
  };
  auto latency = [&] { return duration{x.getColumn(i++).getInt64()}; };
  auto known = [&] { return reading_at(x.getColumn(i++)); };
  result.closed_at = instant_at(x.getColumn(i++));
  result.opened_at = instant_at(x.getColumn(i++));
  result.completed = count();
  result.failed = count();
  result.invalid = count();
  result.offered = known();
  result.latency_p50 = latency();
  result.latency_p95 = latency();
  result.latency_p99 = latency();
  result.latency_mean = latency();
  result.batches = count();
  result.batch_size_mean = x.getColumn(i++).getDouble();
  result.busy_workers = x.getColumn(i++).getDouble();
  result.cache_hit_ratio = known();
  result.queue_length = known();
  result.memory_used_ratio = known();
  result.memory_mib = known();
  result.cpu_cores = known();
  result.in_force =
    settings_from(boost::json::parse(x.getColumn(i).getString()));
  return result;
}

constexpr const char* point_columns =
  "closed_at, opened_at, completed, failed, invalid, offered, p50, p95, p99,"
  " mean, batches, batch_size, busy, hit_ratio, queue, memory_ratio,"
  " memory_mib, cpu, settings";

} // namespace

void ledger::add(duration step, const observation& x) {
  db_->use([&] {
    static const std::string sql = std::string{"INSERT OR REPLACE INTO point("}
      + "target, step, " + point_columns
      + ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?)";
    auto& to = db_->prepared(sql);
    auto count = [](uint64_t n) { return static_cast<int64_t>(n); };
    auto i = 0;
    to.bind(++i, params_.target);
    to.bind(++i, static_cast<int64_t>(step.count()));
    to.bind(++i, stored(x.closed_at));
    to.bind(++i, stored(x.opened_at));
    to.bind(++i, count(x.completed));
    to.bind(++i, count(x.failed));
    to.bind(++i, count(x.invalid));
    bind(to, ++i, x.offered);
    for (auto latency :
         {x.latency_p50, x.latency_p95, x.latency_p99, x.latency_mean})
      to.bind(++i, static_cast<int64_t>(latency.count()));
    to.bind(++i, count(x.batches));
    to.bind(++i, x.batch_size_mean);
    to.bind(++i, x.busy_workers);
    for (const auto& known :
         {x.cache_hit_ratio, x.queue_length, x.memory_used_ratio, x.memory_mib,
          x.cpu_cores})
      bind(to, ++i, known);
    to.bind(++i, boost::json::serialize(to_json(x.in_force)));
    auto changed = to.exec();
    to.reset();
    return changed;
  });
}

std::vector<observation> ledger::series(const series_query& x) {
  return db_->use([&] {
    auto step = step_for(x, is_brief(params_));
    static const std::string sql = std::string{"SELECT "} + point_columns
      + " FROM point WHERE target = ? AND step = ? AND closed_at > ?"
        " AND closed_at <= ? ORDER BY closed_at";
    auto& found = db_->bound(
      sql, params_.target, static_cast<int64_t>(step.count()), stored(x.from),
      stored(x.to));
    std::vector<observation> result;
    while (found.executeStep())
      result.push_back(point_at(found));
    found.reset();
    return thinned(std::move(result), x.points_max);
  });
}

void ledger::tidy(instant now) {
  db_->use([&] {
    for (size_t i = 0; i < series_steps.size(); ++i)
      db_->run(
        "DELETE FROM point WHERE target = ? AND step = ? AND closed_at < ?",
        params_.target, static_cast<int64_t>(series_steps[i].count()),
        stored(now - kept(is_brief(params_))[i]));
    db_->run(
      "DELETE FROM event WHERE target = ? AND at < (SELECT at FROM event"
      " WHERE target = ? ORDER BY at DESC LIMIT 1 OFFSET ?)",
      params_.target, params_.target,
      static_cast<int64_t>(params_.decisions_max) - 1);
    db_->run(
      "DELETE FROM operation WHERE target = ? AND at < ?", params_.target,
      stored(now - kept_long.back()));
    auto& checkpoint = db_->prepared("PRAGMA wal_checkpoint(PASSIVE)");
    while (checkpoint.executeStep()) {
    }
    checkpoint.reset();
    return 0;
  });
}

} // namespace tuner
