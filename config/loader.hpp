#pragma once

#include "config/config.hpp"
#include "config/error.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

/// Larger files are refused unread.
inline constexpr std::size_t config_bytes_max = 1024 * 1024;

/// A config, or what is wrong with it. As made it holds the defaults.
struct load_result {
  config value;                     ///< Only to be used if `ok()`.
  std::vector<config_error> errors; ///< All of them, in the order of the keys.

  bool ok() const { return errors.empty(); }

  /// For `apply_environment`: the config before anything was derived from it,
  /// and how many errors came from reading it rather than from its rules.
  config as_read;
  std::size_t read_errors = 0;
};

/// Reads a config file (E6): strict JSON in a regular file of at most
/// `config_bytes_max`. Never blocks on a pipe or a device. Rules between keys
/// are checked once every single key is right.
load_result load_config_file(const std::string& path);

/// Reads a config.
/// @param origin names the text in errors about its syntax.
load_result load_config_text(std::string_view text, const std::string& origin);

/// Looks up an environment variable: its text, or `nullptr` if it is not set.
using environment = std::function<const char*(const char*)>;

/// Lets the environment overrule the file (C3), then checks the rules between
/// keys again. What can't be read is an error with the path
/// `environment NAME`.
/// @param lookup is `std::getenv` outside of tests.
void apply_environment(load_result& x, const environment& lookup);

/// @returns `x` as JSON with every key, in the order of the schema.
std::string to_json(const config& x);

} // namespace tuner
