#pragma once

#include "messages/records.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tuner {

/// What of one target is kept, and where.
struct ledger_params {
  std::string file; ///< Empty: in memory, and less of it.
  std::string target;
  uint64_t decisions_max = 100'000; ///< The oldest are deleted beyond that.
  bool brief = false;               ///< Of the series as little as in memory.
};

class database;

/// What a target's tuner starts from after a restart.
struct recovery {
  settings confirmed;                ///< Empty if there never were any.
  std::vector<history_event> events; ///< The newest, oldest first.
  uint64_t last_id = 0;              ///< The highest ever used.
  std::vector<memo> memos;
};

/// Records of one target in an SQLite database, which targets may share. Every
/// call is one transaction: it is recorded whole or not at all, and survives
/// the end of the process however it comes (not a power cut: the last few
/// seconds may be lost then, the rest is not). Not thread-safe.
///
/// Every function throws `std::runtime_error` when the database can't be used:
/// the file, why, and what to do.
class ledger {
public:
  /// Opens the database, makes it if there is none, and brings one of an older
  /// version up to date. One of a newer version is left alone: that throws.
  /// @param shared to be used instead; null: it opens its own.
  explicit ledger(
    ledger_params params, std::shared_ptr<database> shared = nullptr);

  /// @returns what was there when it was opened. @param events_max at most.
  recovery recover(std::size_t events_max);

  /// `what` was about to be written to the target when its tuner died. One that
  /// is recorded already is passed over.
  void intend(const change& what);

  /// It came about; or a rollback or an edit did.
  void happened(const change& what);

  /// All of it, or nothing.
  void settle(const settlement& x);

  void note(const memo& x);
  void note(const operation& x);

  /// Adds an observation of this length to the series.
  void add(duration step, const observation& x);

  /// @returns oldest first.
  std::vector<history_event> history(const history_query& x);
  std::vector<observation> series(const series_query& x);
  std::vector<operation> operations(const history_query& x);

  /// Deletes what is too old at `now` to be kept, and moves what was written
  /// lately to its place in the file. May take a while; without it the database
  /// grows and gets slow.
  void tidy(instant now);

private:
  ledger_params params_;
  std::shared_ptr<database> db_;
};

/// The version of the schema that this program writes.
int ledger_schema_version();

} // namespace tuner
