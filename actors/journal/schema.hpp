#pragma once

namespace SQLite {
class Database;
} // namespace SQLite

namespace tuner {

/// Brings the tables up to date, whole or not at all.
/// @throws std::runtime_error if they are of a newer version than this program
///   knows.
void migrate(SQLite::Database& db);

} // namespace tuner
