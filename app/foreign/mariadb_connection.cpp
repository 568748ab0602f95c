#include "app/foreign/mariadb_connection.hpp"

#include "app/foreign/address.hpp"
#include "config/text.hpp"
#include "config/token.hpp"

#include <errmsg.h>
#include <mysqld_error.h>

#include <cmath>
#include <map>
#include <mutex>
#include <stdexcept>

namespace tuner {

namespace {

/// @returns the count of statements that all connections to `address` share.
std::shared_ptr<std::atomic<uint64_t>>
statements_to(const std::string& address) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<std::atomic<uint64_t>>> all;
  std::lock_guard lock{mutex};
  auto& result = all[address];
  if (!result)
    result = std::make_shared<std::atomic<uint64_t>>(0);
  return result;
}

/// Makes a thread safe to start with: a client is not, to set up.
void set_up_once() {
  static const int done = mysql_library_init(0, nullptr, nullptr);
  static_cast<void>(done);
}

void set_options(MYSQL* x, unsigned limit_seconds, bool by_socket) {
  mysql_options(x, MYSQL_OPT_CONNECT_TIMEOUT, &limit_seconds);
  mysql_options(x, MYSQL_OPT_READ_TIMEOUT, &limit_seconds);
  mysql_options(x, MYSQL_OPT_WRITE_TIMEOUT, &limit_seconds);
  unsigned no = 0; // A hostile server would ask for files of ours.
  mysql_options(x, MYSQL_OPT_LOCAL_INFILE, &no);
  // Nor may it ask for the password as it is.
  mysql_options(
    x, MARIADB_OPT_RESTRICTED_AUTH, "mysql_native_password,client_ed25519");
  unsigned protocol = by_socket ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
  mysql_options(x, MYSQL_OPT_PROTOCOL, &protocol);
}

const char* or_null(const std::string& x) {
  return x.empty() ? nullptr : x.c_str();
}

const char* what_to_do(unsigned problem) {
  switch (problem) {
  case ER_ACCESS_DENIED_ERROR:
    return "; see mariadb.user and the password in mariadb.password_file";
  case ER_SPECIFIC_ACCESS_DENIED_ERROR:
    return "; GRANT the user that privilege";
  case CR_CONNECTION_ERROR:
  case CR_CONN_HOST_ERROR:
    return "; see that it runs and listens there";
  case CR_SERVER_LOST:
  case CR_SERVER_GONE_ERROR:
    return "; see whether it hangs, or allow more by timeout_seconds";
  default:
    return "";
  }
}

} // namespace

mariadb_connection::mariadb_connection(
  const mariadb_effector_config& where, double limit_seconds)
  : where_(where),
    limit_seconds_(static_cast<unsigned>(std::ceil(limit_seconds))),
    statements_(statements_to(where.address)),
    connection_(nullptr, mysql_close) {}

void mariadb_connection::fail(const std::string& what) {
  connection_.reset();
  throw std::runtime_error{"MariaDB at " + where_.address + ": " + what};
}

void mariadb_connection::fail_of_server(const std::string& doing) {
  auto number = mysql_errno(connection_.get());
  auto what = doing + ": " + text::escaped(mysql_error(connection_.get()))
    + what_to_do(number);
  if (number >= CR_MIN_ERROR && number <= CR_MAX_ERROR) // The client's own.
    fail(what);
  throw std::runtime_error{"MariaDB at " + where_.address + ": " + what};
}

void mariadb_connection::connect() {
  auto to = server_address_of(where_.address);
  std::string password;
  if (!where_.password_file.empty())
    try {
      password =
        read_password_file(where_.password_file, "mariadb.password_file");
    } catch (const std::runtime_error& x) {
      fail(x.what());
    }
  set_up_once();
  connection_.reset(mysql_init(nullptr));
  if (!connection_)
    fail("no memory to connect");
  set_options(connection_.get(), limit_seconds_, !to.socket.empty());
  if (!mysql_real_connect(
        connection_.get(), or_null(to.host), or_null(where_.user),
        password.c_str(), nullptr, static_cast<unsigned>(to.port),
        or_null(to.socket), 0)) {
    auto number = mysql_errno(connection_.get());
    fail(
      "can't connect: " + text::escaped(mysql_error(connection_.get()))
      + what_to_do(number));
  }
}

std::vector<mariadb_connection::row>
mariadb_connection::ask(const std::string& statement) {
  if (!connection_)
    connect();
  ++*statements_;
  if (
    mysql_real_query(connection_.get(), statement.data(), statement.size())
    != 0)
    fail_of_server(statement);
  std::unique_ptr<MYSQL_RES, void (*)(MYSQL_RES*)> rows{
    mysql_store_result(connection_.get()), mysql_free_result};
  if (!rows && mysql_errno(connection_.get()) != 0)
    fail_of_server(statement);
  std::vector<row> result;
  if (!rows)
    return result;
  auto columns = mysql_num_fields(rows.get());
  while (auto* fields = mysql_fetch_row(rows.get())) {
    const auto* sizes = mysql_fetch_lengths(rows.get());
    auto& to = result.emplace_back();
    for (unsigned i = 0; i < columns; ++i)
      to.push_back(fields[i] ? std::string{fields[i], sizes[i]} : "");
  }
  return result;
}

} // namespace tuner
