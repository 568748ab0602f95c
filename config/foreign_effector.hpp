#pragma once

#include "config/error.hpp"

#include <string>
#include <vector>

namespace tuner {

/// A knob in a JSON document that a host serves and takes back by HTTP.
struct http_effector_config {
  std::string read_url;    ///< Of the document.
  std::string embedded_at; ///< Pointer to a text that is the document.
  std::string pointer;     ///< To the knob in the document.
  std::string write_url;   ///< Empty: `read_url`.
  std::string write_method = "PUT";
  std::string wrap_at; ///< Pointer: sent as a text in another document.
  std::string layout = "as_read"; ///< Or `ray_serve`: written unlike read.
  std::string check_url;          ///< To read back from; empty: `read_url`.
  std::string check_pointer;      ///< The same; empty: `pointer`.
  std::vector<std::string> headers;
  std::string token_file;
  std::string ca_file;
  bool reload = false; ///< Takes effect some time after the answer.
};

/// A parameter of Redis.
struct redis_effector_config {
  std::string address = "127.0.0.1:6379"; ///< Or the path of a socket.
  std::string user;                       ///< Empty: the default one.
  std::string password_file;
  std::string parameter = "maxmemory";
};

/// A global variable of MariaDB.
struct mariadb_effector_config {
  std::string address = "127.0.0.1:3306"; ///< Or the path of a socket.
  std::string user;
  std::string password_file;
  std::string variable = "innodb_buffer_pool_size";
};

/// Programs to run.
struct exec_effector_config {
  std::vector<std::string> read;  ///< Prints the value.
  std::vector<std::string> write; ///< With `{value}` in an argument.
};

/// A file that holds nothing but the value, and a process that reads it.
struct file_effector_config {
  std::string path;
  std::string pid_file;
  std::string signal = "none";
};

/// How one knob of a foreign host is set and read.
struct foreign_effector_config {
  std::string knob;
  std::string kind = "http";
  double scale = 1; ///< Value written ÷ value of the knob.
  double timeout_seconds = 1;
  double settle_seconds = 0;
  http_effector_config http;
  redis_effector_config redis;
  mariadb_effector_config mariadb;
  exec_effector_config exec;
  file_effector_config file;
};

/// Checks what no single key can tell.
/// @param path of `x` in the config: `targets[0].effectors[1]`.
/// @param errors gets one entry for each broken rule.
void check_effector(
  const foreign_effector_config& x, const std::string& path,
  std::vector<config_error>& errors);

} // namespace tuner
