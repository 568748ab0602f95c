#include "app/foreign/mariadb.hpp"

#include "app/foreign/mariadb_connection.hpp"
#include "app/foreign/plain_number.hpp"
#include "config/text.hpp"

#include <stdexcept>

namespace tuner {

host::port mariadb_port(const foreign_effector_config& x) {
  const auto& variable = x.mariadb.variable;
  if (!text::is_identifier(variable)) // Part of a statement.
    throw std::runtime_error{
      "MariaDB at " + x.mariadb.address + ": "
      + text::shortened(text::quoted(variable)) + " is no variable's name"};
  auto to = std::make_shared<mariadb_connection>(x.mariadb, x.timeout_seconds);
  auto scale = x.scale;
  auto read = "SELECT @@GLOBAL." + variable;
  auto write = "SET GLOBAL " + variable + " = ";
  return {
    [=](double value) { to->ask(write + whole_number(value * scale)); },
    [=] {
      auto rows = to->ask(read);
      try {
        return number_in(rows.empty() ? "" : rows.front().at(0)) / scale;
      } catch (const std::runtime_error& problem) {
        throw std::runtime_error{
          "MariaDB at " + x.mariadb.address + ": " + x.mariadb.variable
          + " can't be tuned: it is " + problem.what()};
      }
    }};
}

} // namespace tuner
