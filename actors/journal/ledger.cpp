#include "actors/journal/ledger.hpp"

#include "actors/journal/downsampler.hpp"
#include "actors/journal/schema.hpp"
#include "messages/fact_json.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <stdexcept>

namespace tuner {

namespace {

using row = SQLite::Statement;

constexpr int busy_ms = 2000; // Another target of this service is writing.

/// For how long points of each of `series_steps` are kept.
using keeping = std::array<duration, series_steps.size()>;
constexpr std::chrono::minutes hour{60};
constexpr keeping kept_in_file{24 * hour, 48 * hour, 168 * hour, 2160 * hour};
constexpr keeping kept_in_memory{hour / 4, 2 * hour, 24 * hour, 168 * hour};

const keeping& kept(bool in_memory) {
  return in_memory ? kept_in_memory : kept_in_file;
}

/// @returns the finest step that is kept for so long and in which the span is
/// at most four times as many points as asked for: to average a few neighbours
/// is better than to take a step ten times as long.
duration step_for(const series_query& x, bool in_memory) {
  auto span = std::max(x.to - x.from, duration{0});
  for (size_t i = 0; i < series_steps.size(); ++i)
    if (
      span <= kept(in_memory)[i]
      && span / series_steps[i] <= 4 * static_cast<int64_t>(x.points_max))
      return series_steps[i];
  return series_steps.back();
}

int64_t ns(instant x) {
  return x.time_since_epoch().count();
}

instant instant_at(const SQLite::Column& x) {
  return instant{duration{x.getInt64()}};
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

template <class Fact>
std::string text_of(const Fact& x) {
  return boost::json::serialize(to_json(x));
}

/// @returns what a user can do about it.
const char* advice(int code) {
  switch (code & 0xff) {
  case SQLITE_FULL:
    return "make room on its disk";
  case SQLITE_READONLY:
  case SQLITE_PERM:
  case SQLITE_CANTOPEN:
    return "make it, and its folder, writable for this user";
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return "it is damaged or no journal: move it away, or name another file";
  case SQLITE_CONSTRAINT:
    return "another tuner writes decisions of the same target: stop that, or "
           "give them different names or files";
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return "another program is using it: stop that, or name another file";
  default:
    return "see to its disk";
  }
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

/// The open database, and its statements, each prepared once.
struct ledger::store {
  explicit store(const std::string& file)
    : db(
      file.empty() ? ":memory:" : file,
      SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, busy_ms) {
    db.exec("PRAGMA journal_mode = WAL");
    db.exec("PRAGMA synchronous = NORMAL");
    db.exec("PRAGMA wal_autocheckpoint = 0"); // `tidy` does that.
    migrate(db);
  }

  /// @returns the statement, ready to be bound. Used up before its next use.
  row& prepared(const std::string& sql) {
    auto i = statements.find(sql);
    if (i == statements.end())
      i = statements.emplace(sql, std::make_unique<row>(db, sql)).first;
    static_cast<void>(i->second->tryReset()); // It tells the last error again.
    return *i->second;
  }

  template <class... Ts>
  row& bound(const std::string& sql, const Ts&... values) {
    auto& result = prepared(sql);
    auto i = 0;
    (result.bind(++i, values), ...);
    return result;
  }

  template <class... Ts>
  int run(const std::string& sql, const Ts&... values) {
    auto& x = bound(sql, values...);
    auto changed = x.exec();
    x.reset();
    return changed;
  }

  SQLite::Database db;
  std::map<std::string, std::unique_ptr<row>> statements;
};

namespace {

/// Does it, and turns what SQLite throws into something to act upon.
template <class F>
auto guarded(const std::string& file, F f) {
  auto named = "journal.file: " + (file.empty() ? "(in memory)" : file) + ": ";
  try {
    return f();
  } catch (const SQLite::Exception& x) {
    throw std::runtime_error{
      named + x.what() + "; " + advice(x.getErrorCode())};
  } catch (const std::exception& x) {
    throw std::runtime_error{named + x.what()};
  }
}

} // namespace

ledger::ledger(ledger_params params) : params_(std::move(params)) {
  guarded(params_.file, [&] {
    store_ = std::make_unique<store>(params_.file);
    return 0;
  });
}

ledger::~ledger() = default;

namespace {

history_event event_at(row& x, const std::string& target) {
  history_event result;
  result.target = target;
  result.what = change_from(boost::json::parse(x.getColumn(0).getString()));
  result.judged.id = result.what.id;
  if (!x.isColumnNull(1))
    result.judged =
      verdict_from(boost::json::parse(x.getColumn(1).getString()));
  result.undone = x.getColumn(2).getInt() != 0;
  return result;
}

constexpr const char* event_columns =
  "SELECT what, verdict, undone FROM event ";

std::vector<history_event> newest_events(row& x, const std::string& target) {
  std::vector<history_event> result;
  while (x.executeStep())
    result.push_back(event_at(x, target));
  x.reset();
  std::reverse(result.begin(), result.end());
  return result;
}

template <class Store>
void insert(
  Store& db, const std::string& target, const change& what, bool intended) {
  db.run(
    "INSERT OR IGNORE INTO event(target, id, kind, at, what, intended)"
    " VALUES(?, ?, ?, ?, ?, ?)",
    target, static_cast<int64_t>(what.id), to_string(what.kind), ns(what.at),
    text_of(what), intended ? 1 : 0);
}

template <class Store>
void record(Store& db, const std::string& target, const change& what) {
  auto id = static_cast<int64_t>(what.id);
  if (what.kind == change_kind::rollback)
    db.run(
      "UPDATE event SET undone = 1 WHERE target = ? AND id = ?"
      " AND kind = 'tuning'",
      target, id);
  if (
    what.kind != change_kind::tuning
    || db.run(
         "UPDATE event SET at = ?, what = ?, intended = 0 WHERE target = ?"
         " AND id = ? AND kind = 'tuning'",
         ns(what.at), text_of(what), target, id)
      == 0)
    insert(db, target, what, false);
}

template <class Store>
void record(Store& db, const std::string& target, const verdict& how) {
  db.run(
    "UPDATE event SET verdict = ? WHERE target = ? AND id = ?"
    " AND kind = 'tuning'",
    text_of(how), target, static_cast<int64_t>(how.id));
}

} // namespace

recovery ledger::recover(std::size_t events_max) {
  return guarded(params_.file, [&] {
    recovery result;
    auto& confirmed = store_->bound(
      "SELECT settings FROM confirmed WHERE target = ?", params_.target);
    if (confirmed.executeStep())
      result.confirmed =
        settings_from(boost::json::parse(confirmed.getColumn(0).getString()));
    confirmed.reset();
    result.events = newest_events(
      store_->bound(
        std::string{event_columns}
          + "WHERE target = ? ORDER BY at DESC,"
            " number DESC LIMIT ?",
        params_.target, static_cast<int64_t>(events_max)),
      params_.target);
    auto& highest = store_->bound(
      "SELECT max(id) FROM event WHERE target = ? AND kind = 'tuning'",
      params_.target);
    if (highest.executeStep())
      result.last_id = static_cast<uint64_t>(highest.getColumn(0).getInt64());
    highest.reset();
    auto& memos = store_->bound(
      "SELECT kind, key, value FROM memo WHERE target = ?", params_.target);
    while (memos.executeStep())
      result.memos.push_back(
        {memos.getColumn(0).getString(), memos.getColumn(1).getString(),
         memos.getColumn(2).getString()});
    memos.reset();
    return result;
  });
}

void ledger::intend(const change& what) {
  guarded(params_.file, [&] {
    insert(*store_, params_.target, what, true);
    return 0;
  });
}

void ledger::happened(const change& what) {
  settle({{what}, {}, {}});
}

void ledger::settle(const settlement& x) {
  guarded(params_.file, [&] {
    SQLite::Transaction whole{
      store_->db, SQLite::TransactionBehavior::IMMEDIATE};
    for (const auto& what : x.changes)
      record(*store_, params_.target, what);
    for (const auto& how : x.verdicts)
      record(*store_, params_.target, how);
    if (!x.confirmed.empty())
      store_->run(
        "INSERT OR REPLACE INTO confirmed(target, at, settings)"
        " VALUES(?, ?, ?)",
        params_.target, ns(x.at), text_of(x.confirmed));
    whole.commit();
    return 0;
  });
}

void ledger::note(const memo& x) {
  guarded(params_.file, [&] {
    return x.value.empty()
      ? store_->run(
        "DELETE FROM memo WHERE target = ? AND kind = ? AND key = ?",
        params_.target, x.kind, x.key)
      : store_->run(
        "INSERT OR REPLACE INTO memo(target, kind, key, value)"
        " VALUES(?, ?, ?, ?)",
        params_.target, x.kind, x.key, x.value);
  });
}

void ledger::note(const operation& x) {
  guarded(params_.file, [&] {
    return store_->run(
      "INSERT INTO operation(target, at, who, what) VALUES(?, ?, ?, ?)",
      params_.target, ns(x.at), x.who, x.what);
  });
}

void ledger::add(duration step, const observation& x) {
  guarded(params_.file, [&] {
    static const std::string sql = std::string{"INSERT OR REPLACE INTO point("}
      + "target, step, " + point_columns
      + ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?)";
    auto& to = store_->prepared(sql);
    auto count = [](uint64_t n) { return static_cast<int64_t>(n); };
    auto i = 0;
    to.bind(++i, params_.target);
    to.bind(++i, static_cast<int64_t>(step.count()));
    to.bind(++i, ns(x.closed_at));
    to.bind(++i, ns(x.opened_at));
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
    to.bind(++i, text_of(x.in_force));
    auto changed = to.exec();
    to.reset();
    return changed;
  });
}

std::vector<history_event> ledger::history(const history_query& x) {
  return guarded(params_.file, [&] {
    auto limit = static_cast<int64_t>(x.limit);
    if (x.id != 0)
      return newest_events(
        store_->bound(
          std::string{event_columns}
            + "WHERE target = ? AND id = ?"
              " AND kind = 'tuning' LIMIT ?",
          params_.target, static_cast<int64_t>(x.id), limit),
        params_.target);
    return newest_events(
      store_->bound(
        std::string{event_columns}
          + "WHERE target = ? AND at >= ?"
            " ORDER BY at DESC, number DESC LIMIT ?",
        params_.target, ns(x.since), limit),
      params_.target);
  });
}

std::vector<operation> ledger::operations(const history_query& x) {
  return guarded(params_.file, [&] {
    auto& found = store_->bound(
      "SELECT at, who, what FROM operation WHERE target = ? AND at >= ?"
      " ORDER BY at DESC, number DESC LIMIT ?",
      params_.target, ns(x.since), static_cast<int64_t>(x.limit));
    std::vector<operation> result;
    while (found.executeStep())
      result.push_back(
        {instant_at(found.getColumn(0)), found.getColumn(1).getString(),
         found.getColumn(2).getString()});
    found.reset();
    std::reverse(result.begin(), result.end());
    return result;
  });
}

std::vector<observation> ledger::series(const series_query& x) {
  return guarded(params_.file, [&] {
    auto step = step_for(x, params_.file.empty());
    static const std::string sql = std::string{"SELECT "} + point_columns
      + " FROM point WHERE target = ? AND step = ? AND closed_at > ?"
        " AND closed_at <= ? ORDER BY closed_at";
    auto& found = store_->bound(
      sql, params_.target, static_cast<int64_t>(step.count()), ns(x.from),
      ns(x.to));
    std::vector<observation> result;
    while (found.executeStep())
      result.push_back(point_at(found));
    found.reset();
    return thinned(std::move(result), x.points_max);
  });
}

void ledger::tidy(instant now) {
  guarded(params_.file, [&] {
    for (size_t i = 0; i < series_steps.size(); ++i)
      store_->run(
        "DELETE FROM point WHERE target = ? AND step = ? AND closed_at < ?",
        params_.target, static_cast<int64_t>(series_steps[i].count()),
        ns(now - kept(params_.file.empty())[i]));
    store_->run(
      "DELETE FROM event WHERE target = ? AND at < (SELECT at FROM event"
      " WHERE target = ? ORDER BY at DESC LIMIT 1 OFFSET ?)",
      params_.target, params_.target,
      static_cast<int64_t>(params_.decisions_max) - 1);
    store_->run(
      "DELETE FROM operation WHERE target = ? AND at < ?", params_.target,
      ns(now - kept_in_file.back()));
    auto& checkpoint = store_->prepared("PRAGMA wal_checkpoint(PASSIVE)");
    while (checkpoint.executeStep()) {
    }
    checkpoint.reset();
    return 0;
  });
}

} // namespace tuner
