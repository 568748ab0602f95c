#include "actors/journal/database.hpp"

#include "actors/journal/schema.hpp"

#include <sqlite3.h>

namespace tuner {

namespace {

constexpr int busy_ms = 2000; // Another target of this service is writing.

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

/// What SQLite throws when it opens a file, as something to act upon.
template <class F>
auto opening(const std::string& named, F f) {
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

database::database(const std::string& file)
  : database(opened_as{
    file.empty() ? ":memory:" : file,
    "journal.file: " + (file.empty() ? "(in memory)" : file) + ": "}) {}

std::shared_ptr<database> database::temporary() {
  return std::shared_ptr<database>{
    new database{opened_as{"", "journal.file: (temporary): "}}};
}

database::database(const opened_as& x)
  : named_(x.named), db_(opening(x.named, [&] {
      return SQLite::Database{
        x.file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, busy_ms};
    })) {
  opening(named_, [&] {
    db_.exec("PRAGMA journal_mode = WAL");
    db_.exec("PRAGMA synchronous = NORMAL");
    db_.exec("PRAGMA wal_autocheckpoint = 0"); // `tidy` does that.
    migrate(db_);
    return 0;
  });
}

std::runtime_error database::complaint(const SQLite::Exception& x) const {
  return std::runtime_error{
    named_ + x.what() + "; " + advice(x.getErrorCode())};
}

SQLite::Statement& database::prepared(const std::string& sql) {
  auto i = statements_.find(sql);
  if (i == statements_.end())
    i = statements_.emplace(sql, std::make_unique<SQLite::Statement>(db_, sql))
          .first;
  static_cast<void>(i->second->tryReset()); // It tells the last error again.
  return *i->second;
}

} // namespace tuner
