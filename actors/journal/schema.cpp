#include "actors/journal/schema.hpp"

#include "actors/journal/ledger.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>

#include <array>
#include <stdexcept>

namespace tuner {

namespace {

// Every step is done once, in this order, and never edited after a release: a
// database remembers in `user_version` how many it has seen. Times are
// nanoseconds since 1970; facts that nobody searches in are JSON.

constexpr const char* first_tables = R"(
CREATE TABLE confirmed(
  target TEXT PRIMARY KEY, at INTEGER NOT NULL, settings TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE event(
  number INTEGER PRIMARY KEY, target TEXT NOT NULL, id INTEGER NOT NULL,
  kind TEXT NOT NULL, at INTEGER NOT NULL, what TEXT NOT NULL,
  intended INTEGER NOT NULL, verdict TEXT, undone INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX event_change ON event(target, id) WHERE kind = 'tuning';
CREATE INDEX event_time ON event(target, at);
CREATE TABLE memo(
  target TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
  value TEXT NOT NULL, PRIMARY KEY(target, kind, key)) WITHOUT ROWID;
CREATE TABLE point(
  target TEXT NOT NULL, step INTEGER NOT NULL, closed_at INTEGER NOT NULL,
  opened_at INTEGER NOT NULL, completed INTEGER, failed INTEGER,
  invalid INTEGER, offered REAL, p50 INTEGER, p95 INTEGER, p99 INTEGER,
  mean INTEGER, batches INTEGER, batch_size REAL, busy REAL, hit_ratio REAL,
  queue REAL, memory_ratio REAL, memory_mib REAL, cpu REAL, settings TEXT,
  PRIMARY KEY(target, step, closed_at)) WITHOUT ROWID;
)";

constexpr const char* operations = R"(
CREATE TABLE operation(
  number INTEGER PRIMARY KEY, target TEXT NOT NULL, at INTEGER NOT NULL,
  who TEXT NOT NULL, what TEXT NOT NULL);
CREATE INDEX operation_time ON operation(target, at);
)";

constexpr std::array steps{first_tables, operations};

} // namespace

int ledger_schema_version() {
  return static_cast<int>(steps.size());
}

void migrate(SQLite::Database& db) {
  // Read inside: another target of this service may be doing the same.
  db.exec("BEGIN IMMEDIATE");
  try {
    auto version = db.execAndGet("PRAGMA user_version").getInt();
    if (version > ledger_schema_version())
      throw std::runtime_error{
        "it was written by a newer version of auto_tuner (schema "
        + std::to_string(version) + "; this one knows "
        + std::to_string(ledger_schema_version())
        + "); upgrade, or name another file"};
    for (auto i = static_cast<size_t>(std::max(version, 0)); i < steps.size();
         ++i)
      db.exec(steps[i]);
    db.exec("PRAGMA user_version = " + std::to_string(ledger_schema_version()));
    db.exec("COMMIT");
  } catch (...) {
    db.tryExec("ROLLBACK");
    throw;
  }
}

} // namespace tuner
