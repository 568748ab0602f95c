#include "actors/journal/ledger.hpp"

#include "actors/journal/database.hpp"
#include "messages/fact_json.hpp"

#include <SQLiteCpp/Transaction.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace tuner {

ledger::ledger(ledger_params params, std::shared_ptr<database> shared)
  : params_(std::move(params)),
    db_(shared ? std::move(shared) : std::make_shared<database>(params_.file)) {
}

namespace {

using row = SQLite::Statement;

template <class Fact>
std::string text_of(const Fact& x) {
  return boost::json::serialize(to_json(x));
}

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

void insert(
  database& db, const std::string& target, const change& what, bool intended) {
  db.run(
    "INSERT OR IGNORE INTO event(target, id, kind, at, what, intended)"
    " VALUES(?, ?, ?, ?, ?, ?)",
    target, static_cast<int64_t>(what.id), to_string(what.kind),
    stored(what.at), text_of(what), intended ? 1 : 0);
}

void record(database& db, const std::string& target, const change& what) {
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
         stored(what.at), text_of(what), target, id)
      == 0)
    insert(db, target, what, false);
}

void record(database& db, const std::string& target, const verdict& how) {
  db.run(
    "UPDATE event SET verdict = ? WHERE target = ? AND id = ?"
    " AND kind = 'tuning'",
    text_of(how), target, static_cast<int64_t>(how.id));
}

} // namespace

recovery ledger::recover(std::size_t events_max) {
  return db_->use([&] {
    recovery result;
    auto& confirmed = db_->bound(
      "SELECT settings FROM confirmed WHERE target = ?", params_.target);
    if (confirmed.executeStep())
      result.confirmed =
        settings_from(boost::json::parse(confirmed.getColumn(0).getString()));
    confirmed.reset();
    result.events = newest_events(
      db_->bound(
        std::string{event_columns}
          + "WHERE target = ? ORDER BY at DESC,"
            " number DESC LIMIT ?",
        params_.target, static_cast<int64_t>(events_max)),
      params_.target);
    auto& highest = db_->bound(
      "SELECT max(id) FROM event WHERE target = ? AND kind = 'tuning'",
      params_.target);
    if (highest.executeStep())
      result.last_id = static_cast<uint64_t>(highest.getColumn(0).getInt64());
    highest.reset();
    auto& memos = db_->bound(
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
  db_->use([&] {
    insert(*db_, params_.target, what, true);
    return 0;
  });
}

void ledger::happened(const change& what) {
  settle({{what}, {}, {}});
}

void ledger::settle(const settlement& x) {
  db_->use([&] {
    SQLite::Transaction whole{
      db_->connection(), SQLite::TransactionBehavior::IMMEDIATE};
    for (const auto& what : x.changes)
      record(*db_, params_.target, what);
    for (const auto& how : x.verdicts)
      record(*db_, params_.target, how);
    if (!x.confirmed.empty())
      db_->run(
        "INSERT OR REPLACE INTO confirmed(target, at, settings)"
        " VALUES(?, ?, ?)",
        params_.target, stored(x.at), text_of(x.confirmed));
    whole.commit();
    return 0;
  });
}

void ledger::note(const memo& x) {
  db_->use([&] {
    return x.value.empty()
      ? db_->run(
        "DELETE FROM memo WHERE target = ? AND kind = ? AND key = ?",
        params_.target, x.kind, x.key)
      : db_->run(
        "INSERT OR REPLACE INTO memo(target, kind, key, value)"
        " VALUES(?, ?, ?, ?)",
        params_.target, x.kind, x.key, x.value);
  });
}

void ledger::note(const operation& x) {
  db_->use([&] {
    return db_->run(
      "INSERT INTO operation(target, at, who, what) VALUES(?, ?, ?, ?)",
      params_.target, stored(x.at), x.who, x.what);
  });
}

std::vector<history_event> ledger::history(const history_query& x) {
  return db_->use([&] {
    auto limit = static_cast<int64_t>(x.limit);
    if (x.id != 0)
      return newest_events(
        db_->bound(
          std::string{event_columns}
            + "WHERE target = ? AND id = ?"
              " AND kind = 'tuning' LIMIT ?",
          params_.target, static_cast<int64_t>(x.id), limit),
        params_.target);
    return newest_events(
      db_->bound(
        std::string{event_columns}
          + "WHERE target = ? AND at >= ?"
            " ORDER BY at DESC, number DESC LIMIT ?",
        params_.target, stored(x.since), limit),
      params_.target);
  });
}

std::vector<operation> ledger::operations(const history_query& x) {
  return db_->use([&] {
    auto& found = db_->bound(
      "SELECT at, who, what FROM operation WHERE target = ? AND at >= ?"
      " ORDER BY at DESC, number DESC LIMIT ?",
      params_.target, stored(x.since), static_cast<int64_t>(x.limit));
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

} // namespace tuner
