#include "app/commands/commands.hpp"
#include "config/loader.hpp"

#include <cstdlib>
#include <iostream>

namespace tuner {

std::optional<config> load_or_complain(const std::string& file) {
  auto loaded = load_config_file(file);
  apply_environment(loaded, [](const char* name) { return std::getenv(name); });
  for (const auto& error : loaded.errors)
    std::cerr << "auto_tuner: " << to_string(error) << '\n';
  if (!loaded.ok())
    return std::nullopt;
  return loaded.value;
}

int check_config_command(const std::string& file) {
  auto loaded = load_or_complain(file);
  if (!loaded)
    return exit_code::wrong;
  std::cout << to_json(*loaded) << '\n';
  return exit_code::done;
}

} // namespace tuner
