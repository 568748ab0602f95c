#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
} // namespace CLI

namespace tuner {

/// What an operator asks of a running service.
struct client_options {
  std::string url = "http://127.0.0.1:9464";
  std::string token_file;
  std::string target;
  bool json = false;
  uint32_t limit = 20;
  uint32_t steps = 1;
  uint64_t id = 0;
  std::vector<std::string> assignments; ///< `batch_size=16`.
};

/// Adds `status`, `history`, `explain`, `pause`, `resume`, `rollback`, `set`,
/// `reload` and `log-level` to `app`, to be filled into `options`.
/// @param chosen is set to what carries out the one that was asked for, and
///   returns an exit code.
void add_client_commands(
  CLI::App& app, client_options& options, std::function<int()>& chosen);

} // namespace tuner
