#pragma once

#include "messages/time.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>

namespace tuner {

/// An SQLite database with the tables of the journal, and its statements, each
/// prepared once. The ledgers of many targets may share it, and use it from
/// several threads.
class database {
public:
  /// Opens it, makes it if there is none, and brings one of an older version up
  /// to date. @param file empty: in memory.
  /// @throws std::runtime_error if that can't be: the file, why, what to do.
  explicit database(const std::string& file);

  /// @returns one in a temporary file that nobody else sees.
  static std::shared_ptr<database> temporary();

  /// Does `f` while no one else uses the database.
  /// @returns what `f` does.
  /// @throws std::runtime_error what SQLite throws, as something to act upon.
  template <class F>
  auto use(F f) {
    std::lock_guard lock{mutex_};
    try {
      return f();
    } catch (const SQLite::Exception& x) {
      throw complaint(x);
    } catch (const std::exception& x) {
      throw std::runtime_error{named_ + x.what()};
    }
  }

  /// @returns the statement, ready to be bound. Used up before its next use.
  SQLite::Statement& prepared(const std::string& sql);

  template <class... Ts>
  SQLite::Statement& bound(const std::string& sql, const Ts&... values) {
    auto& result = prepared(sql);
    auto i = 0;
    (result.bind(++i, values), ...);
    return result;
  }

  /// @returns how many rows it changed.
  template <class... Ts>
  int run(const std::string& sql, const Ts&... values) {
    auto& x = bound(sql, values...);
    auto changed = x.exec();
    x.reset();
    return changed;
  }

  SQLite::Database& connection() { return db_; }

private:
  struct opened_as {
    std::string file;  ///< As SQLite has it.
    std::string named; ///< In messages.
  };

  explicit database(const opened_as& x);
  std::runtime_error complaint(const SQLite::Exception& x) const;

  std::string named_;
  std::mutex mutex_;
  SQLite::Database db_;
  std::map<std::string, std::unique_ptr<SQLite::Statement>> statements_;
};

/// @returns `x` as it is stored.
inline int64_t stored(instant x) {
  return x.time_since_epoch().count();
}

inline instant instant_at(const SQLite::Column& x) {
  return instant{duration{x.getInt64()}};
}

} // namespace tuner
